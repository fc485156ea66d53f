"""Tables of source rows in which rows are marked, and the marks told again after the handing in."""

from collections.abc import Collection
from typing import Any

import pandas as pd
import streamlit as st

from lib.insight.training.shown import row_id
from lib.insight.wording import plain
from lib.ui.browser.blocks import blocks
from lib.ui.browser.width import on_phone
from lib.ui.tables import plain_table
from lib.ui.verbatim import verbatim

_MARK = "标"


def _config(rows: pd.DataFrame) -> dict:
    config: dict = {_MARK: st.column_config.CheckboxColumn(width=44, help="这一行决定结论")}
    for name in rows.columns:
        if pd.api.types.is_float_dtype(rows[name]):
            if rows[name].notna().all():
                config[name] = st.column_config.NumberColumn(format="localized")
        elif pd.api.types.is_datetime64_any_dtype(rows[name]):
            config[name] = st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm")
    return config


def _filled(rows: pd.DataFrame) -> pd.DataFrame:
    """Numbers of which some are missing as texts: a table says None for them."""
    gaps = [name for name in rows if pd.api.types.is_numeric_dtype(rows[name]) and rows[name].isna().any()]
    return rows.assign(**{name: rows[name].map(plain) for name in gaps})


def mark(tables: dict[str, pd.DataFrame], held: Collection[str], key: str) -> None:
    """The tables with a box before each row, those in `held` ticked at first; on a phone each row is a block."""
    for title, rows in tables.items():
        st.markdown(f"**{verbatim(title)}**　{len(rows)} 行")
        if on_phone():
            for number in range(len(rows)):
                marked_before = row_id(title, number) in held
                st.checkbox(f"第 {number + 1} 行决定结论", value=marked_before, key=_box(key, title, number))
                st.html(blocks(rows.iloc[[number]], _config(rows)))
            continue
        ticked = [row_id(title, number) in held for number in range(len(rows))]
        frame = _filled(rows).assign(**{_MARK: ticked})[[_MARK, *rows.columns]]
        st.data_editor(
            frame,
            key=f"{key}_{title}",
            hide_index=True,
            num_rows="fixed",
            disabled=list(rows.columns),
            column_config=_config(rows),
            height="content" if len(rows) <= 12 else 460,
        )


def marked(tables: dict[str, pd.DataFrame], held: Collection[str], key: str) -> list[str]:
    """The rows ticked now, also when they were ticked since the page was last drawn."""
    found = []
    for title, rows in tables.items():
        edited = edits(f"{key}_{title}")
        for number in range(len(rows)):
            name = row_id(title, number)
            ticked = st.session_state.get(_box(key, title, number), edited.get(number, {}).get(_MARK, name in held))
            found += [name] if ticked else []
    return found


def _box(key: str, title: str, number: int) -> str:
    return f"{key}_{title}_{number}"


def edits(key: str) -> dict[int, dict[str, Any]]:
    """What was changed in a table that is edited, by row and column."""
    changed: dict[int, dict[str, Any]] = st.session_state.get(key, {}).get("edited_rows", {})
    return {int(number): cells for number, cells in changed.items()}


def told(
    tables: dict[str, pd.DataFrame],
    deciding: Collection[str],
    missed: Collection[str],
    wrong: Collection[str],
    key: str,
) -> None:
    """The tables again, with what decides and what was marked, in words."""
    for title, rows in tables.items():
        names = [row_id(title, number) for number in range(len(rows))]
        words = [_words(name, deciding, missed, wrong) for name in names]
        st.markdown(f"**{verbatim(title)}**　{len(rows)} 行，其中决定结论 {sum(name in deciding for name in names)} 行")
        frame = _filled(rows).assign(**{"讲解": words})[["讲解", *rows.columns]]
        # What decides stands first.
        order = sorted(range(len(frame)), key=lambda place: not words[place])
        config = _config(rows) | {"讲解": st.column_config.TextColumn(width=150)}
        config.pop(_MARK)
        plain_table(frame.iloc[order], f"{key}_{title}", 8, f"{title}：讲解", config)


def _words(name: str, deciding: Collection[str], missed: Collection[str], wrong: Collection[str]) -> str:
    if name in missed:
        return "决定结论，您没有标"
    if name in deciding:
        return "决定结论，您标了"
    return "无关，您标了" if name in wrong else ""
