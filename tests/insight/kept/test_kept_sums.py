"""What indicators counted is read from disk by the next process, and never what is damaged or of other data."""

import os
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from lib.access import SYSTEM, Viewer
from lib.casework.store.register import Register, open_register
from lib.insight.kept import sums as kept_sums
from lib.insight.library import indicators
from lib.insight.library.indicators import indicator_table
from lib.rules.facts import CASEWORK
from lib.rules.indicators import read_indicators
from lib.warehouse.home import sums_path
from lib.warehouse.store import Warehouse, open_warehouse
from tests.cities import handmade

OF_DATA = [one for one in read_indicators().values() if not any(name in CASEWORK for name in one.facts)]


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Register, Warehouse]:
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    return handmade.opened(handmade.put(tmp_path))


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The indicators that were counted, in turn."""
    seen: list[str] = []
    real = indicators.sums

    def sums(session, indicator, *others, **named):
        seen.append(indicator.id)
        return real(session, indicator, *others, **named)

    monkeypatch.setattr(indicators, "sums", sums)
    return seen


def _table(city: tuple[Register, Warehouse], viewer: Viewer = SYSTEM) -> pd.DataFrame:
    indicators.forget()
    return indicator_table(*city, viewer)


def test_the_next_process_reads_what_was_counted(city, counted: list[str]) -> None:
    first = _table(city)
    files = list(sums_path(city[1].home).iterdir())
    of_data = {one.id for one in OF_DATA} & set(counted)
    # The sums, their pairs, and the values of the sets asked for where there are any.
    assert len(files) > 2 * len(of_data) > 10
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    counted.clear()
    pd.testing.assert_frame_equal(_table(city), first)
    assert not set(counted) & of_data


def test_sums_are_read_only_for_a_set_of_units_and_places_that_nobody_asked_for(
    city_copy: Path, counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    city = open_register(city_copy), open_warehouse(city_copy)
    county, town = (
        Viewer(one, one, one, area_code=code) for one, code in (("county", "330483"), ("town", "330483101"))
    )
    team = Viewer("team", "组", "inspector", domains=frozenset({"ZF", "JS"}))
    alone = {}
    for viewer in (county, town, team):
        kept_sums.forget_kept(city_copy)
        alone[viewer.person_id] = _table(city, viewer)
    kept_sums.forget_kept(city_copy)
    read: list[int] = []
    real = indicators.paired
    monkeypatch.setattr(indicators, "paired", lambda rows: read.append(len(rows)) or real(rows))
    _table(city)
    assert len(read) == len(set(counted))
    of_casework = len(set(counted) - {one.id for one in OF_DATA})

    def reads(viewer: Viewer) -> int:
        read.clear()
        pd.testing.assert_frame_equal(_table(city, viewer), alone[viewer.person_id])
        return max(0, len(read) - of_casework)

    # What towns and counties see the whole city was told; a team sees sets of its own, once.
    assert (reads(town), reads(team) > 0, reads(team), reads(county)) == (0, True, 0, 0)


def test_a_damaged_file_is_counted_anew_and_mended(city, counted: list[str]) -> None:
    first = _table(city)
    files = sorted(sums_path(city[1].home).iterdir())
    for number, path in enumerate(files):
        held = bytearray(path.read_bytes())
        place = len(held) * number // len(files)
        held[place] ^= 0x40
        path.write_bytes([b"", held[: len(held) // 2], held][number % 3])
    counted.clear()
    pd.testing.assert_frame_equal(_table(city), first)
    counted.clear()
    pd.testing.assert_frame_equal(_table(city), first)
    assert not set(counted) & {one.id for one in OF_DATA}


def test_what_one_person_may_not_see_is_not_kept_for_others(city, counted: list[str]) -> None:
    officer = city[1].query("select officer_id from officer order by officer_id limit 1")["officer_id"].iloc[0]
    _table(city, Viewer("own", "本人", "leader", officer_id=officer))
    assert counted and not sums_path(city[1].home).exists()


def test_of_other_data_day_or_release_nothing_is_read(city, counted: list[str], monkeypatch) -> None:
    warehouse = city[1]
    _table(city)
    whole = len(counted)
    counted.clear()
    # A past day as it was known then has no file.
    monkeypatch.setattr(warehouse, "known_on", date(2022, 9, 1))
    _table(city)
    assert len(counted) == whole
    monkeypatch.setattr(warehouse, "known_on", None)
    counted.clear()
    monkeypatch.setattr(kept_sums, "_release", lambda: "another")
    _table(city)
    assert len(counted) == whole
    counted.clear()
    path = warehouse.generation.path
    look = path.stat()
    os.utime(path, ns=(look.st_atime_ns, look.st_mtime_ns + 1))
    _table(city)
    assert len(counted) == whole


def test_files_of_days_before_go(city) -> None:
    folder = sums_path(city[1].home)
    folder.mkdir()
    (folder / "000000-20200101-0.sums").write_bytes(b"")
    (folder / "999999-20200101-0.sums").write_bytes(b"")
    _table(city)
    assert not (folder / "000000-20200101-0.sums").exists()
    assert (folder / "999999-20200101-0.sums").exists()
