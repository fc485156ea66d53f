"""High-frequency enforcement items (高频事项): what is enforced most, and how its cases pass through the steps.

The steps, their stages and the risk points of each stand in data/library/steps.yaml.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from lib.access import Viewer, under
from lib.access.scope import visible
from lib.catalog.steps import steps
from lib.insight.interval import median_interval
from lib.insight.period import Span
from lib.insight.stated import Stated
from lib.insight.warnings.names import places
from lib.warehouse.store import Warehouse

# The tiles of one item.
DECIDED = Stated("决定", "期内作出决定的案件。")
WITH_FINE = Stated("有罚款", "其中罚款大于零的。")
UNDECIDED = Stated("未决", "期末已立案、没有决定的案件。")
FINES = Stated("罚款合计", "期内决定的罚款金额之和。")
# Below this many cases units are not compared with each other.
FEWEST = 15
ALL, FINED, OPEN, STEP, BACK, STANDING, TEAM, TIER, EVENTLESS = (
    "all", "fined", "open", "step", "back", "standing", "team", "tier", "eventless",
)  # fmt: skip

_BY_ITEM = """
select
    penalty_case.item_code,
    penalty_case.org_id,
    penalty_case.area_code,
    org.domain_code,
    count(*)::bigint as cases,
    count(*) filter (fine_amt > 0)::bigint as fined,
    coalesce(sum(fine_amt), 0)::double as fine_amt
from penalty_case
left join org using (org_id)
where decision_date between $start and $end and result_type <> '未决'
group by all
"""
_ITEMS = "select item_code, item_name, domain_code as item_domain from power_item"
_ITEM = """
select
    item_code, item_name, item_type, domain_code, law_basis, transfer_status, transfer_due_date, assigned_org_id,
    fine_min_amt::double as fine_min_amt, fine_max_amt::double as fine_max_amt
from power_item
where item_code = $item
"""
_CASES = """
select
    case_id, case_no, doc_no, penalty_case.org_id, penalty_case.area_code, org.domain_code, procedure_type,
    filed_date, decision_date, closed_date, result_type, benchmark_id, fine_amt::double as fine_amt,
    coalesce(decision_date between $start and $end and result_type <> '未决', false) as decided
from penalty_case
left join org using (org_id)
where item_code = $item
    and (
        (decision_date between $start and $end and result_type <> '未决')
        or (filed_date <= $end and (decision_date is null or decision_date > $end or result_type = '未决'))
    )
order by case_id
"""
_EVENTS = """
select case_id, event_type as step, event_at
from case_event
where case_id in (select unnest($cases)) and event_at < $end + interval 1 day
"""
_TIERS = """
select
    benchmark_id, tier_no, condition_text, party_type, fine_min_amt::double as fine_min_amt,
    fine_max_amt::double as fine_max_amt, valid_from_date, valid_to_date, basis_doc_no
from discretion_benchmark
where item_code = $item
    and valid_from_date <= $end
    and (valid_to_date is null or valid_to_date >= $start)
order by party_type, tier_no, valid_from_date, benchmark_id
"""


@under("view", "item")
def items(warehouse: Warehouse, viewer: Viewer, span: Span) -> pd.DataFrame:
    """What was decided on the days of the span in the viewer's scope, by item, the most frequent first.

    item_code (None for cases without one), item_name (empty when the catalogue of powers does not know it),
    item_domain, cases, units (how many of them decided some), fined (cases with a fine), fine_amt (元), share (of all
    cases), together (the share of this and all before it).
    """
    bound = {"start": span.start, "end": span.end}
    rows = visible(viewer, warehouse.query(_BY_ITEM, bound))
    grouped = rows.groupby("item_code", dropna=False, sort=False)
    found = grouped.agg(
        cases=("cases", "sum"), units=("org_id", "nunique"), fined=("fined", "sum"), fine_amt=("fine_amt", "sum")
    ).reset_index()
    found = found.merge(warehouse.query(_ITEMS), on="item_code", how="left")
    found["item_name"] = found["item_name"].fillna("")
    found = found.sort_values(["cases", "item_code"], ascending=[False, True], kind="stable", ignore_index=True)
    found["share"] = found["cases"] / max(int(found["cases"].sum()), 1)
    found["together"] = found["share"].cumsum()
    return found


@under("view", "item")
def item(warehouse: Warehouse, viewer: Viewer, code: str) -> dict[str, Any] | None:
    """One item of the catalogue of powers: its name, basis, statutory range in 元, transfer and the unit it is assigned
    to (assigned_to); None for an unknown one."""
    rows = warehouse.query(_ITEM, {"item": code})
    if rows.empty:
        return None
    found = rows.astype("object").where(rows.notna(), None).iloc[0].to_dict()
    orgs, _ = places(warehouse)
    names = dict(zip(orgs["org_id"], orgs["org_name"], strict=True))
    return {**found, "assigned_to": names.get(found["assigned_org_id"], "")}


@dataclass(frozen=True, eq=False)
class Course:
    """The cases of one item in the viewer's scope, and their events.

    cases: one row a case, `decided` those decided in the span, the others undecided at its end; days from filing to
    decision (NaN when not decided). events: case_id, step, stage, event_at, wait (days since the event before it in the
    same case, NaN for the first), back (a step of an earlier stage than was reached before), in order of time.
    """

    cases: pd.DataFrame
    events: pd.DataFrame
    end: date

    @property
    def decided(self) -> pd.DataFrame:
        return self.cases[self.cases["decided"]]


@under("view", "item")
def course(warehouse: Warehouse, viewer: Viewer, code: str, span: Span) -> Course:
    """The cases of an item that were decided in a span or undecided at its end, and what happened in them by then."""
    bound = {"start": span.start, "end": span.end}
    cases = visible(viewer, warehouse.query(_CASES, {"item": code, **bound})).reset_index(drop=True)
    days = pd.to_datetime(cases["decision_date"]) - pd.to_datetime(cases["filed_date"])
    cases["days"] = days.dt.days.where(cases["decided"]).astype("float64")
    events = warehouse.query(_EVENTS, {"cases": cases["case_id"].tolist(), "end": span.end})
    return Course(cases, _in_order(events), span.end)


def _in_order(events: pd.DataFrame) -> pd.DataFrame:
    """Events by case and time, with stage, wait and back. Of one moment, those of the earlier stage come first: sources
    that know the day alone put all of it at midnight."""
    stages = {step.name: step.stage for step in steps()}
    found = events.assign(stage=events["step"].map(stages).astype("float64"))
    found = found.sort_values(["case_id", "event_at", "stage", "step"], kind="stable", ignore_index=True)
    case = found["case_id"]
    found["wait"] = found.groupby(case)["event_at"].diff().dt.total_seconds() / 86400
    reached = found.groupby(case)["stage"].cummax().groupby(case).shift()
    found["back"] = found["stage"].lt(reached)
    return found


def flow(held: Course) -> pd.DataFrame:
    """The steps that the cases passed, in order.

    step, cases (decided ones that passed it), middle and late (median and 90 % of the days since the step before it, of
    the first time in each case), back (decided cases that came back to it from a later stage), standing (undecided
    cases whose last step it is), standing_days (the median of the days since, NaN without any).
    """
    decided = held.events[held.events["case_id"].isin(held.decided["case_id"])]
    first = decided.drop_duplicates(["case_id", "step"])
    waits = first.groupby("step")["wait"]
    found = pd.DataFrame({"cases": first.groupby("step").size(), "middle": waits.median(), "late": waits.quantile(0.9)})
    found["back"] = decided[decided["back"]].groupby("step")["case_id"].nunique()
    last = _last(held)
    found = found.join(
        pd.DataFrame({"standing": last.groupby("step").size(), "standing_days": last.groupby("step")["days"].median()}),
        how="outer",
    )
    counts = ["cases", "back", "standing"]
    found[counts] = found[counts].fillna(0).astype("int64")
    order = {step.name: place for place, step in enumerate(steps())}
    found = found.rename_axis("step").reset_index()
    return found.sort_values("step", key=lambda names: names.map(order), ignore_index=True)


def _last(held: Course) -> pd.DataFrame:
    """The last event of each undecided case, and the days since."""
    waiting = held.events[~held.events["case_id"].isin(held.decided["case_id"])]
    last = waiting.groupby("case_id").tail(1)
    return last.assign(days=(pd.Timestamp(held.end) - last["event_at"].dt.normalize()).dt.days)


@under("view", "item")
def teams(warehouse: Warehouse, viewer: Viewer, held: Course) -> pd.DataFrame:
    """The units that decided cases of the item, the busiest first.

    org_id, org_name, cases, fined, fine_amt (元, in all), fine (the median of the fines, 元), low and high (its 95 %
    interval, NaN with fewer than six fines), days (the median from filing to decision), few (fewer than FEWEST cases:
    not to be compared).
    """
    cases = held.decided
    fined = cases[cases["fine_amt"].gt(0)].groupby("org_id")["fine_amt"]
    found = cases.groupby("org_id").agg(cases=("case_id", "size"), days=("days", "median"))
    found = found.join(pd.DataFrame({"fined": fined.size(), "fine_amt": fined.sum(), "fine": fined.median()}))
    found[["fined", "fine_amt"]] = found[["fined", "fine_amt"]].fillna(0)
    between = {org: median_interval(fines) for org, fines in fined}
    found["low"] = [(between.get(org) or (np.nan, np.nan))[0] for org in found.index]
    found["high"] = [(between.get(org) or (np.nan, np.nan))[1] for org in found.index]
    found["few"] = found["cases"].lt(FEWEST)
    orgs, _ = places(warehouse)
    found = found.reset_index().merge(orgs[["org_id", "org_name"]], on="org_id", how="left")
    found["org_name"] = found["org_name"].fillna(found["org_id"])
    found["fined"] = found["fined"].astype("int64")
    return found.sort_values(["cases", "org_id"], ascending=[False, True], ignore_index=True)


@under("view", "item")
def tiers(warehouse: Warehouse, viewer: Viewer, code: str, held: Course, span: Span) -> pd.DataFrame:
    """The benchmark tiers of an item that were in force on some day of the span: those of the table, cases (decided
    under it) and fine (the median of their fines, 元)."""
    rows = warehouse.query(_TIERS, {"item": code, "start": span.start, "end": span.end})
    cases = held.decided
    rows["cases"] = rows["benchmark_id"].map(cases["benchmark_id"].value_counts()).fillna(0).astype("int64")
    fined = cases[cases["fine_amt"].gt(0)].groupby("benchmark_id")["fine_amt"]
    rows["fine"] = rows["benchmark_id"].map(fined.median()).astype("float64")
    return rows


def counted(held: Course, part: str, value: str) -> pd.DataFrame:
    """The cases that a number of the page counts: a part (ALL, FINED, …) and, where it has one, its value. No rows for
    an unknown part."""
    decided, events = held.decided, held.events
    if part == STEP:
        return decided[decided["case_id"].isin(events.loc[events["step"].eq(value), "case_id"])]
    if part == BACK:
        return decided[decided["case_id"].isin(events.loc[events["back"] & events["step"].eq(value), "case_id"])]
    if part == STANDING:
        last = _last(held)
        return held.cases[held.cases["case_id"].isin(last.loc[last["step"].eq(value), "case_id"])]
    if part == EVENTLESS:
        return held.cases[~held.cases["case_id"].isin(events["case_id"])]
    whole = {
        ALL: decided,
        FINED: decided[decided["fine_amt"].gt(0)],
        OPEN: held.cases[~held.cases["decided"]],
        TEAM: decided[decided["org_id"].eq(value)],
        TIER: decided[decided["benchmark_id"].eq(value)],
    }
    return whole.get(part, decided.iloc[:0])
