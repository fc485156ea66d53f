"""What goes into the officer ranking: warnings and work, each in the kind of work where it is compared."""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from lib.casework.snapshot import Snapshot
from lib.casework.warnings import MERGED, WITHDRAWN
from lib.insight.period import Span, period
from lib.rules import read_rules
from lib.warehouse.store import Warehouse

# How much a warning of each level weighs against an officer: configuration, no law says so.
LEVEL_WEIGHTS = {"red": 3.0, "orange": 2.0, "yellow": 1.0}
NOT_TRUE = "不属实"

# The kind of work in which a rule about such a subject finds its warnings.
KINDS = {
    "penalty_case": "案件",
    "case_event": "案件",
    "officer": "案件",
    "grid_dispatch": "派单",
    "inspection_record": "检查",
}

_WORK_OF = """
select kind, subject_id, min(stratum) as stratum, min(month) as month
from mart_officer_work
where subject_id in (select unnest($ids))
group by kind, subject_id
"""

_EXPOSURE = """
select officer_id, kind, stratum, sum(exposure)::double as exposure
from mart_officer_exposure
where (month between $start and $end or month is null) and kind in (select unnest($kinds))
group by all
order by officer_id, stratum
"""


class Charge(NamedTuple):
    """A warning that weighs against an officer, as far as the comparison needs it."""

    warning_id: str
    officer_id: str
    rule_id: str
    subject_type: str
    subject_id: str
    period: str
    occurred_on: pd.Timestamp
    level: str


def window(as_of: date) -> Span:
    """The days that are compared: this month and the eleven before it."""
    return period("months12", as_of).now


def kinds_of_work() -> tuple[str, ...]:
    """The kinds of work in which the rules in force can find something about an officer."""
    return tuple(sorted({KINDS[rule.subject] for rule in read_rules().values() if rule.subject in KINDS}))


def weighs(warnings: pd.DataFrame) -> pd.Series:
    """Whether each warning weighs against its officer: not withdrawn, not merged into another, not found 不属实."""
    dropped = warnings["state"].isin([MERGED, WITHDRAWN]) | warnings["conclusion"].eq(NOT_TRUE)
    return ~dropped & warnings["officer_id"].notna()


def charges(held: Snapshot) -> tuple[Charge, ...]:
    """The warnings of the whole city that weigh against an officer, in a fixed order."""
    found = held.warning[weighs(held.warning)].sort_values("warning_id")
    return tuple(Charge(*row) for row in found[list(Charge._fields)].itertuples(index=False))


@lru_cache(maxsize=4)
def exposure(warehouse: Warehouse, span: Span) -> pd.DataFrame:
    """officer_id, kind, stratum, exposure (pieces of work) of the window; work in hand counts too."""
    params = {"start": span.start, "end": span.end, "kinds": list(kinds_of_work())}
    return warehouse.query(_EXPOSURE, params)


def events(warehouse: Warehouse, charged: tuple[Charge, ...], span: Span) -> pd.DataFrame:
    """officer_id, stratum, occurred_on, weight, warning_id: the charges that fall into the work of the window.

    A warning about a case or a dispatch belongs to that piece of work, whenever it was found. A warning about an
    officer as such belongs to the kind of work of its rule that the officer did most, in the month it is about.
    """
    frame = pd.DataFrame(charged, columns=list(Charge._fields))
    frame["weight"] = frame["level"].map(LEVEL_WEIGHTS).astype("float64")
    rules = read_rules()
    frame["kind"] = frame["rule_id"].map({rule_id: KINDS.get(rule.subject) for rule_id, rule in rules.items()})
    about_person = frame["subject_type"].eq("officer")
    parts = [_by_subject(warehouse, frame[~about_person], span), _by_officer(warehouse, frame[about_person], span)]
    found = pd.concat(parts)
    return found[["officer_id", "stratum", "occurred_on", "weight", "warning_id"]].reset_index(drop=True)


def _by_subject(warehouse: Warehouse, frame: pd.DataFrame, span: Span) -> pd.DataFrame:
    work = warehouse.query(_WORK_OF, {"ids": frame["subject_id"].unique().tolist()})
    own_kind = frame.assign(kind=frame["subject_type"].map(KINDS).fillna(frame["kind"]))
    found = own_kind.merge(work, on=["kind", "subject_id"])
    return found[span.holds(found["month"]) | found["month"].isna()]


def _by_officer(warehouse: Warehouse, frame: pd.DataFrame, span: Span) -> pd.DataFrame:
    monthly = frame["period"].str.fullmatch(r"\d{4}-\d{2}").fillna(False).astype(bool)
    month = pd.to_datetime(frame["period"].where(monthly), format="%Y-%m")
    about = month.fillna(frame["occurred_on"])
    quarter = about.dt.year.astype("Int64").astype("str") + "Q" + about.dt.quarter.astype("Int64").astype("str")
    asked = frame.assign(quarter=quarter.where(monthly, ""))[span.holds(about)]
    work = exposure(warehouse, span)
    in_quarter = work.assign(quarter=work["stratum"].str.rsplit("·", n=1).str[-1])
    most = pd.concat([_most(in_quarter), _most(work.assign(quarter=""))])
    return asked.merge(most, on=["officer_id", "kind", "quarter"])


def _most(work: pd.DataFrame) -> pd.DataFrame:
    """The stratum with most work per officer, kind and quarter."""
    ordered = work.sort_values(["exposure", "stratum"], ascending=[False, True], kind="stable")
    return ordered.drop_duplicates(["officer_id", "kind", "quarter"])[["officer_id", "kind", "quarter", "stratum"]]
