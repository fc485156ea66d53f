"""The warnings, and spot checks, that figures count, of a casework: each takes what was asked and the days meant."""

import pandas as pd

from lib.casework.deadlines import settings
from lib.casework.warnings.states import OPEN_STATES, PARTLY, TRUE, UNCLEAR, UNTRUE, WITHDRAWN
from lib.insight.figure.asked import Asked
from lib.insight.figure.casework import Casework
from lib.insight.period import Span
from lib.insight.ranking.work import weighs
from lib.insight.warnings import kpi

_JUDGED = (TRUE, PARTLY, UNTRUE)


def _now(casework: Casework) -> pd.Timestamp:
    return pd.Timestamp(casework.now)


def generated(casework: Casework, _: Asked, span: Span) -> pd.DataFrame:
    return kpi.generated(casework.warnings, span)


def still_open(casework: Casework, asked: Asked, span: Span) -> pd.DataFrame:
    if asked.then:
        end = pd.Timestamp(span.end) + pd.Timedelta(days=1, seconds=-1)
        return kpi.open_at(casework.warnings, end)
    return casework.warnings[casework.warnings["state"].isin(OPEN_STATES)]


def late(casework: Casework, *_: object) -> pd.DataFrame:
    return casework.warnings[casework.warnings["overdue"]]


def soon(casework: Casework, *_: object) -> pd.DataFrame:
    frame = casework.warnings
    return frame[frame["workdays_left"].le(settings()["warning"]["soon_workdays"]) & ~frame["overdue"]]


def due(casework: Casework, _: Asked, span: Span) -> pd.DataFrame:
    return kpi.due(casework.warnings, span, _now(casework))


def kept(casework: Casework, asked: Asked, span: Span) -> pd.DataFrame:
    return kpi.kept(due(casework, asked, span))


def red(casework: Casework, _: Asked, span: Span) -> pd.DataFrame:
    return kpi.red_due(casework.warnings, span, _now(casework))


def red_signed(casework: Casework, asked: Asked, span: Span) -> pd.DataFrame:
    return kpi.signed_in_time(red(casework, asked, span))


def judged(casework: Casework, _: Asked, span: Span) -> pd.DataFrame:
    return kpi.judged(casework.warnings, span, casework.false_alarms)


def found_true(casework: Casework, asked: Asked, span: Span, strict: bool = False) -> pd.DataFrame:
    return kpi.found_true(judged(casework, asked, span), strict)


def ended(casework: Casework, _: Asked, span: Span) -> pd.DataFrame:
    return kpi.ended(casework.warnings, span)


def having(column: str, casework: Casework, asked: Asked, span: Span) -> pd.DataFrame:
    found = generated(casework, asked, span)
    return found[found[column].notna()]


def compared(casework: Casework, asked: Asked, *_: object) -> pd.DataFrame:
    drawn, officer_id = casework.compared(), asked.value("weighs_for")
    if officer_id:
        drawn = drawn[drawn["officer_id"].eq(officer_id)]
    return casework.warnings[casework.warnings["warning_id"].isin(drawn["warning_id"])]


def not_compared(casework: Casework, asked: Asked, *_: object) -> pd.DataFrame:
    """Of an officer: all that name the officer and do not weigh. Of all: those that weigh, of no work compared."""
    inside, officer_id = compared(casework, asked), asked.value("weighs_for")
    rest = casework.warnings[~casework.warnings["warning_id"].isin(inside["warning_id"])]
    return rest[rest["officer_id"].eq(officer_id)] if officer_id else rest[rest["officer_id"].notna() & weighs(rest)]


def compared_shared(casework: Casework, asked: Asked, *_: object) -> pd.DataFrame:
    """Those that weigh for an officer and name somebody else: work in which the officer took part."""
    inside = compared(casework, asked)
    return inside[inside["officer_id"].ne(asked.value("weighs_for")).fillna(True).astype(bool)]


def recent(casework: Casework, _: Asked, span: Span) -> pd.DataFrame:
    return casework.warnings[weighs(casework.warnings) & span.holds(casework.warnings["first_seen_at"])]


def every(casework: Casework, *_: object) -> pd.DataFrame:
    return casework.warnings


def proven(casework: Casework, *_: object) -> pd.DataFrame:
    return casework.warnings[casework.warnings["conclusion"].isin([TRUE, PARTLY])]


def firing(casework: Casework, *_: object) -> pd.DataFrame:
    return casework.warnings[casework.warnings["firing"] & casework.warnings["origin"].eq("model")]


def held(casework: Casework, *_: object) -> pd.DataFrame:
    """What a model has ever warned about; a warning merged into another counts with that one."""
    return casework.warnings[casework.warnings["merged_into"].isna()]


def held_concluded(casework: Casework, *_: object) -> pd.DataFrame:
    ever = held(casework)
    return ever[ever["state"].ne(WITHDRAWN)]


def held_withdrawn(casework: Casework, *_: object) -> pd.DataFrame:
    ever = held(casework)
    return ever[ever["state"].eq(WITHDRAWN) & ever["warning_id"].isin(casework.false_alarms)]


def held_judged(casework: Casework, *_: object) -> pd.DataFrame:
    ever, concluded = held(casework), held_concluded(casework)
    judged = concluded.loc[concluded["conclusion"].isin(_JUDGED), "warning_id"]
    return ever[ever["warning_id"].isin({*judged, *held_withdrawn(casework)["warning_id"]})]


def shared(casework: Casework, asked: Asked, *_: object) -> pd.DataFrame:
    """The warnings whose officer is also named in one of the other model."""
    named = kpi.counted(casework.warnings)
    people = named.loc[named["rule_id"].eq(asked.value("shared_with")), "officer_id"].dropna()
    return named[named["officer_id"].isin(people)]


def shared_judged(casework: Casework, asked: Asked, *_: object) -> pd.DataFrame:
    both = shared(casework, asked)
    return both[both["warning_id"].isin(held_judged(casework)["warning_id"])]


def spot_checks(casework: Casework, *_: object) -> pd.DataFrame:
    return casework.spot_checks


def spot_checks_judged(casework: Casework, *_: object) -> pd.DataFrame:
    drawn = casework.spot_checks
    return drawn[drawn["concluded_at"].notna() & drawn["conclusion"].ne(UNCLEAR)]


def spot_checks_true(casework: Casework, *_: object) -> pd.DataFrame:
    judged = spot_checks_judged(casework)
    return judged[judged["conclusion"].isin([TRUE, PARTLY])]
