"""Figures as tiles whose numbers open their lists, and the strip of the loop."""

from collections.abc import Sequence

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
    """A row of figures: each with one line on how it moved, the rest on demand."""
    with st.grid(per_row, min_column_width=150, gap="small"):
        for one in found:
            values = [(value.text, value.asked) for value in one.values]
            with (
                tile(one.title, values, one.meaning),
                st.container(horizontal=True, gap="xsmall", vertical_alignment="center"),
            ):
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


def tile(
    title: str, values: Sequence[tuple[str, figure.Opening | None]], meaning: str, unit: str = "",
    numbers: tuple[Part, ...] = (), detail: str = "",
) -> DeltaGenerator:  # fmt: skip
    """One figure: its large values, each the link to its list, its definition on demand, then what it is made of.

    A value that counts no rows (a rate of places, a date, a sum) opens None.
    """
    place = card(f"figure-{title}", gap=None, height="stretch")
    with place:
        if all(opening is None for _, opening in values):
            st.metric(title, " / ".join(text for text, _ in values), help=meaning)
        else:
            st.caption(title, help=meaning)
            with st.container(horizontal=True, gap="xsmall", key=f"value-{title}"):
                for text, opening in values:
                    _value(text, opening, unit)
        parts(numbers)
        if detail:
            st.caption(verbatim(detail))
    return place


def _value(text: str, opening: figure.Opening | None, unit: str) -> None:
    label = f"**{text}** :small[{unit}]" if unit else f"**{text}**"
    if opening is None:
        st.markdown(label, width="content")
    else:
        page, query = figure.opens(opening)
        st.page_link(page, label=label, query_params=query, width="content")


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
