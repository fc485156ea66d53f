"""What the SQL of a rule may not do: read round its declared inputs, ask for the moment, or cost anything when read."""

import pytest

from lib.rules.section import Section, sql_faults

INPUTS = {"org", "penalty_case"}
SUBJECTS = (
    "select case_id as subject_id, '' as officer_id, org_id, area_code, filed_date as occurred_on from penalty_case"
)


def faults(sql: str, kind: str = "signals") -> str:
    return "；".join(sql_faults(Section(kind, "", sql), {"limit_days": 90}, INPUTS))


@pytest.mark.parametrize(
    "sql",
    [
        "select org_id from org join penalty_case using (org_id) where filed_date < $as_of",
        "with officer as (select org_id from org) select * from officer",
        "select * from unnest([1, 2]) as t(x), range(3), generate_series(1, 2), (values (1)) as v",
        "with recursive up as (select org_id, parent_org_id from org union select org.org_id, org.parent_org_id "
        "from org join up on org.org_id = up.parent_org_id) select * from up",
        "select (select max(filed_date) from penalty_case) as last, list_transform([1], lambda x: x + $limit_days)",
        "select org_id from org -- the last line is a remark",
    ],
)  # fmt: skip
def test_a_query_of_declared_inputs_and_its_own_values_is_taken(sql: str) -> None:
    assert faults(sql) == ""


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("select * from query('select * from officer')", "query()"),
        ("select * from QUERY_TABLE('officer')", "query_table()"),
        ("select 1 where exists (from query_table(['officer', 'org']))", "query_table()"),
        ("with a as (select (from query('from officer') select max(officer_id)) as x) select * from a", "query()"),
        ("from json_execute_serialized_sql(json_serialize_sql('from officer'))", "json_execute_serialized_sql()"),
        ("select * from duckdb_tables()", "duckdb_tables()"),
        ("select * from duckdb_settings()", "duckdb_settings()"),
        ("select * from pragma_table_info('officer')", "pragma_table_info()"),
        ("select * from read_csv('/etc/passwd')", "read_csv()"),
        ("select * from read_text('/etc/passwd')", "read_text()"),
        ("select * from glob('*')", "glob()"),
        ("select * from '/etc/passwd.csv'", "/etc/passwd.csv"),
        ("select * from information_schema.tables", "tables"),
        ("select * from main.org", "main.org"),
        ("select * from (describe org)", "describe"),
        ("select * from (show tables)", "describe"),
        ("select * from (summarize org)", "describe"),
        ("select * from officer", "officer"),
        ("with x as (with officer as (select 1 as a) select * from officer) select x.a from x, officer", "officer"),
        ("with officer as (select * from officer) select * from officer", "officer"),
        ("select current_date, org_id from org", "current_date"),
        ("select now() as at from org", "now()"),
        ("select * from org where random() < 0.5", "random()"),
        ("select getvariable('x'), current_setting('threads')", "current_setting()"),
        ("pivot org on org_level using count(*)", "一条查询语句"),
        ("select 1; select 2", "一条查询语句"),
        ("copy org to 'x.csv'", "一条查询语句"),
        ("attach 'x.db'", "一条查询语句"),
        ("set threads = 9", "一条查询语句"),
    ],
)
def test_every_way_round_the_declared_inputs_is_refused_by_its_name(sql: str, named: str) -> None:
    assert named in faults(sql)


@pytest.mark.parametrize("kind", ["signals", "tested", "peers", "source"])
def test_sections_of_every_kind_are_held_to_it(kind: str) -> None:
    assert "query()" in faults("select * from query('select 1')", kind)


@pytest.mark.parametrize("kind", ["signals", "tested", "peers", "source"])
def test_reading_a_file_executes_nothing(kind: str) -> None:
    endless = f"{SUBJECTS} where (select count(*) from range(100000000000) as r) > 0"
    assert faults(endless, kind) == ""
    large = SUBJECTS.replace("''", "repeat('x', 20000000000)")
    assert faults(large, kind) == ""


def test_tested_names_its_columns_in_order() -> None:
    assert faults(SUBJECTS, "tested") == ""
    assert "应依次为" in faults("select case_id from penalty_case", "tested")
