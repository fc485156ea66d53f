"""The supervision notices that figures count, of a casework: each takes what was asked and the days meant.

For a role that sees no notices there are none to count; what shows the figures leaves them out.
"""

import pandas as pd

from lib.casework.notices.states import CLOSED
from lib.insight.figure.asked import Asked
from lib.insight.figure.casework import Casework
from lib.insight.period import Span

_COLUMNS = ["notice_id", "area_code", "org_id", "state", "first_due_at", "closed_at", "judged_at", "sent_back_at"]


def _notices(casework: Casework) -> pd.DataFrame:
    return pd.DataFrame(columns=_COLUMNS) if casework.notices is None else casework.notices()


def due(casework: Casework, _: Asked, span: Span) -> pd.DataFrame:
    """Those whose time for rectifying ended in the span, up to now."""
    frame = _notices(casework)
    return frame[span.holds(frame["first_due_at"]) & pd.to_datetime(frame["first_due_at"]).le(casework.now)]


def mended(casework: Casework, asked: Asked, span: Span) -> pd.DataFrame:
    """Those of them that were closed (销号) by the end of the span."""
    whole = due(casework, asked, span)
    end = pd.Timestamp(span.end) + pd.Timedelta(days=1)
    return whole[whole["state"].eq(CLOSED) & pd.to_datetime(whole["closed_at"]).lt(end)]


def judged(casework: Casework, _: Asked, span: Span) -> pd.DataFrame:
    """Those re-checked for the first time in the span."""
    frame = _notices(casework)
    return frame[span.holds(frame["judged_at"])]


def passed(casework: Casework, asked: Asked, span: Span) -> pd.DataFrame:
    """Those of them that passed at once: never sent back."""
    whole = judged(casework, asked, span)
    return whole[whole["sent_back_at"].isna()]
