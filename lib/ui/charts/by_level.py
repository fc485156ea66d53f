"""Stacked bars of warnings by level: by month, and by model or town. 红, 橙, 黄 from the axis."""

import json
from collections.abc import Sequence
from typing import Any

import pandas as pd

from lib.insight.figure import Asked, text_of
from lib.ui.browser.width import on_phone
from lib.ui.charts.levels import LEVELS, level_counts
from lib.ui.charts.shared import INK, MONTHS, ORDER, by_name, sheet
from lib.ui.figure import CLICK, OPENS, marks

_COLOUR = {
    "field": "级别",
    "type": "nominal",
    "legend": None,
    "scale": {"domain": [look.name for look in LEVELS.values()], "range": [look.colour for look in LEVELS.values()]},
}
_NAMES = [look.name for look in LEVELS.values()]


def _by_level(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The data of bars by level from rows with a count of each level: each level's bar opens the warnings of it."""
    drawn, codes = marks(rows), dict(zip(_NAMES, LEVELS, strict=True))
    level = f"{json.dumps(codes, ensure_ascii=False)}[datum['级别']]"
    return {
        **drawn,
        "transform": [
            *drawn["transform"],
            {"fold": _NAMES, "as": ["级别", "数量"]},
            {"calculate": f"datum['{OPENS}'] + '&of=level%3A' + {level}", "as": OPENS},
            {"calculate": f"indexof({json.dumps(_NAMES, ensure_ascii=False)}, datum['级别'])", "as": "rank"},
        ],
    }


def _counts(frame: pd.DataFrame) -> list[dict[str, int]]:
    each = zip(*(frame[level] for level in LEVELS), strict=True)
    return [dict(zip(_NAMES, map(int, counts), strict=True)) for counts in each]


def by_month(frame: pd.DataFrame, height: int, asked: Sequence[Asked]) -> dict[str, Any]:
    """Bars by month (month, red, orange, yellow), every month labelled; `asked` is the figure of each month."""
    names = frame["month"].dt.strftime("%Y-%m").tolist()
    rows = [
        {"名称": name, **counts, OPENS: text_of(one)}
        for name, counts, one in zip(names, _counts(frame), asked, strict=True)
    ]
    bars = {
        **_by_level(rows),
        "mark": {"type": "bar", "size": 16, "cursor": "pointer"},
        "params": CLICK,
        "encoding": {
            "x": {"field": "名称", "type": "ordinal", "title": None, "axis": MONTHS},
            "y": {
                "field": "数量",
                "type": "quantitative",
                "title": "件",
                "axis": {"tickCount": 4, "grid": True, "format": "d"},
            },
            "color": _COLOUR,
            "order": ORDER,
            "tooltip": [{"field": "名称", "title": "月份"}, {"field": "级别"}, {"field": "数量"}],
        },
    }
    # A layer of one: of data at the top Streamlit makes an Arrow table.
    return sheet(height, layer=[bars])


def named_bars(frame: pd.DataFrame, name: str, height: int, asked: Sequence[Asked]) -> dict[str, Any]:
    """Bars by `name` (red, orange, yellow, total) in the order given, each with its counts beside it; `asked` is the
    figure of each."""
    names = frame[name].tolist()
    # The counts need room beside the longest bar: on a phone more of the width than on a screen.
    room = 2.4 if on_phone() else 1.55
    every = list(zip(names, frame["total"].map(int), _counts(frame), asked, strict=True))
    rows = [{"名称": label, **counts, OPENS: text_of(one)} for label, _, counts, one in every]
    totals = [
        {
            "名称": label,
            "合计": total,
            "文字": f"{total} {level_counts(*of.values())}" if total else "0",
            OPENS: text_of(one),
        }
        for label, total, of, one in every
    ]
    y = by_name(names)
    bars = {
        **_by_level(rows),
        "mark": {"type": "bar", "size": 13, "cursor": "pointer"},
        "params": CLICK,
        "encoding": {
            "y": y,
            "x": {"field": "数量", "type": "quantitative", "title": None, "axis": None},
            "color": _COLOUR,
            "order": ORDER,
            "tooltip": [{"field": "名称"}, {"field": "级别"}, {"field": "数量"}],
        },
    }
    texts = {
        "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 12, "color": INK, "cursor": "pointer"},
        "encoding": {"y": y, "x": {"field": "合计", "type": "quantitative"}, "text": {"field": "文字"}},
    }
    space = {
        "transform": [{"calculate": f"datum['合计'] * {room} + 0.5", "as": "余地"}],
        "mark": {"type": "bar", "opacity": 0},
        "encoding": {"y": y, "x": {"field": "余地", "type": "quantitative"}},
    }
    return sheet(height, layer=[bars, {**marks(totals), "layer": [texts, space]}])
