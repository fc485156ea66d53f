"""The KPIs on casework worked by hand: what counts, what it is divided by, how it moved."""

from dataclasses import replace
from datetime import date, datetime

import pandas as pd
import pytest

from lib.casework.deadlines import calendar
from lib.insight.figure import Asked, Casework, rows
from lib.insight.kpi import clues, notices, warnings
from lib.insight.kpi.groups import by_county, groups
from lib.insight.kpi.told import figure
from lib.insight.period import Span, period

NOW = datetime(2022, 9, 25, 12, 0)
MONTH = period("month", NOW.date())
_TIMES = ("first_seen_at", "signed_at", "concluded_at", "closed_at", "verify_due_at")
_CLUE_TIMES = ("received_at", "disposed_at", "closed_at", "reported_at")
_NOTICE_TIMES = ("first_due_at", "closed_at", "judged_at", "sent_back_at")


def _warning(number: int, seen: str, **more: object) -> dict:
    return {
        "warning_id": f"W{number}", "rule_id": "M05", "subject_type": "officer", "subject_id": f"P{number}",
        "level": "yellow", "state": "新生成", "version_id": "M05-v1", "area_code": "330483", "overdue": False,
        "conclusion": None, "clue_id": None, **dict.fromkeys(_TIMES), "first_seen_at": seen, **more,
    }  # fmt: skip


def _clue(number: int, received: str, **more: object) -> dict:
    return {
        "clue_id": f"C{number}", "area_code": "330483", "form": None, "people_cnt": None, "due": True,
        "disposition": None, **dict.fromkeys(_CLUE_TIMES), "received_at": received, **more,
    }  # fmt: skip


def _notice(number: int, due: str | None, state: str = "整改", **more: object) -> dict:
    return {
        "notice_id": f"N{number}", "area_code": "330483", "state": state, **dict.fromkeys(_NOTICE_TIMES),
        "first_due_at": due, **more,
    }  # fmt: skip


def _frame(rows: list[dict], empty: dict, times: tuple[str, ...]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(empty))
    frame = frame.astype({name: bool for name in ("due", "overdue") if name in empty})
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in times})


def casework(
    *rows: dict, since: str = "2020-01-01", withdrawn: tuple[str, ...] = (), found: tuple[dict, ...] = (),
    sent: tuple[dict, ...] | None = (), cases: dict[Span, int] | None = None,
) -> Casework:  # fmt: skip
    held = None if sent is None else _frame(list(sent), _notice(0, None), _NOTICE_TIMES)
    counts = cases or {}
    return Casework(
        _frame(list(rows), _warning(0, "2022-09-01"), _TIMES),
        _frame(list(found), _clue(0, "2022-09-01"), _CLUE_TIMES),
        pd.Index(withdrawn, dtype="object"),
        calendar(),
        NOW,
        pd.Timestamp(since),
        notices=None if held is None else lambda: held,
        datasets=lambda: pd.DataFrame({"name": ["a", "b", "c"], "no": [1, 2, None], "freshness": ["按时", "滞后", ""]}),
        cases=lambda span: pd.DataFrame({"area_code": ["330483"], "cases": [counts.get(span, 0)]}),
        in_force=lambda: {"M05-v1": datetime(2021, 1, 1), "M06-v2": datetime(2022, 8, 10)},
    )


def told(one: object) -> list[tuple[str, int]]:
    return [(part.words, part.number) for part in one.parts]  # type: ignore[attr-defined]


DONE = {"state": "已办结", "closed_at": "2022-09-12", "concluded_at": "2022-09-10"}


def test_false_alarms_are_of_all_concluded_ones_unclear_and_withdrawn_ones_included():
    held = casework(
        _warning(1, "2022-09-01", conclusion="属实", **DONE),
        _warning(2, "2022-09-01", conclusion="不属实", **DONE),
        _warning(3, "2022-09-01", conclusion="无法查实", **DONE),
        _warning(4, "2022-09-01", state="撤销", closed_at="2022-09-05"),
        _warning(5, "2022-09-01", state="撤销", closed_at="2022-09-05"),
        _warning(6, "2022-09-01"),
        _warning(
            7, "2022-08-01", state="已办结", conclusion="不属实", concluded_at="2022-08-31", closed_at="2022-09-02"
        ),
        withdrawn=("W4",),
    )
    found = warnings.untrue(held, MONTH)
    assert found.value == "50.0%" and told(found) == [("误报", 2), ("有结论", 4)]
    assert found.values[0].asked == Asked("concluded", "month")
    # W7 was concluded on the last of August, after the same days of that month.
    assert found.movements[0].text == "环比 —，上期 —"
    assert warnings.verified(held, MONTH).value == "33.3%"


def test_a_warning_turned_into_a_clue_counts_among_those_concluded():
    held = casework(
        _warning(1, "2022-09-01", conclusion="属实", clue_id="C1", **DONE | {"state": "转线索"}),
        _warning(2, "2022-09-01", conclusion="属实", **DONE),
        _warning(3, "2022-08-01", conclusion="属实", state="转线索", clue_id="C3", concluded_at="2022-08-02"),
    )
    found = warnings.to_clue(held, MONTH)
    assert (found.value, told(found)) == ("50.0%", [("转线索", 1), ("有结论", 2)])
    assert found.movements[0].text == "环比 -50点，上期 100%"


def test_a_recurrence_is_of_the_same_model_and_subject_within_six_months_of_the_end():
    ended = {"state": "已办结", "conclusion": "属实"}
    held = casework(
        _warning(1, "2022-01-10", subject_id="A", closed_at="2022-03-02", **ended),
        _warning(2, "2022-09-02", subject_id="A"),
        _warning(3, "2022-01-10", subject_id="B", closed_at="2022-03-01", **ended),
        _warning(4, "2022-09-02", subject_id="B"),
        _warning(5, "2022-07-01", subject_id="C", closed_at="2022-08-01", rule_id="M06", **ended),
        _warning(6, "2022-09-02", subject_id="C"),
        _warning(7, "2022-07-01", subject_id="D", closed_at="2022-08-01", state="撤销"),
        _warning(8, "2022-09-02", subject_id="D"),
    )
    found = warnings.recurred(held, MONTH)
    assert (found.value, told(found)) == ("25.0%", [("再次预警", 1), ("生成", 4)])
    assert rows(held, Asked("recurred", "month"))["warning_id"].tolist() == ["W2"]


def test_reduction_is_per_thousand_cases_of_models_whose_version_has_not_changed():
    cases = {MONTH.now: 1000, MONTH.before: 500, MONTH.year_ago: 10}
    held = casework(
        _warning(1, "2022-09-01"),
        _warning(2, "2022-09-02"),
        _warning(3, "2022-09-02", rule_id="M06", version_id="M06-v2"),
        _warning(4, "2022-08-02"),
        _warning(5, "2022-08-25"),
        _warning(6, "2022-08-26"),
        _warning(7, "2022-08-02", rule_id="M06", version_id="M06-v1"),
        _warning(8, "2021-09-02"),
        cases=cases,
    )
    found = warnings.reduction(held, MONTH)
    # 2 of 1,000 cases now, 2 of 500 in the same days of August.
    assert (found.value, told(found)) == ("50.0%", [("期内", 2), ("上期", 2)])
    assert found.detail == "每千件案件 2，上期 4"
    # Ten cases are too few to be set against.
    assert [one.text for one in found.movements] == ["同比压降 —，每千件案件 2，去年 —"]
    assert warnings.reduction(replace(held, cases=casework().cases), MONTH).value == "—"


def test_a_rise_is_a_reduction_below_nought():
    cases = {MONTH.now: 1000, MONTH.before: 1000, MONTH.year_ago: 1000}
    held = casework(
        _warning(1, "2022-09-01"), _warning(2, "2022-09-02"), _warning(3, "2022-08-02"), cases=cases
    )  # fmt: skip
    assert warnings.reduction(held, MONTH).value == "-100.0%"


def test_duration_tells_mean_median_ninety_percent_and_what_still_waits():
    held = casework(
        _warning(1, "2022-09-01", conclusion="属实", **DONE | {"closed_at": "2022-09-02"}),
        _warning(2, "2022-09-01", conclusion="属实", **DONE | {"closed_at": "2022-09-08"}),
        _warning(3, "2022-09-20"),
    )
    found = warnings.duration_and_waiting(held, MONTH)
    # 1 and 5 workdays; Tuesday to Sunday are three.
    assert found.value == "3 天" and told(found) == [("已办结", 2), ("期末未办结", 1)]
    assert found.detail == "平均 3 天 · 九成在 4.6 天内 · 未办结的已等中位 3 天"


def test_notices_past_due_and_not_closed_are_not_mended_and_sent_back_ones_did_not_pass():
    held = casework(
        sent=(
            _notice(1, "2022-09-10 23:59:59", "销号", closed_at="2022-09-20", judged_at="2022-09-15"),
            _notice(2, "2022-09-10 23:59:59"),
            _notice(3, "2022-09-30 23:59:59"),
            _notice(4, "2022-08-30 23:59:59", "销号", closed_at="2022-09-20", judged_at="2022-09-02",
                    sent_back_at="2022-09-02"),
            _notice(5, None, "拟稿"),
        )
    )  # fmt: skip
    mended, passed = (figure(held, MONTH, ratio) for ratio in (notices.MENDED, notices.PASSED))
    assert (mended.value, told(mended)) == ("50.0%", [("已销号", 1), ("到期", 2)])
    assert (passed.value, told(passed)) == ("50.0%", [("一次通过", 1), ("首次复核", 2)])


def test_people_are_counted_by_form_beside_the_clues():
    held = casework(
        found=(
            _clue(1, "2022-07-01", reported_at="2022-09-02", form="第一种形态", people_cnt=2),
            _clue(2, "2022-07-01", reported_at="2022-09-03", form="第四种形态"),
            _clue(3, "2022-07-01", reported_at="2022-09-03", form="未追究责任"),
            _clue(4, "2022-07-01", reported_at="2022-08-03", form="第二种形态", people_cnt=1),
            _clue(5, "2022-07-01"),
        )
    )
    found = clues.followed_up(held, MONTH)
    assert found.value == "2 条" and found.detail == "共处理 2 人，另有 1 条未填人数"
    assert told(found) == [
        ("第一种形态", 1), ("第二种形态", 0), ("第三种形态", 0), ("第四种形态", 1), ("未追究责任", 1), ("反馈结果", 3),
    ]  # fmt: skip
    assert found.movements[0].text == "环比 +100%，上期 1"


def test_clues_disposed_and_closed_stand_apart():
    held = casework(
        found=(
            _clue(1, "2022-09-01", disposed_at="2022-09-10", closed_at="2022-09-10"),
            _clue(2, "2022-09-01", disposed_at="2022-09-10"),
            _clue(3, "2022-09-01"),
        )
    )
    assert [one.value for one in (clues.disposed(held, MONTH), clues.closed(held, MONTH))] == ["66.7%", "33.3%"]


def test_nothing_to_divide_by_is_a_dash_everywhere():
    for group in groups(casework(), MONTH):
        for one in group.figures:
            assert one.value in ("—", "0 条") or one.title == "数据鲜活率", one.title
            assert one.meaning and one.values[0].asked is not None
    assert (
        by_county(casework(), MONTH, pd.DataFrame({"area_code": ["330483"], "area_name": ["桐乡市"], "level": ["县"]}))
        == []
    )


def test_a_role_without_notices_has_no_group_of_them_and_a_part_of_the_city_none_of_datasets():
    assert [group.name for group in groups(casework(), MONTH)] == ["预警", "线索", "整改", "数据"]
    assert [group.name for group in groups(casework(sent=None).within(county="330483"), MONTH)] == ["预警", "线索"]
    fresh = groups(casework(), MONTH)[-1].figures[0]
    assert (fresh.value, told(fresh)) == ("50.0%", [("按时更新", 1), ("应有", 2)])


def test_counties_add_up_to_the_whole():
    places = pd.DataFrame({"area_code": ["330482", "330483"], "area_name": ["平湖市", "桐乡市"], "level": "县"})
    held = casework(
        _warning(1, "2022-09-01", conclusion="属实", **DONE),
        _warning(2, "2022-09-01", conclusion="不属实", area_code="330482001", **DONE),
        _warning(3, "2022-09-01", conclusion="不属实", area_code="330400", **DONE),
    )
    table = by_county(held, MONTH, places)
    assert [row.name for row in table] == ["平湖市", "桐乡市", "市本级", "合计"]
    for column in range(len(table[0].shares)):
        *parts, whole = (row.shares[column] for row in table)
        assert sum(one.part for one in parts) == whole.part and sum(one.whole for one in parts) == whole.whole
    for row in table:
        for share, asked in zip(row.shares, row.asked, strict=True):
            assert len(rows(held, asked)) == share.whole, (row.name, asked)


def test_models_most_often_wrong_come_first():
    held = casework(
        _warning(1, "2022-09-01", conclusion="属实", **DONE),
        _warning(2, "2022-09-01", conclusion="不属实", rule_id="M06", **DONE),
        _warning(3, "2022-09-01", rule_id="M07"),
    )
    table = warnings.by_rule(held, MONTH)
    assert table.to_numpy().tolist() == [["M06", 1, 1, 1, 0, 0], ["M05", 1, 0, 1, 1, 1]]


@pytest.mark.parametrize(
    ("day", "now", "before", "year_ago"),
    [
        (date(2022, 2, 28), (1, 28), (1, 28), (1, 28)),
        # March has three days more than February: the comparison ends with the month.
        (date(2022, 3, 31), (1, 31), (1, 28), (1, 31)),
        (date(2020, 2, 29), (1, 29), (1, 29), (1, 28)),
        (date(2022, 8, 31), (1, 31), (1, 31), (1, 31)),
    ],
)
def test_a_month_is_compared_over_the_same_days_also_at_its_end(
    day: date, now: tuple[int, int], before: tuple[int, int], year_ago: tuple[int, int]
):
    found = period("month", day)
    spans = [(span.start.day, span.end.day) for span in (found.now, found.before, found.year_ago)]
    assert spans == [now, before, year_ago]
    assert all(span.start.month == span.end.month for span in (found.now, found.before, found.year_ago))


def test_open_at_the_end_of_a_month_is_what_was_open_then():
    held = casework(
        _warning(1, "2022-08-01", state="已办结", closed_at="2022-09-02", conclusion="属实"),
        _warning(2, "2022-08-01", state="已办结", closed_at="2022-08-20", conclusion="属实"),
        _warning(3, "2022-09-01"),
    )
    august = replace(held, now=datetime(2022, 8, 31, 23, 59, 59))
    assert rows(august, Asked("open_then", "month"))["warning_id"].tolist() == ["W1"]
    assert rows(held, Asked("open_then", "month"))["warning_id"].tolist() == ["W3"]
