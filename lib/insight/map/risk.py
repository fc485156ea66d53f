"""Warnings by town: how many, how high, and how many per thousand of what was done there."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from lib.access import Viewer, under
from lib.access.scope import visible
from lib.insight.interval import poisson_interval
from lib.insight.period import Span
from lib.insight.stated import Stated
from lib.insight.warnings.names import CITY_ITSELF
from lib.rules.levels import LEVELS
from lib.warehouse.store import Warehouse

# Fewer than this and no rate is shaded or ranked (domain: small numbers).
FEWEST_PIECES = 15
# The rows above the towns: what the units of a county, and those of the city itself, did.
COUNTY_UNITS, CITY_UNITS = "县级单位", "市级单位"
CITY_CODE = "330400"
# The tiles of a place; the rate's title names what it is set against.
COUNTED = Stated("预警", "期内首次生成，按上方等级和模型筛选，不含合并和撤销。", ("on_map",))
RATE = Stated("每千", "预警数除以同期数量；区间为 95% 精确泊松区间。")
RANK = Stated("预警率位次", "1 为预警率最高；没有预警或数量不足的镇街不排位，分母为数量足够的镇街数。")

_AREAS = """
select area.area_code, area.area_name, area.level, county.area_code as county_code, county.area_name as county_name
from area
left join area as county on county.area_code = substr(area.area_code, 1, 6) and county.level = '县'
order by area.area_code
"""

_DONE = """
select area_code, domain_code, sum(cases)::bigint as cases, sum(inspections)::bigint as inspections,
    sum(dispatches)::bigint as dispatches
from mart_area_month
where month between date_trunc('month', $start::date) and $end
group by all
"""


class Base(NamedTuple):
    """What a rate counts per thousand of: the column of `done`, its name and counting word."""

    column: str
    name: str
    unit: str


CASES = Base("cases", "办结案件", "件")
_BASES = {"grid_dispatch": Base("dispatches", "网格派单", "件"), "enterprise": Base("inspections", "行政检查", "次")}


def base_of(subject_types: set[str]) -> Base:
    """The base of a rate over rules about these subjects: dispatches or checks when all rules share it, else cases."""
    bases = {_BASES.get(kind, CASES) for kind in subject_types}
    return bases.pop() if len(bases) == 1 else CASES


def areas(warehouse: Warehouse) -> pd.DataFrame:
    """area_code, area_name, level (市 县 镇街), county_code, county_name of the city, its counties and towns."""
    return warehouse.query(_AREAS)


@under("view", "warning")
def done(warehouse: Warehouse, viewer: Viewer, span: Span) -> pd.DataFrame:
    """area_code, cases (decided), inspections, dispatches in the months of the span, of what the viewer may see."""
    frame = visible(viewer, warehouse.query(_DONE, {"start": span.start, "end": span.end}))
    return frame.groupby("area_code", as_index=False)[["cases", "inspections", "dispatches"]].sum()


@under("view", "warning")
def area_risk(
    viewer: Viewer, warnings: pd.DataFrame, done: pd.DataFrame, areas: pd.DataFrame, base: Base = CASES
) -> pd.DataFrame:
    """One row per town and, where units above the towns have any, one 县级单位 row per county and one of the city.

    `warnings` (area_code, level) and `done` hold what is to be counted, already scoped. Columns: code, name,
    county_code, county_name, is_town, red, orange, yellow, warnings, highest (level or ''), base (n of the rate), rate
    (warnings per 1,000 of the base, NaN when the base is 0), low and high (exact 95 % Poisson interval of the
    rate), few (base below FEWEST_PIECES), rank (1 = highest rate; NaN without a warning or where few), known
    (anything was done or warned there: a town that is not known has no data, which is not the same as no warnings).
    """
    places = areas.rename(columns={"area_code": "code", "area_name": "name"})
    counts = pd.crosstab(warnings["area_code"], warnings["level"]).reindex(columns=list(LEVELS), fill_value=0)
    frame = places.merge(counts, how="left", left_on="code", right_index=True)
    work = done.set_index("area_code")
    frame["base"] = frame["code"].map(work[base.column])
    frame["known"] = frame["code"].isin(work.index[work.sum(axis=1) > 0]) | frame["red"].notna()
    frame[[*LEVELS, "base"]] = frame[[*LEVELS, "base"]].fillna(0).astype("int64")
    frame["warnings"] = frame[list(LEVELS)].sum(axis=1)
    frame["highest"] = np.select([frame[level] > 0 for level in LEVELS], list(LEVELS), default="")
    frame = frame[_in_view(viewer, frame)].reset_index(drop=True)
    frame["is_town"] = frame["level"].eq("镇街")
    frame.loc[~frame["is_town"], "name"] = COUNTY_UNITS
    frame.loc[frame["level"].eq("市"), ["name", "county_name"]] = [CITY_UNITS, CITY_ITSELF]
    return _with_rates(frame).drop(columns="level")


def _in_view(viewer: Viewer, frame: pd.DataFrame) -> pd.Series:
    place = visible(
        Viewer(viewer.person_id, viewer.name, viewer.role, viewer.area_code), pd.DataFrame({"area_code": frame["code"]})
    )
    inside = frame.index.isin(place.index)
    return inside & (frame["level"].eq("镇街") | (frame["warnings"] > 0))


def _per_thousand(frame: pd.DataFrame) -> pd.DataFrame:
    """`warnings` over `base`: with rate, low, high and few."""
    per = 1000 / frame["base"].where(frame["base"] > 0)
    low, high = poisson_interval(frame["warnings"])
    return frame.assign(rate=frame["warnings"] * per, low=low * per, high=high * per, few=frame["base"] < FEWEST_PIECES)


def _with_rates(frame: pd.DataFrame) -> pd.DataFrame:
    frame = _per_thousand(frame)
    enough = frame["is_town"] & ~frame["few"] & frame["warnings"].gt(0)
    frame["rank"] = frame["rate"].where(enough).rank(method="min", ascending=False)
    return frame


def by_county(risk: pd.DataFrame) -> pd.DataFrame:
    """A frame of area_risk by county: code, name, warnings, base, rate, low, high, few, the highest rate first.

    The city's own units are a row of their own (code ''). Rates of few cases, and of none (NaN), stand last.
    """
    keys = {"code": risk["county_code"].fillna(""), "name": risk["county_name"]}
    frame = risk.assign(**keys).groupby(["code", "name"], as_index=False)[["warnings", "base"]].sum()
    return _per_thousand(frame).sort_values(["few", "rate", "code"], ascending=[True, False, True], ignore_index=True)
