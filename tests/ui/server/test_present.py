"""The one command of a demonstration."""

import pytest

from lib.cli import main
from lib.ui.server.present import addresses


def test_the_windows_of_a_walk():
    assert addresses(8501, "town") == ("http://localhost:8501/?walk=town", "http://localhost:8501/?notes=town")
    assert addresses(8600, None) == ("http://localhost:8600/walk", "")


def test_a_walk_that_is_not_there_is_told_with_those_there_are(capsys: pytest.CaptureFixture[str]):
    assert main(["present", "mayor"]) == 1
    assert "没有讲解 mayor。可用：inspector、leader、town。" in capsys.readouterr().err
