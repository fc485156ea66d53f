"""A card: the white, bordered ground on which everything but titles and filters stands."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def card(name: str, **layout: Any) -> DeltaGenerator:
    """A bordered container; `name` is its own on the page (static/look.css makes it white), `layout` st.container's."""
    return st.container(border=True, key=f"card-{name}", **layout)
