"""A card: the white, bordered ground on which everything but titles and filters stands, and what says what it is."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.insight.help.blocks import explaining
from lib.ui import paths
from lib.ui.browser import way
from lib.ui.verbatim import in_html


def card(name: str, about: str = "", **layout: Any) -> DeltaGenerator:
    """A bordered container; `name` is its own on the page (static/look.css makes it white), `layout` st.container's.

    One that the manual explains has a small link to that entry in its corner; `about` is told when that is pointed at.
    """
    place = st.container(border=True, key=f"card-{name}", **layout)
    entry = explaining(way.page(), name)
    if entry is not None:
        place.html(_what(entry.id, about or f"这是什么：{entry.title}"))
    return place


def _what(entry: str, about: str) -> str:
    href = way.href(paths.HELP, way.address({"entry": entry}))
    return f'<a class="what" href="{in_html(href)}" title="{in_html(about)}">?</a>'
