"""One task of the reform: what it is, plan against progress day by day, what comes next, what has been done."""

from datetime import date

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.reform.steps import TASK
from lib.casework.store.register import Register
from lib.insight.library.reform import course_days, milestones_told
from lib.insight.wording import NONE, day, moment, plain
from lib.ui import paths
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.charts.shared import ACCENT, LINE, QUIET, draw, records, sheet
from lib.ui.library.reform import fields
from lib.ui.library.reform.listing import deviation
from lib.ui.record import following, timeline
from lib.ui.record.opening import heading
from lib.ui.verbatim import verbatim
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse


def one_task(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """One task as the viewer may see it."""
    events = timeline.events(register, warehouse, viewer, TASK, str(row["task_id"]))
    left, right = st.columns([1.2, 1], gap="medium")
    with left:
        with card("reform-facts"):
            heading(row)
            st.caption(f"任务 {row['number']} · {verbatim(row['org_name'])} · {verbatim(row['department'])}")
            st.table({title: verbatim(value) for title, value in _facts(row).items()}, border="horizontal")
            _onward(viewer, row)
        with card("reform-course"):
            _course(row, now(warehouse).date())
    with right:
        with card("reform-steps"):
            st.markdown("**办理**")
            fields.panel(register, warehouse, viewer, row)
        following.came_of_it(register, warehouse, viewer, "reform_task", str(row["task_id"]))
        with card("reform-events"):
            timeline.timeline(register, warehouse, viewer, TASK, str(row["task_id"]), events)


def _facts(row: pd.Series) -> dict[str, str]:
    actual = f"{row['actual']:.0f}%" + ("" if pd.isna(row["stated_on"]) else f"，截至 {day(row['stated_on'])}")
    facts = {
        "责任人": plain(row["responsible"]),
        "区域": row["area_label"],
        "完成标志": plain(row["goal"]),
        "实际进度": actual,
        "计划进度": f"{row['planned']:.1f}%" if row["open"] else NONE,
        "推进偏差": deviation(row["deviation"], row["light"]),
        "下一节点": row["timing"],
        "完成时限": day(row["due_on"]),
        "完成": day(row["done_on"]),
        "下达": f"{moment(row['opened_at'])}" + ("" if pd.isna(row["handler_name"]) else f"，{row['handler_name']}"),
        "在谁手里": row["waits"] or NONE,
    }
    return {title: value for title, value in facts.items() if value != NONE}


def _onward(viewer: Viewer, row: pd.Series) -> None:
    """A deviation becomes a motion or a notice, with its facts filled in."""
    if not row["open"]:
        return
    source = f"reform_task:{row['task_id']}"
    with st.container(horizontal=True, gap="small"):
        if viewer.may("propose", "motion"):
            _link(paths.MOTIONS, "提出廉情动议", ":material/gavel:", {"propose": source})
        if viewer.may("draft", "notice"):
            _link(paths.NOTICES, "拟制执法监督通知书", ":material/description:", {"draft": source})


def _link(page: str, label: str, icon: str, query: way.Query) -> None:
    st.page_link(page, label=label, icon=icon, query_params=way.address(query), width="content")


def _course(row: pd.Series, today: date) -> None:
    """Plan and progress from day to day, each as that day knew it, and what was told of it later."""
    days, stated = course_days(row, today)
    st.markdown("**计划与实际**")
    x = {"field": "日期", "type": "temporal", "title": None, "axis": {"format": "%y-%m", "tickCount": 6}}
    y = {"type": "quantitative", "title": None, "scale": {"domain": [0, 100]}, "axis": {"format": "d", "grid": True}}
    names = ["计划", "实际（当时所知）"]
    colour = {
        "field": "哪条",
        "type": "nominal",
        "scale": {"domain": names, "range": [QUIET, ACCENT]},
        "legend": {"symbolType": "stroke"},
    }
    tips = [
        {"field": "日期", "type": "temporal", "format": "%Y-%m-%d"},
        {"field": "哪条", "title": "线"},
        {"field": "百分比"},
    ]
    lines = [
        {
            "data": {"values": records(days[days["哪条"].eq(name)])},
            "mark": {"type": "line", "interpolate": how, "strokeWidth": 2, "strokeDash": dash},
            "encoding": {"x": x, "y": {**y, "field": "百分比"}, "color": colour, "tooltip": tips},
        }
        for name, how, dash in zip(names, ("linear", "step-after"), ([5, 3], [1, 0]), strict=True)
    ]
    told = [{"field": "截至"}, {"field": "记录"}, {"field": "百分比"}, {"field": "说明"}]
    marks = {
        "data": {"values": records(stated)},
        "mark": {"type": "point", "filled": True, "size": 55, "stroke": LINE},
        "encoding": {
            "x": {**x, "field": "截至日"},
            "y": {**y, "field": "百分比"},
            "color": {"value": ACCENT},
            "shape": {
                "field": "说明",
                "type": "nominal",
                "scale": {"domain": ["当时报告", "事后补报"], "range": ["circle", "triangle-up"]},
                "legend": {"orient": "bottom"},
            },
            "tooltip": told,
        },
    }
    layers = [*lines, marks] if len(stated) else lines
    draw(
        sheet(190, layer=layers, resolve={"scale": {"shape": "independent"}}),
        alt="计划进度与实际进度",
        key="reform_course",
    )
    st.caption("实线是各日当时掌握的进度；事后补报的（三角）标在它所说的日期，不改变当时的偏差。")
    st.table(milestones_told(row, today), border="horizontal")
