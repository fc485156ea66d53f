"""The figures of the leaders' page on casework worked by hand."""

import json
from datetime import date, datetime

import pandas as pd
import pytest

from lib.casework.deadlines import calendar
from lib.insight.figure import Asked, Part
from lib.insight.overview.six import Casework, Figure, figures
from lib.insight.period import Span, period
from lib.insight.share import Share
from lib.insight.warnings import kpi

NOW = datetime(2022, 9, 25, 12, 0)
MONTH = Span(date(2022, 9, 1), date(2022, 9, 25))
DAYS = calendar()


def _warning(number: int, seen: str, level: str = "yellow", state: str = "新生成", **more: object) -> dict:
    times = ("signed_at", "concluded_at", "closed_at", "verify_due_at")
    row = {
        "warning_id": f"W{number}",
        "rule_id": "M05",
        "level": level,
        "state": state,
        "overdue": False,
        "conclusion": None,
        "clue_id": None,
        **dict.fromkeys(times),
        **more,
    }
    return {name: pd.Timestamp(value) if name in times else value for name, value in row.items()} | {
        "first_seen_at": pd.Timestamp(seen)
    }


def _frame(*rows: dict) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    times = ["first_seen_at", "signed_at", "concluded_at", "closed_at", "verify_due_at"]
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in times})


NO_FALSE_ALARMS = pd.Index([], dtype="object")


def large(figure: Figure) -> str:
    """What stands large in a tile."""
    return " / ".join(value.text for value in figure.values)


def test_generated_leaves_out_merged_and_withdrawn_ones_and_other_months():
    frame = _frame(
        _warning(1, "2022-09-02", "red"),
        _warning(2, "2022-09-25 23:00"),
        _warning(3, "2022-09-03", state="合并"),
        _warning(4, "2022-09-03", state="撤销"),
        _warning(5, "2022-08-31 23:59"),
    )
    found = kpi.generated(frame, MONTH)
    assert found["warning_id"].tolist() == ["W1", "W2"]
    assert kpi.levels(found) == {"red": 1, "orange": 0, "yellow": 1}


def test_open_at_a_past_moment_counts_what_was_closed_later():
    frame = _frame(
        _warning(1, "2022-07-01", state="已办结", closed_at="2022-08-20"),
        _warning(2, "2022-07-01"),
        _warning(3, "2022-09-01"),
        _warning(4, "2022-07-01", state="合并", closed_at="2022-07-01"),
    )
    assert len(kpi.open_at(frame, pd.Timestamp("2022-08-01"))) == 2
    assert len(kpi.open_at(frame, pd.Timestamp("2022-08-25"))) == 1


def test_on_time_counts_open_overdue_ones_as_late_and_leaves_out_what_is_not_due_yet():
    due = "2022-09-20 23:59:59"
    frame = _frame(
        _warning(1, "2022-09-01", state="已反馈", verify_due_at=due, concluded_at="2022-09-20 20:00"),
        _warning(2, "2022-09-01", state="已反馈", verify_due_at=due, concluded_at="2022-09-21 08:00"),
        _warning(3, "2022-09-01", state="核查中", verify_due_at=due),
        _warning(4, "2022-09-01", state="核查中", verify_due_at="2022-09-25 23:59:59"),
        _warning(5, "2022-09-01", state="合并", verify_due_at=due),
        _warning(6, "2022-08-01", state="核查中", verify_due_at="2022-08-30"),
    )
    assert kpi.on_time(frame, MONTH, pd.Timestamp(NOW)) == Share(1, 3)


def test_verified_leaves_out_unclear_ones_and_keeps_false_alarms_in_the_denominator():
    frame = _frame(
        _warning(1, "2022-08-01", state="已办结", conclusion="属实", concluded_at="2022-09-02"),
        _warning(2, "2022-08-01", state="已办结", conclusion="部分属实", concluded_at="2022-09-02"),
        _warning(3, "2022-08-01", state="已办结", conclusion="不属实", concluded_at="2022-09-02"),
        _warning(4, "2022-08-01", state="已办结", conclusion="无法查实", concluded_at="2022-09-02"),
        _warning(5, "2022-08-01", state="撤销", closed_at="2022-09-03"),
        _warning(6, "2022-08-01", state="撤销", closed_at="2022-09-03"),
        _warning(7, "2022-08-01", state="已办结", conclusion="属实", concluded_at="2022-08-02"),
    )
    alarms = pd.Index(["W5"])
    assert kpi.verified(frame, MONTH, alarms) == Share(2, 4)
    assert kpi.verified(frame, MONTH, alarms, strict=True) == Share(1, 4)


def test_false_alarms_are_the_withdrawn_ones_of_that_reason():
    events = pd.DataFrame(
        [
            ("withdraw", "warning", "W1", {"reason": "误报"}),
            ("withdraw", "warning", "W2", {"reason": "数据更正"}),
            ("close", "warning", "W3", {}),
        ],
        columns=["action", "object_type", "object_id", "payload"],
    )
    events["payload"] = events["payload"].map(json.dumps)
    assert kpi.false_alarms(events).tolist() == ["W1"]


def test_duration_is_in_workdays_and_over_ended_ones_only():
    frame = _frame(
        # 2022-09-10 to 12 is the Mid-Autumn holiday: Friday to Tuesday is one workday.
        _warning(1, "2022-09-09 10:00", state="已办结", closed_at="2022-09-13 10:00"),
        _warning(2, "2022-09-01", state="转线索", closed_at="2022-09-09"),
        _warning(3, "2022-09-01", state="撤销", closed_at="2022-09-02"),
        _warning(4, "2022-09-01"),
    )
    found = kpi.duration(frame, MONTH, DAYS)
    assert (found.median, found.n) == (3.5, 2)
    assert found.p90 == pytest.approx(1 + 0.9 * 5)


def test_red_ones_younger_than_a_day_are_not_judged_yet():
    frame = _frame(
        _warning(1, "2022-09-20 10:00", "red", signed_at="2022-09-21 10:00"),
        _warning(2, "2022-09-20 10:00", "red", signed_at="2022-09-21 10:01"),
        _warning(3, "2022-09-20 10:00", "red"),
        _warning(4, "2022-09-25 10:00", "red"),
        _warning(5, "2022-09-20 10:00", "orange", signed_at="2022-09-20 11:00"),
    )
    assert kpi.red_signed(frame, MONTH, pd.Timestamp(NOW)) == Share(1, 3)


def _casework(warnings: pd.DataFrame, since: str) -> Casework:
    clues = pd.DataFrame(
        {
            "received_at": pd.to_datetime(["2022-09-01", "2022-09-02", "2022-08-02"]),
            "disposed_at": pd.to_datetime(["2022-09-10", None, "2022-09-10"]),
            "closed_at": pd.to_datetime([None, None, "2022-08-20"]),
            "due": [True, True, True],
        }
    )
    return Casework(warnings, clues, NO_FALSE_ALARMS, DAYS, NOW, pd.Timestamp(since))


def test_six_figures_with_movement_and_the_list_behind_them():
    frame = _frame(
        _warning(1, "2022-09-02", "red"),
        _warning(2, "2022-09-03", overdue=True),
        _warning(3, "2022-08-03", state="已办结", conclusion="属实", closed_at="2022-09-05", concluded_at="2022-09-04"),
    )
    found = figures(_casework(frame, "2022-08-01"), period("month", date(2022, 9, 25)))
    assert [figure.title for figure in found] == [
        "本月预警",
        "待处置 / 超期",
        "线索处置率",
        "按期办结率",
        "预警核实率",
        "预警处置时长",
    ]
    first, waiting, clue, on_time, verified, taken = found
    told = [[(part.words, part.number, part.asked.name) for part in figure.parts] for figure in found]
    assert told[0] == [
        ("共", 2, "generated"),
        ("red", 1, "generated"),
        ("orange", 0, "generated"),
        ("yellow", 1, "generated"),
    ]
    assert [moved.text for moved in first.movements] == ["环比 +100%，上期 1", "同比 —，去年无记录"]
    assert first.movements[0].parts == (Part("上期", 1, Asked("generated", "month", "before")),)
    assert large(waiting) == "2 / 1" and told[1] == [("待处置", 2, "open"), ("超期", 1, "late")]
    assert large(clue) == "50.0%" and clue.detail == "了结率 0.0%"
    assert told[2] == [("已处置", 1, "clues_disposed"), ("收到", 2, "clues_received"), ("已了结", 0, "clues_closed")]
    assert large(on_time) == "—" and told[3][:2] == [("按期", 0, "kept"), ("应办", 0, "due")]
    assert large(verified) == "100%" and told[4][:2] == [("属实", 1, "true"), ("已判定", 1, "judged")]
    assert told[5] == [("已办结", 1, "ended")] and taken.detail == "九成在 23 天内"


def test_a_year_has_one_comparison_since_the_one_before_is_the_one_a_year_ago():
    casework = _casework(_frame(_warning(1, "2022-09-02")), "2020-01-01")
    for key, count in (("month", 2), ("quarter", 2), ("year", 1), ("months12", 1)):
        assert {len(figure.movements) for figure in figures(casework, period(key, NOW.date()))} == {count}


def test_figures_of_an_empty_casework_are_dashes_not_full_marks():
    empty = _frame(_warning(1, "2022-09-02")).iloc[:0]
    casework = _casework(empty, "2022-08-01")
    casework = Casework(empty, casework.clues.iloc[:0], NO_FALSE_ALARMS, DAYS, NOW, pd.NaT)
    values = [large(figure) for figure in figures(casework, period("year", date(2022, 9, 25)))]
    assert values == ["0", "0 / 0", "—", "—", "—", "—"]


def test_a_comparison_before_the_first_record_is_unknown_not_zero():
    casework = _casework(_frame(_warning(1, "2022-09-02")), "2022-08-15")
    assert not casework.covers(Span(date(2022, 8, 1), date(2022, 8, 25)))
    first = figures(casework, period("month", date(2022, 9, 25)))[0]
    assert (first.movements[0].text, first.movements[0].parts) == ("环比 —，上期无记录", ())
    assert large(first) == "1"
