"""Values by month and place, against plain counting of the same rows."""

import statistics
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.rules.indicators import MONTHS, figures, measured, read_indicators
from lib.rules.indicators.spans import Steps, days_of

INDICATORS = read_indicators()
ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1200), st.booleans(), st.integers(0, 4)), max_size=60)
ENDS = [date(2022, 9, 25), date(2022, 12, 31), date(2024, 2, 29), date(2023, 3, 31), date(2022, 1, 1)]


def _frame(rows: list[tuple[int, int, bool, int]], as_of: date) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["place", "back", "met", "party"])
    frame["day"] = [as_of - timedelta(days=int(back)) for back in frame["back"]]
    frame = frame[frame["day"] >= Steps(as_of).since]
    return frame.assign(step=[Steps(as_of).of(day) for day in frame["day"]])


def _first(month: date, back: int = 0) -> date:
    index = month.year * 12 + month.month - 1 - back
    return date(index // 12, index % 12 + 1, 1)


@given(rows=ROWS, as_of=st.sampled_from(ENDS))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_shares_of_a_month_its_year_and_a_year_before(rows: list, as_of: date) -> None:
    frame = _frame(rows, as_of)
    sums = frame.groupby(["place", "step"], as_index=False).agg(n=("met", "size"), met=("met", "sum"))
    asked = []
    for figure in figures(as_of, "month"):
        end = min(_first(figure.month, -1) - timedelta(days=1), as_of)
        ago = _first(figure.month, 12)
        ago_end = min(ago + (end - figure.month), _first(ago, -1) - timedelta(days=1))
        if figure.month != as_of.replace(day=1):
            ago_end = _first(ago, -1) - timedelta(days=1)
        wanted = [
            (figure.value, figure.month, end),
            (figure.before, ago, ago_end),
            (figure.year, figure.month.replace(month=1), end),
            (figure.year_before, ago.replace(month=1), ago_end),
        ]
        for span, start, last in wanted:
            if span is None or sums.empty:
                assert span is not None or start < Steps(as_of).since
                continue
            asked.append((span, start, last))
    if sums.empty:
        return
    found = measured(INDICATORS["I02"], sums, sums["place"].to_numpy(), [one[0] for one in asked], 2, 4)
    held = list(zip(frame["place"], frame["day"], frame["met"], strict=True))
    for column, (_, start, last) in enumerate(asked):
        for place in range(int(sums["place"].max()) + 1):
            own = [bool(met) for where, day, met in held if where == place and start <= day <= last]
            assert (found.n[place, column], found.met[place, column]) == (len(own), sum(own))
            np.testing.assert_equal(found.value[place, column], 100 * sum(own) / len(own) if own else float("nan"))


@given(rows=ROWS, as_of=st.sampled_from(ENDS))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_different_parties_of_twelve_months(rows: list, as_of: date) -> None:
    frame = _frame(rows, as_of).assign(party_id=lambda one: one["party"])
    sums = frame.groupby(["place", "step", "party_id"], as_index=False).agg(n=("met", "size"))
    if sums.empty:
        return
    shown = figures(as_of, "rolling_year")
    found = measured(INDICATORS["I07"], sums, sums["place"].to_numpy(), [one.value for one in shown], 2, 4)
    held = list(zip(frame["place"], frame["day"], frame["party"], strict=True))
    for column, figure in enumerate(shown):
        start, last = _first(figure.month, 11), _first(figure.month, -1) - timedelta(days=1)
        for place in range(int(sums["place"].max()) + 1):
            own = [party for where, day, party in held if where == place and start <= day <= last]
            assert (found.met[place, column], found.n[place, column]) == (len(own), len(set(own)))


@given(
    amounts=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 10**11)), min_size=2, max_size=40),
    least=st.integers(2, 5),
)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_a_spread_is_exact(amounts: list[tuple[int, int]], least: int) -> None:
    frame = pd.DataFrame(amounts, columns=["group_key", "fen"])
    groups = [[int(fen) for fen in one] for _, one in frame.groupby("group_key")["fen"]]
    sums = pd.DataFrame({"step": 36, "group_key": frame["group_key"].unique()})
    squares = frame.assign(square=[int(fen) ** 2 for fen in frame["fen"]]).groupby("group_key", sort=False)
    sums["n"], sums["total"] = squares.size().to_numpy(), squares["fen"].sum().to_numpy()
    sums["squares"] = [sum(one) // 10**9 for _, one in squares["square"]]
    sums["rest"] = [sum(one) % 10**9 for _, one in squares["square"]]
    (span,) = [figures(date(2022, 9, 25), "month")[-1].value]
    found = measured(INDICATORS["I18"], sums, np.zeros(len(sums), dtype="int64"), [span], least, 1)
    compared = [one for one in groups if len(one) >= least]
    assert (found.n[0, 0], found.met[0, 0]) == (len(compared), sum(map(len, compared)))
    if not compared:
        assert np.isnan(found.value[0, 0])
        return
    wanted = statistics.median(statistics.stdev(map(Fraction, one)) / float(statistics.mean(one)) for one in compared)
    assert found.value[0, 0] == pytest.approx(wanted, abs=1.1e-6)


def test_the_days_of_a_stock_are_the_ends_of_months() -> None:
    days = days_of(date(2022, 9, 25))
    assert days[0] == date(2020, 9, 30)
    assert days[MONTHS - 2 :] == [date(2022, 8, 31), date(2022, 9, 25), date(2021, 9, 25)]
    assert days_of(date(2024, 2, 29))[-2:] == [date(2024, 2, 29), date(2023, 2, 28)]
    shown = figures(date(2022, 9, 25), "stock")
    assert shown[-1].before == (MONTHS, MONTHS) and shown[12].before == (0, 0) and shown[11].before is None
