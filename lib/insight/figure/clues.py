"""The clues that figures count, of a casework: each takes what was asked and the days meant."""

import pandas as pd

from lib.casework.clues.states import FOUR_FORMS
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


def reported(casework: Casework, _: Asked, span: Span) -> pd.DataFrame:
    """The clues whose outcome was fed back in the span."""
    return casework.clues[span.holds(casework.clues["reported_at"])]


def followed_up(casework: Casework, asked: Asked, span: Span) -> pd.DataFrame:
    """Those of them that ended in one of the four forms."""
    whole = reported(casework, asked, span)
    return whole[whole["form"].isin(FOUR_FORMS)]


def shelved(casework: Casework, asked: Asked, span: Span) -> pd.DataFrame:
    disposed = flagged("disposed", casework, asked, span)
    return disposed[~disposed["closed"]]
