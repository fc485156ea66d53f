"""The leaders' page: what is late and where, six figures, the map, whom to remind, and the loop, on one screen."""

import streamlit as st

from lib.insight.map import risk
from lib.ui import figure, paths, tiles
from lib.ui.access import session
from lib.ui.browser.width import on_phone
from lib.ui.card import card
from lib.ui.charts import shared
from lib.ui.map.areas import shapes_of
from lib.ui.map.shading import legend_words
from lib.ui.overview import briefing, charts, county_choice, lists, screen, standing, view
from lib.ui.period import period_choice
from lib.warehouse.home import home

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
outlines, _ = shapes_of(home())
county = county_choice.chosen(viewer, outlines)

first = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small")
with first:
    situation = st.container(
        key="situation", horizontal=True, vertical_alignment="center", gap="xsmall", width="content"
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
        county_choice.whole_city(county)
        chosen = period_choice(warehouse)
        briefing.button(register, warehouse, viewer, chosen)
        screen.button(viewer)
        large = not on_phone() and st.toggle(
            "图表加高", key="large", bind="query-params", help="适合 1920×1080 的屏幕。"
        )
shown = view.overview(register, warehouse, viewer, chosen, county.code)
with situation:
    tiles.parts(shown.sentences.situation.parts, "件")
extra = 70 if large else 0
drawn = charts.charts(shown, chosen, county.code, outlines, extra, on_phone())

tiles.figures(shown.figures, per_row=6)

panes = st.columns([1.22, 1], gap="small")
# On a phone the columns stand one below the other: whom to remind comes first.
left, right = reversed(panes) if on_phone() else panes
with left, card("map", height="stretch", gap="xxsmall"):
    how = "点县（市、区）只看该地" if len(shown.counts) > 1 else ""
    about = f"{chosen.now.text} 首次生成 · {legend_words(shown.shading)}"
    tiles.heading(shown.sentences.counties, f"{about}；{how}" if how else about)
    shared.draw(drawn.map, alt=shown.sentences.counties.text, key=county_choice.MAP, on_select=county_choice.picked)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption("乡镇界线为示意，非法定边界 · 地名坐标 GeoNames CC BY 4.0", width="content")
        st.page_link(paths.MAP, label="到地图细看", icon=":material/map:", query_params=county_choice.on_map(county))
with right, card("pressing", height="stretch", gap="xxsmall"):
    lists.pressing_list(shown, 6 + extra // 10)
    standing.lines(register, warehouse, viewer)

source = f"按首次生成日期，数据截至 {warehouse.as_of:%Y-%m-%d}"
rates, models, months = st.columns(3, gap="small")
with rates, card("rates", height="stretch", gap="xxsmall"):
    tiles.heading(f"每千件{risk.CASES.name}的预警", "条为预警率，线为 95% 区间，括号内为预警数和办结案件数")
    figure.chart(drawn.rates, "rates", alt="各地预警率")
with models, card("models", height="stretch", gap="xxsmall"):
    tiles.heading(shown.sentences.rules, source)
    figure.chart(drawn.rules, "by_rule", alt="各模型预警件数")
    tiles.parts((drawn.other_rules,), "件", width="content")
with months, card("months", height="stretch", gap="xxsmall"):
    tiles.heading(shown.sentences.months, source)
    figure.chart(drawn.months, "by_month", alt="近12个月各级预警件数")

lists.strip(shown)
