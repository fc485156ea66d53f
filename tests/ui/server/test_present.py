"""The one command of a demonstration."""

import pytest

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
