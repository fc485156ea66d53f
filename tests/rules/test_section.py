"""What the SQL of a rule may not do: read round its declared inputs, ask for the moment, or cost anything when read."""

import pytest

from lib.rules.section import Section, sections_of, shape_faults, sql_faults, with_shared

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
)
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


SHARED = """-- section: shared
with filed as (
    select case_id, ', (' as odd /* not , ( one */ from penalty_case where filed_date <= $as_of -- nor ), one
),

-- the last of each unit
last_filed as (
    select org_id, max(filed_date) as filed_date from penalty_case semi join filed using (case_id) group by org_id
),

units as (select org_id from org)

"""


def expanded(*queries: str, shared: str = SHARED) -> list[str]:
    body = shared + "\n\n".join(f"-- section: source {number}\n{query}" for number, query in enumerate(queries))
    return [section.sql for section in with_shared(sections_of(body))]


def test_a_query_has_the_shared_ctes_it_needs_before_its_own_and_no_other() -> None:
    own, plain, none = expanded(
        "-- why\nwith named as (select * from last_filed)\nselect * from named",
        "select * from units",
        "select 'last_filed' as units_of -- filed",
    )
    assert [own.index(text) for text in ("-- why", "with filed as", "last_filed as", "named as")] == sorted(
        own.index(text) for text in ("-- why", "with filed as", "last_filed as", "named as")
    )
    assert own.count("with ") == 1 and "units" not in own and "-- the last of each unit" in own
    assert plain == "with units as (select org_id from org)\n\nselect * from units"
    assert none == "select 'last_filed' as units_of -- filed"
    assert [faults(sql) for sql in (own, plain, none)] == ["", "", ""]


def test_shared_ctes_may_be_recursive() -> None:
    up = (
        "-- section: shared\nwith recursive up as (select org_id, parent_org_id from org union "
        "select org.org_id, org.parent_org_id from org join up on org.org_id = up.parent_org_id)\n\n"
    )
    for sql in expanded("select * from up", "with a as (select * from up) select * from a", shared=up):
        assert sql.startswith("with recursive up as") and faults(sql) == ""


def test_a_shared_cte_is_held_to_the_inputs_where_it_is_used() -> None:
    (sql,) = expanded("select * from a", shared="-- section: shared\nwith a as (select * from officer)\n\n")
    assert "officer" in faults(sql)


@pytest.mark.parametrize(
    ("shared", "fault"),
    [
        (SHARED.replace("with filed", "filed"), "应以 with 开头"),
        (f"{SHARED.strip()}\nselect * from units\n\n", "不写查询"),
        (f"{SHARED.strip()},\n\nselect 1\n\n", "不写查询"),
        (f"{SHARED.strip()},\n\nunits as (select 1)\n\n", "units 重复"),
        (f"{SHARED.strip()},\n\nmore as (select 1)\n\n", "shared 中的 more 没有哪一段使用"),
        (SHARED + SHARED, "段 shared 重复"),
        (f"-- section: tested\nselect 1\n\n{SHARED}", "段 shared 应写在最前"),
    ],
)
def test_what_a_shared_section_may_not_be(shared: str, fault: str) -> None:
    sections = sections_of(f"{shared}-- section: signals\nselect * from last_filed, units")
    assert fault in "；".join(shape_faults(sections, False))
