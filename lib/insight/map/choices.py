"""The places a viewer can choose on the map: counties, towns, and the units above the towns."""

import pandas as pd

from lib.access import Viewer, under
from lib.access.scope import sees_area
from lib.insight.map.risk import CITY_CODE, CITY_UNITS, COUNTY_UNITS

CITY, ALL_TOWNS = "全市", "全部乡镇"


@under("view", "warning")
def counties(viewer: Viewer, areas: pd.DataFrame) -> dict[str, str]:
    """County name to code, with 全市 (no code) first for whoever sees the whole city; otherwise the viewer's own."""
    rows = areas[areas["level"] == "县"]
    if viewer.area_code is not None:
        rows = rows[rows["area_code"] == viewer.area_code[:6]]
        return dict(zip(rows["area_name"], rows["area_code"], strict=True))
    return {CITY: "", **dict(zip(rows["area_name"], rows["area_code"], strict=True))}


@under("view", "warning")
def towns(viewer: Viewer, areas: pd.DataFrame, county: str) -> dict[str, str]:
    """Town name to code within a county ('' for all), 全部乡镇 (no code) first, and the units above the towns last.

    A viewer of one town has only that.
    """
    inside = areas[[sees_area(viewer, code) and code.startswith(county) for code in areas["area_code"]]]
    found = inside[inside["level"] == "镇街"]
    names = dict(zip(found["area_name"], found["area_code"], strict=True))
    if viewer.area_code is not None and len(viewer.area_code) == 9:
        return names
    above = inside[inside["level"] == "县"]
    units = {f"{name}{COUNTY_UNITS}": code for name, code in zip(above["area_name"], above["area_code"], strict=True)}
    own = {CITY_UNITS: CITY_CODE} if inside["level"].eq("市").any() else {}
    return {ALL_TOWNS: "", **names, **units, **own}


def lies_in(area_code: pd.Series, county: str, town: str) -> pd.Series:
    """Whether each area is the town (or unit above the towns) chosen, or lies in the county; '' chooses all."""
    return area_code.eq(town) if town else area_code.fillna("").str.startswith(county)
