"""A rule run for a day sees nothing later: rows dated after it change nothing, on any small city."""

import math
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.catalog import load_catalog
from lib.rules import Rule, run_exposure, run_rule
from lib.warehouse.reference import fill_reference
from tests.rules.conftest import put

AS_OF = date(2022, 9, 25)
Rows = dict[str, list[dict[str, Any]]]

OFFICERS = st.sampled_from(["P1", "P2", "P3"])
CASES = [f"C{number}" for number in range(14)]
EVENTS = [f"G{number}" for number in range(6)]
MONEY = st.sampled_from([0, 50, 999, 1000, 1001, 5000, 9500, 20000, 60000])
VERIFIED = st.sampled_from([None, "属实", "部分属实", "不属实", "虚假办结"])
BEFORE, AFTER, EVER = (-420, 0), (1, 40), (-420, 40)


def day(span: tuple[int, int]) -> st.SearchStrategy[date]:
    return st.integers(*span).map(lambda days: AS_OF + timedelta(days=days))


def moment(span: tuple[int, int]) -> st.SearchStrategy[datetime]:
    seconds = st.integers(span[0] * 86400, span[1] * 86400 + 86399)
    return seconds.map(lambda count: datetime(AS_OF.year, AS_OF.month, AS_OF.day) + timedelta(seconds=count))


def maybe(values: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | values


def fixed(**columns: st.SearchStrategy) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(columns)


def case(span: tuple[int, int]) -> st.SearchStrategy[dict[str, Any]]:
    """A case filed, and perhaps decided and closed, in that order, from a day in the span on."""

    def ordered(row: dict[str, Any]) -> dict[str, Any]:
        taken, decided, closed = row.pop("taken"), row.pop("decided"), row.pop("closed")
        decision_date = row["filed_date"] + timedelta(days=taken) if decided else None
        closed_date = decision_date + timedelta(days=9) if decision_date and closed else None
        result_type = "处罚" if decided else "未决"
        return {**row, "decision_date": decision_date, "closed_date": closed_date, "result_type": result_type}

    return fixed(
        filed_date=day(span), taken=st.integers(0, 220),
        decided=st.sampled_from([True, True, True, False]), closed=st.booleans(),
        org_id=st.sampled_from(["O1", "O2"]), item_code=st.sampled_from(["X1", "X2"]),
        benchmark_id=st.sampled_from([None, "B1", "B2"]), party_type=st.sampled_from(["自然人", "个体工商户"]),
        procedure_type=st.sampled_from(["普通", "简易"]), fine_amt=maybe(MONEY),
        mitigate_type=st.sampled_from([None, None, "减轻"]), extension_cnt=maybe(st.integers(0, 60)),
        suspended_cnt=maybe(st.integers(0, 60)),
    ).map(ordered)  # fmt: skip


def event(span: tuple[int, int]) -> st.SearchStrategy[dict[str, Any]]:
    return fixed(case_id=st.sampled_from(CASES), event_at=moment(span),
                 event_type=st.sampled_from(["调查取证", "集体讨论", "强制执行"]))  # fmt: skip


def handler(span: tuple[int, int]) -> st.SearchStrategy[dict[str, Any]]:
    return fixed(case_id=st.sampled_from(CASES), officer_id=OFFICERS, start_at=moment(span),
                 role_type=st.sampled_from(["主办", "主办", "协办"]))  # fmt: skip


def receipt(paid: st.SearchStrategy, due: st.SearchStrategy, handed: st.SearchStrategy) -> st.SearchStrategy[dict]:
    return fixed(case_id=st.sampled_from(CASES), pay_amt=MONEY, surcharge_amt=maybe(MONEY), paid_at=paid, due_date=due,
                 handover_at=handed, pay_channel=st.sampled_from(["银行代收", "当场收缴"]),
                 payee_account_hash=st.sampled_from([None, "T1", "X9"]),
                 receipt_status=st.sampled_from(["有效", "分期", "退付", "作废"]))  # fmt: skip


def review(span: tuple[int, int]) -> st.SearchStrategy[dict[str, Any]]:
    return fixed(case_id=st.sampled_from(CASES), decided_date=day(span),
                 result_type=st.sampled_from(["维持", "变更", "撤销"]))  # fmt: skip


def complaint(span: tuple[int, int], settled: str) -> st.SearchStrategy[dict[str, Any]]:
    columns = {"target_officer_id": maybe(OFFICERS), "received_at": moment(span), "verify_result": VERIFIED}
    return st.fixed_dictionaries({**columns, settled: maybe(moment(EVER))})


def grid_event(span: tuple[int, int]) -> st.SearchStrategy[dict[str, Any]]:
    return fixed(event_type=st.sampled_from(["占道经营", "流动摊贩"]), reported_at=moment(span),
                 place_text=st.sampled_from([None, "永乐路1号", "永乐路2号"]))  # fmt: skip


def dispatch(span: tuple[int, int]) -> st.SearchStrategy[dict[str, Any]]:
    def ordered(row: dict[str, Any]) -> dict[str, Any]:
        minutes = row.pop("minutes")
        row["due_at"] = row["assigned_at"] + timedelta(days=2)
        row["finished_at"] = None if minutes is None else row["assigned_at"] + timedelta(minutes=minutes)
        row["verified_at"] = row["finished_at"] and row["finished_at"] + timedelta(days=3)
        return row

    return fixed(event_no=st.sampled_from(EVENTS), to_org_id=st.just("O1"), officer_id=maybe(OFFICERS),
                 assigned_at=moment(span), minutes=maybe(st.sampled_from([3, 300, 4000, 20000])),
                 photo_hash=st.sampled_from([None, "H1", "H2", "H3"]), verify_result=VERIFIED).map(ordered)  # fmt: skip


def visit(span: tuple[int, int]) -> st.SearchStrategy[dict[str, Any]]:
    return fixed(party_id=st.sampled_from(["E1", "E2"]), org_id=st.sampled_from(["O1", "O2"]), started_at=moment(span),
                 task_id=st.sampled_from([None, "T1", "T2"]), joint_id=st.sampled_from([None, None, "J1"]),
                 check_type=st.sampled_from(["日常", "双随机", "投诉核查"]))  # fmt: skip


def several(rows: st.SearchStrategy, least: int, most: int) -> st.SearchStrategy[list]:
    return st.lists(rows, min_size=least, max_size=most)


# (rows before and at the day, rows after it) of each table. A receipt has no issue date, so a later one must not
# carry a later due date: the rule takes due dates as known.
ROWS: dict[str, tuple[st.SearchStrategy, st.SearchStrategy]] = {
    "penalty_case": (several(case(BEFORE), 12, 16), several(case(AFTER), 0, 4)),
    "case_event": (several(event(EVER), 0, 12), several(event(AFTER), 0, 6)),
    "case_officer": (several(handler(EVER), 0, 12), several(handler(AFTER), 0, 6)),
    "fine_receipt": (
        several(receipt(maybe(moment(EVER)), maybe(day(EVER)), maybe(moment(EVER))), 0, 12),
        several(receipt(moment(AFTER), st.none(), moment(AFTER)), 0, 6),
    ),
    "review_litigation": (several(review(EVER), 4, 8), several(review(AFTER), 0, 4)),
    "hotline_ticket": (several(complaint(BEFORE, "replied_at"), 4, 8), several(complaint(AFTER, "replied_at"), 0, 4)),
    "petition": (several(complaint(BEFORE, "closed_at"), 0, 6), several(complaint(AFTER, "closed_at"), 0, 4)),
    "grid_event": (several(grid_event(BEFORE), 3, 6), several(grid_event(AFTER), 0, 4)),
    "grid_dispatch": (several(dispatch(BEFORE), 4, 12), several(dispatch(AFTER), 0, 6)),
    "inspection_record": (several(visit(BEFORE), 12, 24), several(visit(AFTER), 0, 6)),
}
KEYS = {"penalty_case": ("case_id", "C"), "grid_event": ("event_no", "G"), "grid_dispatch": ("dispatch_id", "D")}
# Little is enough to be judged, so that small cities reach every branch.
PARAMS: dict[str, dict[str, Any]] = {
    "M08": {"least_cases": 5, "window_months": 24, "ratio_limit": 1.1, "overturned_limit": 1, "complaint_limit": 1}
}
ALL_BY_ONE = [
    {"case_id": case_id, "officer_id": "P1", "role_type": "主办", "start_at": datetime(2021, 1, 1)} for case_id in CASES
]


@pytest.fixture(scope="module")
def city() -> duckdb.DuckDBPyConnection:
    """Empty tables, and the reference rows that have no date of their own."""
    con = duckdb.connect(":memory:", config={"threads": "1"})
    for dataset in load_catalog().values():
        con.execute(dataset.create_table_sql())
    fill_reference(con)
    put(con, "treasury_account", {"account_hash": "T1"})
    put(con, "inspection_plan", {"task_id": "T1", "plan_type": "项目分阶段检查"})
    put(con, "enterprise", {"uscc": "E1", "risk_type": "A"}, {"uscc": "E2", "risk_type": None})
    put(con, "org", {"org_id": "O1", "area_code": "330483101"})
    for item in ("X1", "X2"):
        put(con, "power_item", {"item_code": item, "fine_min_amt": 100, "fine_max_amt": 50000})
    tier = {"item_code": "X1", "tier_no": 1, "party_type": "自然人", "valid_from_date": date(2019, 1, 1)}
    put(con, "discretion_benchmark", {**tier, "benchmark_id": "B1", "fine_min_amt": 1000, "fine_max_amt": 10000},
        {**tier, "benchmark_id": "B2", "fine_min_amt": 5000, "fine_max_amt": 5000})  # fmt: skip
    return con


def add(con: duckdb.DuckDBPyConnection, rows: Rows, prefix: str = "") -> None:
    for table, table_rows in rows.items():
        column, letter = KEYS.get(table, ("", ""))
        numbered = [{column: f"{prefix}{letter}{n}", **row} if column else row for n, row in enumerate(table_rows)]
        put(con, table, *numbered)


def found(con: duckdb.DuckDBPyConnection, rule: Rule) -> tuple[list[dict], list[dict]]:
    signals = run_rule(con, rule, AS_OF, PARAMS.get(rule.id)).to_pylist()
    exposure = run_exposure(con, rule, AS_OF)
    return signals, [] if exposure is None else exposure.to_pylist()


@pytest.mark.parametrize("rule_id", ["M01", "M05", "M06", "M08", "M16", "M18"])
def test_later_rows_change_nothing(rules: dict[str, Rule], city: duckdb.DuckDBPyConnection, rule_id: str) -> None:
    rule = rules[rule_id]
    dated = sorted(set(rule.inputs) & set(ROWS))
    earlier = {table: ROWS[table][0] for table in dated}
    if rule_id == "M08":
        earlier["case_officer"] = earlier["case_officer"].map(lambda rows: [*ALL_BY_ONE, *rows])
    hits = 0

    @settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(
        past=st.fixed_dictionaries(earlier),
        future=st.fixed_dictionaries({table: ROWS[table][1] for table in dated}),
    )
    def try_one(past: Rows, future: Rows) -> None:
        nonlocal hits
        for table in dated:
            city.execute(f"delete from {table}")
        add(city, past)
        before = found(city, rule)
        add(city, future, prefix="later-")
        assert found(city, rule) == before
        assert all(math.isfinite(signal["value"]) for signal in before[0])
        hits += len(before[0])

    try_one()
    assert hits > 0
