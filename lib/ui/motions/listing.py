"""Motions as a list: how many are in hand, late, settled, and which; each row opens its motion."""

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.store.register import Register
from lib.insight.motions.listing import PARTS, motion_list
from lib.insight.parts import counts
from lib.insight.wording import NONE, day
from lib.ui import due, figure, message, paths, tables
from lib.ui.browser import way
from lib.ui.files.download import download
from lib.ui.files.listed import workbook
from lib.ui.kept import kept
from lib.ui.record.opening import form_link
from lib.ui.state import Key, key
from lib.warehouse.store import Warehouse

MOTION_KEY, PROPOSE_KEY, PART_KEY = "motion", "propose", "mo_part"
# Width, how it stands on a card (see tables.Column).
_LIST = {
    "动议事项": ("28%", "main"),
    "单位": ("18%", "line bare"),
    "进度": ("150px", "line bare"),
    "期限": ("176px", ""),
    "提议": ("96px", ""),
    "经办": ("84px", ""),
}


@kept(64)
def _motions(_register: Register, _warehouse: Warehouse, _viewer: Viewer, state: Key) -> pd.DataFrame:
    return motion_list(_register, _warehouse, _viewer, state.moment)


def visible_motions(register: Register, warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """The viewer's motions, recomputed when anything was recorded and every few minutes; never change it."""
    return _motions(register, warehouse, viewer, key(register, warehouse, viewer))


def propose_link(viewer: Viewer) -> None:
    """To the form that proposes a motion, for those who may."""
    form_link(viewer, "propose", "motion", paths.MOTIONS, "提出廉情动议", {PROPOSE_KEY: "own"})


def parts(frame: pd.DataFrame) -> str:
    """How many motions stand where, each number the link to them; the part that the address asks for."""
    found = counts(frame, PARTS)
    return figure.parts(paths.MOTIONS, PART_KEY, found, PARTS) or ("open" if found["open"] else "all")


def motion_table(register: Register, warehouse: Warehouse, viewer: Viewer, rows: pd.DataFrame, part: str) -> None:
    """The motions of a part; export for those who may."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{PARTS[part][0]}**", width="content")
        rows = due.of_due(rows, "motions_due")
        figure.listed(len(rows), "件")
        st.space("stretch")
        _export(register, warehouse, viewer, rows, due.about(PARTS[part][0]))
    if rows.empty:
        message.nothing("没有这样的动议", "请另选清单；「全部」里有已经了结和撤回的。")
        return
    way.remember(rows["motion_id"].tolist())
    with tables.paged(rows, "motion_rows", sorts=False) as page:
        _rows_part(page)


def _rows_part(rows: pd.DataFrame) -> None:
    told = tables.written(rows["motion_id"], _listed(rows), _LIST)
    tables.draw_list("动议清单", paths.MOTIONS, MOTION_KEY, _LIST, told, "motion_rows", late="期限", keys=True)


def _listed(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "动议事项": rows["title"].tolist(),
            "单位": rows["org_name"].tolist(),
            "区域": rows["area_label"].tolist(),
            "进度": rows["way"].tolist(),
            "期限": rows["timing"].tolist(),
            "提议": rows["opened_at"].map(day).tolist(),
            "经办": rows["handler_name"].fillna(NONE).tolist(),
        }
    )


def _export(register: Register, warehouse: Warehouse, viewer: Viewer, rows: pd.DataFrame, about: str) -> None:
    made = workbook(register, warehouse, viewer, "motion", "廉情动议清单", rows, _listed, about)
    download(viewer, "export", "motion", **made)
