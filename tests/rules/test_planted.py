"""The models find exactly what was planted in a synthetic city, and the bench that says so can say otherwise."""

from pathlib import Path

import pandas as pd
import pytest

from lib.warehouse.home import truth_path
from lib.warehouse.store import Warehouse, open_warehouse
from tests.bench.truth import Report, main, measure

RULE_IDS = [f"M{number:02}" for number in range(1, 20)]
GROUPED = {"M04", "M07", "M16", "M18", "M19"}


@pytest.fixture(scope="module")
def truth(small_city: Path) -> pd.DataFrame:
    return pd.read_parquet(truth_path(small_city))


@pytest.fixture(scope="module")
def warehouse(small_city: Path) -> Warehouse:
    return open_warehouse(small_city)


@pytest.fixture(scope="module")
def report(warehouse: Warehouse, truth: pd.DataFrame) -> Report:
    return measure("small", warehouse, truth)


def wrong(warehouse: Warehouse, truth: pd.DataFrame) -> list[tuple]:
    keys = ("rule_id", "subject_id", "expected", "found")
    return [tuple(row[key] for key in keys) for row in measure("tampered", warehouse, truth).wrong]


def test_the_models_find_what_was_planted_and_nothing_else(report: Report) -> None:
    assert report.wrong == []
    for score in report.scores:
        assert score.expected == score.found == score.right, score


def test_something_of_each_model_was_planted(report: Report) -> None:
    for rule_id in RULE_IDS:
        assert sum(score.expected for score in report.scores if score.rule_id == rule_id) > 0
        assert report.lookalikes[rule_id][0] > 0
        assert report.lookalikes[rule_id][1] == 0
        assert report.near[rule_id][0] == report.near[rule_id][1]
    assert {score.rule_id for score in report.scores if score.level == "group" and score.expected} == GROUPED


def test_a_planted_subject_that_was_not_found_is_named(warehouse: Warehouse, truth: pd.DataFrame) -> None:
    row = truth[truth["rule_id"].eq("M05") & truth["in_window"]].iloc[[0]].assign(subject_id="NOBODY", level="red")
    row["kind"] = "violation"
    assert wrong(warehouse, pd.concat([truth, row])) == [("M05", "NOBODY", "red", None)]


def test_a_hit_that_was_not_planted_is_named(warehouse: Warehouse, truth: pd.DataFrame) -> None:
    planted = truth["rule_id"].eq("M01") & truth["kind"].eq("violation") & truth["in_window"]
    row = truth[planted].iloc[0]
    assert wrong(warehouse, truth.drop(row.name)) == [("M01", row["subject_id"], None, row["level"])]


def test_a_wrong_level_is_named(warehouse: Warehouse, truth: pd.DataFrame) -> None:
    chosen = truth.index[truth["rule_id"].eq("M06") & truth["level"].eq("red") & truth["in_window"]][0]
    changed = truth.copy()
    changed.loc[chosen, "level"] = "yellow"
    assert wrong(warehouse, changed) == [("M06", truth.loc[chosen, "subject_id"], "yellow", "red")]


def test_a_group_that_should_not_be_is_named(warehouse: Warehouse, truth: pd.DataFrame) -> None:
    groups = truth["rule_id"].eq("M16") & truth["group_id"].notna()
    group = truth[groups].iloc[0]
    chosen = groups & truth["group_id"].eq(group["group_id"]) & truth["group_period"].eq(group["group_period"])
    changed = truth.copy()
    changed.loc[chosen, ["group_id", "group_period"]] = None
    name = f"{group['group_id']} {group['group_period']}"
    assert wrong(warehouse, changed) == [("M16", name, None, "group")]


def test_the_bench_says_by_its_status_whether_all_is_right(
    small_city: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(homes=[small_city]) == 0
    assert "M18  group" in capsys.readouterr().out
