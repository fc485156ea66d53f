"""Figures as tiles whose numbers open their lists, and the strip of the loop."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.insight.figure import Part, Sentence
from lib.insight.flow import Step
from lib.insight.overview import Figure
from lib.ui import figure
from lib.ui.browser import on_phone
from lib.ui.card import card
from lib.ui.levels import LEVELS
from lib.ui.way import address

__all__ = ["address", "figures", "heading", "parts", "strip"]

# The steps before the warnings open the pages that hold their rows.
_STEP_PAGES = {"归集": ("pages/models/datasets.py", {}), "碰撞": ("pages/models/rules.py", {"hits": "all"})}


def figures(found: list[Figure], per_row: int) -> None:
    """A row of figures; each number opens the list behind it, the help is the definition."""
    with st.grid(per_row, min_column_width=150, gap="small"):
        for one in found:
            with tile(one.title, one.value, one.parts, one.detail, one.meaning):
                for moved in one.movements:
                    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
                        st.caption(_movement(moved.text), width="content")
                        parts(moved.parts)


def tile(title: str, value: str, numbers: tuple[Part, ...], detail: str, meaning: str) -> DeltaGenerator:
    """One figure: its value, or without one its first number, and its numbers as links to their lists."""
    box = card(f"figure-{title}", gap=None, height="stretch")
    with box:
        st.metric(title, value or f"{numbers[0].number:,}", help=meaning)
        parts(numbers)
        if detail:
            st.caption(detail)
    return box


def parts(found: tuple[Part, ...]) -> None:
    """Numbers side by side, each a link to its list."""
    if found:
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            for part in found:
                level = LEVELS.get(part.words)
                figure.link(part.number, part.asked, f"{level.shape} {level.name}" if level else part.words)


def _movement(text: str) -> str:
    """环比 and 同比; on a phone without the value they compare with."""
    return text.split("，")[0] if on_phone() else text


def heading(title: str | Sentence, source: str) -> None:
    """What a card shows, in a sentence with its numbers, and from where."""
    with st.container(gap=None):
        if isinstance(title, Sentence):
            with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
                st.markdown(f"**{title.text}**", width="content")
                parts(title.parts)
        else:
            st.markdown(f"**{title}**")
        st.caption(source)


def strip(steps: list[Step]) -> None:
    """The loop from rows to closed warnings, left to right; each step opens its rows."""
    with card("loop"), st.grid(len(steps), min_column_width=150, gap="small"):
        for place, step in enumerate(steps):
            arrow = "→ " if place else ""
            with st.container(gap=None):
                if step.asked is not None:
                    figure.link(step.number, step.asked, f"{arrow}{step.name}", step.unit, help=step.meaning)
                else:
                    page, query = _STEP_PAGES[step.name]
                    st.page_link(
                        page, label=f"{arrow}{step.name} **{_short(step.number)}** {step.unit}", help=step.meaning,
                        query_params=address(dict(query)),
                    )  # fmt: skip
                st.caption(step.share)


def _short(count: int) -> str:
    return f"{count / 10_000:,.1f} 万" if count >= 100_000 else f"{count:,}"
