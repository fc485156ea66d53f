"""How warnings are handled, in figures: each over a frame of visible warnings and a span of days.

The formulas are those of the KPI table (domain: KPIs and cockpit). A share with nothing to divide by has no value.
"""

import json

import pandas as pd

from lib.casework.deadlines import Calendar, settings
from lib.casework.warnings.states import CLOSED, MERGED, PARTLY, TO_CLUE, TRUE, UNCLEAR, UNTRUE, WITHDRAWN
from lib.insight.duration import Duration, duration_of
from lib.insight.period import Span
from lib.insight.share import Share
from lib.rules.levels import LEVELS

# Within how many months of the end of a warning the next one of the same model and subject is a recurrence.
AGAIN_MONTHS = 6


def counted(warnings: pd.DataFrame) -> pd.DataFrame:
    """Warnings that count as such: not those merged into another or withdrawn."""
    return warnings[~warnings["state"].isin([MERGED, WITHDRAWN])]


def generated(warnings: pd.DataFrame, span: Span) -> pd.DataFrame:
    """The counted warnings first seen in the span."""
    frame = counted(warnings)
    return frame[span.holds(frame["first_seen_at"])]


def levels(warnings: pd.DataFrame) -> dict[str, int]:
    """How many of each level: red, orange, yellow."""
    found = warnings["level"].value_counts()
    return {level: int(found.get(level, 0)) for level in LEVELS}


def open_at(warnings: pd.DataFrame, at: pd.Timestamp) -> pd.DataFrame:
    """Those that were open at that moment: seen by then and not ended by then."""
    seen = warnings["first_seen_at"].le(at) & warnings["state"].ne(MERGED)
    return warnings[seen & ~warnings["closed_at"].le(at)]


def due(warnings: pd.DataFrame, span: Span, now: pd.Timestamp) -> pd.DataFrame:
    """The counted warnings whose verification fell due in the span, up to now."""
    frame = counted(warnings)
    return frame[span.holds(frame["verify_due_at"]) & frame["verify_due_at"].le(now)]


def kept(due: pd.DataFrame) -> pd.DataFrame:
    """Those verified or ended by their deadline."""
    return due[due["concluded_at"].fillna(due["closed_at"]).le(due["verify_due_at"])]


def on_time(warnings: pd.DataFrame, span: Span, now: pd.Timestamp) -> Share:
    """按期办结率: of the warnings whose verification fell due in the span, those verified or ended by then.

    What is still open after its deadline counts as late; merged and withdrawn ones do not count.
    """
    whole = due(warnings, span, now)
    return Share(len(kept(whole)), len(whole))


def judged(warnings: pd.DataFrame, span: Span, false_alarms: pd.Index) -> pd.DataFrame:
    """The warnings concluded in the span, 无法查实 left out, and those withdrawn as 误报 in the span."""
    concluded = span.holds(warnings["concluded_at"]) & warnings["state"].ne(WITHDRAWN)
    withdrawn = warnings["warning_id"].isin(false_alarms) & span.holds(warnings["closed_at"])
    return warnings[(concluded & warnings["conclusion"].ne(UNCLEAR)) | withdrawn]


def found_true(judged: pd.DataFrame, strict: bool = False) -> pd.DataFrame:
    """Those of `judged` found 属实 or 部分属实 (`strict`: 属实 only)."""
    hits = judged["conclusion"].isin([TRUE] if strict else [TRUE, PARTLY])
    return judged[hits & judged["state"].ne(WITHDRAWN)]


def verified(warnings: pd.DataFrame, span: Span, false_alarms: pd.Index, strict: bool = False) -> Share:
    """预警核实率: 属实 and 部分属实 (`strict`: 属实 only) of those judged in the span.

    Warnings withdrawn as 误报 in the span stay in what is divided by.
    """
    whole = judged(warnings, span, false_alarms)
    return Share(len(found_true(whole, strict)), len(whole))


def ended(warnings: pd.DataFrame, span: Span) -> pd.DataFrame:
    """The warnings ended (办结 or 转线索) in the span."""
    return warnings[warnings["state"].isin([CLOSED, TO_CLUE]) & span.holds(warnings["closed_at"])]


def duration(warnings: pd.DataFrame, span: Span, days: Calendar) -> Duration:
    """平均处置时长: workdays from first seen to ended, of those ended in the span."""
    frame = ended(warnings, span)
    return duration_of(pd.Series(days.between(frame["first_seen_at"].to_numpy(), frame["closed_at"].to_numpy())))


def _to_be_signed(red: pd.DataFrame) -> pd.Series:
    """Until when red warnings are to be signed, counted from when they were first seen where the limit is in hours."""
    limit = settings()["warning"]["red"]
    return (
        red["first_seen_at"] + pd.Timedelta(hours=limit["sign_hours"])
        if "sign_hours" in limit
        else (red["sign_due_at"])
    )


def red_due(warnings: pd.DataFrame, span: Span, now: pd.Timestamp) -> pd.DataFrame:
    """The red warnings first seen in the span whose time for signing is over."""
    red = generated(warnings, span)
    red = red[red["level"].eq("red")]
    return red[_to_be_signed(red).le(now)]


def signed_in_time(red: pd.DataFrame) -> pd.DataFrame:
    """Those signed within the time for signing."""
    return red[red["signed_at"].le(_to_be_signed(red))]


def red_signed(warnings: pd.DataFrame, span: Span, now: pd.Timestamp) -> Share:
    """红色响应率: signed within the time for signing, of the red warnings first seen in the span whose time is over."""
    red = red_due(warnings, span, now)
    return Share(len(signed_in_time(red)), len(red))


def concluded(warnings: pd.DataFrame, span: Span, false_alarms: pd.Index) -> pd.DataFrame:
    """The warnings concluded in the span, whatever the conclusion, and those withdrawn as 误报 in the span."""
    given = span.holds(warnings["concluded_at"]) & warnings["state"].ne(WITHDRAWN)
    return warnings[given | (warnings["warning_id"].isin(false_alarms) & span.holds(warnings["closed_at"]))]


def found_untrue(concluded: pd.DataFrame) -> pd.DataFrame:
    """Those of `concluded` found 不属实, or withdrawn as 误报."""
    return concluded[concluded["conclusion"].eq(UNTRUE) | concluded["state"].eq(WITHDRAWN)]


def recurred(warnings: pd.DataFrame, span: Span) -> pd.DataFrame:
    """The warnings generated in the span whose model had warned of the same subject before, that warning ended (办结
    or 转线索) within AGAIN_MONTHS before the new one came."""
    keys = ["rule_id", "subject_type", "subject_id"]
    new = generated(warnings, span)[["warning_id", *keys, "first_seen_at"]]
    before = warnings.loc[warnings["state"].isin([CLOSED, TO_CLUE]), [*keys, "closed_at", "warning_id"]]
    pairs = new.merge(before, on=keys, suffixes=("", "_before"))
    since = pairs["first_seen_at"] - pd.DateOffset(months=AGAIN_MONTHS)
    again = pairs["closed_at"].between(since, pairs["first_seen_at"]) & pairs["warning_id"].ne(
        pairs["warning_id_before"]
    )
    return warnings[warnings["warning_id"].isin(pairs.loc[again, "warning_id"])]


def false_alarms(events: pd.DataFrame) -> pd.Index:
    """The ids of the warnings withdrawn as 误报, from the events of the register."""
    withdrawn = events[events["action"].eq("withdraw") & events["object_type"].eq("warning")]
    reasons = withdrawn["payload"].map(lambda text: json.loads(text).get("reason"))
    return pd.Index(withdrawn.loc[reasons.eq("误报"), "object_id"])
