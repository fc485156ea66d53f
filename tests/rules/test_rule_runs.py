"""Running a rule: the schema of its signals, its parameters, its time limit, what its result may not be."""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from lib.engines import over
from lib.rules import (
    EXPOSURE,
    SIGNALS,
    Rule,
    RuleError,
    RuleTimeout,
    aggregate,
    read_rules,
    run_exposure,
    run_rule,
    sample_tested,
)
from tests.rules.conftest import put

AS_OF = date(2022, 9, 25)
CASE = {
    "case_id": "C1",
    "org_id": "O1001",
    "area_code": "330483101",
    "procedure_type": "普通",
    "result_type": "处罚",
    "filed_date": date(2022, 3, 1),
    "decision_date": date(2022, 6, 9),
    "fine_amt": 1000,
}


@pytest.mark.parametrize("rule_id", read_rules())
def test_empty_tables_give_no_signals(tables: duckdb.DuckDBPyConnection, rules: dict[str, Rule], rule_id: str) -> None:
    found = run_rule(over(tables), rules[rule_id], AS_OF)
    assert found.num_rows == 0
    assert found.schema == SIGNALS
    exposure = run_exposure(over(tables), rules[rule_id], AS_OF)
    assert (exposure is not None) == rules[rule_id].grouped
    assert exposure is None or exposure.num_rows == 0
    if exposure is not None:
        assert exposure.select(EXPOSURE.names).schema == EXPOSURE
        assert set(exposure.column_names) - set(EXPOSURE.names) <= {"work_kind"}


def test_models_that_test_the_same_cases_draw_others(tables: duckdb.DuckDBPyConnection, rules: dict[str, Rule]) -> None:
    for number in range(200):
        put(tables, "penalty_case", {**CASE, "case_id": f"C{number}"})

    def drawn(rule_id: str, salt: str) -> set[str]:
        found = sample_tested(over(tables), rules[rule_id], AS_OF, salt=salt, size=10)
        return set(found["subject_id"].to_pylist())

    assert len(drawn("M05", "2022-09")) == 10
    assert drawn("M05", "2022-09") == drawn("M05", "2022-09")
    assert len(drawn("M05", "2022-09") & drawn("M12", "2022-09")) < 5
    assert len(drawn("M05", "2022-09") & drawn("M05", "2022-10")) < 5


def test_a_signal_says_what_why_and_how_much(tables: duckdb.DuckDBPyConnection, rules: dict[str, Rule]) -> None:
    put(tables, "penalty_case", CASE)
    put(tables, "case_officer", {"case_id": "C1", "officer_id": "P1", "role_type": "主办"})
    (signal,) = run_rule(over(tables), rules["M01"], AS_OF).to_pylist()
    evidence = json.loads(signal.pop("evidence"))
    assert signal == {
        "rule_id": "M01",
        "subject_type": "penalty_case",
        "subject_id": "C1",
        "level": "yellow",
        "officer_id": "P1",
        "org_id": "O1001",
        "area_code": "330483101",
        "occurred_on": date(2022, 5, 31),
        "value": 10.0,
        "threshold": 0.0,
    }
    assert evidence == {
        "branches": ["overdue"],
        "filed_date": "2022-03-01",
        "decision_date": "2022-06-09",
        "elapsed_days": 100,
        "extension_days": 0,
        "suspended_days": 0,
        "over_days": 10,
        "last_event_date": None,
        "idle_days": None,
    }


def test_a_threshold_in_force_is_used(tables: duckdb.DuckDBPyConnection, rules: dict[str, Rule]) -> None:
    put(tables, "penalty_case", CASE)
    assert run_rule(over(tables), rules["M01"], AS_OF, {"limit_days": 100}).num_rows == 0
    assert run_rule(over(tables), rules["M01"], AS_OF, {"limit_days": 99}).num_rows == 1


def test_a_number_may_be_written_without_a_point(tables: duckdb.DuckDBPyConnection, rules: dict[str, Rule]) -> None:
    put(tables, "penalty_case", CASE)
    assert run_rule(over(tables), rules["M05"], AS_OF, {"tolerance_amt": 1000}).num_rows == 0
    assert run_rule(over(tables), rules["M05"], AS_OF, {"tolerance_amt": 999}).num_rows == 1


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"limit": 90}, "没有参数 limit"),
        ({"limit_days": 29}, "limit_days 不能为 29"),
        ({"limit_days": 366}, "limit_days 不能为 366"),
        ({"limit_days": 90.0}, "limit_days 不能为 90.0"),
        ({"limit_days": True}, "limit_days 不能为 True"),
        ({"limit_days": "90; drop table penalty_case"}, "limit_days 不能为 90; drop"),
        ({"first_filed_date": datetime(2022, 1, 1)}, "first_filed_date 不能为"),
        ({"first_filed_date": date(2021, 7, 14)}, "first_filed_date 不能为 2021-07-14"),
    ],
)
def test_wrong_parameters_are_refused(
    tables: duckdb.DuckDBPyConnection, rules: dict[str, Rule], params: dict, message: str
) -> None:
    with pytest.raises(RuleError, match=message):
        run_rule(over(tables), rules["M01"], AS_OF, params)


def test_a_rule_that_takes_too_long_is_stopped(tables: duckdb.DuckDBPyConnection, broken: Callable[..., Path]) -> None:
    slow = "select * from final where (select sum(a.range * b.range) from range(4000000) a, range(4000000) b) > 0"
    rule = read_rules(broken("select * from final order by subject_id", slow))["M05"]
    cursor = tables.cursor()
    with pytest.raises(RuleTimeout, match=r"超过 0.2 秒"):
        run_rule(over(cursor), rule, AS_OF, timeout=0.2)
    assert cursor.execute("select 1").fetchall() == [(1,)]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("'red' when 2 then", "'purple' when 2 then", "不认识的等级"),
        ("else 'yellow' end as level", "else null end as level", "不认识的等级"),
        ("        occurred_on,\n        cast(\n", "        null as occurred_on,\n        cast(\n", "occurred_on 为空"),
        ("        area_code,\n        occurred_on,", "        occurred_on,", "给出的列是"),
        ("        occurred_on,\n        cast(\n", "        'soon' as occurred_on,\n        cast(\n", "列类型不对"),
        ("select * from final order", "select * from final union all select * from final order", "重复命中"),
    ],
)
def test_a_wrong_result_is_refused(
    tables: duckdb.DuckDBPyConnection, broken: Callable[..., Path], old: str, new: str, message: str
) -> None:
    put(tables, "penalty_case", {**CASE, "case_id": "RED"}, {**CASE, "case_id": "YELLOW"})
    put(tables, "treasury_account", {"account_hash": "T1"})
    put(
        tables,
        "fine_receipt",
        {
            "receipt_no": "R1",
            "case_id": "RED",
            "pay_amt": 1000,
            "receipt_status": "有效",
            "paid_at": datetime(2022, 6, 10),
            "payee_account_hash": "X1",
        },
    )
    rule = read_rules(broken(old, new))["M05"]
    with pytest.raises(RuleError, match=message):
        run_rule(over(tables), rule, AS_OF)


def test_a_missing_table_is_said_in_one_line(rules: dict[str, Rule]) -> None:
    with duckdb.connect(":memory:") as con, pytest.raises(RuleError) as caught:
        run_rule(over(con), rules["M01"], AS_OF)
    assert "\n" not in caught.value.message
    assert "penalty_case" in caught.value.message


def test_exposure_counts_by_month_inside_the_window(tables: duckdb.DuckDBPyConnection, rules: dict[str, Rule]) -> None:
    days = [datetime(2021, 9, 25, 23), datetime(2021, 9, 26), datetime(2022, 9, 25, 23), datetime(2022, 9, 26)]
    for number, day in enumerate([*days, datetime(2022, 9, 1, 8)]):
        put(tables, "grid_dispatch", {"dispatch_id": f"D{number}", "officer_id": "P1", "assigned_at": day})
        put(tables, "inspection_record", {"inspection_id": f"I{number}", "org_id": "O1", "started_at": day})
    put(tables, "org", {"org_id": "O2", "domain_code": "ZF"})
    put(tables, "grid_dispatch", {"dispatch_id": "D9", "to_org_id": "O2", "assigned_at": datetime(2022, 9, 1)})
    for rule_id, group in (("M16", "P1"), ("M18", "O1")):
        exposure = run_exposure(over(tables), rules[rule_id], AS_OF)
        assert exposure is not None
        assert [row for row in exposure.to_pylist() if row["group_id"] == group] == [
            {"group_id": group, "month": date(2021, 9, 1), "work_kind": None, "exposure": 1},
            {"group_id": group, "month": date(2022, 9, 1), "work_kind": None, "exposure": 2},
        ]
    # A dispatch that nobody was given is its unit's work.
    nobody = run_exposure(over(tables), rules["M16"], AS_OF)
    assert nobody is not None
    assert nobody.to_pylist()[0] == {"group_id": "O2", "month": date(2022, 9, 1), "work_kind": "ZF", "exposure": 1}


@pytest.mark.parametrize("rule_id", ["M04", "M07"])
def test_cases_that_nobody_leads_warn_for_their_unit(
    tables: duckdb.DuckDBPyConnection, rules: dict[str, Rule], rule_id: str
) -> None:
    put(tables, "org", *({"org_id": org, "domain_code": "ZF"} for org in ("O1", "O2")))
    alike = {
        **CASE,
        "procedure_type": "普通",
        "party_type": "自然人",
        "item_code": "X1",
        "benchmark_id": "B1",
        "filed_date": date(2022, 6, 6),
        "decision_date": date(2022, 6, 20),
        "result_type": "处罚",
    }
    for number in range(40):
        late = number < 6
        case_id, fine = f"C{number}", 90_000 if late else 1000 + number
        put(tables, "penalty_case", {**alike, "case_id": case_id, "org_id": "O1" if late else "O2", "fine_amt": fine})
        put(
            tables,
            "case_event",
            {
                "event_id": f"E{number}",
                "case_id": case_id,
                "event_type": "立案",
                "event_at": datetime(2022, 6, 6, 9),
                "entered_at": datetime(2022, 6, 16 if late else 6, 10, number),
            },
        )
        if not late:
            put(tables, "case_officer", {"case_id": case_id, "officer_id": f"P{number % 3}", "role_type": "主办"})
    rule = rules[rule_id]
    signals, exposure = run_rule(over(tables), rule, AS_OF).to_pandas(), run_exposure(over(tables), rule, AS_OF)
    assert exposure is not None
    found = aggregate(signals, exposure.to_pandas(), rule)
    assert found[["subject_type", "subject_id", "period", "org_id", "signal_count"]].to_dict("records") == [
        {"subject_type": "org", "subject_id": "O1", "period": "2022-06", "org_id": "O1", "signal_count": 6}
    ]
