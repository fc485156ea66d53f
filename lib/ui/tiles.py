"""Figures as tiles whose numbers open their lists, and the strip of the loop."""

from collections.abc import Sequence
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.insight.figure import Part, Sentence
from lib.insight.kpi.told import Figure
from lib.insight.overview.loop import Stage
from lib.ui import figure, paths
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.charts.levels import LEVELS
from lib.ui.kept import kept
from lib.ui.verbatim import in_html

# The stages before the warnings open the pages that hold their rows.
_STAGE_PAGES = {"归集": paths.DATA, "碰撞": paths.RULES}


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
                details(one)


def details(one: Figure) -> None:
    """What a figure is made of and what it is compared with, on demand."""
    with st.popover("明细", type="tertiary", width="content"):
        st.html(_details(one, way.place()))


@kept(1024)
def _details(one: Figure, place: way.Place) -> str:
    """What a figure is made of and what it is compared with, every number a link."""
    rows = [_line(one.parts, "", place)] if one.parts else []
    rows += [_told(one.detail)] if one.detail else []
    rows += [figure.line(_told(moved.text), *_numbers(moved.parts)) for moved in one.movements]
    return f'<div class="details">{"".join(rows)}</div>'


def _told(text: str) -> str:
    return f'<div class="told">{in_html(text)}</div>'


def tile(
    title: str,
    values: Sequence[tuple[str, figure.Opening | None]],
    meaning: str,
    unit: str = "",
    found: tuple[Part, ...] = (),
    detail: str = "",
) -> DeltaGenerator:
    """One figure: its large values, each the link to its list, its definition in the corner, then what it is made of.

    A value that counts no rows (a rate of places, a date, a sum) opens None.
    """
    place = card(f"figure-{title}", meaning, gap=None, height="stretch")
    with place:
        counted = any(opening is not None for _, opening in values)
        if counted:
            st.caption(title)
        else:
            st.metric(title, " / ".join(text for text, _ in values))
        if counted or found or detail:
            st.html(_values(values if counted else (), unit, found, detail))
    return place


def _values(
    values: Sequence[tuple[str, figure.Opening | None]], unit: str, found: tuple[Part, ...], detail: str
) -> str:
    large = "".join(_value(text, opening, unit) for text, opening in values)
    rows = [f'<div class="values">{large}</div>'] if values else []
    rows += [numbers(found)] if found else []
    rows += [_told(detail)] if detail else []
    return "".join(rows)


def _value(text: str, opening: figure.Opening | None, unit: str) -> str:
    label = f"<b>{in_html(text)}</b>" + (f" <small>{in_html(unit)}</small>" if unit else "")
    return f"<span>{label}</span>" if opening is None else figure.anchor(label, opening)


def parts(found: tuple[Part, ...], unit: str = "", width: Literal["stretch", "content"] = "stretch") -> None:
    """Numbers side by side, each a link to its list."""
    if found:
        st.html(numbers(found, unit), width=width)


def numbers(found: tuple[Part, ...], unit: str = "") -> str:
    """The same as HTML, to stand in a larger element."""
    return _line(found, unit, way.place())


@kept(4096)
def _line(found: tuple[Part, ...], unit: str, place: way.Place) -> str:
    return figure.line(*_numbers(found, unit))


def _numbers(found: tuple[Part, ...], unit: str = "") -> list[str]:
    return [figure.number(part.number, part.asked, _words(part), unit) for part in found]


def _words(part: Part) -> str:
    level = LEVELS.get(part.words)
    return f"{level.shape} {level.name}" if level else part.words


def heading(title: str | Sentence, source: str) -> None:
    """What a card shows, in a sentence with its numbers, and from where."""
    sentence = title if isinstance(title, Sentence) else Sentence(title)
    st.html(_heading(sentence, source, way.place() if sentence.parts else ()))


@kept(1024)
def _heading(sentence: Sentence, source: str, place: way.Place) -> str:
    return figure.line(f"<strong>{in_html(sentence.text)}</strong>", *_numbers(sentence.parts)) + _told(source)


def strip(stages: list[Stage]) -> str:
    """The loop from rows to closed warnings, left to right on one line, as HTML; each stage opens its rows."""
    links = []
    for place, stage in enumerate(stages):
        opening = stage.asked if stage.asked is not None else (_STAGE_PAGES[stage.name], stage.query)
        name = f"→ {stage.name}" if place else stage.name
        words = f"{in_html(name)} <b>{short(stage.number)}</b> {in_html(stage.unit)}"
        links.append(figure.anchor(f"{words} <small>{in_html(stage.share)}</small>", opening, stage.meaning))
    return f'<div class="numbers steps">{"".join(links)}</div>'


def short(count: int) -> str:
    """A large count in 万, as a tile has room for it."""
    return f"{count / 10_000:,.1f} 万" if count >= 100_000 else f"{count:,}"
