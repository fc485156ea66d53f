"""Stacked bars of warnings by level: by month, and by model or town. 红, 橙, 黄 from the axis."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from lib.insight.figure import Asked
from lib.ui.browser.width import on_phone
from lib.ui.charts.shared import INK, sheet
from lib.ui.figure import CLICK, OPENS
from lib.ui.levels import LEVELS, level_counts

_COLOUR = {
    "field": "级别",
    "type": "nominal",
    "legend": None,
    "scale": {
        "domain": [look.name for look in LEVELS.values()],
        "range": [look.colour for look in LEVELS.values()],
    },
}
_ORDER = {"field": "rank", "type": "quantitative"}




def _rows(names: list[str], frame: pd.DataFrame, asked: Sequence[Asked]) -> list[dict[str, Any]]:
    return [
        {"名称": name, "级别": LEVELS[level].name, "数量": int(count), "rank": rank, OPENS: one.of(level=level).text}
        for rank, level in enumerate(LEVELS)
        for name, count, one in zip(names, frame[level], asked, strict=True)
    ]


def by_month(frame: pd.DataFrame, height: int, asked: Sequence[Asked]) -> dict[str, Any]:
    """Bars by month (month, red, orange, yellow), every month labelled; `asked` is the figure of each month."""
    names = frame["month"].dt.strftime("%Y-%m").tolist()
    label = {"labelAngle": 0, "labelExpr": "+slice(datum.label, 5) + '月'"}
    bars = {
        "data": {"values": _rows(names, frame, asked)},
        "mark": {"type": "bar", "size": 16, "cursor": "pointer"},
        "params": CLICK,
        "encoding": {
            "x": {"field": "名称", "type": "ordinal", "title": None, "axis": label},
            "y": {
                "field": "数量", "type": "quantitative", "title": "件",
                "axis": {"tickCount": 4, "grid": True, "format": "d"},
            },
            "color": _COLOUR,
            "order": _ORDER,
            "tooltip": [{"field": "名称", "title": "月份"}, {"field": "级别"}, {"field": "数量"}],
        },
    }  # fmt: skip
    # A layer of one: of data at the top Streamlit makes an Arrow table.
    return sheet(height, layer=[bars])


def ranking(frame: pd.DataFrame, name: str, height: int, asked: Sequence[Asked]) -> dict[str, Any]:
    """Bars by `name` (red, orange, yellow, total) in the order given, each with its counts beside it; `asked` is the
    figure of each."""
    names = frame[name].tolist()
    counts = zip(frame["total"], *(frame[level] for level in LEVELS), strict=True)
    # The counts need room beside the longest bar: on a phone more of the width than on a screen.
    room = 2.4 if on_phone() else 1.55
    totals = [
        {"名称": label, "合计": int(total), "余地": total * room + 0.5,
         "文字": f"{total} {level_counts(*levels)}" if total else "0", OPENS: one.text}
        for label, (total, *levels), one in zip(names, counts, asked, strict=True)
    ]  # fmt: skip
    y = {
        "field": "名称", "type": "nominal", "title": None, "sort": names,
        "axis": {"ticks": False, "domain": False, "labelPadding": 6},
    }  # fmt: skip
    bars = {
        "data": {"values": _rows(names, frame, asked)},
        "mark": {"type": "bar", "size": 13, "cursor": "pointer"},
        "params": CLICK,
        "encoding": {
            "y": y,
            "x": {"field": "数量", "type": "quantitative", "title": None, "axis": None},
            "color": _COLOUR,
            "order": _ORDER,
            "tooltip": [{"field": "名称"}, {"field": "级别"}, {"field": "数量"}],
        },
    }
    texts = {
        "data": {"values": totals},
        "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 12, "color": INK, "cursor": "pointer"},
        "encoding": {"y": y, "x": {"field": "合计", "type": "quantitative"}, "text": {"field": "文字"}},
    }
    space = {
        "data": {"values": totals},
        "mark": {"type": "bar", "opacity": 0},
        "encoding": {"y": y, "x": {"field": "余地", "type": "quantitative"}},
    }
    return sheet(height, layer=[bars, texts, space])
