"""Dispatches behind a number of the board, and field checks; each row opens its own."""

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.store.register import Register
from lib.insight.figure import area_name
from lib.insight.grid import dispatches
from lib.insight.grid.checks import ON_BOARD, PARTS, check_list
from lib.insight.parts import counts, part_of
from lib.insight.period import Period
from lib.insight.wording import NONE, moment
from lib.ui import due, figure, message, paths, tables
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.kept import kept
from lib.ui.state import Key, key
from lib.ui.verbatim import verbatim
from lib.warehouse.store import Warehouse

DISPATCH_KEY, CHECK_KEY, SEND_KEY, CHECKS_KEY = "dispatch", "check", "send", "g_checks"
# Width, how it stands on a card (see tables.Column).
_DISPATCHES = {
    "事件": ("24%", "main"),
    "处置单位": ("15%", "line bare"),
    "人员": ("104px", ""),
    "派单": ("122px", ""),
    "期限": ("122px", "rest"),
    "办结": ("122px", ""),
    "处置结果": ("80px", ""),
    "核验": ("80px", ""),
    "疑点": ("10%", ""),
    "结果": ("92px", "bare"),
}
_CHECKS = {
    "事件": ("24%", "main"),
    "处置单位": ("16%", "line bare"),
    "派单": ("92px", "rest"),
    "状态": ("92px", "bare"),
    "期限": ("170px", ""),
    "在谁手里": ("14%", ""),
    "处置是否属实": ("104px", ""),
    "现场结果": ("100px", ""),
    "重新打开": ("76px", "rest"),
}
_OF_ONE = {
    "核查": ("84px", "main"),
    "状态": ("92px", "bare"),
    "期限": ("auto", ""),
    "处置是否属实": ("104px", ""),
    "现场结果": ("104px", ""),
    "重新打开": ("84px", ""),
}


@kept(16)
def _keys(
    _register: Register, _warehouse: Warehouse, _viewer: Viewer, period: Period, part: str, town: str, state: Key
) -> pd.DataFrame:
    return dispatches.keys(_register, _warehouse, _viewer, period.now, part, town)


def dispatch_list(
    register: Register, warehouse: Warehouse, viewer: Viewer, period: Period, part: str, town: str
) -> None:
    """The dispatches (or events without one) that a number counts."""
    if part not in dispatches.PARTS:
        message.nothing("没有这样的清单", "请回到网格闭环，从数字点开。")
        return
    about = key(register, warehouse, viewer, period.key, part, town, clock=False)
    found = _keys(register, warehouse, viewer, period, part, town, about)
    where = f"{area_name(warehouse, town)} · " if town else ""
    st.markdown(f"**{verbatim(where)}{dispatches.PARTS[part].title}**　{period.now.text}")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        figure.listed(len(found), "件")
        st.caption(dispatches.meaning(part, dispatches.limits(register)), width="content")
    if found.empty:
        message.nothing("没有这样的派单", "请另选期间，或回到网格闭环从数字点开。")
        return
    with tables.paged(found, "grid_rows", sorts=False) as page:
        shown = dispatches.rows(register, warehouse, viewer, period.now, page["key"].tolist())
        _draw("派单清单", _DISPATCHES, _dispatches(shown), shown["key"].tolist(), DISPATCH_KEY, "grid_dispatches")


def _dispatches(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "事件": title(rows),
            "处置单位": [name or NONE for name in rows["org_name"]],
            "人员": [name or NONE for name in rows["officer_label"]],
            "派单": rows["assigned_at"].map(moment).tolist(),
            "期限": rows["due_at"].map(moment).tolist(),
            "办结": rows["finished_at"].map(moment).tolist(),
            "处置结果": rows["result_type"].fillna(NONE).tolist(),
            "核验": rows["verify_result"].fillna(NONE).tolist(),
            "疑点": [odd or NONE for odd in rows["odd"]],
            "结果": rows["ended"].tolist(),
        }
    )


def title(rows: pd.DataFrame) -> list[str]:
    """What was reported and where; the number of the event where the data does not say."""
    return [
        " ".join(str(one) for one in (kind, place) if not pd.isna(one)) or (number if isinstance(number, str) else NONE)
        for kind, place, number in zip(rows["event_type"], rows["place_text"], rows["event_no"], strict=True)
    ]


@kept(64)
def _checks(_register: Register, _warehouse: Warehouse, _viewer: Viewer, state: Key) -> pd.DataFrame:
    return check_list(_register, _warehouse, _viewer, state.moment)


def visible_checks(register: Register, warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """The viewer's field checks, recomputed when anything was recorded and every few minutes; never change it."""
    return _checks(register, warehouse, viewer, key(register, warehouse, viewer))


def checks(frame: pd.DataFrame, asked: str) -> None:
    """How many field checks stand where, and those of a part."""
    found = counts(frame, ON_BOARD)
    part = asked if asked in PARTS else "open" if found["open"] else "all"
    with card("grid-checks"):
        if part in ON_BOARD:
            shown = (
                figure.number(count, (paths.GRID, {CHECKS_KEY: one}), PARTS[one][0]) for one, count in found.items()
            )
            st.html(figure.line("<strong>线下核查</strong>", *shown))
        rows = part_of(frame, PARTS, part)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{PARTS[part][0]}**", width="content")
            rows = due.of_due(rows, "grid_due")
            figure.listed(len(rows), "件")
        if rows.empty:
            message.nothing("没有这样的核查", "打开一件已办结的派单，可以派出两人线下核查。")
            return
        check_table(rows, "grid_check_rows")


def check_table(rows: pd.DataFrame, key: str, of_one: bool = False) -> None:
    """Field checks as a list; those `of_one` dispatch do not say again which."""
    columns = _OF_ONE if of_one else _CHECKS
    way.remember(rows["check_id"].tolist())
    with tables.paged(rows, key, sorts=False) as page:
        _draw("核查清单", columns, _listed(page), page["check_id"].tolist(), CHECK_KEY, key)


def _listed(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "核查": rows["number"].tolist(),
            "事件": rows["title"].tolist(),
            "处置单位": [name or NONE for name in rows["org_name"]],
            "派单": rows["dispatch_id"].tolist(),
            "状态": rows["state"].tolist(),
            "期限": rows["timing"].tolist(),
            "在谁手里": [name or NONE for name in rows["waits"]],
            "处置是否属实": rows["finding"].fillna(NONE).tolist(),
            "现场结果": rows["end"].fillna(NONE).tolist(),
            "重新打开": [f"{count} 次" if count else NONE for count in rows["reopened"]],
        }
    )


def _draw(
    label: str, columns: dict[str, tuple[str, str]], shown: pd.DataFrame, ids: list[str], parameter: str, key: str
) -> None:
    told = tables.written(pd.Series(ids), shown, columns)
    tables.draw_list(label, paths.GRID, parameter, columns, told, key, late="期限")
