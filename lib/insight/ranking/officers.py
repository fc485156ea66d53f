"""The officer ranking as pages show it: computed over the whole city, shown inside the viewer's scope."""

import threading
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd

from lib.access import NotVisible, Viewer, require, under
from lib.access.scope import visible
from lib.casework.reading.snapshot import Snapshot, snapshot
from lib.casework.store.register import Register
from lib.insight.kept.sums import kept_sums
from lib.insight.names import officer_labels, officer_names
from lib.insight.period import Span
from lib.insight.ranking.rank import RANKED, discounted, rank_officers
from lib.insight.ranking.settings import ranking_settings
from lib.insight.ranking.work import (
    Charge,
    basis,
    by_role,
    charges,
    done_by,
    exposure,
    pieces,
    weighted_warnings,
    window,
)
from lib.insight.stated import Stated
from lib.insight.warnings.names import places, rule_label
from lib.rules.levels import LEVELS
from lib.rules.recent import Recent
from lib.warehouse.store import Warehouse, as_known_on

MIN_EXPOSURE, INTERVAL = ranking_settings().min_exposure, ranking_settings().interval
# The tiles of the page, then those of one officer.
COMPARED = Stated("参加比较", f"可比工作不少于 {MIN_EXPOSURE} 件的执法人员{{population}}。")
CLEAR = Stated(
    "区间整体高于 1",
    f"真实比值有 {(1 + INTERVAL) / 2:.0%} 的可能高于 1（{INTERVAL:.0%} 区间的下端大于 1），"
    "即名下预警多于同类工作的同行。",
)
INSUFFICIENT = Stated("样本不足", f"可比工作不满 {MIN_EXPOSURE} 件，不排序，见页末名单。")
COUNTED = Stated(
    "计入预警",
    "您的范围内，归到执法人员、且其工作在 {days} 的预警；未计入的不属于这 12 个月的工作。",
    ("compared", "not_compared", "compared_shared"),
)
RATIO = Stated("比值（收缩后）", "1 = 与做同类工作的同行相当；已按证据多少向 1 收缩。")
BOTH = Stated("观察 / 期望", "预警分值，见页末口径；相除即漏斗图的高度。比值由它向 1 收缩而来，所以更靠近 1。")
WORK = Stated("工作量（折合主办）", "近 12 个月的每件工作乘以角色的份额，各是多少见下面的「工作量」。")

_OFFICERS = """
select officer.officer_id, officer.officer_type, officer.org_id, org.org_name, org.org_level,
    org.area_code, org.domain_code
from officer
left join org using (org_id)
"""


@dataclass(frozen=True, eq=False)
class Ranking:
    """`table`: officers in scope, one row each, with the columns of `rank_officers` and exposure, name (张* and the
    number), label (name and unit), officer_type, org_id, org_name, org_level, area_code,
    area_label, county_name, domain_code.

    `population`: how many officers of the whole city are ranked. `counted`: warnings of the whole city that went into
    the comparison; `left_out`: those that name an officer and belong to no work of the window. `typical`: the weight of
    a typical warning.
    """

    table: pd.DataFrame = field(repr=False)
    span: Span
    population: int
    counted: int
    left_out: int
    typical: float

    @cached_property
    def areas(self) -> list[str]:
        """The places that can be chosen: counties and 'county town'."""
        return sorted((set(self.table["county_name"]) | set(self.table["area_label"])) - {""})

    @cached_property
    def domains(self) -> list[str]:
        """The domain codes that can be chosen."""
        return sorted(set(self.table["domain_code"].dropna()))

    def within(self, areas: tuple[str, ...], domains: tuple[str, ...]) -> pd.DataFrame:
        """The rows of `table` in these areas (county names or 'county town') and domains; empty means all."""
        return _within(self, areas, domains)


@lru_cache(maxsize=64)
def _within(ranking: Ranking, areas: tuple[str, ...], domains: tuple[str, ...]) -> pd.DataFrame:
    table = ranking.table
    keep = pd.Series(True, index=table.index)
    if areas:
        keep &= table["county_name"].isin(areas) | table["area_label"].isin(areas)
    if domains:
        keep &= table["domain_code"].isin(domains)
    return table[keep]


@dataclass(frozen=True, eq=False)
class _City:
    table: pd.DataFrame
    drawn: pd.DataFrame


_turn = threading.Lock()
_CONTRIBUTIONS: Recent[pd.DataFrame] = Recent(5_000, lambda table: len(table) + 1)


@under("view", "ranking")
def officer_ranking(register: Register, warehouse: Warehouse, viewer: Viewer, known_on: date | None = None) -> Ranking:
    """The ranking of the last twelve months; with `known_on` as that past day knew it, data and casework.

    Peers are the whole city's whatever the viewer's scope, so that an officer's figures are the same for everybody.
    Raises Forbidden without the right to see it, UserError when the data of that day are not kept
    (`lib.warehouse.store.as_known_on`).
    """
    held, moment = snapshot(register, warehouse), None
    if known_on is not None:
        warehouse = as_known_on(warehouse.home, known_on)
        moment = pd.Timestamp(known_on) + timedelta(days=1)
    charged = charges(held, moment)
    return _seen_by(viewer, charged, _computed(warehouse, charged), window(warehouse.as_of))


@lru_cache(maxsize=32)
def _seen_by(viewer: Viewer, charged: tuple[Charge, ...], city: _City, span: Span) -> Ranking:
    weight = city.drawn["weight"]
    return Ranking(
        table=visible(viewer, city.table).reset_index(drop=True),
        span=span,
        population=int(city.table["status"].eq(RANKED).sum()),
        counted=city.drawn["warning_id"].nunique(),
        left_out=len({one.warning_id for one in charged if one.officer_id} - set(city.drawn["warning_id"])),
        typical=float((weight**2).sum() / weight.sum()) if len(weight) else 1.0,
    )


def _computed(warehouse: Warehouse, charged: tuple[Charge, ...]) -> _City:
    """Computed once per generation, day and set of warnings, however many sessions ask at the same time."""
    with _turn:
        return _city(warehouse, charged, warehouse.as_of)


@lru_cache(maxsize=4)
def _city(warehouse: Warehouse, charged: tuple[Charge, ...], as_of: date) -> _City:
    span, state = window(as_of), (charged, basis())
    drawn = kept_sums(warehouse, "warnings compared", lambda: weighted_warnings(warehouse, charged, span), state)
    table = kept_sums(warehouse, "officers compared", lambda: _ranked(warehouse, drawn, span, as_of), state)
    return _City(table.merge(_officers(warehouse), on="officer_id"), drawn)


def _ranked(warehouse: Warehouse, drawn: pd.DataFrame, span: Span, as_of: date) -> pd.DataFrame:
    done = exposure(warehouse, span)
    table = rank_officers(by_role(drawn), by_role(done), as_of=as_of, **ranking_settings().method)
    total = done.groupby("officer_id", observed=True)["exposure"].sum()
    return table.assign(exposure=table["officer_id"].map(total.to_dict()).fillna(0.0))


@lru_cache(maxsize=2)
def _officers(warehouse: Warehouse) -> pd.DataFrame:
    _, areas = places(warehouse)
    labels = areas[["area_code", "area_label", "county_name"]]
    frame = warehouse.query(_OFFICERS).merge(labels, on="area_code", how="left")
    for column in ("org_name", "area_label", "county_name"):
        frame[column] = frame[column].fillna("单位不明" if column == "org_name" else "")
    frame["name"] = officer_labels(officer_names(warehouse), frame["officer_id"])
    frame["label"] = frame["name"] + " · " + frame["org_name"]
    return frame


def compared_warnings(register: Register, warehouse: Warehouse) -> pd.DataFrame:
    """The warnings of the whole city that weigh in the comparison, a row for every officer they count for: the columns
    of lib.insight.ranking.work.weighted_warnings, weights aged."""
    drawn = _computed(warehouse, charges(snapshot(register, warehouse))).drawn
    return discounted(drawn, warehouse.as_of, ranking_settings().half_life_days)


@under("view", "ranking")
def contributions(register: Register, warehouse: Warehouse, viewer: Viewer, officer_id: str) -> pd.DataFrame:
    """What an officer's observed figure is made of, one row per model, the heaviest first: rule_id, rule_label, red,
    orange, yellow (warnings that went into it), shared (the numbers of those of them that name somebody else: cases in
    which the officer took part), weight, and other (warnings that name the officer and did not go in: 不属实,
    withdrawn, merged, or outside the work of the window).

    Raises NotVisible when the officer is outside the viewer's scope.
    """
    _require_officer(warehouse, viewer, officer_id)
    held = snapshot(register, warehouse)
    key = (held.head, warehouse.generation, warehouse.as_of, officer_id)
    return _CONTRIBUTIONS.get(key, lambda: _contributions(held, warehouse, officer_id))


def _contributions(held: Snapshot, warehouse: Warehouse, officer_id: str) -> pd.DataFrame:
    drawn = _computed(warehouse, charges(held)).drawn
    mine = drawn[drawn["officer_id"].eq(officer_id)]
    counted = discounted(mine, warehouse.as_of, ranking_settings().half_life_days).set_index("warning_id")
    warnings = held.warning[held.warning["officer_id"].eq(officer_id) | held.warning["warning_id"].isin(counted.index)]
    inside = warnings["warning_id"].isin(counted.index)
    if warnings.empty:
        return pd.DataFrame(columns=["rule_id", *LEVELS, "shared", "weight", "other", "rule_label"])
    columns = {level: (inside & warnings["level"].eq(level)).astype("int64") for level in LEVELS}
    columns["weight"] = warnings["warning_id"].map(counted["weight"]).fillna(0.0)
    columns["other"] = (~inside).astype("int64")
    table = warnings[["rule_id"]].assign(**columns).groupby("rule_id", as_index=False).sum()
    shared = warnings[inside & warnings["officer_id"].ne(officer_id)].sort_values("warning_id")
    by_rule = shared.groupby("rule_id")["warning_id"].agg(tuple)
    table["shared"] = [by_rule.get(rule_id, ()) for rule_id in table["rule_id"]]
    table["rule_label"] = table["rule_id"].map(rule_label)
    return table.sort_values(["weight", "rule_id"], ascending=[False, True]).reset_index(drop=True)


@under("view", "ranking")
def work_of(warehouse: Warehouse, viewer: Viewer, officer_id: str) -> pd.DataFrame:
    """kind, role, pieces (how many pieces of work), share (what one counts), exposure (what they count): an officer's
    work in the window. Raises NotVisible outside the viewer's scope."""
    _require_officer(warehouse, viewer, officer_id)
    done = pieces(warehouse, officer_id, window(warehouse.as_of))
    table = done.groupby(["kind", "role", "share"], as_index=False).agg(
        pieces=("subject_id", "size"), exposure=("share", "sum")
    )
    return table.sort_values(["exposure", "pieces"], ascending=False).reset_index(drop=True)


@under("view", "ranking")
def units_of(register: Register, warehouse: Warehouse, viewer: Viewer, officer_id: str) -> pd.DataFrame:
    """The units for which the officer worked in the window: org_name, since, until (months; None for work in hand),
    exposure, weight (of the warnings on that work, before ageing), the most work first.

    Raises NotVisible outside the viewer's scope.
    """
    _require_officer(warehouse, viewer, officer_id)
    done = done_by(warehouse, window(warehouse.as_of), [officer_id])
    own = done.groupby("org_id", as_index=False).agg(
        since=("since", "min"), until=("until", "max"), exposure=("exposure", "sum")
    )
    drawn = _computed(warehouse, charges(snapshot(register, warehouse))).drawn
    weight = drawn[drawn["officer_id"].eq(officer_id)].groupby("org_id")["weight"].sum()
    names = places(warehouse)[0].set_index("org_id")["org_name"]
    table = own.assign(weight=own["org_id"].map(weight).fillna(0.0), org_name=own["org_id"].map(names))
    table["org_name"] = table["org_name"].fillna("单位不明")
    ordered = table.sort_values(["exposure", "org_id"], ascending=[False, True]).reset_index(drop=True)
    return ordered[["org_name", "since", "until", "exposure", "weight"]]


@under("view", "ranking")
def peers_of(register: Register, warehouse: Warehouse, viewer: Viewer, officer_id: str, most: int = 8) -> pd.DataFrame:
    """The ranked officers in the viewer's scope whose work is most like this officer's: the columns of
    `Ranking.table` and overlap, the share of work of the same kinds in common (1 = the same mix), the most alike first.

    Raises NotVisible outside the viewer's scope.
    """
    _require_officer(warehouse, viewer, officer_id)
    overlap = _overlap(by_role(exposure(warehouse, window(warehouse.as_of))), officer_id)
    table = officer_ranking(register, warehouse, viewer).table
    found = table[table["status"].eq(RANKED) & table["officer_id"].isin(overlap.index)]
    found = found.assign(overlap=found["officer_id"].map(overlap))
    return found.sort_values(["overlap", "officer_id"], ascending=[False, True]).head(most).reset_index(drop=True)


def _overlap(done: pd.DataFrame, officer_id: str) -> pd.Series:
    """By officer: the share of work of the same kinds in common with this one, of all who have any."""
    known = done[done["officer_id"].notna() & done["stratum"].notna()]
    people, work = known["officer_id"].cat, known["exposure"].to_numpy()
    officer, stratum = people.codes.to_numpy(), known["stratum"].cat.codes.to_numpy()
    share = work / np.bincount(officer, work, len(people.categories))[officer]
    mine = officer == people.categories.get_indexer([officer_id])[0]
    own = np.bincount(stratum[mine], share[mine], len(known["stratum"].cat.categories))[stratum]
    both = ~mine & (own > 0)
    common = np.bincount(officer[both], np.minimum(share, own)[both], len(people.categories))
    having = np.unique(officer[both])
    return pd.Series(common[having], index=people.categories[having])


def _require_officer(warehouse: Warehouse, viewer: Viewer, officer_id: str) -> None:
    require(viewer, "view", "ranking")
    officers = _officers(warehouse)
    if visible(viewer, officers[officers["officer_id"].eq(officer_id)]).empty:
        raise NotVisible()
