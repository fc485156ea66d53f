"""Officers compared with peers who do the same work: where to look first, with how sure that is."""

import streamlit as st

from lib.catalog.lists import domain_names
from lib.insight.ranking.officers import MIN_EXPOSURE, officer_ranking
from lib.ui import figure, message, paths
from lib.ui.access import session, trail
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.ranking import one, page

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
way.back()
trail.once(register, warehouse, viewer, "view", "ranking")
found = officer_ranking(register, warehouse, viewer)

names = domain_names()
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    areas = st.multiselect(
        "区县·镇街",
        found.areas,
        key="r_areas",
        bind="query-params",
        label_visibility="collapsed",
        placeholder="区县·镇街",
        width=220,
        select_all=False,
    )
    domains = st.multiselect(
        "领域",
        found.domains,
        key="r_domains",
        bind="query-params",
        label_visibility="collapsed",
        placeholder="领域",
        format_func=lambda code: names[code],
        width=220,
        select_all=False,
    )
    st.caption(f"{found.span.text} 的工作 · 同行为全市做同类工作的人员", width="content")
st.info(page.WHAT_IT_IS_NOT, icon=":material/info:")

source = f"数据截至 {warehouse.as_of:%Y-%m-%d}"
within = tuple(areas), tuple(domains)
shown = found.within(*within)
ranked, rest = page.ranked_of(shown), page.rest_of(shown)


def opened(people: str, aspect: str = "", group: str = "") -> figure.Opening:
    """Where those people are listed, within the places and domains chosen and a group of the fairness table."""
    chosen: dict[str, str | list[str]] = {page.PEOPLE: people}
    if aspect:
        chosen |= {"aspect": aspect, "group": group}
    if areas:
        chosen["r_areas"] = list(areas)
    if domains:
        chosen["r_domains"] = [names[code] for code in domains]
    return paths.RANKING, chosen


listed = st.query_params.get(page.PEOPLE)
if listed:
    page.people(found, shown, listed)
    st.stop()
page.figures(register, warehouse, viewer, found, shown, opened)
if ranked.empty:
    why = f"所选范围内没有人的可比工作达到 {MIN_EXPOSURE:g} 件。请放宽区域或领域，或看下面的名单。"
    with message.nothing("没有可以排序的人员", why):
        message.clearing("r_areas", "r_domains")
else:
    left, right = st.columns([1.15, 1], gap="small")
    with right, card("officer"):
        officer_id = page.pick(ranked)
        row = page.row_of(ranked, officer_id)
        trail.once(register, warehouse, viewer, "view", "ranking", str(officer_id))
        one.detail(register, warehouse, viewer, row)
    with right, card("funnel"):
        page.funnel(found, *within, row, source, opened)
    with left, card("top", height="stretch"):
        page.top(ranked, officer_id, source)
page.everyone(ranked)
page.insufficient(rest)
page.units(register, warehouse, viewer, source)
page.fair(shown, opened)
with st.expander("口径"):
    st.markdown(page.METHOD)
