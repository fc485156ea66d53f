"""Periods compare the same number of elapsed days, and movements say so in words."""

from datetime import date

import pandas as pd
import pytest

from lib.insight.movement import BEFORE, YEAR_AGO, count_moved, days_moved, share_moved
from lib.insight.period import Span, period
from lib.insight.share import Share, percent

AS_OF = date(2022, 9, 25)


@pytest.mark.parametrize(
    ("key", "now", "before", "year_ago"),
    [
        ("month", (date(2022, 9, 1), AS_OF), (date(2022, 8, 1), date(2022, 8, 25)),
         (date(2021, 9, 1), date(2021, 9, 25))),
        ("quarter", (date(2022, 7, 1), AS_OF), (date(2022, 4, 1), date(2022, 6, 26)),
         (date(2021, 7, 1), date(2021, 9, 25))),
        ("year", (date(2022, 1, 1), AS_OF), (date(2021, 1, 1), date(2021, 9, 25)),
         (date(2021, 1, 1), date(2021, 9, 25))),
        ("months12", (date(2021, 10, 1), AS_OF), (date(2020, 10, 1), date(2021, 9, 25)),
         (date(2020, 10, 1), date(2021, 9, 25))),
    ],
)  # fmt: skip
def test_spans_run_the_same_number_of_days(key: str, now: tuple, before: tuple, year_ago: tuple):
    found = period(key, AS_OF)
    assert (tuple(found.now), tuple(found.before), tuple(found.year_ago)) == (now, before, year_ago)


def test_the_period_before_never_runs_into_the_period():
    found = period("month", date(2022, 3, 31))
    assert found.before == Span(date(2022, 2, 1), date(2022, 2, 28))


def test_an_unknown_period_is_a_key_error():
    with pytest.raises(KeyError):
        period("week", AS_OF)


def test_a_span_holds_its_last_day_until_midnight():
    texts = ["2022-09-24 23:59:59", "2022-09-25", "2022-09-25 23:59:59", "2022-09-26", None]
    moments = pd.Series(pd.to_datetime(texts, format="ISO8601"))
    assert Span(AS_OF, AS_OF).holds(moments).tolist() == [False, True, True, False, False]


def test_movements_in_words():
    assert count_moved(BEFORE, 28, 25) == "环比 +12%，上期 25"
    assert count_moved(YEAR_AGO, 5, 0) == "同比 —，去年 0"
    assert count_moved(BEFORE, 7, 7) == "环比 持平，上期 7"
    assert count_moved(YEAR_AGO, 7, None) == "同比 —，去年无记录"
    assert share_moved(BEFORE, Share(9, 10), Share(4, 5)) == "环比 +10点，上期 80.0%"
    assert share_moved(BEFORE, Share(0, 0), Share(4, 5)) == "环比 —，上期 80.0%"
    assert days_moved(BEFORE, 5.5, 7.0, known=True) == "环比 -1.5天，上期 7天"
    assert days_moved(BEFORE, None, None, known=True) == "环比 —，上期 —"


def test_nothing_to_divide_by_is_a_dash_and_never_a_full_share():
    assert percent(Share(0, 0)) == "—"
    assert percent(Share(5000, 5001)) == "99.9%"
    assert percent(Share(3, 3)) == "100%"
