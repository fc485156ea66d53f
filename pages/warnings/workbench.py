"""The inspector's day: every warning in scope, filtered, signed and opened from here."""

import streamlit as st

from lib.casework.warnings.states import STATES
from lib.insight.warnings.filter import WarningFilter
from lib.insight.warnings.views import offered_views
from lib.ui import figure, tables
from lib.ui.access import session, trail
from lib.ui.browser import way
from lib.ui.state import visible_warnings
from lib.ui.warnings import views, workbench

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
way.back()
figure_asked = figure.asked_here()
figure.bar(register, warehouse, viewer, figure_asked)
frame = visible_warnings(register, warehouse, viewer, spot_checks=True)
frame = figure.narrowed(register, warehouse, viewer, frame, "warning_id", figure_asked)
asked = WarningFilter.from_query(workbench.asked, viewer.person_id)
everything = tables.choices(register, warehouse, viewer, frame)
choices = everything.and_asked(asked, warehouse)

saved = offered_views(register, warehouse, viewer)
views.row(saved)
with workbench.filter_row():
    text = st.text_input(
        "搜索",
        key="w_text",
        bind="query-params",
        label_visibility="collapsed",
        type="search",
        width=168,
        placeholder="对象、文号、单位",
        on_change=workbench.first_page,
    )
    trail.searched(register, warehouse, viewer, "warning", text or "")
    levels = workbench.levels()
    rules = workbench.multiselect("rules", "模型", choices.rules, 148)
    areas = workbench.multiselect("areas", "区县·镇街", choices.areas, 138)
    orgs = workbench.multiselect("orgs", "单位", choices.orgs, 146)
    officers = workbench.multiselect("officers", "执法人员", choices.officers, 124)
    states = workbench.multiselect("states", "状态", list(STATES), 112)
    conclusions, since, until = workbench.more(bool(asked.conclusions) + bool(asked.since) + bool(asked.until))
    workbench.due(frame, asked)
    if everything.cut:
        st.caption("单位、人员只列预警最多的，其余用搜索查找。", width="content")
chosen = WarningFilter(
    levels,
    rules,
    areas,
    orgs,
    officers,
    states,
    conclusions,
    asked.due,
    text or "",
    since,
    until,
    asked.standing,
    asked.mine,
)
rows = workbench.applied(frame, chosen)
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    workbench.quick_filters(chosen, frame, viewer)
    figure.listed(len(rows), "件")
    st.space("stretch")
    rows, order = workbench.ordered(rows)
    views.saving(register, warehouse, viewer, saved, chosen, order)
    workbench.export_button(register, warehouse, viewer, rows, chosen)

workbench.handed_over(frame, viewer)
workbench.results(register, warehouse, viewer, frame)
if rows.empty:
    workbench.nothing(chosen, frame)
    st.stop()

table = st.container()
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    foot = st.container(horizontal=True, vertical_alignment="center", gap="small")
    size = (
        st.segmented_control(
            "每页",
            workbench.SIZES,
            default=25,
            required=True,
            key="w_size",
            bind="query-params",
            label_visibility="collapsed",
            format_func=workbench.size_words,
            on_change=workbench.first_page,
        )
        or workbench.SIZES[0]
    )
    page = workbench.pages(rows, size)
with table:
    picked = workbench.listing(workbench.page_of(rows, size, page), rows, order, viewer)
with foot:
    workbench.steps(register, warehouse, viewer, rows, picked)
