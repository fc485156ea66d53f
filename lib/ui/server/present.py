"""The windows of a demonstration, opened as soon as the app answers: the city over a whole screen, and the notes.

With two screens the city takes the one that is not the presenter's own; with one the notes lie behind it.
"""

import _thread
import atexit
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from lib.casework.training.walking import end_own
from lib.ui.paths import WALK_KEY
from lib.warehouse.home import home

_BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "msedge",
    "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
# Nothing of the browser's own goes out either.
_QUIET = (
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_WAIT_SECONDS, _STANDS_SECONDS = 120.0, 3.0
_CLOSE_SECONDS, _LOOK_SECONDS = 10.0, 0.1
# Where there are no groups of processes a browser is ended alone.
_GROUPS = hasattr(os, "killpg")
_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
# One line a screen: "0: +*HDMI-1 1920/531x1080/299+1920+0  HDMI-1", with * for the presenter's own.
_MONITOR = re.compile(r"^ *\d+: \+?(\*?)\S+ (\d+)/\d+x(\d+)/\d+\+(\d+)\+(\d+)", re.MULTILINE)


class Screen(NamedTuple):
    """A screen of this machine in pixels, and whether it is the presenter's own."""

    left: int
    top: int
    width: int
    height: int
    own: bool


# The browsers that were opened, each with its profile.
_opened: list[tuple[subprocess.Popen, str]] = []
# What ends a presentation: Ctrl+C, a word from elsewhere, the terminal closed.
_ENDS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
# Where nothing says which screens there are.
_ONE = Screen(0, 0, 1920, 1080, True)


def addresses(port: int, walk: str | None) -> tuple[str, str]:
    """The address of the city's window, and of the one with the notes; that one is empty while no walk is chosen."""
    base = f"http://localhost:{port}/"
    return (f"{base}?{WALK_KEY}={walk}", f"{base}?notes={walk}") if walk else (f"{base}walk", "")


def screens(told: str) -> tuple[Screen, Screen]:
    """The screen of the city and that of the notes, by what `xrandr --listmonitors` told."""
    found = [
        Screen(int(left), int(top), int(width), int(height), bool(own))
        for own, width, height, left, top in _MONITOR.findall(told)
    ] or [_ONE]
    notes = next((one for one in found if one.own), found[0])
    return next((one for one in found if one is not notes), notes), notes


def windows(city: str, notes: str, told: str) -> list[list[str]]:
    """What a browser is told for each window, in the order in which they open: the city's comes last, on top."""
    audience, presenter = screens(told)
    opened = [[f"--app={city}", f"--window-position={audience.left},{audience.top}", "--start-fullscreen"]]
    opened[0].append(f"--window-size={audience.width},{audience.height}")
    if notes:
        place = f"--window-position={presenter.left + 80},{presenter.top + 80}"
        opened.insert(0, [f"--app={notes}", place, "--window-size=1100,800"])
    return opened


def present(port: int, walk: str | None) -> None:
    """Say where both windows are, and open them beside this process, which goes on to serve.

    They close with it, and it ends with the city's window; what was done in its walks is thrown away then.
    """
    for one in _ENDS:
        signal.signal(one, _stop)
    atexit.register(_leave)
    city, notes = addresses(port, walk)
    print(f"讲解窗口：{city}", flush=True)
    print(f"备注窗口：{notes or '在讲解页面上打开'}", flush=True)
    threading.Thread(target=_open, args=(port, city, notes), name="present", daemon=True).start()


def _stop(_number: int, _frame: FrameType | None) -> None:
    # The default ends a process without a word to what it has opened.
    raise SystemExit(0)


def _leave() -> None:
    for one in _ENDS:
        signal.signal(one, signal.SIG_IGN)
    for started, _ in _opened:
        _tell(started, signal.SIGTERM)
    for started, profile in _opened:
        _close(started, profile)
    end_own(home())


def _open(port: int, city: str, notes: str) -> None:
    until = time.monotonic() + _WAIT_SECONDS
    while not _answers(port):
        if time.monotonic() > until:
            return
        time.sleep(0.2)
    browser = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        print("没有找到浏览器，请手工打开上面的地址。", flush=True)
        return
    for window in windows(city, notes, _monitors()):
        # A profile of its own: no window of somebody's work comes up, and each has the size and place asked for.
        profile = tempfile.mkdtemp(prefix="present-")
        started = _start([browser, *_QUIET, f"--user-data-dir={profile}", *window], profile)
        _opened.append((started, profile))
        # It also stands before the next one comes, which lies on top.
        status = _ended(started)
        if status is not None:
            print(f"浏览器没有打开（{browser} 退出，状态 {status}），请手工打开上面的地址。", flush=True)
            return
    print("讲解窗口已全屏：F11 退出全屏，Alt+Tab 换到备注窗口；按 Ctrl+C 或关讲解窗口结束。", flush=True)
    _opened[-1][0].wait()
    _thread.interrupt_main(signal.SIGTERM)


def _monitors() -> str:
    """What xrandr says of the screens; nothing where there is none."""
    try:
        return subprocess.run(["xrandr", "--listmonitors"], capture_output=True, text=True, timeout=5).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _start(command: list[str], profile: str) -> subprocess.Popen:
    nothing = subprocess.DEVNULL
    # What it puts away for a while goes with its profile. Elsewhere a temporary path may be too long for its socket.
    given = os.environ | ({"TMPDIR": profile} if sys.platform == "linux" else {})
    return subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True, env=given)


def _ended(started: subprocess.Popen) -> int | None:
    """The exit status of a browser that did not stay."""
    try:
        return started.wait(_STANDS_SECONDS)
    except subprocess.TimeoutExpired:
        return None


def _close(started: subprocess.Popen, profile: str) -> None:
    """Wait until a browser that was told to end has ended with all it started, and throw its profile away.

    The children of one whose window was closed go on writing for a moment after it has ended.
    """
    until = time.monotonic() + _CLOSE_SECONDS
    while _runs(started) and time.monotonic() < until:
        time.sleep(_LOOK_SECONDS)
    if _runs(started):
        _tell(started, _KILL)
    until = time.monotonic() + _CLOSE_SECONDS
    while True:
        shutil.rmtree(profile, ignore_errors=True)
        if not (_runs(started) or Path(profile).exists()) or time.monotonic() > until:
            return
        time.sleep(_LOOK_SECONDS)


def _tell(started: subprocess.Popen, how: int) -> None:
    """A signal to a browser and its children: it was started as the leader of a group of its own."""
    if not _GROUPS:
        started.send_signal(how)
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(started.pid, how)


def _runs(started: subprocess.Popen) -> bool:
    """Whether anything is left of a browser and its children."""
    ended = started.poll() is not None
    if not (ended and _GROUPS):
        return not ended
    try:
        os.killpg(started.pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1):
            return True
    except OSError:
        return False
