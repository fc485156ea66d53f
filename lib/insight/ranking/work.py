"""What goes into the officer ranking: warnings and work, each in the kind of work where it is compared.

A piece of work and the warnings about it count for everybody on it by role (data/ranking.yaml), in the unit that did
it: a transferred officer's past counts for the officer, and shows against the unit of that time.
"""

from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from lib.casework.reading.snapshot import Snapshot
from lib.casework.warnings.states import MERGED, TRUE, UNTRUE, WITHDRAWN
from lib.insight.period import Span, period
from lib.insight.ranking.settings import ranking_settings
from lib.rules import Rule, read_rules
from lib.rules.recent import Recent
from lib.warehouse.store import Warehouse

LEAD = "主办"

# The kind of work in which a rule about such a subject finds its warnings.
WORK_KINDS = {
    "penalty_case": "案件",
    "case_event": "案件",
    "officer": "案件",
    "enterprise": "案件",
    "grid_dispatch": "派单",
    "inspection_record": "检查",
}

# What is not a piece of work: a warning about it counts for the officer it names.
PERSONAL_SUBJECTS = ("officer", "enterprise")

# Work of the window, and work that was in hand on its last day: begun by then and not decided, whatever came later.
WITHIN = "(month between $start and $end or coalesce(month > $end, true) and coalesce(begun <= $end, month is null))"
# The kind of work in which it is compared as the last day of the window saw it.
STRATUM = "case when month <= $end then stratum else regexp_replace(stratum, '[^·]*$', '未决') end"

_WORK_OF = f"""
select kind, subject_id, officer_id, role, org_id, area_code, {STRATUM} as stratum
from mart_officer_work
where subject_id in (select unnest($ids)) and {WITHIN}
order by kind, subject_id, officer_id
"""

# Pieces of work times the share of the role.
_EXPOSURE = f"""
select
    officer_id, kind, {STRATUM} as stratum, role,
    sum(exposure * list_extract($shares, list_position($roles, role)))::double as exposure
from mart_officer_exposure
where {WITHIN} and list_contains($kinds, kind) and list_contains($roles, role)
group by all
order by officer_id, stratum, role
"""
_DONE_BY = f"""
select
    officer_id, org_id, area_code, kind, {STRATUM} as stratum, role,
    min(case when month <= $end then month end) as since, max(case when month <= $end then month end) as until,
    sum(exposure * list_extract($shares, list_position($roles, role)))::double as exposure
from mart_officer_exposure
where {WITHIN} and list_contains($kinds, kind) and list_contains($roles, role)
    and officer_id in (select unnest($officers))
group by all
order by officer_id, stratum, role, org_id, area_code
"""


_PIECES = f"""
select
    work.kind, work.role, coalesce(org.org_name, '单位不明') as org_name, work.subject_id, work.org_id, work.area_code,
    case when work.month <= $end then work.month end as month
from mart_officer_work as work
left join org on org.org_id = work.org_id
where work.officer_id = $officer_id and {WITHIN}
order by month desc nulls first, kind, role, subject_id
"""

# What a piece of work of a kind is called in lib.insight.names.
SUBJECTS = {"案件": "penalty_case", "派单": "grid_dispatch", "检查": "inspection_record"}


class Charge(NamedTuple):
    """A warning that weighs, as far as the comparison needs it; `officer_id` is '' without one.

    `factor` is what its verification makes of it, between 0 and 1.
    """

    warning_id: str
    officer_id: str
    rule_id: str
    subject_type: str
    subject_id: str
    period: str
    occurred_on: pd.Timestamp
    level: str
    factor: float


# Counted in states of the register, today's and those of the past month-ends.
_RECENT: Recent[tuple[Charge, ...]] = Recent(64, lambda _: 1)


def window(as_of: date) -> Span:
    """The days that are compared: this month and the eleven before it."""
    return period("months12", as_of).now


def kinds_of_work() -> tuple[str, ...]:
    """The kinds of work in which the rules in force can find something about an officer."""
    return tuple(sorted({kind for rule in read_rules().values() if (kind := _kind_of(rule)) is not None}))


def basis() -> tuple[Any, ...]:
    """What the comparison rests on beside data and warnings: the settings, and in which work each model finds."""
    return (ranking_settings(), *sorted((rule.id, _kind_of(rule)) for rule in read_rules().values()))


def weighs(warnings: pd.DataFrame) -> pd.Series:
    """Whether each warning weighs: not withdrawn, not merged into another, not found 不属实."""
    return ~(warnings["state"].isin([MERGED, WITHDRAWN]) | warnings["conclusion"].eq(UNTRUE))


def verified_shares(warnings: pd.DataFrame) -> tuple[dict[str, float], float]:
    """What verified warnings came to on average, by the settings' weights of conclusions: by model, and over all.

    Models with fewer judged warnings than the settings ask for are left out; over all models as many are taken to
    have been 属实 beforehand, so that the first conclusions of a register move it little.
    """
    least, weights = ranking_settings().least_judged, ranking_settings().conclusions
    judged = warnings[warnings["conclusion"].isin(list(weights))]
    worth = judged["conclusion"].map(weights).astype("float64")
    by_rule = worth.groupby(judged["rule_id"]).agg(["mean", "size"])
    overall = (worth.sum() + least * weights[TRUE]) / (len(worth) + least)
    return by_rule.loc[by_rule["size"] >= least, "mean"].to_dict(), float(overall)


def charges(held: Snapshot, at: pd.Timestamp | None = None) -> tuple[Charge, ...]:
    """The warnings of the whole city that weigh, in a fixed order; with `at`, as they were known at that moment.

    A conclusion counts by the settings, what is not concluded by its model's verified share.
    """
    return _RECENT.get((held.head, at), lambda: _charges(held, at))


def _charges(held: Snapshot, at: pd.Timestamp | None) -> tuple[Charge, ...]:
    # What another platform raised has no work to be set against.
    found = held.warning[held.warning["origin"].eq("model")]
    if at is not None:
        found = found[found["first_seen_at"].le(at)]
        conclusion = found["conclusion"].where(found["concluded_at"].le(at))
        found = found.assign(conclusion=conclusion, state=found["state"].where(found["state_at"].le(at), ""))
    shares, overall = verified_shares(found)
    kept = found[weighs(found)].sort_values("warning_id")
    expected = kept["rule_id"].map(shares).astype("float64").fillna(overall)
    factor = kept["conclusion"].map(ranking_settings().conclusions).astype("float64").fillna(expected)
    kept = kept.assign(officer_id=kept["officer_id"].astype("object").fillna(""), factor=factor.round(6))
    return tuple(Charge(*row) for row in kept[list(Charge._fields)].itertuples(index=False))


def window_of(span: Span) -> dict[str, Any]:
    """The parameters start, end and kinds of a query of work."""
    return {"start": span.start, "end": span.end, "kinds": list(kinds_of_work())}


def _role_params(span: Span) -> dict[str, Any]:
    """The same, and roles with their shares; roles without one are left out."""
    roles = {role: float(share) for role, share in ranking_settings().roles.items() if share > 0}
    return {**window_of(span), "roles": list(roles), "shares": list(roles.values())}


@lru_cache(maxsize=4)
def exposure(warehouse: Warehouse, span: Span) -> pd.DataFrame:
    """officer_id, kind, stratum, role (all as categories: a big city has millions of rows of few words), exposure
    (pieces of work by role) of the window; what was in hand on its last day counts too, as 未决."""
    found = warehouse.arrow(_EXPOSURE, _role_params(span))
    for place, name in enumerate(found.column_names):
        if name != "exposure":
            found = found.set_column(place, name, found[name].combine_chunks().dictionary_encode())
    return found.to_pandas()


def done_by(warehouse: Warehouse, span: Span, officers: list[str]) -> pd.DataFrame:
    """The same of these officers by the unit that did the work: officer_id, org_id, area_code, kind, stratum, role,
    since, until (months; missing for work in hand), exposure."""
    return warehouse.query(_DONE_BY, {**_role_params(span), "officers": officers})


def pieces(warehouse: Warehouse, officer_id: str, span: Span) -> pd.DataFrame:
    """Every piece of work an officer had a part in: kind, role, org_name (the unit of that time), subject_id, org_id,
    area_code, month (missing for work in hand), share (what it counts in the comparison by role; 0 where it does not).
    """
    found = warehouse.query(_PIECES, {"officer_id": officer_id, "start": span.start, "end": span.end})
    shares = found["role"].map(ranking_settings().roles).astype("float64").fillna(0.0)
    return found.assign(share=shares.where(found["kind"].isin(kinds_of_work()), 0.0))


def by_role(frame: pd.DataFrame) -> pd.DataFrame:
    """`exposure` or `weighted_warnings` with the role in the stratum: whoever approves a hundred cases is compared with
    others who approve, not with those who lead one."""
    if not isinstance(frame["stratum"].dtype, pd.CategoricalDtype):
        return frame.assign(stratum=frame["stratum"] + "·" + frame["role"])
    stratum, role = frame["stratum"].cat, frame["role"].cat
    both = [f"{one}·{of}" for one in stratum.categories for of in role.categories]
    number = stratum.codes.astype("int64") * len(role.categories) + role.codes
    return frame.assign(stratum=pd.Categorical.from_codes(np.asarray(number), both))


def weighted_warnings(warehouse: Warehouse, charged: tuple[Charge, ...], span: Span) -> pd.DataFrame:
    """officer_id, org_id, area_code, stratum, occurred_on, role, weight, warning_id: the charges that fall into the
    work of the window, a row for everybody they count for.

    A warning about a case or a dispatch belongs to that piece of work, whenever it was found, and counts by role for
    everybody on it; one that names an officer counts for that officer in full, and for nobody else when its model
    concerns a person's own conduct. A warning about an officer as such, or about how an officer dealt with an
    enterprise over time, belongs to the kind of work of its rule that the officer led most, in the month it is about.
    """
    settings = ranking_settings()
    frame = pd.DataFrame(charged, columns=list(Charge._fields))
    frame["weight"] = frame["level"].map(settings.levels).astype("float64") * frame["factor"].astype("float64")
    rules = read_rules()
    frame["kind"] = frame["rule_id"].map({rule_id: _kind_of(rule) for rule_id, rule in rules.items()})
    about_person = frame["subject_type"].isin(PERSONAL_SUBJECTS)
    parts = [_by_subject(warehouse, frame[~about_person], span), _by_officer(warehouse, frame[about_person], span)]
    found = pd.concat(parts)
    columns = ["officer_id", "org_id", "area_code", "stratum", "occurred_on", "role", "weight", "warning_id"]
    return found[found["weight"].gt(0)][columns].reset_index(drop=True)


def _kind_of(rule: Rule) -> str | None:
    """The kind of work in which a rule finds its warnings; None where it is work that is not compared.

    What is found in inspections of an enterprise is set against inspections: who inspects much may handle few cases.
    """
    inspected = rule.subject == "enterprise" and "inspection_record" in rule.inputs
    return WORK_KINDS["inspection_record"] if inspected else WORK_KINDS.get(rule.subject)


def _by_subject(warehouse: Warehouse, frame: pd.DataFrame, span: Span) -> pd.DataFrame:
    settings = ranking_settings()
    asked = {"ids": frame["subject_id"].unique().tolist(), "start": span.start, "end": span.end}
    on_it = warehouse.query(_WORK_OF, asked)
    own_kind = frame.assign(kind=frame["subject_type"].map(WORK_KINDS).fillna(frame["kind"]))
    named = own_kind.rename(columns={"officer_id": "named"})
    found = named.merge(on_it, on=["kind", "subject_id"])
    is_named = found["named"].eq(found["officer_id"])
    share = found["role"].map(settings.roles).astype("float64").fillna(0.0).mask(is_named, 1.0)
    others = found["rule_id"].isin(settings.personal) & found["named"].ne("") & ~is_named
    found["weight"] = found["weight"] * share.mask(others, 0.0)
    return found


def _by_officer(warehouse: Warehouse, frame: pd.DataFrame, span: Span) -> pd.DataFrame:
    monthly = frame["period"].str.fullmatch(r"\d{4}-\d{2}").fillna(False).astype(bool)
    month = pd.to_datetime(frame["period"].where(monthly), format="%Y-%m")
    about = month.fillna(frame["occurred_on"])
    quarter = about.dt.year.astype("Int64").astype("str") + "Q" + about.dt.quarter.astype("Int64").astype("str")
    asked = frame.assign(quarter=quarter.where(monthly, ""), role=LEAD)[span.holds(about)]
    done = done_by(warehouse, span, asked["officer_id"].unique().tolist())
    done = done[done["role"].eq(LEAD)].drop(columns="role")
    in_quarter = done.assign(quarter=done["stratum"].str.rsplit("·", n=1).str[-1])
    most = pd.concat([_most(in_quarter), _most(done.assign(quarter=""))])
    return asked.merge(most, on=["officer_id", "kind", "quarter"])


def _most(done: pd.DataFrame) -> pd.DataFrame:
    """The stratum and unit with most work per officer, kind and quarter."""
    keys = ["officer_id", "kind", "quarter"]
    total = done.groupby([*keys, "stratum", "org_id", "area_code"], as_index=False, dropna=False)["exposure"].sum()
    ordered = total.sort_values(["exposure", "stratum", "org_id"], ascending=[False, True, True], kind="stable")
    return ordered.drop_duplicates(keys).drop(columns="exposure")
