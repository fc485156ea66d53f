"""A table where there is no room for its columns: a block a row, what names it above, the other columns by name."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pandas as pd
from pandas.api.types import is_list_like

from lib.insight.wording import NONE, day, number, plain
from lib.ui.verbatim import in_html

# What a cell opens: the words of it, its row and its column → a link, or None when it opens nothing.
Linked = Callable[[str, Any, str], str | None]
_CHARTS = ("line_chart", "bar_chart", "area_chart")


def _nowhere(*_: object) -> None:
    return None


def blocks(rows: pd.DataFrame, config: Mapping[str, Any], linked: Linked = _nowhere) -> str:
    """The rows as HTML, their cells written as the column configuration of a table says; what is empty or nought is
    left out, charts too."""
    drawn = [name for name in rows.columns if _kind(config.get(name)) not in _CHARTS]
    heads = head_of(rows, config)
    told = []
    for place, row in zip(rows.index, rows.to_dict("records"), strict=True):
        words = [written(row[name], config.get(name)) for name in heads if not _empty(row[name])]
        head = in_html(" ".join(one for one in words if one != NONE))
        cells = [_cell(name, row[name], config.get(name), place, linked) for name in drawn if name not in heads]
        named = linked(head or NONE, place, str(heads[0])) or head
        named = f"<strong>{named}</strong>" if named else ""
        told.append(f'<div>{named}<div class="numbers">{"".join(cells)}</div></div>')
    return f'<div class="blocks">{"".join(told)}</div>'


def head_of(rows: pd.DataFrame, config: Mapping[str, Any]) -> list[str]:
    """The columns that name a row: those that stay where they are while a table is moved, else the first."""
    stay = [name for name in rows.columns if isinstance(config.get(name), dict) and config[name].get("pinned")]
    return stay or [rows.columns[0]]


def _empty(value: Any) -> bool:
    return not is_list_like(value) and bool(pd.isna(value))


def _cell(name: object, value: object, config: Any, place: object, linked: Linked) -> str:
    words, title = written(value, config), in_html(_title(name, config))
    link = linked(f"{title} <b>{in_html(words)}</b>", place, str(name))
    if link is not None:
        return link
    nothing = words in ("", NONE) or (isinstance(value, int | float) and not value)
    return "" if nothing else f'<span class="told">{title} {in_html(words)}</span>'


def _title(name: object, config: Any) -> str:
    label = config if isinstance(config, str) else (config or {}).get("label")
    return str(label or name)


def _type(config: Any) -> dict[str, Any]:
    return (config.get("type_config") or {}) if isinstance(config, dict) else {}


def _kind(config: Any) -> str:
    return str(_type(config).get("type") or "")


def written(value: Any, config: Any = None) -> str:
    """A value as a table with this column configuration shows it."""
    form = _type(config).get("format")
    if is_list_like(value):
        return plain(list(value))
    if _empty(value):
        return NONE
    if isinstance(value, date) and _kind(config) == "date":
        return day(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and form not in (None, "localized"):
        return f"{number(100 * value)}%" if form == "percent" else form % value
    return plain(value)
