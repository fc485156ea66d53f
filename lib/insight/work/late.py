"""What is late, of every kind: with whom it lies, of which unit, for how long; and which rows each number counts."""

import numpy as np
import pandas as pd

from lib.insight.due import LATE

WHO, UNIT, KIND = "who", "unit", "kind"
# What the late ones can be broken down by: key → title, the columns of the work list that tell groups apart and name
# them.
BY = {
    WHO: ("在谁手里", "waits_key", "waits_with"),
    UNIT: ("单位", "org_id", "org_name"),
    KIND: ("种类", "kind", "kind_name"),
}
# How long something has been late, in calendar days: key → first and last day, the last open.
SPANS: dict[str, tuple[int, float]] = {"d5": (0, 5), "d10": (6, 10), "d30": (11, 30), "more": (31, np.inf)}
NO_UNIT, NO_UNIT_ZH = "none", "未写明单位"


def span_name(span: str) -> str:
    """What a span of days is called."""
    first, last = SPANS[span]
    return f"{first - 1} 天以上" if np.isinf(last) else f"{first}–{last:.0f} 天" if first else f"{last:.0f} 天以内"


def group_of(frame: pd.DataFrame, by: str) -> pd.Series:
    """To which group of BY[by] each row of a work list belongs."""
    return frame[BY[by][1]].fillna(NO_UNIT).astype("object")


def in_span(frame: pd.DataFrame, span: str) -> pd.Series:
    """Which rows have been late for so long; none for a span there is not."""
    first, last = SPANS.get(span, (np.inf, -np.inf))
    return frame["overdue_days"].between(first, last)


def late_board(frame: pd.DataFrame, by: str) -> pd.DataFrame:
    """What is late of a work list, a row for each group of BY[by], the longest first.

    group and name; total; for each kind there is any of, by its code, how many; the same for each of SPANS; days (the
    longest, calendar days); reminded (how many have been reminded of since they were moved).
    """
    late = frame[frame["due_group"].eq(LATE)]
    kinds = list(dict.fromkeys(late["kind"]))
    counted = pd.DataFrame(
        {
            "group": group_of(late, by),
            "name": late[BY[by][2]].replace("", NO_UNIT_ZH),
            "total": 1,
            **{kind: late["kind"].eq(kind).astype("int64") for kind in kinds},
            **{span: in_span(late, span).astype("int64") for span in SPANS},
            "days": late["overdue_days"],
            "reminded": late["reminded_at"].notna().astype("int64"),
        }
    )
    grouped = counted.groupby("group", sort=False)
    found = grouped[["total", *kinds, *SPANS, "reminded"]].sum()
    found.insert(0, "name", grouped["name"].first())
    found["days"] = grouped["days"].max()
    found = found.reset_index().sort_values(["days", "total", "group"], ascending=[False, False, True])
    return found.reset_index(drop=True)
