"""What a hit rests on: raw rows without anyone's name who complained, and the peers it is compared with."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from lib.catalog import load_catalog
from lib.rules import Rule, peers, read_cases, read_rules, sources
from tests.rules.conftest import put

AS_OF = date(2022, 9, 25)
SUBJECTS = {"M01": "C1", "M05": "C1", "M06": "C1", "M08": "P1", "M16": "D1", "M18": "E1"}
# Columns that say who complained, who owns and who paid.
PEOPLE = ("reporter_hash", "legal_rep_hash", "holder_hashes", "payer_hash")


@pytest.fixture
def warehouse(tables: duckdb.DuckDBPyConnection) -> Any:
    """Two units' cases of one item, dispatches of one officer, visits to one enterprise."""
    put(tables, "power_item", {"item_code": "X1", "item_name": "占道", "fine_min_amt": 0, "fine_max_amt": 50000})
    put(
        tables,
        "discretion_benchmark",
        {
            "benchmark_id": "B1",
            "item_code": "X1",
            "tier_no": 1,
            "party_type": "自然人",
            "fine_min_amt": 1000,
            "fine_max_amt": 11000,
            "valid_from_date": date(2019, 1, 1),
        },
    )
    for number in range(40):
        case_id, decided = f"C{number}", date(2022, 6, 1) + timedelta(days=number)
        put(tables, "penalty_case", {
            "case_id": case_id, "item_code": "X1", "benchmark_id": "B1", "org_id": f"O{number % 2}",
            "party_type": "自然人", "procedure_type": "普通", "filed_date": date(2022, 5, 1), "decision_date": decided,
            "result_type": "处罚", "fine_amt": 1000 + 250 * number,
        })  # fmt: skip
        put(tables, "case_officer", {"case_id": case_id, "officer_id": f"P{number % 2}", "role_type": "主办"})
        put(
            tables,
            "fine_receipt",
            {
                "receipt_no": f"R{number}",
                "case_id": case_id,
                "pay_amt": 100,
                "receipt_status": "有效",
                "paid_at": datetime(2022, 9, 1),
                "due_date": decided,
            },
        )
    for number, hour in ((1, 4), (2, 30), (3, 60)):
        assigned = datetime(2022, 8, 1, 9)
        put(
            tables,
            "grid_event",
            {
                "event_no": f"G{number}",
                "event_type": "占道经营",
                "place_text": "永乐路1号",
                "reporter_hash": "secret",
                "reported_at": assigned + timedelta(days=number),
            },
        )
        put(
            tables,
            "grid_dispatch",
            {
                "dispatch_id": f"D{number}",
                "event_no": f"G{number}",
                "to_org_id": "O1",
                "officer_id": f"P{number}",
                "assigned_at": assigned,
                "due_at": assigned + timedelta(hours=24),
                "photo_hash": "H1",
                "finished_at": assigned + timedelta(hours=hour),
            },
        )
    put(
        tables,
        "enterprise",
        {"uscc": "E1", "entity_name": "某厂", "risk_type": "A", "legal_rep_hash": "secret"},
        {"uscc": "E2", "risk_type": "A"},
        {"uscc": "E3", "risk_type": "B"},
    )
    put(tables, "org", {"org_id": "O1", "area_code": "330483101"})
    for number, party in enumerate(["E1", "E1", "E1", "E2", "E3"]):
        put(
            tables,
            "inspection_record",
            {
                "inspection_id": f"I{number}",
                "party_id": party,
                "org_id": "O1",
                "check_type": "日常",
                "started_at": datetime(2022, 8, 1 + number),
            },
        )
    put(
        tables,
        "inspection_record",
        {
            "inspection_id": "I9",
            "party_id": "E1",
            "org_id": "O1",
            "check_type": "投诉核查",
            "started_at": datetime(2022, 8, 20),
        },
    )
    put(
        tables,
        "hotline_ticket",
        {
            "ticket_no": "H1",
            "target_officer_id": "P1",
            "received_at": datetime(2022, 8, 1),
            "verify_result": "属实",
            "party_id": "secret",
            "place_text": "secret",
        },
    )
    return SimpleNamespace(cursor=tables.cursor)


def _of(con: duckdb.DuckDBPyConnection, rule: Rule) -> tuple[Any, Rule, str, date]:
    """A warehouse of the rows of the case that the catalogue shows, the rule, a hit of it and its day."""
    case = next(case for case in read_cases(rule) if case.example)
    for table, rows in case.given.items():
        named = [field for field in load_catalog()[table].fields if field.name in PEOPLE]
        people = {field.name: ["secret"] if field.duckdb_type.endswith("[]") else "secret" for field in named}
        put(con, table, *({**people, **row} for row in rows))
    return SimpleNamespace(cursor=con.cursor), rule, case.expect[0]["subject_id"], case.as_of


@pytest.mark.parametrize("rule_id", read_rules())
def test_each_source_names_its_subject_and_hides_people(
    rules: dict[str, Rule], tables: duckdb.DuckDBPyConnection, rule_id: str
) -> None:
    known = {column for dataset in load_catalog().values() for column in dataset.column_names}
    found = sources(*_of(tables, rules[rule_id]))
    assert [title for title, _ in found] == [source.title for source in rules[rule_id].sources]
    assert any(len(rows) for _, rows in found)
    for title, rows in found:
        assert len(rows) <= 200, title
        assert not rows.astype(str).isin(["secret"]).any(axis=None), title
        assert not set(PEOPLE) & set(rows.columns), title
        derived = [column for column in rows.columns if column not in known]
        assert all("\u4e00" <= column[0] <= "\u9fff" for column in derived), derived


@pytest.mark.parametrize("rule_id", read_rules())
def test_peers_hold_the_subject_once_per_measure(
    rules: dict[str, Rule], tables: duckdb.DuckDBPyConnection, rule_id: str
) -> None:
    found = peers(*_of(tables, rules[rule_id]))
    assert list(found.columns) == ["value", "is_subject"]
    assert found["is_subject"].sum() == 1
    assert bool(found.loc[0, "is_subject"])
    assert 1 <= len(found) <= 2000


def test_peer_values_are_those_of_the_rule(rules: dict[str, Rule], warehouse: Any) -> None:
    def own(rule_id: str) -> float:
        found = peers(warehouse, rules[rule_id], SUBJECTS[rule_id], AS_OF)
        return float(found.loc[found["is_subject"], "value"].iloc[0])

    assert own("M01") == 32.0  # filed 1 May, decided 2 June
    assert own("M05") == 91.0  # decided 2 June, paid 1 September
    assert own("M06") == 0.025  # 1,250 between 1,000 and 11,000
    assert own("M16") == 4.0
    assert own("M18") == 3.0
    # 4 of 20 own cases (C33, C35, C37, C39) are high, as are 4 of the other 20: (4 + 5) / (4 + 5).
    assert own("M08") == 1.0


def test_few_peers_of_one_item_are_widened_to_the_unit(rules: dict[str, Rule], warehouse: Any) -> None:
    con = warehouse.cursor()
    assert len(peers(warehouse, rules["M01"], "C1", AS_OF)) == 40
    con.execute("update penalty_case set item_code = 'X2' where case_id in ('C1', 'C2')")
    # C1 shares its item with C2 only, its unit with 19 others.
    assert len(peers(warehouse, rules["M01"], "C1", AS_OF)) == 21


def test_only_counted_visits_are_listed_as_such(rules: dict[str, Rule], warehouse: Any) -> None:
    found = dict(sources(warehouse, rules["M18"], "E1", AS_OF))
    assert list(found["计入次数的上门检查"]["inspection_id"]) == ["I0", "I1", "I2"]
    assert list(found["不计入次数的检查"]["inspection_id"]) == ["I9"]


def test_a_dispatch_shows_the_same_photo_elsewhere(rules: dict[str, Rule], warehouse: Any) -> None:
    found = dict(sources(warehouse, rules["M16"], "D1", AS_OF))
    assert list(found["使用同一照片的派单"]["dispatch_id"]) == ["D2", "D3"]
    assert list(found["办结后原地再报的同类事件"]["event_no"]) == ["G2", "G3"]


def test_an_officers_cases_come_with_their_position(rules: dict[str, Rule], warehouse: Any) -> None:
    found = dict(sources(warehouse, rules["M08"], "P1", AS_OF))
    cases = found["主办罚款案件"]
    assert (len(cases), cases.loc[0, "case_id"], cases.loc[0, "裁量位置"]) == (20, "C39", 0.975)
    assert list(found["查实的投诉信访"]["编号"]) == ["H1"]


def test_cases_in_a_campaign_are_named_and_compared_with_the_others_in_it(
    rules: dict[str, Rule], warehouse: Any
) -> None:
    con = warehouse.cursor()
    con.execute("update power_item set domain_code = 'ZF'")
    put(
        con,
        "inspection_plan",
        {
            "task_id": "K1",
            "plan_type": "专项行动",
            "org_id": "O1",
            "campaign_name": "清理",
            "domain_code": "ZF",
            "start_date": date(2022, 5, 1),
            "end_date": date(2022, 5, 1),
        },
    )
    # One more officer of the unit, with ten high fines in the same campaign; P1's own 20 do not count for P1.
    for number in range(10):
        put(
            con,
            "penalty_case",
            {
                "case_id": f"D{number}",
                "item_code": "X1",
                "benchmark_id": "B1",
                "org_id": "O1",
                "result_type": "处罚",
                "filed_date": date(2022, 5, 1),
                "decision_date": date(2022, 8, 1),
                "fine_amt": 11000,
            },
        )
        put(con, "case_officer", {"case_id": f"D{number}", "officer_id": "P2", "role_type": "主办"})
    cases = dict(sources(warehouse, rules["M08"], "P1", AS_OF))["主办罚款案件"]
    assert set(cases["专项行动"]) == {"清理"}
    found = peers(warehouse, rules["M08"], "P1", AS_OF)
    # 18 of 50 fines of the item are high, 10 of the others' 10 in the campaign: (10 + 20 * 0.36) / 30 of 20 cases.
    assert found.loc[0, "value"] == pytest.approx((4 + 5) / (20 * (10 + 20 * 0.36) / 30 + 5))
    # P0 takes no part: 0.36 of 20.
    assert found.loc[1, "value"] == pytest.approx((4 + 5) / (20 * 0.36 + 5))


def test_a_group_warning_lists_its_subjects(rules: dict[str, Rule], warehouse: Any) -> None:
    ((title, rows),) = sources(warehouse, rules["M16"], "P2", AS_OF, subject_ids=["D2", "D3"])
    assert (title, list(rows["dispatch_id"])) == ("涉及的网格派单", ["D2", "D3"])
    assert "reporter_hash" not in rows
    found = sources(warehouse, rules["M18"], "O1", AS_OF, subject_ids=["E1"])
    assert [(title, len(rows)) for title, rows in found] == [("涉及企业", 1), ("计入次数的上门检查", 3)]


def test_peers_of_a_group_are_the_rates_of_that_month(rules: dict[str, Rule], warehouse: Any) -> None:
    found = peers(warehouse, rules["M18"], "O1", AS_OF, period="2022-08")
    # One enterprise over its cap among six checks.
    assert found.to_dict("records") == [{"value": pytest.approx(1 / 6), "is_subject": True}]
    assert len(peers(warehouse, rules["M18"], "O1", AS_OF, period="2022-07")) == 0
    with pytest.raises(ValueError, match="M01"):
        peers(warehouse, rules["M01"], "O1", AS_OF, period="2022-08")
