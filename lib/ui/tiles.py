"""Figures as tiles whose numbers open their lists, and the strip of the loop."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.insight.figure import Part, Sentence
from lib.insight.overview.loop import Step
from lib.insight.overview.six import Figure
from lib.ui import figure, paths
from lib.ui.browser.way import address
from lib.ui.card import card
from lib.ui.levels import LEVELS
from lib.ui.verbatim import verbatim

__all__ = ["address", "figures", "heading", "parts", "strip"]

# The steps before the warnings open the pages that hold their rows.
_STEP_PAGES = {"归集": paths.DATA, "碰撞": paths.RULES}


def figures(found: list[Figure], per_row: int) -> None:
    """A row of figures: the large number opens its list, one line says how it moved, the rest is on demand."""
    with st.grid(per_row, min_column_width=150, gap="small"):
        for place, one in enumerate(found):
            with card(f"figure-{place}", gap=None, height="stretch"):
                st.caption(one.title, help=one.meaning)
                with st.container(horizontal=True, gap="xsmall", key=f"value-{place}"):
                    for value in one.values:
                        page, query = figure.opens(value.asked)
                        st.page_link(page, label=f"**{value.text}**", query_params=query, width="content")
                with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
                    if one.movements:
                        st.caption(one.movements[0].text.split("，")[0], width="stretch")
                    with st.popover("明细", type="tertiary", width="content"):
                        _details(one)


def _details(one: Figure) -> None:
    """What a figure is made of and what it is compared with, every number a link."""
    parts(one.parts)
    if one.detail:
        st.caption(verbatim(one.detail))
    for moved in one.movements:
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            st.caption(verbatim(moved.text), width="content")
            parts(moved.parts)


def tile(title: str, value: str, numbers: tuple[Part, ...], detail: str, meaning: str) -> DeltaGenerator:
    """One figure: its value, or without one its first number, and its numbers as links to their lists."""
    place = box(title)
    with place:
        st.metric(title, value or f"{numbers[0].number:,}", help=meaning)
        parts(numbers)
        if detail:
            st.caption(verbatim(detail))
    return place


def box(title: str) -> DeltaGenerator:
    """The card of a figure."""
    return card(f"figure-{title}", gap=None, height="stretch")


def parts(found: tuple[Part, ...], unit: str = "") -> None:
    """Numbers side by side, each a link to its list."""
    if found:
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            for part in found:
                level = LEVELS.get(part.words)
                words = f"{level.shape} {level.name}" if level else verbatim(part.words)
                figure.link(part.number, part.asked, words, unit)


def heading(title: str | Sentence, source: str) -> None:
    """What a card shows, in a sentence with its numbers, and from where."""
    with st.container(gap=None):
        if isinstance(title, Sentence):
            with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
                st.markdown(f"**{verbatim(title.text)}**", width="content")
                parts(title.parts)
        else:
            st.markdown(f"**{verbatim(title)}**")
        st.caption(verbatim(source))


def strip(steps: list[Step]) -> None:
    """The loop from rows to closed warnings, left to right on one line; each step opens its rows."""
    with card("loop"), st.grid(len(steps), min_column_width=150, gap="small"):
        for place, step in enumerate(steps):
            if step.asked is not None:
                page, query = figure.opens(step.asked)
            else:
                page, query = _STEP_PAGES[step.name], address(step.query)
            name = f"→ {step.name}" if place else step.name
            st.page_link(
                page, label=f"{name} **{_short(step.number)}** {step.unit} :small[:gray[{step.share}]]",
                help=step.meaning, query_params=query,
            )  # fmt: skip


def _short(count: int) -> str:
    return f"{count / 10_000:,.1f} 万" if count >= 100_000 else f"{count:,}"
