"""The clues that figures count, of a casework: each takes what was asked and the days meant."""

import pandas as pd

from lib.insight.figure.asked import Asked
from lib.insight.figure.casework import Casework
from lib.insight.period import Span


def received(casework: Casework, _: Asked, span: Span) -> pd.DataFrame:
    return casework.clues[span.holds(casework.clues["received_at"])]


def by_the_end(column: str, casework: Casework, asked: Asked, span: Span) -> pd.DataFrame:
    whole = received(casework, asked, span)
    return whole[whole[column].lt(pd.Timestamp(span.end) + pd.Timedelta(days=1))]


def flagged(flag: str, casework: Casework, asked: Asked, span: Span) -> pd.DataFrame:
    whole = received(casework, asked, span)
    return whole[whole[flag]]


def shelved(casework: Casework, asked: Asked, span: Span) -> pd.DataFrame:
    disposed = flagged("disposed", casework, asked, span)
    return disposed[~disposed["closed"]]
