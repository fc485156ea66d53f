"""Who is to be reminded, past deadlines by the person who signed or by the county where nobody has; and the loop."""

import streamlit as st

from lib.ui import figure, tiles
from lib.ui.browser import way
from lib.ui.browser.width import on_phone
from lib.ui.card import card
from lib.ui.charts.levels import LEVELS
from lib.ui.kept import kept
from lib.ui.overview.view import Overview
from lib.ui.verbatim import in_html


def pressing_list(view: Overview, room: int) -> None:
    """One line a person or county of flow.pressing, the longest delay first; every number opens its warnings."""
    st.markdown("**该催办的**")
    if view.pressing.empty:
        st.caption("没有超过期限的预警。")
        return
    st.html(_persons(view, room, on_phone(), way.place()))
    rest = view.pressing.iloc[room:]
    if len(rest):
        st.caption(f"另有 {len(rest)} 处，共 {rest['count'].sum():,} 件，点上方「超期」查看。")


@kept(128)
def _persons(view: Overview, room: int, phone: bool, place: way.Place) -> str:
    red = LEVELS["red"]
    lines = []
    for row in view.pressing.head(room).itertuples(index=False):
        told = f" · 其中 {red.shape} {red.name} {row.red}" if row.red and not phone else ""
        who = f"{row.name}（{row.place}）" if row.place else row.name
        waited = f'<div class="told">最长超期 {row.days:.0f} 天{told}</div>'
        label = f'<b>{row.count:,}</b> 件 <span class="onward" aria-hidden="true"></span>'
        lines.append(f"<div>{in_html(who)}</div>{waited}{figure.anchor(label, row.asked)}")
    return '<div class="persons">' + "".join(f"<div>{line}</div>" for line in lines) + "</div>"


def strip(view: Overview) -> None:
    """The loop from rows to closed warnings."""
    with card("loop"):
        st.html(_strip(view, way.place()))


@kept(128)
def _strip(view: Overview, place: way.Place) -> str:
    return tiles.strip(view.stages)
