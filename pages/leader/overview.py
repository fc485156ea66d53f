"""The leaders' page: six figures, where the risk is, what is due, and the loop, on one screen."""

import streamlit as st

from lib.insight.figure import Asked
from lib.ui import charts, figure, leader, level_charts, overview_lists, session, tiles
from lib.ui.browser import on_phone
from lib.ui.card import card
from lib.ui.card_map import SELECTION, card_map
from lib.ui.shading import legend_words
from lib.warehouse.home import home

MAP_PAGE = "pages/leader/warning_map.py"

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None

with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    chosen = leader.period_choice(warehouse)
    st.caption(f"{chosen.now.text}，与相同天数的上期、去年同期比较，点为百分点", width="content")
    large = st.toggle("大屏", key="large", bind="query-params", help="图表加高，适合 1920×1080 的屏幕。")
view = leader.overview(register, warehouse, viewer, chosen)
cells, _ = leader.cells(home())
extra = 170 if large else 0

tiles.figures(view.figures, per_row=6)


def open_town() -> None:
    """Go to the map page at the town that was clicked."""
    picked = st.session_state["card"].selection.get(SELECTION, [])
    names = {cell.code: cell.name for cell in cells.towns}
    if picked and picked[0]["code"] in names:
        st.switch_page(MAP_PAGE, query_params={"town": names[picked[0]["code"]]})


source = f"按首次生成日期，数据截至 {warehouse.as_of:%Y-%m-%d}"
panes = st.columns([1.1, 1, 1], gap="small")
# On a phone the columns stand one below the other: what is due comes first.
left, middle, right = reversed(panes) if on_phone() else panes
with left, card("models", height="stretch", gap="xxsmall"):
    tiles.heading(view.sentences.months, source)
    asked = [Asked("generated", "months12").of(month=f"{month:%Y-%m}") for month in view.months["month"]]
    figure.chart(level_charts.by_month(view.months, 115 + extra // 2, asked), "by_month", alt="近12个月各级预警件数")
    tiles.heading(view.sentences.rules, source)
    first = view.rules.head(7 + extra // 40)
    asked = [Asked("generated", chosen.key).of(rule=rule_id) for rule_id in first["rule_id"]]
    figure.chart(level_charts.ranking(first, "label", 135 + extra // 2, asked), "by_rule", alt="各模型预警件数")
    rest = view.rules.iloc[len(first) :]
    figure.link(int(rest["total"].sum()), Asked("generated", chosen.key).of(rule=rest["rule_id"]), "其余模型", "件")
with middle, card("map", height="stretch", gap="xxsmall"):
    tiles.heading(view.sentences.counties, f"{legend_words(view.shading)}；点击进入地图")
    small = card_map(cells, view.shading.shades, 300 + extra)
    charts.draw(small, alt=view.sentences.counties.text, key="card", on_select=open_town)
    st.caption("乡镇界线为示意，非法定边界 · 地名坐标 GeoNames CC BY 4.0")
with right, card("due", height="stretch", gap="xxsmall"):
    overview_lists.due_list(view.due, 7 + extra // 34)
    overview_lists.newest_list(view.newest)

tiles.strip(view.steps)
