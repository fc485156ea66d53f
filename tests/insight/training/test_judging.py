"""Judging on a city whose truth is known: draws of one difficulty, rows that decide, and what guessing gains."""

from collections import Counter
from pathlib import Path
from random import Random
from statistics import mean

import pandas as pd
import pytest

from lib.access import Viewer
from lib.casework.training.attempts import Go, seed_of
from lib.casework.training.states import WORKING
from lib.catalog.deciding import deciding
from lib.catalog.exercises import exercises
from lib.errors import UserError
from lib.insight.training import judging
from lib.insight.training.draw import judge_items
from lib.insight.training.score import Truth, judged
from lib.insight.training.shown import Item, deciding_rows, row_id, tables
from lib.rules import read_rules
from lib.warehouse.demo.city import build_city
from lib.warehouse.store import Warehouse, open_warehouse
from lib.warehouse.truth import judged_pool, truth
from tests.insight.training.answerers import ANSWERERS, Seen, events

JUDGE = exercises()["judge"]
TRAINEE = Viewer("T-ABCDEF-01", "学员", "trainee")
COUNT, NEAR = JUDGE.settings["items"], JUDGE.settings["near"]


@pytest.fixture(scope="module")
def warehouse(small_city: Path) -> Warehouse:
    return open_warehouse(small_city)


@pytest.fixture(scope="module")
def pool(small_city: Path) -> pd.DataFrame:
    return judged_pool(small_city)


def of(pool: pd.DataFrame, items: list[Item]) -> pd.DataFrame:
    """The rows of the truth of drawn items, in their order."""
    held = pool[pool["in_window"]].set_index(["rule_id", "subject_type", "subject_id"])
    return held.loc[[tuple(one) for one in items]].reset_index()


def seed(seat: int, number: int = 1, of_class: int = 7) -> str:
    return seed_of(of_class, "judge", seat, number)


def test_every_seat_has_a_draw_of_the_same_difficulty(pool: pd.DataFrame) -> None:
    for seat in range(1, 41):
        drawn = of(pool, judge_items(pool, seed(seat), COUNT, NEAR))
        kinds = Counter(zip(drawn["kind"], drawn["near_threshold"], strict=True))
        assert kinds == {("violation", True): NEAR, ("violation", False): COUNT // 2 - NEAR,
                         ("lookalike", True): NEAR, ("lookalike", False): COUNT // 2 - NEAR}  # fmt: skip
        assert drawn["rule_id"].nunique() == COUNT


def test_seats_and_goes_have_other_items_and_the_same_ones_when_asked_again(pool: pd.DataFrame) -> None:
    draws = [tuple(judge_items(pool, seed(seat), COUNT, NEAR)) for seat in range(1, 11)]
    assert len(set(draws)) == 10
    assert max(len(set(one) & set(other)) for one in draws for other in draws if one is not other) <= COUNT // 2
    assert judge_items(pool, seed(3), COUNT, NEAR) == list(draws[2])
    used = {(one.rule_id, one.subject_id) for one in draws[2]}
    again = judge_items(pool, seed(3, 2), COUNT, NEAR, used)
    assert not used & {(one.rule_id, one.subject_id) for one in again}


def test_neither_place_nor_model_tells_what_was_planted(pool: pd.DataFrame) -> None:
    places, models = Counter(), Counter()
    for seat in range(1, 121):
        drawn = of(pool, judge_items(pool, seed(seat, of_class=11), COUNT, NEAR))
        guilty = drawn["kind"].eq("violation")
        places.update(drawn.index[guilty])
        models.update(zip(drawn["rule_id"], guilty, strict=True))
    assert all(0.3 < places[place] / 120 < 0.7 for place in range(COUNT))
    shares = {rule: models[rule, True] / (models[rule, True] + models[rule, False]) for rule in read_rules()}
    assert all(0.15 < share < 0.85 for share in shares.values()), shares


def test_a_city_with_too_little_planted_says_so(pool: pd.DataFrame) -> None:
    with pytest.raises(UserError, match="太少"):
        judge_items(pool[pool["rule_id"].eq("M01")], seed(1), COUNT, NEAR)


@pytest.mark.scale
def test_every_planted_branch_has_rows_that_decide_it(warehouse: Warehouse, small_city: Path) -> None:
    held = truth(small_city)
    held = held[held["kind"].isin(["violation", "lookalike"]) & held["in_window"]]
    known = {(rule, *branch) for rule, one in deciding().items() for branch in one.branches}
    planted = set(zip(held["rule_id"], held["kind"], held["branch"], strict=True))
    assert planted - known == set()
    bare, everything = [], []
    for row in held.groupby(["rule_id", "kind", "branch"], as_index=False).head(1).itertuples():
        rule = read_rules()[row.rule_id]
        shown = tables(warehouse, rule, Item(row.rule_id, row.subject_type, row.subject_id))
        rows, may = deciding_rows(warehouse, rule, row.kind, row.branch, shown)
        names = {row_id(title, number) for title, one in shown.items() for number in range(len(one))}
        assert rows | may <= names and not rows & may
        if not rows:
            bare.append((row.rule_id, row.kind, row.branch))
        everything += [(row.rule_id, row.branch)] if rows == names else []
    assert bare == []
    # Where all that is shown decides, marking all of it is right; that stays the exception.
    assert len(everything) < 12, everything


@pytest.mark.scale
def test_a_full_city_plants_nothing_that_has_no_deciding_rows(tmp_path: Path) -> None:
    """Some situations are planted from a certain size on."""
    build_city(tmp_path)
    known = {(rule, *branch) for rule, one in deciding().items() for branch in one.branches}
    held = truth(tmp_path)
    held = held[held["kind"].isin(["violation", "lookalike"])]
    assert set(zip(held["rule_id"], held["kind"], held["branch"], strict=True)) - known == set()


def test_what_is_shown_names_nobody_and_nothing(warehouse: Warehouse, pool: pd.DataFrame) -> None:
    items = judge_items(pool, seed(5), COUNT, NEAR)
    go = Go("A1", "judge", 1, seed(5), [one._asdict() for one in items], WORKING, 1)
    for number, item in enumerate(items, start=1):
        shown = judging.shown(warehouse, TRAINEE, go, number)
        written = "\n".join(table.to_csv() for table in shown.tables.values())
        assert item.subject_id not in written
        assert not any(
            word in column for table in shown.tables.values() for column in table for word in ("hash", "_id")
        )
        assert set(shown.rule.offline_check) < set(shown.checks)
        with pytest.raises(UserError, match="还没有交卷"):
            judging.told(warehouse, TRAINEE, go, number, ())


def gained(warehouse: Warehouse, pool: pd.DataFrame, seeds: int) -> dict[str, list[float]]:
    """The points of every answerer over as many draws."""
    found: dict[str, list[float]] = {name: [] for name in ANSWERERS}
    rules = read_rules()
    for number in range(seeds):
        drawn, seen = judge_items(pool, seed(1, of_class=number), COUNT, NEAR), []
        for item, row in zip(drawn, of(pool, drawn).itertuples(), strict=True):
            rule = rules[item.rule_id]
            shown = tables(warehouse, rule, item)
            rows, may = deciding_rows(warehouse, rule, row.kind, row.branch, shown)
            true = Truth(row.kind == "violation", rows, may, frozenset(rule.offline_check))
            names = tuple(row_id(title, n) for title, one in shown.items() for n in range(len(one)))
            go = Go("A1", "judge", 1, str(number), [one._asdict() for one in drawn], WORKING, 1)
            seen.append(Seen(item.rule_id, names, judging._offered(go, len(seen) + 1, rule), true))
        truths = [one.truth for one in seen]
        for name, answerer in ANSWERERS.items():
            # A single go of a coin says little: many of them on the same draw.
            goes = 1 if name in ("perfect", "everything true", "everything innocent") else 200
            chance = Random(f"{number}|{name}")
            points = [
                judged(JUDGE, events([answerer(one, chance) for one in seen]), truths).points for _ in range(goes)
            ]
            found[name].append(mean(points))
    return found


def check(found: dict[str, list[float]]) -> None:
    assert set(found["perfect"]) == {100}
    assert set(found["everything true"]) == set(found["everything innocent"]) == {0}
    assert mean(found["coin"]) <= 10 and mean(found["sly"]) <= 10, found


def test_guessing_gains_nothing(warehouse: Warehouse, pool: pd.DataFrame) -> None:
    check(gained(warehouse, pool, 2))


@pytest.mark.scale
def test_guessing_gains_nothing_over_twenty_draws(warehouse: Warehouse, pool: pd.DataFrame) -> None:
    found = gained(warehouse, pool, 20)
    for name, points in found.items():
        print(f"{name}: {mean(points):.1f} ({min(points):.1f} to {max(points):.1f})")
    check(found)
