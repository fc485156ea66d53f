"""Who may read what lies in a home."""

import stat
from pathlib import Path

import pytest

from lib.access import SYSTEM
from lib.casework.audit import log
from lib.warehouse.home import home
from tests.cities import handmade


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_both_stores_are_their_owners_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    place = home()
    handmade.build(place)
    register, _ = handmade.opened(place)
    log(register, SYSTEM, "view", "warning", "x", at=handmade.DAY)
    assert rights(place) == rights(place / "warehouse") == 0o700
    stores = [*place.glob("casework.sqlite*"), *(place / "warehouse").glob("gen-*.duckdb")]
    assert len(stores) >= 2
    assert {rights(path) for path in stores} == {0o600}


def test_what_an_earlier_release_left_open_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "warehouse").mkdir(mode=0o755)
    for name in ("casework.sqlite", "truth.parquet", "not-ours.txt"):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o644)
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    home()
    assert rights(tmp_path / "warehouse") == 0o700
    assert rights(tmp_path / "casework.sqlite") == rights(tmp_path / "truth.parquet") == 0o600
    assert rights(tmp_path / "not-ours.txt") == 0o644
