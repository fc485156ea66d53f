"""From signals to warnings: each on its own, or one for a group that stands out."""

import json
from datetime import date

import pandas as pd
import pytest

from lib.rules import CANDIDATE_COLUMNS, Rule, aggregate, group_rates, period_of, warning_id

AUGUST = date(2022, 8, 10)


def signals(rule: Rule, *groups: tuple[str, int, str, date]) -> pd.DataFrame:
    """`count` signals of a level on a day for each (group, count, level, day)."""
    rows = []
    for group, count, level, day in groups:
        for _ in range(count):
            number = len(rows)
            rows.append(
                {
                    "rule_id": rule.id,
                    "subject_type": rule.subject,
                    "subject_id": f"S{number:04d}",
                    "level": level,
                    "officer_id": group if rule.aggregation.group != "org" else None,
                    "org_id": group,
                    "area_code": "330483101",
                    "occurred_on": day,
                    "value": 3.0,
                    "threshold": 0.0,
                    "evidence": json.dumps({"branches": ["late"] if level == "yellow" else ["reopened"]}),
                }
            )
    columns = ["rule_id", "subject_type", "subject_id", "level", "officer_id", "org_id", "area_code", "occurred_on",
               "value", "threshold", "evidence"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def exposure(**groups: int) -> pd.DataFrame:
    """What each group handled in August 2022."""
    rows = [(group, date(2022, 8, 1), count) for group, count in groups.items()]
    return pd.DataFrame(rows, columns=["group_id", "month", "exposure"])


def groups_of(found: pd.DataFrame) -> list[tuple]:
    columns = ["subject_type", "subject_id", "period", "level", "signal_count"]
    return list(found[columns].itertuples(index=False, name=None))


def test_a_direct_rule_warns_of_each_signal(rules: dict[str, Rule]) -> None:
    found = aggregate(signals(rules["M05"], ("O1", 1, "red", AUGUST), ("O1", 1, "yellow", AUGUST)), None, rules["M05"])
    assert list(found.columns) == CANDIDATE_COLUMNS
    assert groups_of(found) == [("penalty_case", "S0000", "", "red", 1), ("penalty_case", "S0001", "", "yellow", 1)]
    assert list(found["warning_id"]) == [warning_id("M05", "penalty_case", f"S000{n}", "") for n in (0, 1)]


def test_no_signals_give_no_warnings(rules: dict[str, Rule]) -> None:
    assert list(aggregate(signals(rules["M05"]), None, rules["M05"]).columns) == CANDIDATE_COLUMNS
    found = aggregate(signals(rules["M16"]), exposure(P1=10), rules["M16"])
    assert (len(found), list(found.columns)) == (0, CANDIDATE_COLUMNS)
    assert len(aggregate(signals(rules["M16"]), exposure(), rules["M16"])) == 0


def test_the_number_of_a_warning_is_a_hash_of_what_it_is_about() -> None:
    assert warning_id("M01", "penalty_case", "C1", "") == "W76598b30c3335b21"


def test_periods() -> None:
    assert period_of(date(2022, 6, 30), "half_year") == "2022H1"
    assert period_of(date(2022, 7, 1), "half_year") == "2022H2"
    assert period_of(date(2022, 7, 1), "month") == "2022-07"
    assert period_of(date(2022, 7, 1), "none") == ""


@pytest.mark.parametrize(("count", "warned"), [(4, False), (5, True)])
def test_five_signals_make_a_group_warning(rules: dict[str, Rule], count: int, warned: bool) -> None:
    found = aggregate(signals(rules["M16"], ("P1", count, "yellow", AUGUST)), exposure(P1=10, P2=100), rules["M16"])
    assert groups_of(found) == ([("officer", "P1", "2022-08", "yellow", 5)] if warned else [])


@pytest.mark.parametrize(("own", "warned"), [(50, True), (51, False)])
def test_twice_the_rate_of_the_others_makes_a_group_warning(rules: dict[str, Rule], own: int, warned: bool) -> None:
    # P1 5/50 against 4/80 of the others is exactly twice their rate; 5/51 is less.
    hits = signals(rules["M16"], ("P1", 5, "yellow", AUGUST), ("P2", 4, "yellow", AUGUST))
    found = aggregate(hits, exposure(P1=own, P2=60, P3=20), rules["M16"])
    assert groups_of(found) == ([("officer", "P1", "2022-08", "yellow", 5)] if warned else [])


def test_a_group_warning_explains_itself(rules: dict[str, Rule]) -> None:
    hits = signals(
        rules["M16"], ("P1", 5, "yellow", AUGUST), ("P1", 1, "orange", date(2022, 8, 20)), ("P2", 1, "yellow", AUGUST)
    )
    (found,) = aggregate(hits, exposure(P1=20, P2=80), rules["M16"]).to_dict("records")
    assert json.loads(found["evidence"]) == {
        "branches": ["late", "reopened"],
        "signals": ["S0005", "S0000", "S0001", "S0002", "S0003", "S0004"],
        "signal_count": 6,
        "orange_count": 1,
        "exposure": 20,
        "rate": 0.3,
        "peer_rate": 0.0125,
        "peer_ratio": 24.0,
    }
    assert (found["level"], found["officer_id"], found["org_id"], found["area_code"]) == (
        "orange",
        "P1",
        "P1",
        "330483101",
    )
    assert (found["value"], found["threshold"], found["occurred_on"]) == (0.3, 0.025, date(2022, 8, 20))
    assert found["warning_id"] == warning_id("M16", "officer", "P1", "2022-08")


def test_red_signals_warn_directly_and_do_not_count_in_the_group(rules: dict[str, Rule]) -> None:
    hits = signals(rules["M16"], ("P1", 4, "yellow", AUGUST), ("P1", 1, "red", AUGUST))
    assert groups_of(aggregate(hits, exposure(P1=10, P2=100), rules["M16"])) == [
        ("grid_dispatch", "S0004", "2022-08", "red", 1)
    ]
    hits = signals(rules["M16"], ("P1", 5, "yellow", AUGUST), ("P1", 1, "red", AUGUST))
    assert groups_of(aggregate(hits, exposure(P1=10, P2=100), rules["M16"])) == [
        ("grid_dispatch", "S0005", "2022-08", "red", 1),
        ("officer", "P1", "2022-08", "yellow", 5),
    ]


def test_months_are_counted_apart(rules: dict[str, Rule]) -> None:
    hits = signals(rules["M16"], ("P1", 4, "yellow", AUGUST), ("P1", 4, "yellow", date(2022, 7, 31)))
    handled = pd.concat([exposure(P1=10, P2=100), exposure(P1=10, P2=100).assign(month=date(2022, 7, 1))])
    assert len(aggregate(hits, handled, rules["M16"])) == 0


def test_units_are_grouped_by_unit(rules: dict[str, Rule]) -> None:
    found = aggregate(signals(rules["M18"], ("O1", 6, "yellow", AUGUST)), exposure(O1=50, O2=500), rules["M18"])
    assert groups_of(found) == [("org", "O1", "2022-08", "yellow", 6)]
    assert found.loc[0, "org_id"] == "O1"
    assert found["officer_id"].isna().all()


def test_nothing_to_compare_with_is_no_warning(rules: dict[str, Rule]) -> None:
    hits = signals(rules["M16"], ("P1", 9, "yellow", AUGUST))
    assert len(aggregate(hits, exposure(P1=10), rules["M16"])) == 0
    assert len(aggregate(hits, exposure(P2=10), rules["M16"])) == 0
    assert len(aggregate(hits, exposure(P1=10, P2=0), rules["M16"])) == 0


def test_signals_without_an_officer_count_for_the_unit(rules: dict[str, Rule]) -> None:
    hits = signals(rules["M16"], ("O1", 5, "yellow", AUGUST), ("O2", 1, "yellow", AUGUST)).assign(officer_id=None)
    own = signals(rules["M16"], ("P1", 3, "yellow", AUGUST)).assign(org_id="O1")
    found = aggregate(pd.concat([hits, own]), exposure(O1=10, O2=20, P1=30), rules["M16"])
    assert groups_of(found) == [("org", "O1", "2022-08", "yellow", 5)]
    assert (found.loc[0, "org_id"], found["officer_id"].isna().all()) == ("O1", True)
    assert found.loc[0, "warning_id"] == warning_id("M16", "org", "O1", "2022-08")
    # 5/10 against 4/50 of everybody else.
    assert (found.loc[0, "value"], found.loc[0, "threshold"]) == (0.5, 0.16)


def test_signals_of_nobody_raise_no_group_warning(rules: dict[str, Rule]) -> None:
    hits = signals(rules["M16"], ("O1", 9, "yellow", AUGUST)).assign(officer_id=None, org_id=None)
    assert len(aggregate(hits, exposure(O1=10, P2=100), rules["M16"])) == 0


def by_kind(*rows: tuple[str, str, int]) -> pd.DataFrame:
    """What each group handled of each kind of work in August 2022."""
    frame = pd.DataFrame(rows, columns=["group_id", "work_kind", "exposure"])
    return frame.assign(month=date(2022, 8, 1))


def of_kind(kind: str, rule: Rule, *groups: tuple[str, int, str, date]) -> pd.DataFrame:
    evidence = json.dumps({"branches": ["late"], "work_kind": kind})
    return signals(rule, *groups).assign(evidence=evidence)


def test_groups_are_compared_with_those_who_do_the_same_kind_of_work(rules: dict[str, Rule]) -> None:
    # Hard work draws 5 in 10 of everybody, easy work 1 in 100: P1 does only hard work and is like the others there.
    rule = rules["M16"]
    hits = pd.concat(
        [
            of_kind("难", rule, ("P1", 5, "yellow", AUGUST), ("P2", 10, "yellow", AUGUST)),
            of_kind("易", rule, ("P3", 1, "yellow", AUGUST), ("P4", 5, "yellow", AUGUST)),
        ]
    )
    handled = by_kind(("P1", "难", 10), ("P2", "难", 20), ("P3", "易", 100), ("P4", "易", 20))
    rates = group_rates(hits, handled, "officer").set_index("group_id")
    assert rates["peer_rate"].to_dict() == {"P1": 0.5, "P2": 0.5, "P3": 0.25, "P4": 0.01}
    assert groups_of(aggregate(hits, handled, rule)) == [("officer", "P4", "2022-08", "yellow", 5)]
    # Without the kinds of work P1 stands out: 5/10 against 16/140.
    plain = handled.drop(columns="work_kind")
    assert "P1" in set(aggregate(hits, plain, rule)["subject_id"])


def test_what_is_expected_adds_up_over_the_kinds_of_work(rules: dict[str, Rule]) -> None:
    hits = of_kind("难", rules["M16"], ("P1", 5, "yellow", AUGUST), ("P2", 4, "yellow", AUGUST))
    handled = by_kind(("P1", "难", 10), ("P1", "易", 30), ("P2", "难", 40), ("P3", "易", 10))
    (own,) = group_rates(hits, handled, "officer").query("group_id == 'P1'").to_dict("records")
    # 10 x 4/40 of the hard work and 30 x 0/10 of the easy.
    assert (own["signals"], own["exposure"], own["expected"]) == (5, 40, 1.0)
    assert (own["rate"], own["peer_rate"]) == (0.125, 0.025)


def test_work_that_nobody_else_did_compares_with_nobody(rules: dict[str, Rule]) -> None:
    hits = of_kind("独", rules["M16"], ("P1", 9, "yellow", AUGUST))
    handled = by_kind(("P1", "独", 10), ("P1", "易", 30), ("P2", "易", 30))
    (own,) = group_rates(hits, handled, "officer").query("group_id == 'P1'").to_dict("records")
    assert (own["signals"], own["exposure"], own["rate"]) == (9, 30, 0.0)
    assert len(aggregate(hits, by_kind(("P1", "独", 10)), rules["M16"])) == 0


def test_at_most_two_hundred_subjects_are_listed(rules: dict[str, Rule]) -> None:
    hits = signals(rules["M16"], ("P1", 250, "yellow", AUGUST))
    (found,) = aggregate(hits, exposure(P1=300, P2=3000), rules["M16"]).to_dict("records")
    assert (found["signal_count"], len(json.loads(found["evidence"])["signals"])) == (250, 200)


def test_rates_of_all_groups(rules: dict[str, Rule]) -> None:
    hits = signals(rules["M16"], ("P1", 5, "yellow", AUGUST), ("P2", 1, "red", AUGUST))
    rates = group_rates(hits, exposure(P1=10, P2=40), "officer").set_index("group_id")
    assert rates["rate"].to_dict() == {"P1": 0.5, "P2": 0.0}
    assert rates["peer_rate"].to_dict() == {"P1": 0.0, "P2": 0.5}


def test_a_grouped_rule_needs_its_exposure(rules: dict[str, Rule]) -> None:
    with pytest.raises(ValueError, match="M16"):
        aggregate(signals(rules["M16"]), None, rules["M16"])
