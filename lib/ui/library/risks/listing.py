"""Integrity registers by unit, and the risks as a list; each number opens its risks."""

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.store.register import Register
from lib.insight.library.risks import PARTS, by_unit, risk_list
from lib.insight.parts import counts
from lib.insight.share import Share, percent
from lib.insight.wording import NONE, day
from lib.ui import figure, message, paths, tables
from lib.ui.browser import way
from lib.ui.browser.way import Query
from lib.ui.card import card
from lib.ui.files.download import download
from lib.ui.files.listed import workbook
from lib.ui.kept import kept
from lib.ui.record.opening import form_link
from lib.ui.state import Key, key
from lib.ui.verbatim import verbatim
from lib.warehouse.store import Warehouse

RISK_KEY, ENTRY_KEY, PART_KEY, UNIT_KEY = "risk", "register", "rk_part", "rk_unit"
_LIST = {
    "风险": ("26%", "main"),
    "单位": ("16%", "line bare"),
    "风险点": ("22%", "line bare"),
    "等级": ("60px", ""),
    "防控效果": ("92px", ""),
    "责任岗位": ("12%", "rest"),
    "复核": ("190px", "line"),
}


@kept(64)
def _risks(_register: Register, _warehouse: Warehouse, _viewer: Viewer, state: Key) -> pd.DataFrame:
    return risk_list(_register, _warehouse, _viewer, state.moment)


def visible_risks(register: Register, warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """The viewer's risks, recomputed when anything was recorded and every few minutes; never change them."""
    return _risks(register, warehouse, viewer, key(register, warehouse, viewer))


def enter_link(viewer: Viewer) -> None:
    """To the form that enters a risk, for those who may."""
    form_link(viewer, "record", "risk", paths.RISKS, "登记风险", {ENTRY_KEY: "own"})


def _asked(part: str, unit: str = "") -> Query:
    return {PART_KEY: part} | ({UNIT_KEY: unit} if unit else {})


def parts(frame: pd.DataFrame) -> str:
    """How many risks stand where, each number the link to them; the part that the address asks for."""
    found = counts(frame, PARTS)
    return figure.parts(paths.RISKS, PART_KEY, found, PARTS) or ("open" if found["open"] else "all")


def by_units(frame: pd.DataFrame) -> None:
    """The registers, one row a unit."""
    found = by_unit(frame)
    if found.empty:
        return
    with card("registers"):
        st.markdown("**各单位的风险登记**　点数字看这些风险")
        shown, numbers = _units(found)
        config = {
            "单位": st.column_config.TextColumn(width=220, pinned=True),
            "在册": st.column_config.NumberColumn(width=70),
            "高风险": st.column_config.NumberColumn(width=76),
            "复核超期": st.column_config.NumberColumn(width=86),
            "复核过": st.column_config.TextColumn(width=86, help="在册的当中至少复核过一次的。"),
        }
        figure.table(shown, numbers, "risk_units", config, height=tables.height(shown, 8), alt="各单位的廉政风险")


@kept(32)
def _units(found: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, list[figure.Opening | None]]]:
    shown = pd.DataFrame(
        {
            "单位": found["org_name"],
            "区域": found["area_label"],
            "领域": found["department"],
            "在册": found["open"],
            "高风险": found["high"],
            "复核超期": found["late"],
            "复核过": [percent(Share(int(a), int(b))) for a, b in zip(found["reviewed"], found["open"], strict=True)],
            "最近复核日期": found["next_on"].map(day),
        }
    )
    columns = {"在册": ("open", "open"), "高风险": ("high", "high"), "复核超期": ("late", "late")}
    numbers: dict[str, list[figure.Opening | None]] = {
        title: [
            (paths.RISKS, _asked(part, org)) if count else None
            for org, count in zip(found["org_id"], found[column], strict=True)
        ]
        for title, (part, column) in columns.items()
    }
    return shown, numbers


def of_unit(frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The risks of the unit that the address asks for, and its name; all of them without one."""
    asked = st.query_params.get(UNIT_KEY, "")
    if not asked:
        return frame, ""
    rows = frame[frame["org_id"].eq(asked)]
    return rows, str(rows["org_name"].iloc[0]) if len(rows) else "这个单位"


def risk_table(
    register: Register, warehouse: Warehouse, viewer: Viewer, rows: pd.DataFrame, part: str, unit: str
) -> None:
    """The risks of a part; export for those who may."""
    about = " · ".join(filter(None, [PARTS[part][0], unit]))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{verbatim(about)}**", width="content")
        figure.listed(len(rows), "项")
        if unit:
            st.button("查看全部单位", key="rk_all", type="tertiary", on_click=_drop)
        st.space("stretch")
        _export(register, warehouse, viewer, rows, about)
    if rows.empty:
        message.nothing("没有这样的风险", "请另选清单；「全部」里有已经销号的。")
        return
    way.remember(rows["risk_id"].tolist())
    with tables.paged(rows, "risk_rows", sorts=False) as page:
        told = tables.written(page["risk_id"], _listed(page), _LIST)
        tables.draw_list("廉政风险清单", paths.RISKS, RISK_KEY, _LIST, told, "risk_rows", late="复核", keys=True)


def _drop() -> None:
    st.query_params.pop(UNIT_KEY, None)


def _listed(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "风险": rows["title"].tolist(),
            "单位": rows["org_name"].tolist(),
            "区域": rows["area_label"].tolist(),
            "风险点": rows["point"].tolist(),
            "等级": rows["level"].tolist(),
            "防控措施": rows["controls"].tolist(),
            "防控效果": rows["effect"].fillna("未复核").tolist(),
            "责任岗位": rows["owner"].tolist(),
            "复核": [
                NONE if state == "已销号" else told for state, told in zip(rows["state"], rows["timing"], strict=True)
            ],
        }
    )


def _export(register: Register, warehouse: Warehouse, viewer: Viewer, rows: pd.DataFrame, about: str) -> None:
    made = workbook(register, warehouse, viewer, "risk", "廉政风险清单", rows, _listed, about)
    download(viewer, "export", "risk", **made)
