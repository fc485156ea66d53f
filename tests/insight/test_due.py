"""How what is due stands: around midnight, on a Friday, over the National Day holiday, stopped, not yet announced."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from lib.casework.deadlines import Calendar, calendar, settings
from lib.insight.due import group_counts, of_group, with_due

# 2022-10-01 to 07 is the National Day holiday; Saturday 8 and Sunday 9 October are workdays.
DAYS = calendar()


def stands(due: str | None, at: str, paused: str | None = None, provisional: bool = False) -> tuple[str, str]:
    row = {"due_at": pd.Timestamp(due), "paused_at": pd.Timestamp(paused), "provisional": provisional}
    found = with_due(pd.DataFrame([row]), datetime.fromisoformat(at), DAYS).iloc[0]
    return found["due_group"], found["due_words"]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2022-09-20 23:59:59", ("soon", "剩 3 工作日")),
        ("2022-09-19 23:59:59", ("later", "剩 4 工作日")),
        ("2022-09-23 00:00:00", ("today", "今日到期")),
        ("2022-09-23 23:59:59", ("today", "今日到期")),
        ("2022-09-24 00:00:00", ("late", "超期 1 天")),
        ("2022-09-26 09:00:00", ("late", "超期 3 天")),
    ],
)
def test_a_friday_at_its_last_second(at: str, expected: tuple[str, str]):
    assert stands("2022-09-23 23:59:59", at) == expected


def test_a_limit_by_the_clock_is_late_on_its_own_day():
    assert stands("2022-09-23 10:33:00", "2022-09-23 10:32:59") == ("today", "今日到期")
    assert stands("2022-09-23 10:33:00", "2022-09-23 10:33:01") == ("late", "今日超期")


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        # 28, 29, 30 September, 8 October: four workdays from the 27th.
        ("2022-09-27 12:00", ("later", "剩 4 工作日")),
        ("2022-09-28 12:00", ("soon", "剩 3 工作日")),
        ("2022-09-30 12:00", ("soon", "剩 1 工作日")),
        ("2022-10-05 12:00", ("soon", "剩 1 工作日")),
        ("2022-10-08 00:00", ("today", "今日到期")),
        ("2022-10-09 00:00", ("late", "超期 1 天")),
    ],
)
def test_the_holiday_is_not_counted_and_the_saturday_after_is(at: str, expected: tuple[str, str]):
    assert stands("2022-10-08 23:59:59", at) == expected


def test_a_deadline_that_falls_on_a_rest_day_by_the_clock_is_ahead_until_it_comes():
    # A Saturday evening, asked on Friday: no workday lies between, and it is not today.
    assert stands("2022-09-24 18:00", "2022-09-23 18:00") == ("soon", "剩 1 工作日")


def test_what_is_stopped_open_or_not_announced_says_so():
    assert stands(None, "2022-09-23 09:00", paused="2022-09-20 10:00") == ("paused", "暂停 自 2022-09-20")
    assert stands(None, "2022-09-23 09:00") == ("none", "—")
    assert stands("2022-09-30 23:59:59", "2022-09-26 09:00", provisional=True) == ("later", "剩 4 工作日（暂定）")


def test_what_was_put_off_says_so_beside_the_words_and_is_no_other_group():
    rows = pd.DataFrame(
        {
            "due_at": pd.to_datetime(["2022-09-30 23:59:59"] * 2 + ["2022-09-23 23:59:59", None]),
            "extended": [5, 0, 3, 5],
            "provisional": [True, False, False, False],
            "paused_at": pd.to_datetime([None, None, None, "2022-09-20 10:00"]),
        }
    )
    found = with_due(rows, datetime(2022, 9, 26, 9), DAYS)
    assert found["due_words"].tolist() == [
        "剩 4 工作日（延期，暂定）", "剩 4 工作日", "超期 3 天（延期）", "暂停 自 2022-09-20",
    ]  # fmt: skip
    assert found["timing"].tolist()[:2] == ["2022-09-30，剩 4 工作日（延期，暂定）", "2022-09-30，剩 4 工作日"]
    assert group_counts(found) == {"late": 1, "later": 2, "paused": 1}
    assert len(of_group(found, "later")) == 2 and len(of_group(found, "")) == 4


def test_there_is_one_meaning_of_soon():
    assert [name for name, of in settings().items() if "soon_workdays" in of] == ["due"]


def test_a_list_without_rows_or_without_pauses_has_the_same_columns():
    empty = with_due(pd.DataFrame({"due_at": pd.Series(dtype="datetime64[us]")}), datetime(2022, 9, 26), DAYS)
    assert list(empty) == ["due_at", "due_group", "overdue", "overdue_days", "workdays_left", "due_words", "timing"]


def test_past_the_announced_calendar_monday_to_friday_count():
    known = Calendar(np.datetime64("2022-09-26"), np.arange(1, 6), np.datetime64("2022-09-30"))
    row = pd.DataFrame([{"due_at": pd.Timestamp("2022-09-29 23:59:59")}])
    assert with_due(row, datetime(2022, 9, 26, 9), known)["workdays_left"].tolist() == [3.0]
