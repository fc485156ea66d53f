"""Clue rates worked by hand: what counts as disposed, closed, in time, late, and how long it took."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from lib.access import Viewer
from lib.casework.clues.next_step import next_steps, who_may
from lib.casework.clues.registration import register_clue
from lib.casework.deadlines import calendar
from lib.insight.clues.rates import NOT_YET, clue_list, cohort, disposal, duration, part_of, rates
from lib.insight.figure import Asked, Casework, rows
from lib.insight.period import Span, period
from lib.insight.warnings.listing import warning_list
from tests.casework.stepping import on_clue, on_warning
from tests.cities import handmade

OFFICE = Viewer("o1", "室甲", "office")
SECOND = Viewer("o2", "室乙", "office")
LEADER = Viewer("l1", "领导", "leader")
COUNTY = Viewer("c1", "县乙", "county", area_code="330483")
ELSEWHERE = Viewer("c2", "县丁", "county", area_code="330482")
TOWN = Viewer("t1", "镇丙", "town", area_code="330483101")
NOW = datetime(2022, 9, 25, 10)
SEPTEMBER = Span(date(2022, 9, 1), date(2022, 9, 25))

# key, origin, received, org, area; assessed, disposed (how, when), archived after the day received
CLUES = [
    ("early", "grid", datetime(2022, 7, 4, 9), "O0003", "330483101", 10, ("初步核实", 21), 30),
    ("late", "grid", datetime(2022, 7, 5, 9), "O0003", "330483101", 35, ("暂存待查", 42), None),
    ("settled", "review", datetime(2022, 9, 1, 9), "O0002", "330483", 5, ("予以了结", 8), None),
    ("waiting", "petition", datetime(2022, 9, 13, 9), "O0002", "330483", None, None, None),
    ("overdue", "petition", datetime(2022, 8, 20, 9), "O0001", "330400", None, None, None),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("clues")
    handmade.put(place)
    register, _ = handmade.opened(place)
    for key, origin, received, org, area, assessed, disposed, archived in CLUES:
        created = register_clue(
            register,
            OFFICE,
            origin,
            key,
            submission_id=key,
            at=received,
            title=key,
            detail="",
            org_id=org,
            area_code=area,
            domain_code="ZF",
            officer_id="P0001",
        ).created
        if assessed is None:
            continue
        kind, days = disposed
        day = {name: received + timedelta(days=count) for name, count in (("assess", assessed), ("dispose", days))}
        told = {"text": "意见"}
        on_clue("assess", register, OFFICE, created, submission_id=f"{key}1", at=day["assess"], proposed=kind, **told)
        on_clue("approve", register, SECOND, created, submission_id=f"{key}2", at=day["assess"])
        on_clue("undertake", register, OFFICE, created, submission_id=f"{key}3", at=day["assess"])
        on_clue(
            "dispose", register, OFFICE, created, submission_id=f"{key}4", at=day["dispose"], disposition=kind, **told
        )
        if archived:
            end = received + timedelta(days=archived)
            on_clue(
                "report",
                register,
                OFFICE,
                created,
                submission_id=f"{key}5",
                at=end,
                text="结果",
                found="属实",
                form="第一种形态",
            )
            on_clue("archive", register, OFFICE, created, submission_id=f"{key}6", at=end)
    return place


@pytest.fixture(scope="module")
def frame(home: Path) -> pd.DataFrame:
    register, warehouse = handmade.opened(home)
    return clue_list(register, warehouse, OFFICE, NOW)


def test_each_clue_stands_where_its_events_left_it(frame: pd.DataFrame):
    flags = frame.set_index("title")[["disposed", "closed", "open", "due", "on_time", "overdue"]]
    assert flags.loc["early"].tolist() == [True, True, False, True, True, False]
    assert flags.loc["late"].tolist() == [True, False, False, True, False, False]
    assert flags.loc["settled"].tolist() == [True, True, False, True, True, False]
    assert flags.loc["waiting"].tolist() == [False, False, True, False, False, False]
    assert flags.loc["overdue"].tolist() == [False, False, True, True, False, True]


def test_times_are_workdays_with_the_shifted_days(frame: pd.DataFrame):
    rows = frame.set_index("title")
    # 4 to 25 July 2022: three weeks of five days.
    assert rows.loc["early", "workdays"] == 15
    # 1 to 9 September 2022: Friday, then Monday to Friday.
    assert rows.loc["settled", "workdays"] == 6
    # 13 to 25 September: the Mid-Autumn holiday was over, eight workdays and two weekends.
    assert rows.loc["waiting", "open_workdays"] == 8
    assert pd.isna(rows.loc["waiting", "workdays"]) and pd.isna(rows.loc["early", "open_workdays"])
    # The opinion was due on 20 September.
    assert rows.loc["overdue", "overdue_days"] == 5
    assert rows["overdue_days"].notna().sum() == 1


def test_late_and_open_ones_come_first_and_names_are_in_words(frame: pd.DataFrame):
    assert frame["title"].tolist() == ["overdue", "waiting", "early", "late", "settled"]
    row = frame.set_index("title").loc["late"]
    assert (row["origin_zh"], row["area_label"], row["month"]) == ("网格核查", "桐乡市 濮院镇", "2022-07")
    assert row["org_name"] == "濮院镇综合行政执法队"
    assert frame.set_index("title").loc["waiting", "disposition_zh"] == NOT_YET
    assert frame.set_index("title").loc["overdue", "county_name"] == "市本级"


def _counts(frame: pd.DataFrame, asked: Asked) -> tuple[int, ...]:
    """How many of the clues are received, disposed and closed, by the definitions of the overview."""
    casework = Casework(frame, frame, pd.Index([]), calendar(), NOW, pd.Timestamp("2020-01-01"))
    names = ("clues_received", "clues_disposed", "clues_closed")
    return tuple(len(rows(casework, asked._replace(name=name))) for name in names)


def test_shelved_counts_as_disposed_not_as_closed(frame: pd.DataFrame):
    assert _counts(frame, Asked("clues_received", "year")) == (5, 3, 2)


def test_a_share_is_taken_at_the_end_of_its_period(frame: pd.DataFrame):
    """One of the three clues received from July to 25 August had been disposed by then, none was closed."""
    july = frame[frame["received_at"].lt("2022-08-01")].assign(received_at=datetime(2022, 8, 1))
    assert _counts(july, Asked("clues_received", "month", "before")) == (2, 2, 1)
    early = july.assign(disposed_at=[datetime(2022, 8, 20), datetime(2022, 9, 3)], closed_at=datetime(2022, 8, 26))
    assert _counts(early, Asked("clues_received", "month", "before")) == (2, 1, 0)
    assert _counts(frame, Asked("clues_received", "year", "year_ago")) == (0, 0, 0)


def test_nothing_disposed_and_no_opinion_due_is_no_rate_of_nought():
    assert disposal(0, 5, due=0).value is None and disposal(0, 5, due=1).value == 0.0
    assert disposal(1, 5, due=0).value == 0.2


def test_the_cohort_is_what_was_received_in_the_period(frame: pd.DataFrame):
    assert set(cohort(frame, SEPTEMBER)["title"]) == {"settled", "waiting"}
    assert len(cohort(frame, period("year", date(2022, 9, 25)).now)) == 5


def test_rates_by_county_show_what_they_are_made_of(frame: pd.DataFrame):
    table = rates(frame, "county").set_index("group")
    row = table.loc["桐乡市"]
    assert row[["received", "disposed", "closed", "open"]].tolist() == [4, 3, 2, 1]
    assert row[["due", "on_time", "overdue"]].tolist() == [3, 2, 0]
    assert row["disposal_rate"] == 0.75
    assert row["closing_rate"] == 0.5
    assert row["on_time_rate"] == pytest.approx(2 / 3)
    assert row["median_days"] == 15
    assert table.loc["市本级", "disposal_rate"] == 0
    assert table.loc["市本级", ["median_days", "p90_days"]].isna().all()


def test_nothing_to_divide_by_is_no_rate(frame: pd.DataFrame):
    table = rates(frame[frame["title"].eq("waiting")], "origin")
    assert table[["received", "due"]].iloc[0].tolist() == [1, 0]
    assert pd.isna(table["on_time_rate"].iloc[0])
    assert rates(frame.head(0), "origin").empty


def test_every_clue_is_in_one_group_of_each_breakdown(frame: pd.DataFrame):
    for by in ("county", "town", "origin", "month", "disposition"):
        assert rates(frame, by)["received"].sum() == len(frame)
    assert rates(frame, "month")["group"].tolist() == ["2022-07", "2022-08", "2022-09"]
    assert rates(frame, "disposition")["group"].tolist() == ["初步核实", "暂存待查", "予以了结", NOT_YET]


def test_durations_are_of_the_disposed_ones(frame: pd.DataFrame):
    # 15, 30 and 6 workdays.
    taken = duration(frame)
    assert (taken.n, taken.median, taken.mean) == (3, 15, 17)
    assert taken.p90 == pytest.approx(27)
    assert duration(frame[frame["open"]]) == (0, None, None, None)


@pytest.mark.parametrize(
    ("by", "group", "part", "expected"),
    [
        ("county", "桐乡市", "disposed", {"early", "late", "settled"}),
        ("county", None, "closed", {"early", "settled"}),
        ("origin", "信访12345", "received", {"waiting", "overdue"}),
        ("month", "2022-07", "on_time", {"early"}),
        ("disposition", NOT_YET, "overdue", {"overdue"}),
        ("town", "桐乡市 濮院镇", "open", set()),
    ],
)
def test_every_number_has_its_list(frame: pd.DataFrame, by: str, group: str | None, part: str, expected: set[str]):
    assert set(part_of(frame, by, group, part)["title"]) == expected


def test_the_list_behind_a_number_is_as_long_as_the_number(frame: pd.DataFrame):
    for row in rates(frame, "origin").to_dict("records"):
        for part in ("received", "disposed", "closed", "open", "due", "on_time", "overdue"):
            assert len(part_of(frame, "origin", row["group"], part)) == row[part]


def test_the_scope_holds(home: Path):
    register, warehouse = handmade.opened(home)
    assert set(clue_list(register, warehouse, COUNTY, NOW)["title"]) == {"early", "late", "settled", "waiting"}
    assert set(clue_list(register, warehouse, TOWN, NOW)["title"]) == {"early", "late"}
    assert clue_list(register, warehouse, ELSEWHERE, NOW).empty


def test_an_earlier_moment_does_not_know_what_came_later(home: Path):
    register, warehouse = handmade.opened(home)
    rows = clue_list(register, warehouse, OFFICE, datetime(2022, 7, 20, 9)).set_index("title")
    assert set(rows.index) == {"early", "late"}
    assert rows.loc["early", ["disposed", "on_time", "disposition_zh"]].tolist() == [False, True, NOT_YET]


def test_next_steps_follow_state_and_disposition():
    assert [step.action for step in next_steps(OFFICE, "登记", None)] == ["assess", "merge", "link", "assign"]
    assert [step.action for step in next_steps(OFFICE, "研判", None)] == [
        "approve",
        "reject",
        "merge",
        "link",
        "assign",
    ]
    assert [step.action for step in next_steps(OFFICE, "处置", "初步核实")] == ["report", "file_case", "link", "assign"]
    assert [step.action for step in next_steps(OFFICE, "处置", "暂存待查")] == ["report", "reopen", "link", "assign"]
    assert [step.action for step in next_steps(OFFICE, "归档", "予以了结")] == []
    assert [step.action for step in next_steps(OFFICE, "已并案", None)] == ["separate"]
    assert next_steps(LEADER, "登记", None) == []
    assert "下一步是「研判」" in who_may(LEADER, "登记") and "只查看" in who_may(LEADER, "登记")
    assert "没有后续步骤" in who_may(OFFICE, "归档")


def test_a_clue_says_what_it_is_about_also_where_nobody_is_named(tmp_path: Path):
    register, warehouse = handmade.opened(handmade.put(tmp_path))
    frame = warning_list(register, warehouse, OFFICE)
    number = frame.loc[frame["subject_id"].eq("CA4"), "warning_id"].item()
    found = {"conclusion": "属实", "text": "无延期审批。", "checked": ["调阅案卷"]}
    for action, given in (("sign_start", {}), ("conclude", found), ("to_clue", {"text": "移交"})):
        on_warning(action, register, OFFICE, number, submission_id=action, at=NOW, **given)
    [matter] = clue_list(register, warehouse, OFFICE, NOW + timedelta(days=1))["matter"]
    assert matter == "桐乡市交通运输局：超期·久拖不决（桐综执立〔2022〕第CA4号 擅自占用城市道路）"
