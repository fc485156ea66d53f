"""What the warehouse holds, told to the right person."""

from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from lib.access import Viewer
from lib.catalog import load_catalog
from lib.insight.data.datasets import (
    columns,
    datasets,
    freshness,
    loads,
    may_see_rows,
    may_see_values,
    quarantine_reasons,
    quarantined,
    rules_reading,
)
from lib.insight.share import Share
from lib.warehouse.generation import begin, publish
from lib.warehouse.marts import build_marts
from lib.warehouse.reference import fill_reference
from lib.warehouse.skeleton import create_tables
from lib.warehouse.store import Warehouse, open_warehouse

OFFICE = Viewer("o1", "室甲", "office")
LEADER = Viewer("l1", "领导", "leader")
COUNTY = Viewer("c1", "县乙", "county", area_code="330483")
GROUP = Viewer("i1", "组丁", "inspector", domains=frozenset({"JT"}))
TOWN = Viewer("t1", "镇丙", "town", area_code="330483101")
NOW = datetime(2022, 9, 25, 10)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    home: Path = tmp_path_factory.mktemp("datasets")
    tmp = begin(home)
    with duckdb.connect(str(tmp)) as con:
        create_tables(con)
        fill_reference(con)
        con.execute("insert into meta values ('synthetic', 'true'), ('as_of', '2022-09-25')")
        con.execute(
            """
            insert into penalty_case (case_id, filed_date, decision_date)
            select 'C' || n, date '2022-01-01' + n::int, case when n < 5 then date '2022-03-01' end
            from range(30) as numbers(n)
            """
        )
        con.execute("insert into petition (petition_no, received_at) values ('X1', timestamp '2022-09-20 08:00:00')")
        con.execute(
            """
            insert into dataset_state values
                ('penalty_case', 30, 1, timestamp '2022-09-18 23:00:00'),
                ('petition', 10, 1, timestamp '2022-09-17 01:00:00'),
                ('officer', 0, 1, timestamp '2022-08-26 01:00:00')
            """
        )
        con.execute(
            """
            insert into load_log values
                ('B1', 'penalty_case', '2022/案件8月.xlsx', 'aaaabbbbccccdddd', timestamp '2022-09-01 08:00:00',
                 30, 28, 2, 0, 0, '已入库'),
                ('B2', 'penalty_case', '案件9月.xlsx', 'bbbb', timestamp '2022-09-18 23:00:00',
                 5, 2, 1, 2, 0, '已入库'),
                ('B3', 'petition', '信访.csv', 'cccc', timestamp '2022-09-17 01:00:00', 10, 10, 0, 0, 0, '已入库')
            """
        )
        con.execute(
            """
            insert into quarantine
                (batch_id, dataset, file_name, sheet, row_no, column_name, value, reason, raw_json, loaded_at,
                 resolved_at)
            values
                ('B1', 'penalty_case', 'a.xlsx', 'S', 7, '罚款金额', '很多', '金额无法识别。请填数字', '{}',
                 timestamp '2022-09-01 08:00:00', null),
                ('B1', 'penalty_case', 'a.xlsx', 'S', 7, '决定日期', '明天', '日期无法识别。请写成 2022-09-25', '{}',
                 timestamp '2022-09-01 08:00:00', null),
                ('B1', 'penalty_case', 'a.xlsx', 'S', 9, '罚款金额', '若干', '金额无法识别。请填数字', '{}',
                 timestamp '2022-09-01 08:00:00', null),
                ('B2', 'petition', 'b.csv', null, 3, '信访编号', null, '必填项为空。请补上信访编号', '{}',
                 timestamp '2022-09-17 01:00:00', timestamp '2022-09-18 01:00:00')
            """
        )
        build_marts(con)
    publish(home, tmp)
    return open_warehouse(home)


def test_all_29_in_order_then_the_reference_tables(warehouse: Warehouse):
    frame = datasets(warehouse, OFFICE, NOW)
    assert frame["name"].tolist() == list(load_catalog())
    assert frame["no"].dropna().tolist() == list(range(1, 30))
    assert frame.set_index("name").loc["workday", "kind"] == "参照表"
    assert frame.set_index("name").loc["area", "row_cnt"] == 80


def test_rows_and_shares(warehouse: Warehouse):
    frame = datasets(warehouse, OFFICE, NOW).set_index("name")
    assert frame.loc["penalty_case", ["row_cnt", "share"]].tolist() == [30, 0.75]
    assert frame.loc["petition", ["row_cnt", "share"]].tolist() == [10, 0.25]
    assert frame.loc[["area", "org"], "share"].isna().all()


def test_freshness_is_counted_in_whole_days_against_the_limit(warehouse: Warehouse):
    """The case system has 7 days: data of 18 September is 7 days old, that of 17 September a day late."""
    frame = datasets(warehouse, OFFICE, NOW).set_index("name")
    assert frame.loc["penalty_case", ["age_days", "late_days", "freshness"]].tolist() == [7, 0, "按时"]
    assert frame.loc["petition", ["age_days", "late_days", "freshness"]].tolist() == [8, 1, "滞后 1 天"]
    assert frame.loc["officer", ["age_days", "freshness"]].tolist() == [30, "按时"]
    assert frame.loc["enterprise", "freshness"] == "从未装载"
    assert frame.loc["area", "freshness"] == ""


def test_the_freshness_rate_counts_what_never_came_as_late(warehouse: Warehouse):
    assert freshness(datasets(warehouse, OFFICE, NOW)) == Share(2, 29)
    assert freshness(datasets(warehouse, OFFICE, NOW + timedelta(days=1))) == Share(0, 29)


def test_the_newest_fact_and_the_last_load(warehouse: Warehouse):
    frame = datasets(warehouse, OFFICE, NOW).set_index("name")
    assert frame.loc["penalty_case", "latest_at"].date() == date(2022, 3, 1)
    assert frame.loc["petition", "latest_at"] == datetime(2022, 9, 20, 8)
    assert frame.loc["penalty_case", "file_name"] == "案件9月.xlsx"


def test_a_row_with_two_faults_is_one_row_set_aside(warehouse: Warehouse):
    frame = datasets(warehouse, OFFICE, NOW).set_index("name")
    assert frame.loc["penalty_case", "quarantined"] == 2
    assert frame.loc["petition", "quarantined"] == 0


def test_faults_are_counted_without_the_mended_ones(warehouse: Warehouse):
    rows = quarantine_reasons(warehouse, TOWN)
    assert rows[["title", "column_name", "fault", "row_cnt"]].to_dict("split")["data"] == [
        ["处罚案件", "罚款金额", "金额无法识别", 2],
        ["处罚案件", "决定日期", "日期无法识别", 1],
    ]


def test_who_sees_the_rows_and_who_their_values(warehouse: Warehouse):
    for viewer in (OFFICE, LEADER):
        rows = quarantined(warehouse, viewer)
        assert rows["value"].tolist() == ["明天", "很多", "若干"]
        assert may_see_values(viewer)
    for viewer in (COUNTY, GROUP):
        rows = quarantined(warehouse, viewer)
        assert len(rows) == 3
        assert "value" not in rows and not may_see_values(viewer)
    assert quarantined(warehouse, TOWN).empty
    assert not may_see_rows(TOWN)


def test_rows_set_aside_are_filtered(warehouse: Warehouse):
    assert quarantined(warehouse, OFFICE, faults=("金额无法识别",))["row_no"].tolist() == [7, 9]
    assert quarantined(warehouse, OFFICE, datasets=("petition",)).empty
    assert len(quarantined(warehouse, OFFICE, most=1)) == 1


def test_loads_newest_first_without_the_path(warehouse: Warehouse):
    rows = loads(warehouse, OFFICE)
    assert rows["batch_id"].tolist() == ["B2", "B3", "B1"]
    assert rows["file_name"].tolist() == ["案件9月.xlsx", "信访.csv", "案件8月.xlsx"]
    assert rows.iloc[0][["title", "rows_read", "rows_accepted", "rows_unchanged", "rows_quarantined"]].tolist() == [
        "处罚案件",
        5,
        2,
        2,
        1,
    ]
    assert loads(warehouse, OFFICE, "petition")["batch_id"].tolist() == ["B3"]


def test_columns_come_from_the_catalog():
    rows = columns("penalty_case").set_index("name")
    assert rows.loc["case_id", ["title", "type", "required"]].tolist() == ["案件编号（主键）", "文本", "必填"]
    assert rows.loc["fine_amt", ["unit", "allowed"]].tolist() == ["元", "≥0"]
    assert rows.loc["result_type", "allowed"] == "处罚、不予处罚、首违不罚、撤案、移送、未决"
    assert rows.loc["org_id", "allowed"] == "须是机构的机构编号之一"
    assert "CF_WSH" in rows.loc["doc_no", "aliases"]
    for dataset in load_catalog():
        assert len(columns(dataset)) == len(load_catalog()[dataset].all_fields)


def test_the_rules_that_read_a_dataset_are_due_when_it_changes():
    assert rules_reading(["fine_receipt"]) == ["M05 罚缴不一致"]
    assert [label[:3] for label in rules_reading(["grid_event"])] == ["M16"]
    assert [label[:3] for label in rules_reading(["attendance"])] == ["M19"]
    assert rules_reading(["vehicle_trip"]) == []
