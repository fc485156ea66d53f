"""The rows behind a figure of an indicator: numerator, denominator, and the source rows of one of them."""

from datetime import date, timedelta
from typing import NamedTuple

import pandas as pd

from lib.access import NotVisible, Viewer, under
from lib.access.scope import visible
from lib.casework.store.register import Register
from lib.engines import opened
from lib.insight.library.facts import as_counted, put_facts
from lib.insight.library.indicators import MONTH_FIGURE, YEAR_FIGURE, held_sums, level_codes, standings
from lib.insight.names import officer_labels, officer_names
from lib.insight.row_scope import Scoped, scoped
from lib.insight.warnings.names import CITY_ITSELF, places
from lib.rules.indicators import Indicator, listed, read_indicators, sources, subject
from lib.rules.indicators.indicator import ROLLING_YEAR, first_of
from lib.warehouse.store import Warehouse

MOST = 500


class Behind(NamedTuple):
    """The rows listed, and how many there are in all: the number that the figure shows."""

    rows: pd.DataFrame
    total: int


@under("view", "indicator")
def rows_behind(
    register: Register,
    warehouse: Warehouse,
    viewer: Viewer,
    indicator_id: str,
    month: date,
    level: str,
    code: str,
    part: str,
    figure: str = MONTH_FIGURE,
    most: int = MOST,
) -> Behind:
    """What one figure of `indicator_table` was counted from: MET its numerator, UNMET what is missing there, WHOLE its
    denominator (see lib.rules.indicators.listed); of the month, or of the year up to it (YEAR_FIGURE).

    Rows: the columns of the section counted and org_name, area_label, officer_label (masked); parties: party_id, n,
    first_on, last_on; groups: group_key, n, mean_amt, min_amt, max_amt, variation. None where a word stands in place of
    the figure. Raises KeyError for an indicator that is not there, RuleError when it fails.
    """
    indicator = as_counted(register, read_indicators()[indicator_id])
    standing = standings(register, warehouse, viewer)[indicator_id]
    nothing = Behind(pd.DataFrame(columns=list(indicator.columns)), 0)
    if standing.word and (standing.since is None or month >= standing.since):
        return nothing
    pairs = visible(viewer, held_sums(register, warehouse, indicator, viewer).pairs)
    pairs = pairs[level_codes(pairs, level).eq(code).fillna(False).astype(bool)]
    if pairs.empty:
        return nothing
    session = opened(warehouse)
    put_facts(session, [indicator], register, warehouse)
    first, last = days_of(indicator, month, warehouse.as_of, figure)
    rows, total = listed(
        session,
        indicator,
        warehouse.as_of,
        places=pairs,
        first=first,
        last=last,
        part=part,
        most=most,
        officer_id=viewer.officer_id,
    )
    return Behind(_named(rows, warehouse) if "org_id" in rows else rows, total)


def days_of(indicator: Indicator, month: date, as_of: date, figure: str = MONTH_FIGURE) -> tuple[date, date]:
    """The first and last day that a figure of a month is about."""
    first = month.replace(day=1)
    last = min(first_of(first, -1) - timedelta(days=1), as_of)
    if figure == YEAR_FIGURE:
        return first.replace(month=1), last
    return (first_of(first, 11) if indicator.period == ROLLING_YEAR else first), last


def _named(rows: pd.DataFrame, warehouse: Warehouse) -> pd.DataFrame:
    orgs, areas = places(warehouse)
    unit, area = rows["org_id"].map(orgs.set_index("org_id")["org_name"]), areas.set_index("area_code")["area_label"]
    return rows.assign(
        org_name=unit.astype("object").fillna(""),
        area_label=rows["area_code"].map(area).astype("object").fillna(CITY_ITSELF),
        officer_label=officer_labels(officer_names(warehouse), rows["officer_id"]),
    )


@under("view", "indicator")
def sources_behind(
    register: Register, warehouse: Warehouse, viewer: Viewer, indicator_id: str, subject_id: str
) -> list[tuple[str, Scoped]]:
    """(title, rows in the viewer's scope) of each table that one row counted rests on.

    Raises NotVisible for a subject that is not counted or lies outside the viewer's scope.
    """
    indicator = as_counted(register, read_indicators()[indicator_id])
    standing = standings(register, warehouse, viewer)[indicator_id]
    if standing.word and standing.since is None:
        raise NotVisible()
    session = opened(warehouse)
    put_facts(session, [indicator], register, warehouse)
    orgs, _ = places(warehouse)
    own = subject(session, indicator, warehouse.as_of, subject_id)
    own["domain_code"] = own["org_id"].map(orgs.set_index("org_id")["org_domain_code"])
    if visible(viewer, own).empty:
        raise NotVisible()
    found = sources(session, indicator, warehouse.as_of, subject_id)
    return [(title, scoped(viewer, warehouse, rows)) for title, rows in found]
