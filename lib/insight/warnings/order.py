"""In which order a list of warnings stands: the order of work, or by one column over all its rows."""

import pandas as pd

from lib.casework.warnings.states import STATES

AS_WORK = "办理顺序"
UP, DOWN = "升序", "降序"
# Column on screen → column of the warning list that orders it.
SORTED = {
    "等级": "level_order",
    "签收": "sign_due_at",
    "核查": "verify_due_at",
    "状态": "state",
    "模型": "rule_label",
    "对象": "subject_title",
    "单位": "org_name",
    "人员": "officer_name",
    "区域": "area_label",
    "首次发现": "first_seen_at",
    "经办": "handler_name",
}
ORDERS = [AS_WORK, *(f"{column}{way}" for column in SORTED for way in (UP, DOWN))]


def in_order(frame: pd.DataFrame, order: str) -> pd.DataFrame:
    """The rows in an order of ORDERS; rows that are alike, or without a value, stay as in the order of work."""
    if order == AS_WORK:
        return frame
    column, up = SORTED[order.removesuffix(UP).removesuffix(DOWN)], order.endswith(UP)
    ranked = (lambda states: states.map(STATES.index)) if column == "state" else None
    return frame.sort_values(column, ascending=up, kind="stable", na_position="last", key=ranked)


def turned(order: str, column: str) -> str:
    """The order after a click on a column's head: rising, falling, the order of work again."""
    following = {f"{column}{UP}": f"{column}{DOWN}", f"{column}{DOWN}": AS_WORK}
    return following.get(order, f"{column}{UP}")
