"""Tables of warnings and of source rows, and the way from a row to its page."""

from datetime import datetime
from typing import Any, Literal

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.register import Register
from lib.casework.snapshot import Head, snapshot
from lib.insight.figures import day
from lib.insight.warning_filter import PAGE, Options, options
from lib.insight.warning_list import warning_list
from lib.insight.warning_sheet import for_screen, measured
from lib.rules import Rule
from lib.ui.levels import LEVELS, level_texts
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

WARNING_PAGE = "pages/inspector/warning.py"
_BACK = "workbench_address"
_CLOCK_MINUTES = 5
_ROW_PIXELS = 35

# The level's colour as a light ground under dark text: yellow letters on white cannot be read.
_LEVEL_GROUNDS = {
    f"{level.shape} {level.name}": f"background-color: {level.colour}26; color: #1c2733" for level in LEVELS.values()
}
_WARNING_COLUMNS = {
    "等级": st.column_config.TextColumn(width=58, help="由模型规则给出；红色须 24 小时内签收。"),
    "期限": st.column_config.TextColumn(
        width=100, help="未签收的看签收期限，签收后看核查期限；按工作日计，调休已计入。"
    ),
    "状态": st.column_config.TextColumn(width=80),
    "模型": st.column_config.TextColumn(width=156),
    "对象": st.column_config.TextColumn(width=226),
    "数值": st.column_config.TextColumn(width=150, help="触发预警的数值，括号内是阈值。"),
    "单位": st.column_config.TextColumn(width=152),
    "人员": st.column_config.TextColumn(width=62, help="姓名已脱敏。"),
    "区域": st.column_config.TextColumn(width=130),
    "首次发现": st.column_config.TextColumn(width=96),
    "经办": st.column_config.TextColumn(width=104, help="最近签收、核查或反馈的人。"),
}


@st.cache_resource(show_spinner=False, max_entries=64)
def _cached(
    _register: Register, _warehouse: Warehouse, _viewer: Viewer, url: str, generation: tuple, head: Head,
    scope: tuple, at: datetime, spot_checks: bool,
) -> pd.DataFrame:  # fmt: skip
    return warning_list(_register, _warehouse, _viewer, at, spot_checks)


@st.cache_resource(show_spinner=False, max_entries=64)
def _options(
    _frame: pd.DataFrame,
    _warehouse: Warehouse,
    _viewer: Viewer,
    url: str,
    generation: tuple,
    head: Head,
    scope: tuple,
) -> Options:
    return options(_frame, _warehouse, _viewer)


def choices(register: Register, warehouse: Warehouse, viewer: Viewer, frame: pd.DataFrame) -> Options:
    """What the workbench's filters offer for the viewer's warning list `frame`."""
    head = snapshot(register, warehouse).head
    return _options(frame, warehouse, viewer, register.url, _generation(warehouse), head, viewer.scope_key)


def _generation(warehouse: Warehouse) -> tuple[str, int]:
    return str(warehouse.generation.path), warehouse.generation.number


def visible_warnings(
    register: Register, warehouse: Warehouse, viewer: Viewer, spot_checks: bool = False
) -> pd.DataFrame:
    """The viewer's warning list, recomputed when anything was recorded and every few minutes; never change it.

    With `spot_checks` also the subjects drawn by chance.
    """
    at = now(warehouse)
    at = at.replace(minute=at.minute // _CLOCK_MINUTES * _CLOCK_MINUTES, second=0, microsecond=0)
    head = snapshot(register, warehouse).head
    return _cached(
        register, warehouse, viewer, register.url, _generation(warehouse), head, viewer.scope_key, at, spot_checks
    )


def open_warning(warning_id: str) -> None:
    """Go to a warning's page, remembering where the workbench stood."""
    st.switch_page(WARNING_PAGE, query_params={"id": warning_id})


def remember_workbench(query: dict[str, str | list[str]]) -> None:
    """Keep the address of the workbench for the way back."""
    st.session_state[_BACK] = query


def back_to_workbench(label: str = "返回工作台") -> None:
    """A link to the workbench as it was left."""
    query = st.session_state.get(_BACK, {})
    st.page_link(PAGE, label=label, icon=":material/arrow_back:", query_params=query)


def height(rows: pd.DataFrame, most: int) -> int | Literal["content"]:
    """As high as the rows of a table, at most as high as `most` of them."""
    return "content" if len(rows) <= most else _ROW_PIXELS * (most + 1) + 3


def level_grounds(shown: pd.DataFrame) -> Any:
    """A table whose column 等级 stands on the colour of the level."""
    return shown.style.map(lambda text: _LEVEL_GROUNDS.get(text, ""), subset=["等级"])


def warning_table(
    frame: pd.DataFrame, key: str, columns: tuple[str, ...] = (), select: bool = False, rows: int = 16
) -> list[str]:
    """The rows of a warning list as a table; the numbers of the warnings selected in it.

    Every row opens its warning. `columns` shows only those; `select` allows choosing several rows; `rows` are seen
    without scrolling.
    """
    ids = frame["warning_id"].tolist()
    shown = for_screen(frame, level_texts(frame["level"])).reset_index(drop=True)
    if "why" in frame:
        shown.insert(0, "关系", frame["why"].to_numpy())
    if columns:
        shown = shown[list(columns)]
    shown.insert(1, "打开", "打开")

    def opened() -> None:
        open_warning(ids[st.session_state[f"{key}_open"]["row"]])

    button = st.column_config.ButtonColumn("打开", width=56, type="tertiary", key=f"{key}_open", on_click=opened)
    styled = level_grounds(shown)
    config: dict[str, Any] = {**_WARNING_COLUMNS, "打开": button}
    tall = height(shown, rows)
    if not select:
        st.dataframe(styled, key=key, hide_index=True, height=tall, column_config=config, alt="预警列表")
        return []
    event = st.dataframe(
        styled, key=key, hide_index=True, height=tall, column_config=config, alt="预警列表",
        on_select="rerun", selection_mode="multi-row",
    )  # fmt: skip
    return [ids[row] for row in event.selection.rows if row < len(ids)]


def source_table(rows: pd.DataFrame, key: str) -> None:
    """Source rows (already masked and titled) with money, days and times formatted."""
    config = {}
    for name in rows.columns:
        if pd.api.types.is_float_dtype(rows[name]):
            config[name] = st.column_config.NumberColumn(format="localized")
        elif pd.api.types.is_datetime64_any_dtype(rows[name]):
            config[name] = st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm")
    st.dataframe(rows, key=key, hide_index=True, column_config=config, height=height(rows, 8))


def signal_table(members: pd.DataFrame, rule: Rule, key: str) -> str | None:
    """The signals of a group warning; the subject picked among them, or None."""
    if members.empty:
        st.caption("这些信号现在都不再命中，下面是预警生成时涉及的记录。")
        return None
    shown = pd.DataFrame(
        {
            "等级": level_texts(members["level"]),
            "日期": members["occurred_on"].map(day),
            "对象": members["subject_title"],
            "情形": members["words"],
            rule.value_title.split("（")[0]: measured(members),
        }
    )
    styled = level_grounds(shown)
    event = st.dataframe(
        styled, key=key, hide_index=True, height=height(shown, 6), on_select="rerun", selection_mode="single-row",
        column_config={"等级": _WARNING_COLUMNS["等级"]}, alt="信号列表",
    )  # fmt: skip
    return members["subject_id"].iloc[event.selection.rows[0]] if event.selection.rows else None
