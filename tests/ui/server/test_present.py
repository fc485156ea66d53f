"""The one command of a demonstration."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from lib.catalog.dataset import ROOT
from lib.cli import main
from lib.ui.server.present import Screen, addresses, screens, windows


def test_the_windows_of_a_walk():
    assert addresses(8501, "town") == ("http://localhost:8501/?walk=town", "http://localhost:8501/?notes=town")
    assert addresses(8600, None) == ("http://localhost:8600/walk", "")


def test_a_walk_that_is_not_there_is_told_with_those_there_are(capsys: pytest.CaptureFixture[str]):
    assert main(["present", "mayor"]) == 1
    assert "没有讲解 mayor。可用：inspector、leader、town。" in capsys.readouterr().err


ONE = "Monitors: 1\n 0: +*eDP-1 1920/309x1080/174+0+0  eDP-1\n"
TWO = "Monitors: 2\n 0: +*eDP-1 1366/309x768/174+0+0  eDP-1\n 1: +HDMI-1 1920/531x1080/299+1366+0  HDMI-1\n"
NONE_OWN = "Monitors: 2\n 0: DP-1 1920/531x1080/299+0+0  DP-1\n 1: DP-2 3840/600x2160/340+1920+0  DP-2\n"


@pytest.mark.parametrize(
    ("told", "city", "notes"),
    [
        ("", Screen(0, 0, 1920, 1080, True), Screen(0, 0, 1920, 1080, True)),
        (ONE, Screen(0, 0, 1920, 1080, True), Screen(0, 0, 1920, 1080, True)),
        (TWO, Screen(1366, 0, 1920, 1080, False), Screen(0, 0, 1366, 768, True)),
        (NONE_OWN, Screen(1920, 0, 3840, 2160, False), Screen(0, 0, 1920, 1080, False)),
    ],
    ids=["nothing told", "one", "two", "two, none the presenter's own"],
)
def test_the_city_takes_the_screen_that_is_not_the_presenters_own(told: str, city: Screen, notes: Screen):
    assert screens(told) == (city, notes)


def test_the_city_opens_last_over_the_whole_of_its_screen():
    assert windows("city", "notes", TWO) == [
        ["--app=notes", "--window-position=80,80", "--window-size=1100,800"],
        ["--app=city", "--window-position=1366,0", "--start-fullscreen", "--window-size=1920,1080"],
    ]
    assert [one[0] for one in windows("city", "", "")] == ["--app=city"]


CLOSED = "the city's window closed"
# A browser whose child writes on in the profile for a while after it has ended, whatever it is told.
BROWSER = """#!/bin/sh
for one in "$@"; do case $one in --user-data-dir=*) profile=${one#*=};; esac; done
(
  trap '' TERM HUP INT
  while kill -0 $$; do sleep 0.2; done
  for _ in 1 2 3 4 5; do sleep 0.2; mkdir -p "$profile/cache"; done
) 2>/dev/null &
touch "$TMPDIR/org.chromium.Chromium.lock"
echo "$$" >> PIDS
exec sleep 300
"""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return held.getsockname()[1]


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize(
    "how", ["SIGTERM", *(pytest.param(one, marks=pytest.mark.scale) for one in ("SIGINT", "SIGHUP", CLOSED))]
)
def test_whatever_ends_a_presentation_leaves_no_window_and_no_profile(how: str, tmp_path: Path):
    tools, profiles, pids = (tmp_path / name for name in ("bin", "profiles", "pids"))
    for folder in (tools, profiles):
        folder.mkdir()
    browser = tools / "chromium"
    browser.write_text(BROWSER.replace("PIDS", str(pids)))
    browser.chmod(0o755)
    given = {"PATH": f"{tools}:{os.environ['PATH']}", "TMPDIR": str(profiles), "COCKPIT_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-m", "lib", "present", "town", "--port", str(_free_port())]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | given, stdout=subprocess.PIPE, text=True) as app:
        try:
            assert app.stdout is not None
            # Said once both windows stand.
            assert any("讲解窗口已全屏" in line for line in app.stdout)
            notes, city = (int(line) for line in pids.read_text().split())
            assert len(list(profiles.iterdir())) == 2
            if how == CLOSED:
                os.kill(city, signal.SIGTERM)
            else:
                app.send_signal(signal.Signals[how])
            assert app.wait(60) == 0
        finally:
            app.kill()
    assert list(profiles.iterdir()) == []
    for one in (notes, city):
        with pytest.raises(ProcessLookupError):
            os.kill(one, 0)
