"""Marts that models join: the same answer as the datasets give, on every day, and of nothing undeclared."""

from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.casework.rules import due
from lib.casework.rules.runs import run_due, stale_rules
from lib.catalog import load_catalog
from lib.rules import Rule, run_rule
from lib.rules.known import session_on
from lib.rules.section import Section, sql_faults
from lib.warehouse.marts.of_rules import Mart, make_rule_marts, rule_marts
from lib.warehouse.reference import fill_reference
from lib.warehouse.skeleton import create_tables
from tests.cities import handmade
from tests.rules.conftest import put

AS_OF = date(2022, 9, 25)
LEADS_ON = """
select case_id, min(officer_id) as officer_id
from case_officer
where role_type = '主办' and coalesce(start_at < $day + interval 1 day, true)
group by case_id
order by case_id
"""
LEADS_OF_MART = """
select case_id, officer_id
from mart_case_lead
where led_from < $day + interval 1 day and coalesce(led_until >= $day + interval 1 day, true)
order by case_id
"""
ALL_LEADS_ON = """
select distinct case_id, officer_id
from case_officer
where role_type = '主办' and coalesce(start_at < $day + interval 1 day, true)
order by all
"""
ALL_LEADS_OF_MART = """
select case_id, officer_id
from mart_case_lead
where led_from < $day + interval 1 day
order by all
"""

moment = st.none() | st.integers(0, 60 * 24).map(lambda hours: datetime(2022, 8, 1) + timedelta(hours=hours))
handler = st.fixed_dictionaries(
    {
        "case_id": st.sampled_from(["C1", "C2"]),
        "officer_id": st.sampled_from(["P1", "P2", "P3"]),
        "role_type": st.sampled_from(["主办", "主办", "协办"]),
        "start_at": moment,
    }
)


@pytest.mark.parametrize("name", list(rule_marts()))
def test_a_mart_reads_what_it_says_and_no_other_column(name: str) -> None:
    mart = rule_marts()[name]
    assert mart.columns and mart.reads
    assert all(set(columns) <= set(load_catalog()[dataset].column_names) for dataset, columns in mart.reads.items())


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(handler, max_size=10))
def test_who_leads_a_case_on_any_day(tables: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]]) -> None:
    tables.execute("delete from case_officer")
    put(tables, "case_officer", *rows)
    for day in (date(2022, 7, 1) + timedelta(days=5 * n) for n in range(22)):
        expected = tables.execute(LEADS_ON, {"day": day}).fetchall()
        assert tables.execute(LEADS_OF_MART, {"day": day}).fetchall() == expected
        everybody = tables.execute(ALL_LEADS_ON, {"day": day}).fetchall()
        assert tables.execute(ALL_LEADS_OF_MART, {"day": day}).fetchall() == everybody


def test_who_leads_a_case_worked_by_hand(tables: duckdb.DuckDBPyConnection) -> None:
    lead = {"case_id": "C1", "role_type": "主办"}
    put(
        tables,
        "case_officer",
        {**lead, "officer_id": "P3", "start_at": datetime(2022, 3, 1)},
        {**lead, "officer_id": "P1", "start_at": datetime(2022, 5, 2, 9)},
        {**lead, "officer_id": "P2", "start_at": datetime(2022, 6, 1)},
    )
    assert tables.execute("from mart_case_lead").fetchall() == [
        ("C1", "P3", datetime(2022, 3, 1), datetime(2022, 5, 2, 9)),
        ("C1", "P1", datetime(2022, 5, 2, 9), None),
        ("C1", "P2", datetime(2022, 6, 1), datetime(2022, 6, 1)),
    ]


def test_when_the_steps_of_a_case_were_taken_worked_by_hand(tables: duckdb.DuckDBPyConnection) -> None:
    put(tables, "penalty_case", {"case_id": "C1", "decision_date": date(2022, 6, 10)}, {"case_id": "C2"})
    steps = [
        ("C1", "事先告知", datetime(2022, 6, 3)),
        ("C1", "事先告知", datetime(2022, 6, 1, 9)),
        ("C1", "听证告知", datetime(2022, 6, 2)),
        ("C1", "听证告知", datetime(2022, 6, 10, 17)),
        ("C1", "听证告知", datetime(2022, 6, 11)),
        ("C1", "放弃听证", datetime(2022, 6, 5)),
        ("C1", "放弃听证", datetime(2022, 6, 10, 8)),
        ("C1", "集体讨论", datetime(2022, 6, 8)),
        ("C1", "结案", datetime(2022, 6, 20)),
        ("C2", "放弃听证", datetime(2022, 6, 5)),
        ("C3", "结案", datetime(2022, 6, 9)),
    ]
    named = ("case_id", "event_type", "event_at")
    put(
        tables,
        "case_event",
        *({**dict(zip(named, step, strict=True)), "event_id": str(n)} for n, step in enumerate(steps)),
    )
    found = tables.execute("from mart_case_step order by case_id").to_arrow_table().to_pylist()
    assert [{name: value for name, value in row.items() if value is not None} for row in found] == [
        {
            "case_id": "C1",
            "told_at": datetime(2022, 6, 1, 9),
            "hearing_at": datetime(2022, 6, 2),
            "last_hearing_at": datetime(2022, 6, 10, 17),
            # The one of the morning has no earlier day than the notice of the afternoon.
            "waived_at": datetime(2022, 6, 10, 8),
            "discussed_at": datetime(2022, 6, 8),
        },
        {"case_id": "C2", "waived_at": datetime(2022, 6, 5)},
    ]


def test_steps_in_the_field_and_since_when_they_are_filmed_worked_by_hand(tables: duckdb.DuckDBPyConnection) -> None:
    put(
        tables,
        "penalty_case",
        {"case_id": "C1", "org_id": "O1", "area_code": "T1", "is_offsite": False},
        {"case_id": "C2", "org_id": "O1", "is_offsite": True},
        {"case_id": "C3", "org_id": "O2"},
    )
    step = {"event_type": "调查取证", "operator_id": "P1", "event_at": datetime(2022, 6, 2, 10)}
    put(
        tables,
        "case_event",
        {**step, "event_id": "E1", "case_id": "C1"},
        {**step, "event_id": "E2", "case_id": "C2"},
        {**step, "event_id": "E3", "case_id": "C3"},
        {**step, "event_id": "E4", "case_id": "C4"},
        {**step, "event_id": "E5", "case_id": "C1", "event_type": "决定"},
        {**step, "event_id": "E6", "case_id": "C1", "event_at": datetime(2022, 6, 4, 10)},
    )
    night = {"related_no": "C1", "started_at": datetime(2022, 6, 1, 23), "ended_at": datetime(2022, 6, 2, 1)}
    put(
        tables,
        "body_camera_log",
        {**night, "clip_id": "B1", "uploaded_at": datetime(2022, 6, 9)},
        {**night, "clip_id": "B2", "uploaded_at": datetime(2022, 6, 7)},
        {"clip_id": "B3", "related_no": "C3", "started_at": datetime(2022, 6, 3)},
    )
    found = tables.execute(
        "select event_id, org_id, area_code, filmed_at from mart_field_step order by event_id"
    ).fetchall()
    assert found == [
        ("E1", "O1", "T1", datetime(2022, 6, 7)),
        ("E3", "O2", None, None),
        ("E4", None, None, None),
        ("E6", "O1", "T1", None),
    ]


def test_cases_of_a_party_under_an_item_with_another_worked_by_hand(tables: duckdb.DuckDBPyConnection) -> None:
    put(
        tables,
        "penalty_case",
        {"case_id": "C1", "party_id": "A", "item_code": "X"},
        {"case_id": "C2", "party_id": "A", "item_code": "Y"},
        {"case_id": "C3", "party_id": "A", "item_code": "X"},
        {"case_id": "C4", "party_id": "B", "item_code": "X"},
    )
    assert tables.execute("from mart_repeated_case").fetchall() == [("C1", "A", "X"), ("C3", "A", "X")]


def test_companies_of_officers_and_their_kin_worked_by_hand(tables: duckdb.DuckDBPyConnection) -> None:
    put(tables, "officer", {"officer_id": "P1", "person_hash": "own"}, {"officer_id": "P2", "person_hash": ""})
    put(tables, "officer_relation", {"relation_id": "R1", "officer_id": "P1", "relative_hash": "wife"})
    put(
        tables,
        "enterprise",
        {"uscc": "E1", "legal_rep_hash": "wife", "holder_hashes": ["own", "stranger"]},
        {"uscc": "E2", "legal_rep_hash": "stranger", "holder_hashes": ["stranger"]},
        {"uscc": "E3", "legal_rep_hash": "", "holder_hashes": None},
    )
    assert tables.execute("from mart_kin_company order by all").fetchall() == [
        ("own", "E1", "股东"),
        ("wife", "E1", "法定代表人"),
    ]


class City:
    """A warehouse in memory: what a look at a past day needs of one."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con, self.as_of = con, AS_OF
        self.generation = SimpleNamespace(number=1, path=Path("memory/none"))

    def cursor(self) -> duckdb.DuckDBPyConnection:
        return self.con.cursor()


MAY, SEPTEMBER = datetime(2022, 5, 1), datetime(2022, 9, 1)


def versioned(officer_id: str, version_no: int = 1, at: datetime = MAY, **columns: Any) -> dict[str, Any]:
    usual = {"case_id": "C1", "role_type": "主办", "start_at": datetime(2022, 3, 1), "is_void": False}
    return {**usual, "officer_id": officer_id, "version_no": version_no, "ingested_at": at, **columns}


def test_a_past_day_has_the_mart_of_what_it_knew(rules: dict[str, Rule]) -> None:
    """P1 came in September as a correction dated back to March, and P3's role was corrected: in August P2 led."""
    with duckdb.connect(":memory:", config={"threads": "1"}) as con:
        create_tables(con)
        fill_reference(con)
        put(con, "load_log", {"dataset": "case_officer", "loaded_at": MAY, "rows_accepted": 1, "status": "loaded"})
        put(con, "case_officer", versioned("P2"), versioned("P1", at=SEPTEMBER))
        put(con, "case_officer", versioned("P3", 2, SEPTEMBER, role_type="协办"))
        put(con, "case_officer_history", versioned("P3", role_type="主办"))
        put(
            con,
            "penalty_case",
            {
                "case_id": "C1",
                "procedure_type": "普通",
                "filed_date": date(2022, 3, 1),
                "result_type": "未决",
                "org_id": "O1",
                "version_no": 1,
                "is_void": False,
                "ingested_at": MAY,
            },
        )
        make_rule_marts(con)
        city, m01 = City(con), rules["M01"]
        leads = {
            day: session_on(city, [m01], day).run(LEADS_OF_MART, {"day": day}).to_pylist()
            for day in (date(2022, 8, 31), AS_OF)
        }
        assert leads == {
            day: [{"case_id": "C1", "officer_id": one}] for day, one in ((date(2022, 8, 31), "P2"), (AS_OF, "P1"))
        }
        fired = [
            run_rule(session_on(city, [m01], day), m01, day)["officer_id"].to_pylist()
            for day in (date(2022, 8, 31), AS_OF)
        ]
        assert fired == [["P2"], ["P1"]]


def test_what_lies_behind_a_mart_is_what_a_model_rests_on(rules: dict[str, Rule]) -> None:
    assert rules["M01"].marts == ("mart_case_lead",)
    assert rules["M01"].inputs["case_officer"] == ("case_id", "officer_id", "role_type", "start_at")
    assert not rules["M01"].inputs.keys() & rule_marts().keys()


@pytest.mark.parametrize(
    ("inputs", "sql", "fault"),
    [
        ({"mart_case_lead"}, "select case_id from mart_case_lead", ""),
        ({"penalty_case"}, "select case_id from mart_case_lead", "mart_case_lead"),
        ({"mart_case_lead"}, "select case_id from case_officer", "case_officer"),
        ({"mart_case_lead"}, "select start_at from mart_case_lead", "start_at"),
        ({"mart_case_lead"}, "select case_id from mart_area_month", "mart_area_month"),
    ],
)
def test_a_mart_is_read_only_where_it_is_declared(inputs: set[str], sql: str, fault: str) -> None:
    found = "；".join(sql_faults(Section("signals", "", sql), {}, inputs))
    assert fault in found and bool(found) == bool(fault)


def test_another_query_of_a_mart_makes_its_models_due_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rules: dict[str, Rule]
) -> None:
    handmade.build(tmp_path)
    register, warehouse = handmade.opened(tmp_path)
    run_due(tmp_path, register)
    before = {rule.id for rule in stale_rules(register, warehouse)}
    lead = rule_marts()["mart_case_lead"]
    changed = {**rule_marts(), lead.name: Mart(lead.name, lead.query + "\n-- another")}
    monkeypatch.setattr(due, "rule_marts", lambda: changed)
    readers = {rule.id for rule in rules.values() if lead.name in rule.marts}
    assert readers and {rule.id for rule in stale_rules(register, warehouse)} == before | readers
