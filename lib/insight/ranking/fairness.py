"""Whether the ranking bears harder on some groups of officers than on others."""

import numpy as np
import pandas as pd

from lib.insight.interval import wilson
from lib.insight.ranking.rank import RANKED

FAIRNESS_COLUMNS = ["aspect", "group", "ranked", "flagged", "rate", "low", "high", "verdict"]
ALIKE, MORE, LESS, FEW = "与全体相当", "偏多", "偏少", "人数少"
FEWEST_OFFICERS = 20
_SIZES = [(1, 4, "不足 5 人"), (5, 14, "5–14 人"), (15, 10**9, "15 人及以上")]


def fairness(table: pd.DataFrame) -> pd.DataFrame:
    """FAIRNESS_COLUMNS of the ranked officers of a `Ranking.table`, by aspect and group.

    flagged: whose interval lies above 1. rate: of the ranked, with its 95 % interval (Wilson). verdict: 偏多 or 偏少
    when the interval of the group does not hold the rate of all, 人数少 below FEWEST_OFFICERS. Aspects: kind of post,
    level of the unit, town (镇) or urban (街道), size of the unit (its ranked officers), work in quarters from the
    least to the most busy. Gender is not in the data.
    """
    ranked = table[table["status"].eq(RANKED)]
    if ranked.empty:
        return pd.DataFrame(columns=FAIRNESS_COLUMNS)
    flagged = ranked["low"].gt(1)
    overall = float(flagged.mean())
    rows = [
        [aspect, group, *_row(flagged[groups.eq(group)], overall)]
        for aspect, groups in _aspects(ranked).items()
        for group in groups.dropna().drop_duplicates().sort_values(key=lambda names: names.map(_order))
    ]
    return pd.DataFrame(rows, columns=FAIRNESS_COLUMNS)


def in_group(table: pd.DataFrame, aspect: str, group: str) -> pd.DataFrame:
    """The ranked officers of a `Ranking.table` in a group of an aspect; none where there is no such group."""
    ranked = table[table["status"].eq(RANKED)]
    groups = _aspects(ranked).get(aspect) if len(ranked) else None
    return ranked.iloc[:0] if groups is None else ranked[groups.eq(group).fillna(False).astype(bool)]


def _row(flagged: pd.Series, overall: float) -> list:
    n, part = len(flagged), int(flagged.sum())
    low, high = wilson(part, n) or (np.nan, np.nan)
    verdict = FEW if n < FEWEST_OFFICERS else MORE if low > overall else LESS if high < overall else ALIKE
    return [n, part, part / n, low, high, verdict]


def _aspects(ranked: pd.DataFrame) -> dict[str, pd.Series]:
    urban = ranked["area_label"].str.endswith("街道")
    town = ranked["area_label"].str.endswith("镇")
    size = ranked.groupby("org_id")["officer_id"].transform("size")
    sizes = pd.Series(pd.NA, index=ranked.index, dtype="object")
    for least, most, name in _SIZES:
        sizes = sizes.mask(size.between(least, most), name)
    quarter = pd.qcut(ranked["exposure"].rank(method="first"), 4, labels=list(_QUARTERS)) if len(ranked) >= 4 else None
    work = pd.Series("全部", index=ranked.index) if quarter is None else quarter.astype("object")
    place = pd.Series("县级及以上", index=ranked.index, dtype="object").mask(town, "镇").mask(urban, "街道")
    return {
        "人员类型": ranked["officer_type"].astype("object"),
        "单位层级": ranked["org_level"].astype("object"),
        "城乡": place,
        "单位规模": sizes,
        "工作量": work,
    }


_QUARTERS = ("最少的四分之一", "较少的四分之一", "较多的四分之一", "最多的四分之一")
_ORDERED = ("市", "县", "镇街", *(name for *_, name in _SIZES), *_QUARTERS)


def _order(name: str) -> tuple[int, str]:
    return (_ORDERED.index(name), "") if name in _ORDERED else (len(_ORDERED), str(name))
