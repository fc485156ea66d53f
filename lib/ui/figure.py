"""Numbers that open what they count: links to lists, and the list side of such a link.

Which figure is asked for stands in the address alone, so that reloading and going back show the same rows.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.store.register import Register
from lib.errors import UserError
from lib.insight.figure import (
    CLUES,
    DATASETS,
    DEFINITIONS,
    DURING,
    FIGURE,
    NOTICES,
    OF,
    SPOT_CHECKS,
    THEN,
    WARNINGS,
    Asked,
    Casework,
    Query,
    asked_in,
    asked_in_text,
    query_of,
    rows,
)
from lib.insight.warnings.filter import EVERYTHING
from lib.ui import message, paths
from lib.ui.browser import way
from lib.ui.browser.blocks import blocks, head_of
from lib.ui.browser.way import address
from lib.ui.browser.width import on_phone
from lib.ui.charts import shared
from lib.ui.kept import kept
from lib.ui.state import casework
from lib.ui.tables import FEW_BLOCKS, paged, sent
from lib.ui.verbatim import in_html, verbatim
from lib.warehouse.store import Warehouse

# In a chart: the parameter that a click on a number sets, and the field with the address of the number.
PICKED, OPENS = "picked", "打开"
CLICK = [{"name": PICKED, "select": {"type": "point", "fields": [OPENS], "on": "click"}}]
_PAGES = {
    WARNINGS: paths.WORKBENCH,
    SPOT_CHECKS: paths.WORKBENCH,
    CLUES: paths.CLUES,
    NOTICES: paths.NOTICES,
    DATASETS: paths.DATA,
}
# The column that names what is counted, and its counting word, where it is no warning.
_KEYS = {CLUES: "clue_id", NOTICES: "notice_id", DATASETS: "name"}
_UNITS = {CLUES: "条", NOTICES: "份", DATASETS: "项"}

# What a number opens: a figure of the casework, or a page with its address.
Opening = Asked | tuple[str, Query]


def page_of(asked: Asked) -> str:
    """The page that lists what a figure counts."""
    return _PAGES[DEFINITIONS[asked.name].kind]


def opens(opening: Opening) -> tuple[str, dict[str, str | list[str]]]:
    """Page and address of the list that a number opens."""
    page, query = (page_of(opening), query_of(opening)) if isinstance(opening, Asked) else opening
    return page, address(query)


def table(
    shown: pd.DataFrame,
    numbers: Mapping[str, Sequence[Opening | None]],
    key: str,
    column_config: dict[str, Any] | None = None,
    rows: Sequence[Opening | None] = (),
    on_row: Callable[[int], None] | None = None,
    **more: Any,
) -> None:
    """A table in which a click on a number opens the rows it counts; `numbers` has what every cell of a column that
    counts opens (None where there is nothing to open), one anywhere else what `rows` has of the row. A long one has
    pages. `on_row` chooses the row within the page instead, where there is room for both.

    On a phone, where a table would be cut, a block a row, its numbers links.
    """
    if on_phone():
        # Whoever chose a row here is shown what was chosen, not the list once more.
        chosen = on_row is not None and way.came_from().partition("?")[0] == way.page()
        with st.expander(f"清单　{len(shown):,} 行", expanded=not chosen) if on_row else nullcontext():
            _blocks(shown, numbers, key, column_config or {}, rows)
        return
    before = 0

    def picked() -> None:
        cells = st.session_state[key].selection.cells
        if not cells:
            return
        row, column = before + cells[0][0], cells[0][1]
        opening = numbers[column][row] if column in numbers else None
        if opening is None and on_row is not None:
            on_row(row)
            return
        opening = opening or (rows[row] if rows else None)
        if opening is not None:
            go(opening)

    with paged(_numbered(shown), key) as part:
        before = int(part.index[0]) if len(part) else 0
        st.dataframe(
            sent(part),
            key=key,
            hide_index=True,
            column_config=column_config,
            selection_mode="single-cell",
            on_select=picked,
            **more,
        )


def _blocks(
    shown: pd.DataFrame,
    numbers: Mapping[str, Sequence[Opening | None]],
    key: str,
    config: Mapping[str, Any],
    rows: Sequence[Opening | None],
) -> None:
    with paged(_numbered(shown), key, most=FEW_BLOCKS, sorts=False) as part:
        first = head_of(part, config)[0]

        def linked(label: str, place: Any, name: str) -> str | None:
            opening = numbers[name][place] if name in numbers else None
            if opening is None and name == first and rows:
                opening = rows[place]
            return None if opening is None else anchor(label, opening)

        st.html(blocks(part, config, linked))


@kept(128)
def _numbered(shown: pd.DataFrame) -> pd.DataFrame:
    return shown.reset_index(drop=True)


def link(count: int, opening: Opening, words: str = "", unit: str = "", about: str = "") -> None:
    """A number as a link to the rows it counts: words, number, unit; `about` is told when it is pointed at."""
    st.html(line(number(count, opening, words, unit, about)), width="content")


def number(count: int, opening: Opening, words: str = "", unit: str = "", about: str = "") -> str:
    """The same as HTML, for a `line`."""
    label = " ".join(part for part in (in_html(words), f"<b>{count:,}</b>", in_html(unit)) if part)
    return anchor(label, opening, about)


def parts(
    page: str,
    parameter: str,
    counts: Mapping[str, int],
    names: Mapping[str, tuple[str, str]],
    more: Query | None = None,
) -> str | None:
    """How many stand where, each number the link to them (`more` of the address stays); the part of `names` that the
    address asks for by the parameter, None when it asks for none."""
    shown = (number(count, (page, {parameter: part, **(more or {})}), names[part][0]) for part, count in counts.items())
    st.html(line(*shown), width="content")
    asked = st.query_params.get(parameter, "")
    return asked if asked in names else None


def anchor(label: str, opening: Opening, about: str = "") -> str:
    """A link as HTML, its label HTML too."""
    told = f' title="{in_html(about)}"' if about else ""
    return f'<a href="{in_html(way.href(*opens(opening)))}"{told}>{label}</a>'


def line(*parts: str) -> str:
    """Numbers side by side as HTML: one element of the page, however many there are."""
    return f'<div class="numbers">{"".join(parts)}</div>'


def go(opening: Opening) -> None:
    """Open the list of a number from a callback of a table or a chart."""
    way.go(*opens(opening))


def chart(spec: dict[str, Any], key: str, alt: str) -> None:
    """A chart whose marks carry the addresses of their numbers (see `clicked`)."""
    shared.draw(spec, alt=alt, key=key, on_select=partial(clicked, key))


def marks(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The data of a chart's layer, where what the addresses of all its rows begin with stands once."""
    texts = [row[OPENS] for row in rows]
    first, last = min(texts, default=""), max(texts, default="")
    same = next((place for place, pair in enumerate(zip(first, last, strict=False)) if len(set(pair)) > 1), len(first))
    start = first[:same]
    own = [{**row, OPENS: text[len(start) :]} for row, text in zip(rows, texts, strict=True)]
    joined = {"calculate": f"{json.dumps(start)} + datum['{OPENS}']", "as": OPENS}
    return {"data": {"values": own}, "transform": [joined]}


def clicked(key: str) -> None:
    """Open what was clicked in the chart of that key, whose data carry the address of each number as `打开`."""
    picked = st.session_state[key].selection.get(PICKED, [])
    if picked and picked[0].get(OPENS):
        go(asked_in_text(picked[0][OPENS]))


def asked_here() -> Asked | None:
    """The figure that the address of this page asks for; the page is stopped when there is no such figure."""
    try:
        return asked_in(st.query_params.get_all)
    except UserError as error:
        message.problem(error)
        st.button("清除", icon=":material/close:", on_click=drop)
        st.stop()


def drop(everything: bool = False) -> None:
    """The figure leaves the address; with `everything` the workbench lists all, not only what is open."""
    _forget(FIGURE, DURING, THEN, OF)
    if everything:
        st.query_params["w_standing"] = EVERYTHING


@kept(128)
def counted(casework: Casework, asked: Asked) -> pd.DataFrame:
    """The rows that a figure counts, once per casework; never change them."""
    return rows(casework, asked)


@kept(256)
def _ids(casework: Casework, asked: Asked) -> pd.Series:
    return counted(casework, asked)[_KEYS.get(DEFINITIONS[asked.name].kind, "warning_id")]


def ids(register: Register, warehouse: Warehouse, viewer: Viewer, asked: Asked) -> pd.Series:
    """The keys of the rows that a figure counts for the viewer; never change it."""
    return _ids(casework(register, warehouse, viewer), asked)


def narrowed(
    register: Register, warehouse: Warehouse, viewer: Viewer, frame: pd.DataFrame, key: str, asked: Asked | None
) -> pd.DataFrame:
    """The rows of a list (numbered by `key`) that the figure asked for counts; all without one."""
    if asked is None:
        return frame
    return _among(frame, key, ids(register, warehouse, viewer, asked))


@kept(64)
def _among(frame: pd.DataFrame, key: str, ids: pd.Series) -> pd.DataFrame:
    return frame[frame[key].isin(ids)]


def words(register: Register, warehouse: Warehouse, viewer: Viewer, asked: Asked) -> str:
    """Where a figure stands and what it counts: 总览「按期办结率」 2022-01-01 至 2022-09-25：按期 218 件."""
    definition = DEFINITIONS[asked.name]
    unit = _UNITS.get(definition.kind, "件")
    about = asked.words(warehouse, viewer)
    count = len(ids(register, warehouse, viewer, asked))
    told = f"{definition.title} {count:,} {unit}"
    return f"来自{definition.where}「{definition.tile}」" + " · ".join(part for part in (about, told) if part)


def listed(count: int, unit: str) -> None:
    """How many rows the list on the page has."""
    st.caption(f"列出 {count:,} {unit}", width="content")


def origin(text: str, back: str, *names: str) -> None:
    """Why a page lists what it lists, and a way back to all of it: these parameters leave the address."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(verbatim(text), color="blue", icon=":material/link:")
        st.button(back, key="origin_back", type="tertiary", on_click=_forget, args=names)


def _forget(*names: str) -> None:
    for name in names:
        st.query_params.pop(name, None)


def bar(register: Register, warehouse: Warehouse, viewer: Viewer, asked: Asked | None) -> None:
    """What is listed because a number was clicked, the other numbers beside it, and a way to drop it."""
    if asked is None:
        return
    definition = DEFINITIONS[asked.name]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="figure_bar"):
        st.badge(verbatim(words(register, warehouse, viewer, asked)), color="blue", icon=":material/link:")
        beside = []
        for name in definition.beside:
            other = asked._replace(name=name)
            if name != asked.name and (DEFINITIONS[name].timed or not asked.period):
                count = len(ids(register, warehouse, viewer, other))
                beside.append(number(count, other, DEFINITIONS[name].title))
        if beside:
            st.html(line(*beside), width="content")
        st.button(
            "✕ 查看全部",
            key="figure_drop",
            type="tertiary",
            on_click=drop,
            args=(definition.kind == WARNINGS,),
            help="不再限于这个数字，列出全部。",
        )
