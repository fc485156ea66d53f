"""The played casework of a synthetic city: finished in the past, alive near the city's date, the same every time."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import select

from lib.casework.demo.people import cast, invented_name
from lib.casework.demo.year import play_year
from lib.casework.reading.snapshot import snapshot
from lib.casework.rules.runs import run_due, stale_rules
from lib.casework.store.register import Register
from lib.casework.store.schema import event, rule_run
from lib.casework.store.verify import verify_chain
from lib.casework.warnings.states import OPEN_STATES
from lib.errors import UserError
from lib.warehouse.store import Warehouse
from tests.casework.demo.conftest import END, play

LIVE = END - timedelta(days=60)


def _story(register: Register) -> list[tuple]:
    columns = (event.c.at, event.c.actor_id, event.c.object_id, event.c.action, event.c.text, event.c.payload)
    with register.read() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(event.c.seq))]


@pytest.mark.scale
def test_the_same_seed_plays_the_same_and_another_does_not(year: Register, tmp_path: Path, city: Warehouse) -> None:
    first, second = _story(year), _story(play(tmp_path / "two", city))
    assert len(first) > 500
    assert first == second
    assert _story(play(tmp_path / "three", city, seed=7)) != first


def test_the_past_is_finished_and_the_present_is_alive(year: Register, city: Warehouse) -> None:
    found = snapshot(year, city)
    live = found.warning["first_seen_at"] >= LIVE
    assert verify_chain(year) == []
    # Every rule hits all cases but every sixth.
    assert len(found.warning) == 6 * 40 - sum(1 for n in range(1, 41) for rule in range(1, 7) if n % 6 == rule)
    assert not found.warning.loc[~live, "state"].isin(OPEN_STATES).any()
    assert found.warning.loc[live, "state"].isin(OPEN_STATES).any()
    assert found.event["at"].max() <= END
    assert found.event["seq"].tolist() == sorted(found.event["seq"])
    # Warnings come spread over both years, and some were signed or verified too late on the way.
    assert found.warning["first_seen_at"].dt.to_period("M").nunique() >= 20
    late = found.warning["signed_at"] > found.warning["sign_due_at"]
    assert 0.02 < late.mean() < 0.30
    assert not found.warning["due_at"].lt(END)[~live].any()
    shares = found.warning["conclusion"].value_counts(normalize=True)
    assert 0.3 < shares["属实"] < 0.65 and shares["不属实"] > 0.1


def test_clues_come_from_models_and_from_elsewhere(year: Register, city: Warehouse) -> None:
    found = snapshot(year, city)
    # Only late dispatches lie in this warehouse: at least eight of them become clues.
    assert found.clue["origin"].value_counts()["grid"] == 8
    turned = found.warning["state"].eq("转线索")
    assert found.clue["origin"].eq("model").sum() == turned.sum() > 5
    assert set(found.warning.loc[turned, "clue_id"]) <= set(found.clue["clue_id"])
    past = found.clue[found.clue["received_at"] < LIVE]
    assert past["disposed_at"].notna().all()
    assert (past["disposed_at"] - past["received_at"]).max() <= pd.Timedelta(days=60)


def test_steps_of_one_warning_keep_their_order_and_their_people_apart(year: Register, city: Warehouse) -> None:
    events = snapshot(year, city).event
    own = events[events["object_type"] == "warning"]
    assert all(times.is_monotonic_increasing for _, times in own.groupby("object_id")["at"])
    concluded = own[own["action"] == "conclude"].groupby("object_id")["actor_id"].last()
    reviewed = own[own["action"] == "review"].groupby("object_id")["actor_id"].last()
    both = pd.concat([concluded, reviewed], axis=1, keys=["concluded", "reviewed"]).dropna()
    assert len(both) > 50
    assert both["concluded"].ne(both["reviewed"]).all()


def test_every_month_of_both_years_is_played(year: Register, city: Warehouse) -> None:
    found = snapshot(year, city)
    months = found.warning["first_seen_at"].dt.to_period("M").value_counts()
    assert len(months) >= 22
    with year.read() as connection:
        days = connection.execute(select(rule_run.c.as_of).distinct().order_by(rule_run.c.as_of)).scalars().all()
    # A run of every rule at the end of each month, on what that day knew.
    assert (days[0], days[-2:], len(days)) == (date(2020, 9, 30), [date(2022, 8, 31), date(2022, 9, 25)], 25)


def events_after(register: Register, seq: int) -> list[tuple]:
    columns = (event.c.object_type, event.c.object_id, event.c.action, event.c.text)
    with register.read() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).where(event.c.seq > seq))]


def test_after_the_play_no_rule_is_due(played: Path, tmp_path: Path, city: Warehouse) -> None:
    # Runs are recorded: the shared register stays as it is.
    shutil.copy(played / "year.sqlite", tmp_path)
    year, home = Register(f"sqlite:///{tmp_path / 'year.sqlite'}"), city.generation.path.parents[1]
    assert stale_rules(year, city) == []
    before = snapshot(year, city).seq
    assert {one.status for one in run_due(home, year)} == {"fresh"}
    assert {one.status for one in run_due(home, year, force=True)} == {"done"}
    # A month in which the play drew nothing for a model still has its draw to come.
    after = [row for row in events_after(year, before) if row[0] != "run"]
    assert all(row[2] == "generate" and row[3].startswith("抽查") for row in after)


def test_a_year_is_played_only_into_an_empty_register(year: Register, city: Warehouse) -> None:
    with pytest.raises(UserError, match="已有记录"):
        play_year(year, city, seed=1)


def test_nobody_bears_a_real_name(city: Warehouse) -> None:
    people = cast(city)
    everyone = [*people.office, *people.inspectors, *people.counties, *people.towns.values()]
    assert len(people.towns) == 72 and len(people.counties) == 14
    assert len({viewer.name for viewer in everyone}) == len(everyone)
    assert [invented_name(number) for number in (0, 11, 100)] == ["甲一", "乙二", "甲一甲"]


def test_motions_and_field_checks_of_the_past_are_finished_and_some_are_in_hand(
    year: Register, city: Warehouse
) -> None:
    found = snapshot(year, city)
    motions, checks = found.objects["motion"], found.objects["grid_check"]
    assert len(motions) >= 3 and len(checks) >= 5
    assert motions.loc[motions["opened_at"] < LIVE, "state"].eq("已了结").all()
    assert motions["state"].ne("已了结").any()
    assert checks.loc[checks["opened_at"] < LIVE - timedelta(days=30), "state"].eq("办结").all()
    both = checks[["checker", "companion"]]
    assert both["checker"].ne(both["companion"]).all()
    own = found.event[found.event["object_type"].eq("grid_check")]
    closed, checked = (own[own["action"] == one].groupby("object_id")["actor_id"].last() for one in ("close", "check"))
    assert closed.ne(checked.reindex(closed.index)).all()
