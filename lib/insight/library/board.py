"""The supervision lists at a glance: the figures of one month and place, counted by how they stand, in words."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd

from lib.access import Viewer, under
from lib.access.scope import visible
from lib.catalog.lists import SupervisionList, supervision_lists
from lib.insight.interval import wilson
from lib.insight.library.indicators import ALL, COUNTY, TOWN, UNIT, light
from lib.insight.library.lights import LIGHTS
from lib.insight.warnings.names import CITY_ITSELF, places
from lib.insight.wording import NONE, number
from lib.rules.indicators import MET, UNMET, WHOLE, Indicator, read_indicators
from lib.rules.indicators.indicator import PER_PARTY, SHARE, SPREAD
from lib.warehouse.store import Warehouse

# A month chosen and the twelve before it.
TREND = 13
# What rests on fewer is told and marked, and not compared.
FEW = 10
# What stands in a tally for the indicators without a value.
UNTOLD = "无数"
# By measure and part of a figure: what it is called and its counting word.
PARTS: dict[str, dict[str, tuple[str, str]]] = {
    SHARE: {MET: ("分子", "件"), UNMET: ("未计入分子", "件"), WHOLE: ("分母", "件")},
    PER_PARTY: {MET: ("分子", "条"), WHOLE: ("分母", "家")},
    SPREAD: {MET: ("所比案件", "件"), WHOLE: ("各组", "组")},
}
_UNITS = "select org_id, org_name, area_code, domain_code from org order by org_id"
_PERCENT, _PLACES = 100, (1, 2, 3, 4)


class Place(NamedTuple):
    """Whom a figure is about: level and code of `indicator_table`, and its name."""

    level: str
    code: str
    name: str


EVERYWHERE = Place(ALL, "", "全部")


def months(as_of: date) -> list[str]:
    """The months that can be chosen, as 2022-09, the present one first."""
    present = pd.Period(as_of, "M")
    return [str(present - back) for back in range(TREND)]


def usual(as_of: date) -> str:
    """The last whole month."""
    return str(pd.Period(as_of + timedelta(days=1), "M") - 1)


@under("view", "indicator")
def own_list(viewer: Viewer) -> SupervisionList | None:
    """The list of the viewer's team: the one that covers the viewer's domains; None for whoever sees all of them."""
    if viewer.domains is None:
        return None
    return next((one for one in supervision_lists() if one.domains == viewer.domains), None)


def indicators_of(indicators: Mapping[str, Indicator], list_id: str) -> list[Indicator]:
    """The indicators of a list, by focus."""
    return sorted((one for one in indicators.values() if one.list == list_id), key=lambda one: (one.focus, one.id))


def cells(table: pd.DataFrame, month: str, place: Place) -> pd.DataFrame:
    """The rows of `indicator_table` of one month and place by indicator, with `standing`: their light, or UNTOLD."""
    at = table["month"].eq(pd.Timestamp(month)) & table["level"].eq(place.level) & table["code"].eq(place.code)
    found = table[at].set_index("indicator_id")
    found = found[~found.index.duplicated()].reindex(list(read_indicators()))
    text = found["light"].astype("object").fillna("")
    return found.assign(
        word=found["word"].astype("object").fillna(NONE), light=text, standing=text.where(text.ne(""), UNTOLD)
    )


def tally(standing: pd.Series) -> dict[str, int]:
    """How many indicators stand how, the worst first."""
    return {word: int(standing.eq(word).sum()) for word in (*reversed(LIGHTS), UNTOLD)}


def trend(table: pd.DataFrame, indicator_id: str, month: str, place: Place) -> pd.DataFrame:
    """month, value, before, met, n, word of the months up to the one chosen, at most TREND."""
    own = table["indicator_id"].eq(indicator_id) & table["level"].eq(place.level) & table["code"].eq(place.code)
    rows = table[own & table["month"].le(pd.Timestamp(month))].sort_values("month")
    return rows.tail(TREND).reset_index(drop=True)


def parts_of(table: pd.DataFrame, indicator: Indicator, month: str, level: str, place: Place) -> pd.DataFrame:
    """The rows of a month on a level inside a place: those that compare worst first, then those of few, then those
    without a value; of one that is watched only, by code."""
    own = table["indicator_id"].eq(indicator.id) & table["level"].eq(level) & table["month"].eq(pd.Timestamp(month))
    rows = table[own & table["code"].str.startswith(place.code)] if level != UNIT else table[own]
    rows = rows.assign(few=rows["n"].lt(FEW))
    if indicator.monitor:
        return rows.sort_values("code").reset_index(drop=True)
    worth = rows["value"] * (-1 if indicator.lower_is_better else 1)
    rank = np.where(rows["value"].isna(), 2, np.where(rows["few"], 1, 0))
    return rows.assign(rank=rank, worth=worth).sort_values(["rank", "worth", "code"]).reset_index(drop=True)


@under("view", "indicator")
def names(warehouse: Warehouse, viewer: Viewer) -> dict[str, dict[str, str]]:
    """By level and code, the names of the places and units in the viewer's scope."""
    _, areas = places(warehouse)
    labels = areas.set_index("area_code")["area_label"].to_dict()
    units = units_inside(warehouse, viewer)
    counties = {str(code)[:6]: CITY_ITSELF for code in labels if len(str(code)) < 6} | {
        code: label for code, label in labels.items() if len(code) == 6
    }
    towns = {code: label for code, label in labels.items() if len(code) == 9}
    return {COUNTY: counties, TOWN: towns, UNIT: dict(zip(units["org_id"], units["org_name"], strict=True))}


@under("view", "indicator")
def units_inside(warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """org_id, org_name, area_code, domain_code of the units in the viewer's scope."""
    return visible(viewer, warehouse.query(_UNITS))


def interval(indicator: Indicator, met: int, n: int) -> tuple[float, float] | None:
    """Low and high of the 95 % interval of a share, in per cent; None of what is no share, or without any."""
    between = wilson(int(met), int(n)) if indicator.measure == SHARE else None
    return None if between is None else (between[0] * _PERCENT, between[1] * _PERCENT)


def value_text(indicator: Indicator, value: float) -> str:
    """A value with its unit, to as many places as keep it on its side of the limits: 97.96 % is not 98.0 %."""
    if pd.isna(value):
        return NONE
    own = light(indicator, np.array([value]))[0]
    for places_ in _PLACES:
        rounded = round(float(value), places_)
        if light(indicator, np.array([rounded]))[0] == own and (rounded != _PERCENT or value == _PERCENT):
            break
    text = f"{rounded:,.{places_}f}" if rounded != round(rounded) or places_ > 1 else f"{rounded:,.0f}"
    return f"{text}{'%' if indicator.unit == '%' else f' {indicator.unit}' if indicator.unit else ''}"


def change_text(indicator: Indicator, change: float) -> str:
    """Against the same days a year before: an arrow and by how much; a dash without."""
    if pd.isna(change):
        return NONE
    places_ = 1 if indicator.unit == "%" else 2
    size = round(abs(float(change)), places_)
    if size == 0:
        return "持平"
    unit = "百分点" if indicator.unit == "%" else indicator.unit
    return f"{'↑' if change > 0 else '↓'} {number(size)} {unit}".strip()
