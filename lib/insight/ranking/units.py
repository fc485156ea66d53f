"""Units and towns compared by the method of the officer ranking: the work done there, and the warnings on it."""

from functools import lru_cache

import pandas as pd

from lib.access import Viewer, under
from lib.access.scope import visible
from lib.casework.reading.snapshot import snapshot
from lib.casework.store.register import Register
from lib.insight.kept.sums import kept_sums
from lib.insight.period import Span
from lib.insight.ranking.rank import rank_officers
from lib.insight.ranking.settings import ranking_settings
from lib.insight.ranking.work import LEAD, STRATUM, WITHIN, Charge, charges, weighted_warnings, window, window_of
from lib.insight.warnings.names import places
from lib.warehouse.store import Warehouse

UNIT, TOWN = "org_id", "area_code"

# A piece of work is one for the unit, however many officers led it.
_DONE = f"""
select org_id, area_code, {STRATUM} as stratum, count(distinct subject_id)::double as exposure
from mart_officer_work
where {WITHIN} and list_contains($kinds, kind) and role = $lead
group by all
"""
_UNITS = "select org_id as key, org_name as name, org_id, area_code, domain_code from org"


@under("view", "ranking")
def unit_ranking(register: Register, warehouse: Warehouse, viewer: Viewer, by: str) -> pd.DataFrame:
    """Units (`by` UNIT) or areas (TOWN) in the viewer's scope with the columns of `rank_officers`, key instead of
    officer_id, and name, exposure, org_id or area_code, domain_code. Work and warnings count once, for the 主办, in the
    unit or area that did the work. Peers are the whole city's. Raises Forbidden without the right to the ranking.
    """
    table = _whole(warehouse, charges(snapshot(register, warehouse)), by)
    return visible(viewer, table).reset_index(drop=True)


@lru_cache(maxsize=2)
def unit_work(warehouse: Warehouse, span: Span) -> pd.DataFrame:
    """org_id, area_code, stratum, exposure (pieces of work with a 主办) of the whole city."""
    asked = {**window_of(span), "lead": LEAD}
    return kept_sums(warehouse, ("work of units", span, asked["kinds"]), lambda: warehouse.query(_DONE, asked))


@lru_cache(maxsize=4)
def _whole(warehouse: Warehouse, charged: tuple[Charge, ...], by: str) -> pd.DataFrame:
    span = window(warehouse.as_of)
    done = unit_work(warehouse, span).dropna(subset=[by])
    done = done.assign(officer_id=done[by])
    drawn = weighted_warnings(warehouse, charged, span)
    # A warning counts once, for whoever answers for it most.
    drawn = drawn[drawn[by].notna()].sort_values(["weight", "officer_id"], ascending=[False, True], kind="stable")
    drawn = drawn.drop_duplicates("warning_id")
    ranked = drawn.assign(officer_id=drawn[by])
    table = rank_officers(ranked, done, as_of=warehouse.as_of, **ranking_settings().method)
    total = done.groupby("officer_id")["exposure"].sum()
    table = table.rename(columns={"officer_id": "key"}).assign(exposure=table["officer_id"].map(total).fillna(0.0))
    if by == UNIT:
        names = warehouse.query(_UNITS)
    else:
        names = places(warehouse)[1].rename(columns={"area_label": "name"})[["area_code", "name"]]
        names = names.assign(key=names["area_code"], domain_code=None, org_id=None)
    return table.merge(names, on="key", how="inner")
