"""Numbers, dates and spans as a Chinese reader expects them."""

from collections.abc import Sequence
from datetime import date, datetime

import pandas as pd

NONE = "—"
# The unit of a value between 0 and 1, shown as a percentage.
SHARE = "比例"


def number(value: object, unit: str = "") -> str:
    """A number with thousands separators: whole numbers without decimals, money with two, others with up to two.
    Shares in per cent with one decimal, tiny ones with their first digit. A missing number is a dash.
    """
    if value is None or pd.isna(value):
        return NONE
    amount = float(value)  # type: ignore[arg-type]
    if unit == SHARE:
        return f"{amount:.1%}" if amount == 0 or abs(amount) >= 0.001 else f"{amount * 100:.1g}%"
    if amount == round(amount):
        return f"{amount:,.0f}"
    text = f"{amount:,.2f}"
    return text if unit == "元" else text.rstrip("0").rstrip(".")


def quantity(value: object, unit: str = "") -> str:
    """A number with its unit."""
    text = number(value, unit)
    return text if text == NONE or unit in ("", SHARE) else f"{text} {unit}"


def day(value: object) -> str:
    """2022-09-25, or a dash."""
    if value is None or pd.isna(value):
        return NONE
    return pd.Timestamp(value).strftime("%Y-%m-%d")  # type: ignore[arg-type]


def moment(value: object) -> str:
    """2022-09-25 10:33, or a dash."""
    if value is None or pd.isna(value):
        return NONE
    return pd.Timestamp(value).strftime("%Y-%m-%d %H:%M")  # type: ignore[arg-type]


def way(state: str, along: Sequence[str], steps: Sequence[str]) -> str:
    """How far one has come: ●●○○○ 待问题认领, in its last state that; a state that lies not along the way by itself.

    `steps` lead from each state of `along` to the next.
    """
    if state not in along:
        return state
    done = along.index(state)
    words = f"待{steps[done]}" if done < len(steps) else state
    return "●" * done + "○" * (len(steps) - done) + f" {words}"


def plain(value: object) -> str:
    """Any value of a record as text: numbers, days and moments as above, yes and no, lists with 、."""
    if isinstance(value, list | tuple):
        return "、".join(plain(item) for item in value) or NONE
    if value is None or pd.isna(value) or value == "":
        return NONE
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    return str(value)


def searched(frame: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """What stands in these columns, the text of a row in one, in which words are looked for."""
    texts = frame[list(columns)].fillna("").astype(str).itertuples(index=False, name=None)
    return pd.Series(["\n".join(one) for one in texts], index=frame.index, dtype="str")
