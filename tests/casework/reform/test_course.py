"""Plan and progress of a task on two axes: hand-worked days, and what holds whatever is stated in whatever order."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.casework.reform.course import Course, Stated, course, end_of
from lib.casework.reform.plan import Milestone, following, planned, read, written
from lib.errors import UserError

START = date(2022, 1, 1)
PLAN = (Milestone(date(2022, 1, 11), 20, "清单"), Milestone(date(2022, 1, 31), 100, "验收"))


@pytest.mark.parametrize(
    ("day", "share"),
    [
        (date(2021, 12, 1), 0),
        (date(2022, 1, 1), 0),
        (date(2022, 1, 6), 10),
        (date(2022, 1, 11), 20),
        # Five of twenty days from 20 to 100.
        (date(2022, 1, 16), 40),
        (date(2022, 1, 31), 100),
        (date(2022, 6, 1), 100),
    ],
)
def test_between_milestones_the_plan_grows_evenly(day: date, share: float) -> None:
    assert planned(START, PLAN, day) == pytest.approx(share)


def test_a_plan_is_written_as_it_is_read() -> None:
    text = "2022-1-11   20％ 清单\n\n2022-01-31 100% 验收"
    assert read(text) == PLAN and read(written(PLAN)) == PLAN
    assert following(PLAN, 0) == PLAN[0] and following(PLAN, 20) == PLAN[1] and following(PLAN, 100) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "还没有节点"),
        ("2022-01-31 90% 验收", "最后一个节点是 90%"),
        ("2022-02-30 100% 验收", "日期 2022-02-30 不存在"),
        ("一月底完成", "第 1 个节点「一月底完成」看不懂"),
        ("2022-01-31 50% 甲\n2022-01-31 100% 乙", "第 2 个节点"),
        ("2022-01-31 50% 甲\n2022-03-01 50% 乙", "第 2 个节点"),
        ("2022-01-31 0% 甲\n2022-03-01 100% 乙", "比例 0% 不对"),
        ("2022-01-31 150% 甲", "比例 150% 不对"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_its_line(text: str, told: str) -> None:
    with pytest.raises(UserError, match=told):
        read(text)


def test_a_late_report_tells_of_the_past_and_does_not_rewrite_it() -> None:
    issued = datetime(2022, 1, 1, 9)
    first = Stated(datetime(2022, 1, 11, 10), date(2022, 1, 10), 10)
    late = Stated(datetime(2022, 1, 25, 10), date(2022, 1, 11), 20)
    one = Course(START, ((issued, PLAN),), (first, late))
    # On the 20th, 20 of it were known to be 10; the plan said 56.
    assert one.deviation(date(2022, 1, 20)) == pytest.approx(10 - 56)
    # Looked back to from today, it was 20 then; what that day knew stays.
    assert one.actual(date(2022, 1, 20), datetime(2022, 2, 1)) == 20
    assert one.actual(date(2022, 1, 20)) == 10
    # The plan that was changed on the 26th does not change what the 20th was measured by.
    easier = (PLAN[0], Milestone(date(2022, 3, 31), 100, "验收"))
    moved = Course(START, ((issued, PLAN), (datetime(2022, 1, 26), easier)), (first, late))
    assert moved.deviation(date(2022, 1, 20)) == one.deviation(date(2022, 1, 20))
    assert moved.planned(date(2022, 1, 26)) == pytest.approx(20 + 80 * 15 / 79)


days = st.integers(0, 60)
stated = st.lists(st.tuples(days, days, st.integers(0, 100)), max_size=8)


@given(stated, st.tuples(days, days, st.integers(0, 100)), days)
def test_whatever_is_stated_later_no_day_before_knows_of_it(
    told: list[tuple[int, int, int]], more: tuple[int, int, int], day: int
) -> None:
    def made(rows: list[tuple[int, int, int]]) -> Course:
        held = tuple(
            Stated(datetime(2022, 1, 1, 12) + timedelta(days=at), START + timedelta(days=min(of, at)), share)
            for at, of, share in sorted(rows)
        )
        return Course(START, ((datetime(2022, 1, 1), PLAN),), held)

    before, after = made(told), made([*told, more])
    looked = START + timedelta(days=day)
    if day < more[0]:
        assert after.actual(looked) == before.actual(looked)
        assert after.deviation(looked) == before.deviation(looked)
    held = [one for one in after.stated if one.at <= end_of(looked)]
    assert after.actual(looked) == (max(held, key=lambda one: (one.as_of, one.at)).share if held else 0)


def test_the_course_follows_from_the_events() -> None:
    at = datetime(2022, 1, 1, 9)
    events = [
        (at, "issue", {"milestones": written(PLAN)}),
        (at + timedelta(days=9), "report", {"as_of": "2022-01-09", "share": 15}),
        (at + timedelta(days=10), "verify", {"as_of": "2022-01-09", "share": 12}),
        (at + timedelta(days=11), "remind", {}),
        (at + timedelta(days=29), "report", {"as_of": "2022-01-28", "share": 100}),
        (at + timedelta(days=35), "accept", {}),
    ]
    one = course(START, written(PLAN), at, events)
    assert [held.share for held in one.stated] == [15, 12, 100]
    assert one.actual(date(2022, 1, 10)) == 15 and one.actual(date(2022, 1, 11)) == 12
    assert one.done_on(at + timedelta(days=34)) is None
    assert one.done_on(at + timedelta(days=35)) == date(2022, 1, 28)
