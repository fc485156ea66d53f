"""The warning list: what is visible, in which words and in which order."""

from datetime import date, datetime
from pathlib import Path

import pytest

from lib.access import Viewer
from lib.insight.figure import Asked
from lib.insight.warnings.filter import WarningFilter, options, workbench_query
from lib.insight.warnings.listing import warning_list
from lib.insight.warnings.sheet import for_export, for_screen
from lib.insight.wording import SHARE, number
from tests.casework.stepping import on_warning
from tests.cities import handmade

OFFICE = Viewer("o1", "室甲", "office")
COUNTY = Viewer("c1", "县乙", "county", area_code="330483")
TOWN = Viewer("t1", "镇丙", "town", area_code="330483101")
ROADS = Viewer("i1", "组丁", "inspector", domains=frozenset({"JT"}))
FIRST = datetime(2022, 9, 25, 9, 0)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("handmade")
    handmade.put(place)
    return place


@pytest.fixture
def own_home(tmp_path: Path) -> Path:
    handmade.put(tmp_path)
    return tmp_path


def test_red_comes_first_and_names_are_in_words(home: Path) -> None:
    register, warehouse = handmade.opened(home)
    frame = warning_list(register, warehouse, OFFICE)
    assert frame["subject_id"].tolist()[:2] == ["CA3", "CA2"]
    first = frame.iloc[0]
    assert (first["level_zh"], first["level_order"], first["rule_label"]) == ("红", 0, "M01 超期·久拖不决")
    assert first["subject_title"] == "桐综执立〔2022〕第CA3号 擅自占用城市道路"
    assert (first["org_name"], first["area_label"]) == ("桐乡市综合行政执法局", "桐乡市")
    assert (first["officer_name"], first["officer_label"]) == ("张*", "张* P0001")
    assert first["state"] == "新生成"
    assert len(frame) == 5


def test_a_group_warning_is_a_share_and_names_its_town(home: Path) -> None:
    register, warehouse = handmade.opened(home)
    frame = warning_list(register, warehouse, OFFICE).set_index("subject_id")
    group = frame.loc["P0003"]
    assert (group["subject_type"], group["period"], group["unit"]) == ("officer", "2022-08", SHARE)
    assert group["value"] == pytest.approx(6 / 20)
    assert (group["area_label"], group["town_name"], group["county_name"]) == ("桐乡市 濮院镇", "濮院镇", "桐乡市")
    assert frame.loc["CA1", "town_name"] == ""
    assert frame.loc["CA4", "officer_label"] == ""


@pytest.mark.parametrize(
    ("viewer", "seen"),
    [
        (OFFICE, {"CA1", "CA2", "CA3", "CA4", "P0003"}),
        (COUNTY, {"CA1", "CA2", "CA3", "CA4", "P0003"}),
        (TOWN, {"P0003"}),
        (ROADS, {"CA4"}),
        (Viewer("x", "县戊", "county", area_code="330402"), set()),
        (Viewer("y", "室己", "office", officer_id="P0001"), {"CA4", "P0003"}),
    ],
)
def test_only_what_lies_in_the_scope_is_listed(home: Path, viewer: Viewer, seen: set[str]) -> None:
    register, warehouse = handmade.opened(home)
    assert set(warning_list(register, warehouse, viewer)["subject_id"]) == seen


def test_an_empty_list_has_all_columns(home: Path) -> None:
    register, warehouse = handmade.opened(home)
    nothing = warning_list(register, warehouse, Viewer("x", "县戊", "county", area_code="330402"))
    everything = warning_list(register, warehouse, OFFICE)
    assert list(nothing.columns) == list(everything.columns)
    assert for_screen(nothing, nothing["level"]).empty


def test_deadlines_are_counted_in_workdays_and_days_late(own_home: Path) -> None:
    register, warehouse = handmade.opened(own_home)
    frame = warning_list(register, warehouse, OFFICE).set_index("subject_id")
    seen = frame.loc["CA3", "first_seen_at"].to_pydatetime()
    assert frame.loc["CA3", "due_at"] == seen.replace(day=seen.day + 1)
    # 2022-10-01 to 10-07 is a holiday, 10-08 and 10-09 are worked: 5 workdays after Sunday 09-25 is Friday 09-30.
    assert frame.loc["CA1", "due_at"] == datetime(2022, 9, 30, 23, 59, 59)
    assert frame.loc["CA1", "workdays_left"] == 5
    assert not frame["overdue"].any()
    late = warning_list(register, warehouse, OFFICE, at=datetime(2022, 10, 9, 8)).set_index("subject_id")
    assert late["overdue"].all()
    assert late.loc["CA1", "due_words"] == "超期 9 天"
    assert frame.loc["CA1", "due_words"] == "剩 5 工作日"


def test_signing_moves_the_deadline_and_names_the_handler(own_home: Path) -> None:
    register, warehouse = handmade.opened(own_home)
    row = warning_list(register, warehouse, OFFICE).set_index("subject_id").loc["CA1"]
    seq = int(row["last_seq"])
    on_warning(
        "sign", register, COUNTY, row["warning_id"], submission_id="s1", at=row["first_seen_at"], expected_seq=seq
    )
    after = warning_list(register, warehouse, OFFICE).set_index("subject_id").loc["CA1"]
    assert (after["state"], after["handler_name"]) == ("已签收", "县乙")
    # 15 workdays after 2022-09-25, with the holiday in between.
    assert after["due_at"] == datetime(2022, 10, 19, 23, 59, 59)


def test_values_stand_beside_their_threshold(home: Path) -> None:
    register, warehouse = handmade.opened(home)
    frame = warning_list(register, warehouse, OFFICE).set_index("subject_id")
    shown = for_screen(frame, frame["level_zh"])["数值"]
    assert shown["CA3"] == "100 日"
    assert shown["P0003"] == "30.0%"
    limited = frame.assign(threshold=90.0)
    assert for_screen(limited, limited["level_zh"])["数值"]["CA3"] == "100 日（阈值 90）"


def test_a_value_that_did_not_fire_is_a_dash(home: Path) -> None:
    register, warehouse = handmade.opened(home)
    frame = warning_list(register, warehouse, OFFICE).set_index("subject_id").loc[["CA1"]]
    below = frame.assign(value=80.0, threshold=90.0)
    assert for_screen(below, below["level_zh"])["数值"].tolist() == ["—"]


def test_filters_narrow_the_list_and_quick_counts_ignore_the_state(home: Path) -> None:
    register, warehouse = handmade.opened(home)
    frame = warning_list(register, warehouse, OFFICE)

    def found(**wanted: object) -> set[str]:
        return set(WarningFilter(**wanted).apply(frame)["subject_id"])  # type: ignore[arg-type]

    assert found(levels=("红",)) == {"CA3"}
    assert found(levels=("橙", "黄"), rules=("M01 超期·久拖不决",)) == {"CA1", "CA2", "CA4"}
    assert found(areas=("桐乡市",)) == {"CA1", "CA2", "CA3", "CA4", "P0003"}
    assert found(areas=("桐乡市 濮院镇",)) == {"P0003"}
    assert found(officers=("张* P0001",)) == {"CA1", "CA2", "CA3"}
    assert found(orgs=("桐乡市交通运输局",)) == {"CA4"}
    assert found(text="ca2 占用") == {"CA2"}
    assert found(text="(") == set()
    assert found(states=("已签收",)) == set()
    assert found(due="late") == set()
    assert found(conclusions=("属实",)) == set()
    assert found(since=handmade.AS_OF, until=handmade.AS_OF) == set(frame["subject_id"])
    assert found(since=date(2022, 9, 26)) == set()
    assert found(until=date(2022, 9, 24)) == set()
    counts = WarningFilter(states=("已签收",), levels=("黄",)).counts(frame)
    stands = {"待签收": 3, "待核查": 0, "核查中": 0, "待复核": 0}
    assert counts == {"全部": 3, **stands, "超期": 0}


def test_an_address_reads_back_as_the_filter_that_wrote_it(home: Path) -> None:
    _, warehouse = handmade.opened(home)
    query = workbench_query(
        warehouse, level="red", rule_id="M01", area_code="330483101", officer_id="P0003", overdue=True
    )
    assert query == {
        "w_levels": ["红"],
        "w_rules": ["M01 超期·久拖不决"],
        "w_areas": ["桐乡市 濮院镇"],
        "w_officers": ["王* P0003"],
        "w_due": "late",
    }
    values = {key: value if isinstance(value, list) else [value] for key, value in query.items()}
    read = WarningFilter.from_query(lambda key: values.get(key, []))
    assert read.query() == query
    spell = WarningFilter(since=date(2022, 9, 1), until=date(2022, 9, 25), conclusions=("属实", "部分属实"))
    assert spell.query() == {"w_conclusions": ["属实", "部分属实"], "w_since": "2022-09-01", "w_until": "2022-09-25"}


def test_an_officer_without_warnings_can_be_asked_for(home: Path) -> None:
    register, warehouse = handmade.opened(home)
    frame = warning_list(register, warehouse, OFFICE)
    plain = options(frame, warehouse, OFFICE)
    asked = plain.and_asked(WarningFilter(officers=("李* P0002", "鬼* P9999")), warehouse)
    assert "李* P0002" not in plain.officers
    assert asked.officers == sorted([*plain.officers, "李* P0002"])


def test_names_outside_the_scope_are_not_told_from_names_that_do_not_exist(home: Path) -> None:
    register, warehouse = handmade.opened(home)
    offered = options(warning_list(register, warehouse, TOWN), warehouse, TOWN)
    strange = WarningFilter(officers=("张* P0001", "鬼* P9999"), orgs=("桐乡市交通运输局", "没有这个单位"))
    assert offered.and_asked(strange, warehouse) == offered
    own = WarningFilter(officers=("李* P0002",), orgs=("濮院镇综合行政执法队",))
    assert "李* P0002" in offered.and_asked(own, warehouse).officers
    inspector = Viewer("i", "驻", "inspector", domains=frozenset({"JT"}))
    offered = options(warning_list(register, warehouse, inspector), warehouse, inspector)
    assert offered.and_asked(WarningFilter(officers=("张* P0001",)), warehouse) == offered
    told = [Asked("late").of(org=org_id).words(warehouse, inspector) for org_id in ("O0004", "O0001", "O9999")]
    assert told == ["桐乡市交通运输局", "O0001", "O9999"]


def test_areas_outside_the_scope_are_not_offered(home: Path) -> None:
    register, warehouse = handmade.opened(home)
    offered = options(warning_list(register, warehouse, TOWN), warehouse, TOWN).areas
    assert offered == ["桐乡市", "桐乡市 濮院镇"]


def test_an_export_holds_numbers_as_numbers(home: Path) -> None:
    register, warehouse = handmade.opened(home)
    sheet = for_export(warning_list(register, warehouse, OFFICE))
    row = sheet.iloc[0]
    assert (row["等级"], row["期限情况"]) == ("红", "剩 1 工作日")
    assert (row["数值"], row["阈值"], row["计量单位"]) == (100.0, 0.0, "日")


def test_tiny_shares_keep_their_first_digit() -> None:
    assert [number(value, SHARE) for value in (0, 0.25, 0.001, 0.0004, 0.00017)] == [
        "0.0%",
        "25.0%",
        "0.1%",
        "0.04%",
        "0.02%",
    ]
