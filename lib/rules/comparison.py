"""What a proposed version does to the warnings of the live one: on one day, and day by day."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from lib.rules.levels import LEVELS

_COUNTED = ("total", *LEVELS, "new")
MONTHLY_COLUMNS = [
    "day",
    *(f"{version}_{what}" for version in ("live", "proposed") for what in _COUNTED),
    "added",
    "lost",
    "changed",
]


@dataclass(frozen=True)
class Comparison:
    """Candidate warnings by what the proposed version does to them, keyed by warning_id.

    added: rows of the proposed version that the live one does not give; lost: rows of the live version that the
    proposed one does not give; changed: rows of the proposed version at another level, with `level_before`. kept: how
    many both give at the same level. The frames have the columns of what was compared and its order.
    """

    added: pd.DataFrame = field(repr=False)
    lost: pd.DataFrame = field(repr=False)
    changed: pd.DataFrame = field(repr=False)
    kept: int


def compare(live: pd.DataFrame | None, proposed: pd.DataFrame) -> Comparison:
    """What the proposed candidates add, lose and change against the live ones (None: everything is added)."""
    before = proposed.iloc[:0] if live is None else live
    level_before = proposed["warning_id"].map(before.set_index("warning_id")["level"]).astype("object")
    both = level_before.notna()
    same = both & level_before.eq(proposed["level"])
    changed = proposed.assign(level_before=level_before)[both & ~same]
    return Comparison(
        added=proposed[~both].reset_index(drop=True),
        lost=before[~before["warning_id"].isin(proposed["warning_id"])].reset_index(drop=True),
        changed=changed.reset_index(drop=True),
        kept=int(same.sum()),
    )


def monthly(days: Sequence[date], live: pd.DataFrame | None, proposed: pd.DataFrame) -> pd.DataFrame:
    """MONTHLY_COLUMNS, one row per day, all numbers of warnings: those firing on it by level, `new` ones among them
    that fired on no earlier day of the series, and what the proposed version adds, loses and changes on it.

    `live` and `proposed` have day, warning_id and level, by day. Everything is new on the first day; without a live
    version nothing fires before.
    """
    before = proposed.iloc[:0] if live is None else live
    table = pd.DataFrame({"day": list(days)})
    for version, frame in (("live", before), ("proposed", proposed)):
        table[f"{version}_total"] = _per_day(days, frame)
        for level in LEVELS:
            table[f"{version}_{level}"] = _per_day(days, frame[frame["level"].eq(level)])
        table[f"{version}_new"] = _per_day(days, frame.drop_duplicates("warning_id"))
    key = ["day", "warning_id"]
    pairs = before[[*key, "level"]].merge(proposed[[*key, "level"]], on=key, how="outer", indicator="side")
    table["added"] = _per_day(days, pairs[pairs["side"].eq("right_only")])
    table["lost"] = _per_day(days, pairs[pairs["side"].eq("left_only")])
    table["changed"] = _per_day(days, pairs[pairs["side"].eq("both") & pairs["level_x"].ne(pairs["level_y"])])
    return table[MONTHLY_COLUMNS]


def _per_day(days: Sequence[date], frame: pd.DataFrame) -> list[int]:
    counts = frame["day"].value_counts()
    return [int(counts.get(day, 0)) for day in days]
