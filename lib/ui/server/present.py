"""The windows of a demonstration, opened as soon as the app answers: the city at 1920 by 1080, and the notes."""

import shutil
import subprocess
import tempfile
import threading
import time
import urllib.request

from lib.ui.paths import WALK_KEY

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
_WAIT_SECONDS, _BETWEEN_SECONDS = 120.0, 2.0


def addresses(port: int, walk: str | None) -> tuple[str, str]:
    """The address of the city's window, and of the one with the notes; that one is empty while no walk is chosen."""
    base = f"http://localhost:{port}/"
    return (f"{base}?{WALK_KEY}={walk}", f"{base}?notes={walk}") if walk else (f"{base}walk", "")


def present(port: int, walk: str | None) -> None:
    """Say where both windows are, and open them beside this process, which goes on to serve."""
    city, notes = addresses(port, walk)
    print(f"讲解窗口：{city}", flush=True)
    print(f"备注窗口：{notes or '在讲解页面上打开'}", flush=True)
    threading.Thread(target=_open, args=(port, city, notes), name="present", daemon=True).start()


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
    # A profile of its own: no window of somebody's work comes up, and each has the size asked for.
    own = [browser, *_QUIET, f"--user-data-dir={tempfile.mkdtemp(prefix='present-')}"]
    _start([*own, f"--app={city}", "--window-position=0,0", "--window-size=1920,1080"])
    if notes:
        # The same browser, once it is there.
        time.sleep(_BETWEEN_SECONDS)
        _start([*own, f"--app={notes}", "--window-size=1100,800"])


def _start(command: list[str]) -> None:
    nothing = subprocess.DEVNULL
    subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1):
            return True
    except OSError:
        return False
