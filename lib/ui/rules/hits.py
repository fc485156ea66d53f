"""The list of raw hits behind a number: all that a viewer may see, or those of one model."""

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.reading.visible import hits
from lib.casework.store.register import Register
from lib.insight.figure import area_name
from lib.insight.rules.hits import named
from lib.insight.warnings.names import rule_label
from lib.insight.wording import day
from lib.ui import figure, message, paths, tables
from lib.ui.charts.levels import level_texts
from lib.ui.kept import kept
from lib.ui.state import Key, key
from lib.warehouse.store import Warehouse

# In the address: which hits are listed.
HITS, COUNTY, ALL = "hits", "county", "all"


@kept(32)
def _hits(_register: Register, _warehouse: Warehouse, _viewer: Viewer, state: Key) -> pd.DataFrame:
    return hits(_register, _viewer, _warehouse)


def visible_hits(register: Register, warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """The hits of the last runs in the viewer's scope; never change it."""
    return _hits(register, warehouse, viewer, key(register, warehouse, viewer))


def opening(rule_id: str = ALL) -> figure.Opening:
    """Where the hits of a model, or all, are listed."""
    return paths.RULES, {HITS: rule_id}


def show(register: Register, warehouse: Warehouse, viewer: Viewer, asked: str) -> None:
    """The hits asked for, on a page of their own."""
    found = visible_hits(register, warehouse, viewer)
    found = found if asked == ALL else found[found["rule_id"].eq(asked)]
    about = "各模型" if asked == ALL else rule_label(asked)
    county = st.query_params.get(COUNTY, "")
    if county:
        found = found[found["area_code"].fillna("").str.startswith(county)]
        about = f"{area_name(warehouse, county)} {about}"
    figure.origin(f"{about} 最近一次运行的命中（回看 12 个月，您的范围内）", "✕ 返回模型", HITS, COUNTY)
    figure.listed(len(found), "条")
    if found.empty:
        message.nothing("没有命中", "最近一次运行没有查到这样的对象，或不在您的范围内。")
        return
    rows = named(found, warehouse)
    shown = pd.DataFrame(
        {
            "等级": level_texts(rows["level"]),
            "模型": rows["rule_label"],
            "对象": rows["subject_title"],
            "发生": rows["occurred_on"].map(day),
            "单位": rows["org_name"],
            "区域": rows["area_label"],
            "人员": rows["officer_label"],
        }
    )
    tables.plain_table(shown, "hits", 18, "命中清单")
    st.caption("命中按模型的归并规则成为预警；一条预警可以含多条命中。")
