"""Who brings a generation into force works out what pages would: no page counts, ranks or adds up a second time."""

from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from lib.access.personas import personas
from lib.casework.reading.snapshot import snapshot
from lib.casework.store.register import open_register
from lib.cli import main
from lib.insight.kept.ahead import worked_out
from lib.insight.kept.sums import forget_kept, kept_sums, read_sums
from lib.insight.library import indicators
from lib.insight.ranking import officers, units
from lib.insight.warnings import names, why
from lib.rules import read_rules
from lib.warehouse.clock import now
from lib.warehouse.store import open_warehouse
from tests.casework.stepping import on_warning

OFFICE = next(one for one in personas(True) if one.role == "office")
INSPECTOR = next(one for one in personas(True) if one.role == "inspector")


def _forget() -> None:
    indicators.forget()
    officers._city.cache_clear()
    units.unit_work.cache_clear()
    names._known.cache_clear()


def _refuse(*_: object, **__: object) -> None:
    raise AssertionError("a page works out what was worked out ahead")


def test_a_run_works_out_what_pages_read(city_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    register, warehouse = open_register(city_copy), open_warehouse(city_copy)
    forget_kept(city_copy)
    _forget()
    assert not worked_out(warehouse)
    alone = officers.officer_ranking(register, warehouse, OFFICE).table
    forget_kept(city_copy)
    _forget()
    assert main(["run"]) == 0
    assert worked_out(warehouse)
    _forget()
    for module, name in (
        (indicators, "paired"), (officers, "weighted_warnings"), (officers, "rank_officers"),
        (names, "subject_titles"), (why, "groups_at_work"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, _refuse)
    of_data = [one.id for one in indicators.indicators_in_force(register).values() if not one.facts]
    for viewer in (OFFICE, INSPECTOR):
        indicators.figures_of(register, warehouse, viewer, of_data, list(indicators.LEVELS))
    pd.testing.assert_frame_equal(officers.officer_ranking(register, warehouse, OFFICE).table, alone, check_dtype=False)
    names.known_names(register, warehouse)
    grouped = [rule for rule in read_rules().values() if rule.grouped]
    assert grouped and all(len(why.at_work(register, warehouse, rule, warehouse.as_of)) for rule in grouped)


def test_a_conclusion_ranks_anew_and_takes_the_place_of_what_was_kept(city_copy: Path) -> None:
    register, warehouse = open_register(city_copy), open_warehouse(city_copy)
    assert main(["run", "--force"]) == 0
    before = officers.officer_ranking(register, warehouse, OFFICE)
    sums = sorted(path.name for path in (city_copy / "warehouse" / "sums").iterdir())
    held = snapshot(register, warehouse).warning
    found = held[held["state"].eq("新生成") & held["origin"].eq("model") & held["officer_id"].notna()]
    warning_id, at = found["warning_id"].iloc[0], now(warehouse)
    told = {"conclusion": "不属实", "text": "记录有误", "checked": ["调阅案卷"]}
    for place, step in enumerate(("sign", "start", "conclude")):
        given = told if step == "conclude" else {}
        on_warning(
            step, register, OFFICE, warning_id, submission_id=f"a{place}", at=at + timedelta(minutes=place), **given
        )
    after = officers.officer_ranking(register, warehouse, OFFICE)
    assert after.table["observed"].sum() < before.table["observed"].sum()
    assert sorted(path.name for path in (city_copy / "warehouse" / "sums").iterdir()) == sums
    officers._city.cache_clear()
    pd.testing.assert_frame_equal(
        officers.officer_ranking(register, warehouse, OFFICE).table, after.table, check_dtype=False
    )


def test_what_rests_on_another_state_is_not_read(city_copy: Path) -> None:
    warehouse = open_warehouse(city_copy)
    one, other = pd.DataFrame({"n": [1]}), pd.DataFrame({"n": [2]})
    assert kept_sums(warehouse, "x", lambda: one, ("a", 1))["n"].tolist() == [1]
    assert kept_sums(warehouse, "x", lambda: other, ("a", 1))["n"].tolist() == [1]
    assert read_sums(warehouse, "x", ("a", 2)) is None and read_sums(warehouse, "x") is None
    assert kept_sums(warehouse, "x", lambda: other, ("a", 2))["n"].tolist() == [2]
    assert read_sums(warehouse, "x", ("a", 1)) is None
