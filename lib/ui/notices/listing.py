"""Notices as a list: how many stand where, and which; each row opens its notice."""

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.notices.states import NOTICE_NAME
from lib.casework.store.register import Register
from lib.insight.figure import Asked
from lib.insight.notices.listing import PARTS, counts_shown, notice_list
from lib.insight.notices.sheet import listed
from lib.ui import due, figure, message, paths, tables
from lib.ui.files.download import download
from lib.ui.files.listed import workbook
from lib.ui.kept import kept
from lib.ui.record.opening import form_link
from lib.ui.state import Key, key
from lib.warehouse.store import Warehouse

NOTICE_KEY, DRAFT_KEY, PART_KEY = "notice", "draft", "n_part"
# Width, how it stands on a card (see tables.Column).
_LIST = {
    "事项": ("40%", "main"),
    "文号": ("174px", ""),
    "状态": ("76px", "bare"),
    "期限": ("168px", ""),
    "在谁手里": ("14%", ""),
    "送达": ("96px", "rest"),
}


@kept(64)
def _notices(_register: Register, _warehouse: Warehouse, _viewer: Viewer, state: Key) -> pd.DataFrame:
    return notice_list(_register, _warehouse, _viewer, state.moment)


def visible_notices(register: Register, warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """The viewer's notices, recomputed when anything was recorded and every few minutes; never change it."""
    return _notices(register, warehouse, viewer, key(register, warehouse, viewer))


def draft_link(viewer: Viewer) -> None:
    """To the form that drafts a notice, for those who may."""
    form_link(viewer, "draft", "notice", paths.NOTICES, f"拟制{NOTICE_NAME}", {DRAFT_KEY: "own"})


def parts(frame: pd.DataFrame, viewer: Viewer) -> str:
    """How many notices stand where, each number the link to them; the part that the address asks for."""
    found = counts_shown(frame)
    asked = figure.parts(paths.NOTICES, PART_KEY, found, PARTS)
    if asked is not None:
        return asked
    return "to_sign" if viewer.may("sign", "notice") and "to_sign" in found else "open"


def notice_table(register: Register, warehouse: Warehouse, viewer: Viewer, rows: pd.DataFrame, part: str) -> None:
    """The notices of a part; export for those who may."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{PARTS[part][0]}**", width="content")
        rows = due.of_due(rows, "notices_due")
        figure.listed(len(rows), "份")
        st.space("stretch")
        _export(register, warehouse, viewer, rows, due.about(PARTS[part][0]))
    if rows.empty:
        message.nothing("没有这样的通知书", "请另选清单；「全部」里有已经销号和撤回的。")
        return
    with tables.paged(rows, "notice_rows", sorts=False) as page:
        _rows_part(page)


def counted(register: Register, warehouse: Warehouse, viewer: Viewer) -> bool:
    """Whether the address asks for the notices that a number counts; they are listed then, with export."""
    asked = figure.asked_here()
    if asked is not None:
        _counted(register, warehouse, viewer, asked)
    return asked is not None


def _counted(register: Register, warehouse: Warehouse, viewer: Viewer, asked: Asked) -> None:
    frame = visible_notices(register, warehouse, viewer)
    rows = figure.narrowed(register, warehouse, viewer, frame, "notice_id", asked)
    figure.bar(register, warehouse, viewer, asked)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        figure.listed(len(rows), "份")
        st.space("stretch")
        _export(register, warehouse, viewer, rows, figure.words(register, warehouse, viewer, asked))
    if rows.empty:
        message.nothing("没有这样的通知书", "这个数字是 0；可查看全部。")
        return
    with tables.paged(rows, "notice_figure", sorts=False) as page:
        _rows_part(page)


def _rows_part(rows: pd.DataFrame) -> None:
    told = tables.written(rows["notice_id"], listed(rows), _LIST)
    tables.draw_list("通知书清单", paths.NOTICES, NOTICE_KEY, _LIST, told, "notice_rows", late="期限", keys=True)


def _export(register: Register, warehouse: Warehouse, viewer: Viewer, rows: pd.DataFrame, about: str) -> None:
    made = workbook(register, warehouse, viewer, "notice", f"{NOTICE_NAME}清单", rows, listed, about)
    download(viewer, "export", "notice", **made)
