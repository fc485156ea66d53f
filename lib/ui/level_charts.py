"""Stacked bars of warnings by level: by month, and by model or town. 红, 橙, 黄 from the axis."""

from typing import Any

import pandas as pd

from lib.ui.browser import on_phone
from lib.ui.charts import INK, sheet
from lib.ui.levels import LEVEL_ORDER, LEVELS, level_counts

_COLOUR = {
    "field": "级别",
    "type": "nominal",
    "legend": None,
    "scale": {
        "domain": [LEVELS[level].name for level in LEVEL_ORDER],
        "range": [LEVELS[level].colour for level in LEVEL_ORDER],
    },
}
_ORDER = {"field": "rank", "type": "quantitative"}


def _rows(names: list[str], frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {"名称": name, "级别": LEVELS[level].name, "数量": int(count), "rank": rank}
        for rank, level in enumerate(LEVEL_ORDER)
        for name, count in zip(names, frame[level], strict=True)
    ]


def by_month(frame: pd.DataFrame, height: int) -> dict[str, Any]:
    """Bars by month (month, red, orange, yellow), every month labelled."""
    names = frame["month"].dt.strftime("%Y-%m").tolist()
    label = {"labelAngle": 0, "labelExpr": "+slice(datum.label, 5) + '月'"}
    return sheet(
        height,
        data={"values": _rows(names, frame)},
        mark={"type": "bar", "size": 16},
        encoding={
            "x": {"field": "名称", "type": "ordinal", "title": None, "axis": label},
            "y": {
                "field": "数量", "type": "quantitative", "title": "件",
                "axis": {"tickCount": 4, "grid": True, "format": "d"},
            },
            "color": _COLOUR,
            "order": _ORDER,
            "tooltip": [{"field": "名称", "title": "月份"}, {"field": "级别"}, {"field": "数量"}],
        },
    )  # fmt: skip


def ranking(frame: pd.DataFrame, name: str, height: int) -> dict[str, Any]:
    """Bars by `name` (red, orange, yellow, total) in the order given, each with its counts beside it."""
    names = frame[name].tolist()
    counts = zip(frame["total"], frame["red"], frame["orange"], frame["yellow"], strict=True)
    # The counts need room beside the longest bar: on a phone more of the width than on a screen.
    room = 2.4 if on_phone() else 1.55
    totals = [
        {"名称": label, "合计": int(total), "余地": total * room + 0.5,
         "文字": f"{total} {level_counts(*levels)}" if total else "0"}
        for label, (total, *levels) in zip(names, counts, strict=True)
    ]  # fmt: skip
    y = {
        "field": "名称", "type": "nominal", "title": None, "sort": names,
        "axis": {"ticks": False, "domain": False, "labelPadding": 6},
    }  # fmt: skip
    bars = {
        "data": {"values": _rows(names, frame)},
        "mark": {"type": "bar", "size": 13},
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
        "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 12, "color": INK},
        "encoding": {"y": y, "x": {"field": "合计", "type": "quantitative"}, "text": {"field": "文字"}},
    }
    space = {
        "data": {"values": totals},
        "mark": {"type": "bar", "opacity": 0},
        "encoding": {"y": y, "x": {"field": "余地", "type": "quantitative"}},
    }
    return sheet(height, layer=[bars, texts, space])
