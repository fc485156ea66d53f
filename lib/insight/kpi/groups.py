"""The KPIs in their groups: of a period, of each county, of each model."""

from typing import NamedTuple

import pandas as pd

from lib.catalog import load_catalog
from lib.insight.figure import Asked, Casework
from lib.insight.kpi import clues, notices, warnings
from lib.insight.kpi.told import Figure, Ratio, Value, figure, part, share
from lib.insight.map.risk import CITY_CODE
from lib.insight.period import Period
from lib.insight.share import Share, percent
from lib.insight.stated import Stated
from lib.insight.warnings.names import CITY_ITSELF

CLUES, WARNINGS, NOTICES, DATA = "线索", "预警", "整改", "数据"
FRESH = Stated(
    "数据鲜活率",
    f"按各自更新时限收到数据的数据集 ÷ {len(load_catalog().numbered)} 项数据；全市一个数。",
    ("datasets_fresh", "datasets"),
)


class Group(NamedTuple):
    """KPIs of one subject."""

    name: str
    figures: tuple[Figure, ...]


def groups(casework: Casework, period: Period) -> list[Group]:
    """All KPIs of a period; those of notices are left out for a role that sees none, those of datasets for a county."""
    found = [
        Group(
            WARNINGS,
            (
                warnings.on_time(casework, period),
                warnings.verified(casework, period),
                warnings.untrue(casework, period),
                warnings.to_clue(casework, period),
                warnings.duration_and_waiting(casework, period),
                warnings.red_signed(casework, period),
                warnings.reduction(casework, period),
                warnings.recurred(casework, period),
            ),
        ),
        Group(
            CLUES,
            (clues.disposed(casework, period), clues.closed(casework, period), clues.followed_up(casework, period)),
        ),
    ]
    if casework.notices is not None:
        found.append(
            Group(NOTICES, (figure(casework, period, notices.MENDED), figure(casework, period, notices.PASSED)))
        )
    if not casework.cuts:
        found.append(Group(DATA, (fresh(casework),)))
    return found


def fresh(casework: Casework) -> Figure:
    """数据鲜活率, as it stands: what was late once is not kept."""
    whole = part(casework, "应有", casework.asked("datasets"))
    on_time = part(casework, "按时更新", casework.asked("datasets_fresh"))
    return Figure(
        FRESH.title,
        (Value(percent(Share(on_time.number, whole.number)), whole.asked),),
        (on_time, whole),
        "截至数据日期；过去的情况没有留存，不作比较",
        (),
        FRESH.meaning,
    )


def ratios(casework: Casework) -> list[Ratio]:
    """The ratios that places are set beside each other by."""
    found = [
        clues.DISPOSED,
        clues.CLOSED,
        warnings.on_time_ratio(),
        warnings.VERIFIED,
        warnings.UNTRUE,
        warnings.TO_CLUE,
        warnings.red_ratio(),
        warnings.RECURRED,
    ]
    return found if casework.notices is None else [*found, notices.MENDED, notices.PASSED]


class Row(NamedTuple):
    """A place with its share of each ratio, and what that divides by."""

    name: str
    shares: tuple[Share, ...]
    asked: tuple[Asked, ...]


def by_county(casework: Casework, period: Period, areas: pd.DataFrame) -> list[Row]:
    """The ratios by county (of a frame of lib.insight.map.risk.areas) and for the city's own units; places without any
    number are left out, the whole stands last."""
    found, counties = [], areas[areas["level"].eq("县")]
    for code, name in (*counties[["area_code", "area_name"]].itertuples(index=False), (CITY_CODE, CITY_ITSELF)):
        own = casework.within(**{"place" if code == CITY_CODE else "county": code})
        row = _row(own, period, name)
        if any(one.whole for one in row.shares):
            found.append(row)
    return [*found, _row(casework, period, "合计")] if len(found) > 1 else found


def _row(casework: Casework, period: Period, name: str) -> Row:
    held = ratios(casework)
    return Row(
        name,
        tuple(share(casework, period, ratio) for ratio in held),
        tuple(casework.asked(ratio.below[1], period.key) for ratio in held),
    )
