"""Tables of warnings and of source rows, and the way from a row to its page."""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple

import pandas as pd
import pyarrow as pa
import streamlit as st
from streamlit.dataframe_util import convert_pandas_df_to_arrow_table

from lib.access import Viewer
from lib.casework.deadlines import signing, signing_units
from lib.casework.store.register import Register
from lib.insight.warnings.filter import Options, options
from lib.insight.warnings.order import DOWN, UP
from lib.insight.warnings.sheet import for_screen, measured
from lib.insight.wording import NONE, day
from lib.rules import Rule
from lib.ui import paths
from lib.ui.browser.blocks import blocks
from lib.ui.browser.script import part
from lib.ui.browser.way import address, here, href, remember
from lib.ui.browser.width import on_phone
from lib.ui.charts.levels import LEVELS, level_texts
from lib.ui.kept import kept
from lib.ui.state import Key, key
from lib.warehouse.store import Warehouse

_ROW_PIXELS = 35
# Rows that one message carries.
_SLICE, _SHORT = 50, 25
# Of a table that stands as blocks on a phone.
FEW_BLOCKS = 15

# The level's colour as a light ground under dark text: yellow letters on white cannot be read.
GROUNDS = {level.shape: f"{level.colour}26" for level in LEVELS.values()}


class Column(NamedTuple):
    """A column of a list: its share of the width, what its head explains, and where it stands on a card.

    `card`: main (the first line), line (a line of its own), bare (without its name), rest (left out), or its name
    before it.
    """

    width: str
    help: str = ""
    card: str = ""


_WARNING_COLUMNS = {
    "等级": Column("66px", "由模型规则给出；红色须{red}内签收。", "bare"),
    "签收": Column("102px", "签收期限；签收后写明按期或迟了几天。{units}，调休已计入。"),
    "核查": Column("108px", "核查期限，自预警生成起按工作日计；反馈后写明按期或迟了几天。"),
    "状态": Column("76px", "", "bare"),
    "模型": Column("15%", "", "line bare"),
    "对象": Column("20%", "", "main"),
    "数值": Column("11%", "触发预警的数值，括号内是阈值。", "rest"),
    "单位": Column("13%", "", "line bare"),
    "人员": Column("62px", "姓名已脱敏。"),
    "经办": Column("84px", "最近签收、核查、反馈或接手的人。"),
    "区域": Column("9%", "", "rest"),
    "首次发现": Column("98px", "", "rest"),
    "关系": Column("84px", "", "bare"),
    "结论": Column("84px"),
}


@kept(64)
def _options(_frame: pd.DataFrame, _warehouse: Warehouse, _viewer: Viewer, state: Key) -> Options:
    return options(_frame, _warehouse, _viewer)


def choices(register: Register, warehouse: Warehouse, viewer: Viewer, frame: pd.DataFrame) -> Options:
    """What the workbench's filters offer for the viewer's warning list `frame`."""
    return _options(frame, warehouse, viewer, key(register, warehouse, viewer))


def height(rows: pd.DataFrame, most: int) -> int | Literal["content"]:
    """As high as the rows of a table, at most as high as `most` of them."""
    return "content" if len(rows) <= most else _ROW_PIXELS * (most + 1) + 3


@contextmanager
def paged(rows: pd.DataFrame, key: str, most: int = _SLICE, sorts: bool = True) -> Iterator[pd.DataFrame]:
    """Where a table stands, and its rows: of a longer one those of the page chosen under it.

    `sorts`: the table can be put into another order by its heads, which holds for the page alone.
    """
    if len(rows) <= most:
        yield rows
        return
    place = st.container()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        page = st.pagination(math.ceil(len(rows) / most), key=f"{key}_page")
        if sorts:
            st.caption("点列名只排列这一页。", width="content")
    with place:
        yield part_of(rows, (page - 1) * most, page * most)


@kept(256)
def part_of(rows: pd.DataFrame, first: int, end: int) -> pd.DataFrame:
    """The rows from one place up to another."""
    return rows.iloc[first:end]


@kept(256)
def sent(rows: pd.DataFrame) -> pa.Table:
    """Rows as the browser is sent them, for st.dataframe: of a frame that is kept they are written once."""
    return convert_pandas_df_to_arrow_table(rows)


def plain_table(
    rows: pd.DataFrame, key: str, most: int, alt: str | None = None, config: Mapping[str, Any] | None = None
) -> None:
    """A table that is only read, `most` of its rows seen at once; a long one has pages. On a phone, where it would be
    cut, a block a row."""
    if on_phone():
        with paged(rows, key, FEW_BLOCKS, sorts=False) as part:
            st.html(blocks(part, config or {}))
        return
    with paged(rows, key, _SLICE if most > 12 else _SHORT) as part:
        st.dataframe(sent(part), key=key, hide_index=True, height=height(part, most), column_config=config, alt=alt)


def _lighter(colour: str) -> str:
    """A colour as it looks at 15 % on white."""
    return "#" + "".join(f"{255 - round((255 - int(colour[at : at + 2], 16)) * 0.15):02x}" for at in (1, 3, 5))


_LEVEL = st.column_config.MultiselectColumn(
    width=62,
    options=[f"{level.shape} {level.name}" for level in LEVELS.values()],
    color=[_lighter(level.colour) for level in LEVELS.values()],
)


def warning_table(
    frame: pd.DataFrame, key: str, columns: tuple[str, ...] = (), rows: int = 16, within: list[str] | None = None
) -> None:
    """The rows of a warning list as a table; every row opens its warning.

    `columns` shows only those; `rows` are seen without scrolling. `within`: the numbers of the whole list these rows
    are a page of, for the way to the next one.
    """
    # On a page about something else: what is opened from there besides is of other kinds.
    remember([f"warning/{one}" for one in within or frame["warning_id"]])
    with paged(frame, key, most=_SLICE if rows > 12 else _SHORT, sorts=False) as page:
        rows_part(page, key, columns, height=0 if len(page) <= rows else _ROW_PIXELS * (rows + 1))


def rows_part(
    frame: pd.DataFrame,
    key: str,
    columns: tuple[str, ...] = (),
    *,
    height: int = 0,
    order: str | None = None,
    picked: list[str] | None = None,
    on_pick: Callable[[], None] | None = None,
    on_sort: Callable[[], None] | None = None,
) -> None:
    """The list itself, drawn by static/rows.js; `height` in pixels, 0 for as high as its rows.

    With `order` (of ORDERS) the heads sort, with `picked` (numbers) rows have boxes; the callbacks find what was
    asked in st.session_state[key], as `sort` and `picked`.
    """
    names, rows = _written(frame, columns)
    data = {
        "label": "预警列表",
        "place": here(),
        "link": f"{href(paths.WARNING, address({}))}&id=",
        "main": "对象",
        "height": height,
        "keys": order is not None,
        "sort": order is not None,
        "select": picked is not None,
        "picked": picked or [],
        "grounds": GROUNDS,
        "columns": [_head(name, order) for name in names],
        "rows": rows,
    }
    callbacks = {"on_picked_change": on_pick, "on_sort_change": on_sort}
    draw_rows(data, key, **{name: given for name, given in callbacks.items() if given is not None})


@kept(256)
def _written(frame: pd.DataFrame, columns: tuple[str, ...]) -> tuple[list[str], list[dict[str, Any]]]:
    """The names of the columns shown (those asked for, or all but the conclusion), and the rows in words."""
    shown = for_screen(frame, level_texts(frame["level"]))
    if "why" in frame:
        shown.insert(0, "关系", frame["why"].to_numpy())
    shown["结论"] = frame["conclusion"].fillna(NONE)
    names = list(columns or (name for name in shown.columns if name != "结论"))
    cells = shown[names].to_numpy().tolist()
    return names, [{"id": one, "cells": of} for one, of in zip(frame["warning_id"], cells, strict=True)]


def draw_rows(data: dict[str, Any], key: str, **callbacks: Callable[[], None]) -> None:
    """A list drawn by static/rows.js, as bytes: a Chinese letter takes three of them, in Streamlit's own JSON six."""
    part("rows")(key=key, data=json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(), **callbacks)


def draw_list(
    label: str,
    page: str,
    parameter: str,
    columns: dict[str, tuple[str, str]],
    rows: list[dict[str, Any]],
    key: str,
    late: str = "",
    keys: bool = False,
) -> None:
    """A list whose rows open a page by a parameter of its address.

    columns: name → width and how it stands on a card (see Column); the one that is `main` is the link. rows: id and
    cells in the order of the columns. late: the column whose words may say that something is late. keys: whether J, K
    and Enter move through it.
    """
    data = {
        "label": label,
        "place": here(),
        "link": f"{href(page, address({}))}&{parameter}=",
        "main": next(name for name, (_, kind) in columns.items() if kind == "main"),
        "height": 0,
        "keys": keys,
        "sort": False,
        "select": False,
        "picked": [],
        "columns": [
            {"name": name, "width": width, "help": "", "kind": kind, "late": name == late, "sorted": None}
            for name, (width, kind) in columns.items()
        ],
        "rows": rows,
    }
    draw_rows(data, key)


def written(ids: pd.Series, shown: pd.DataFrame, columns: dict[str, tuple[str, str]]) -> list[dict[str, Any]]:
    """The rows of `draw_list`: ids, and the cells of these columns."""
    cells = shown[list(columns)].to_numpy().tolist()
    return [{"id": one, "cells": of} for one, of in zip(ids, cells, strict=True)]


def _head(name: str, order: str | None) -> dict[str, Any]:
    column = _WARNING_COLUMNS[name]
    told = column.help.format(red=signing("red"), units=signing_units())
    sorted_by = {f"{name}{UP}": "ascending", f"{name}{DOWN}": "descending"}.get(order or "")
    return {
        "name": name,
        "width": column.width,
        "help": told,
        "kind": column.card,
        "sorted": sorted_by,
        "late": name in ("签收", "核查"),
    }


def source_table(rows: pd.DataFrame, key: str, most: int = 8) -> None:
    """Source rows (already masked and titled) with money, days and times formatted; `most` are seen at once."""
    config = {}
    for name in rows.columns:
        if pd.api.types.is_float_dtype(rows[name]):
            config[name] = st.column_config.NumberColumn(format="localized")
        elif pd.api.types.is_datetime64_any_dtype(rows[name]):
            config[name] = st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm")
    plain_table(rows, key, most, config=config)


def signal_table(members: pd.DataFrame, rule: Rule, key: str) -> str | None:
    """The signals of a group warning; the subject picked among them, or None."""
    if members.empty:
        st.caption("这些信号现在都不再命中，下面是预警生成时涉及的记录。")
        return None
    shown = pd.DataFrame(
        {
            "等级": [[text] for text in level_texts(members["level"])],
            "日期": members["occurred_on"].map(day),
            "对象": members["subject_title"],
            "情形": members["words"],
            rule.value_title.split("（")[0]: measured(members),
        }
    )
    with paged(shown.reset_index(drop=True), key) as part:
        event = st.dataframe(
            part,
            key=key,
            hide_index=True,
            height=height(part, 6),
            on_select="rerun",
            selection_mode="single-row",
            column_config={"等级": _LEVEL},
            alt="信号列表",
        )
    rows = event.selection.rows
    return members["subject_id"].iloc[int(part.index[0]) + rows[0]] if rows and rows[0] < len(part) else None
