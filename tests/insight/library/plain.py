"""The figures of a month worked out of the rows of a twin, one by one, in plain pandas and fractions."""

import statistics
from datetime import date
from fractions import Fraction
from typing import NamedTuple

import pandas as pd

from lib.rules.indicators import Indicator

DAY = pd.Timedelta(days=1)


class Plain(NamedTuple):
    """value (None where there is none), met and n, as lib.insight.library.indicators has them."""

    value: float | None
    met: int
    n: int


def of_rows(indicator: Indicator, rows: pd.DataFrame) -> Plain:
    """The figure of these rows."""
    if indicator.measure == "share":
        met = int(rows["met"].sum())
        return Plain(100 * met / len(rows) if len(rows) else None, met, len(rows))
    if indicator.measure == "per_party":
        parties = rows["party"].nunique()
        return Plain(len(rows) / parties if parties else None, len(rows), parties)
    enough = [one["amount"] for _, one in rows.groupby("group") if len(one) >= 10]
    spreads = [_variation([round(amount * 100) for amount in one]) for one in enough]
    return Plain(round(statistics.median(spreads), 6) if spreads else None, sum(map(len, enough)), len(enough))


def _variation(fen: list[int]) -> float:
    mean = Fraction(sum(fen), len(fen))
    square = sum((one - mean) ** 2 for one in fen) / (len(fen) - 1)
    return float(square / mean**2) ** 0.5


def span_of(indicator: Indicator, month: pd.Timestamp, as_of: pd.Timestamp, figure: str) -> tuple:
    """The first and last day of a figure: value, before (a year before), year (up to the month) or year_before."""
    current = (month.year, month.month) == (as_of.year, as_of.month)
    last = as_of if current else month + pd.offsets.MonthEnd(0)
    if figure in ("before", "year_before"):
        month -= pd.DateOffset(years=1)
        last = (
            min(month + (as_of.day - 1) * DAY, month + pd.offsets.MonthEnd(0))
            if current
            else month + pd.offsets.MonthEnd(0)
        )
    first = month - pd.DateOffset(months=11) if indicator.period == "rolling_year" else month
    return (month.replace(month=1) if figure.startswith("year") else first), last


def within(indicator: Indicator, rows: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    """The rows that a figure of these days counts."""
    if indicator.period == "stock":
        return rows[rows["day"].le(last) & (rows["gone"].isna() | rows["gone"].gt(last))]
    return rows[rows["day"].between(first, last)]


def plain(indicator: Indicator, rows: pd.DataFrame, month: date, as_of: date, figure: str = "value") -> Plain:
    """A figure of a month of what happened at one place."""
    return of_rows(
        indicator, within(indicator, rows, *span_of(indicator, pd.Timestamp(month), pd.Timestamp(as_of), figure))
    )
