"""Bars of warnings per thousand of what was done, place by place, each with what it is made of."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from lib.insight.figure import Asked, text_of
from lib.insight.map.risk import Base
from lib.ui.browser.width import on_phone
from lib.ui.charts.shared import ACCENT, INK, by_name, sheet
from lib.ui.figure import CLICK, OPENS, marks


def rate_bars(frame: pd.DataFrame, base: Base, height: int, asked: Sequence[Asked]) -> dict[str, Any]:
    """Bars of `rate` by `name` in the order given, a thin line for the 95 % interval, the numbers beside them.

    `frame` has the columns of area_risk.by_county; `asked` is the figure of each row's warnings. A rate of too few, or
    of none, has no bar.
    """
    names = frame["name"].tolist()
    rows = [
        {
            "名称": row.name,
            "预警率": None if row.few else round(row.rate, 1),
            "下限": None if row.few else round(row.low, 1),
            "上限": None if row.few else round(row.high, 1),
            "文字": _words(row, base),
            OPENS: text_of(one),
        }
        for row, one in zip(frame.itertuples(index=False), asked, strict=True)
    ]
    y = by_name(names)
    shown = frame[~frame["few"]]
    longest = float(shown["high"].max()) if len(shown) else 1.0
    # The words need room beside the longest bar: on a phone more of the width than on a screen.
    scale = {"domain": [0, longest * (2.6 if on_phone() else 1.75)], "nice": False}
    x = {"field": "预警率", "type": "quantitative", "title": None, "axis": None, "scale": scale}
    tips = [{"field": "名称"}, {"field": "文字", "title": "预警"}]
    bars = {
        "mark": {"type": "bar", "size": 12, "color": "#8aaacb", "cursor": "pointer"},
        "params": CLICK,
        "encoding": {"y": y, "x": x, "tooltip": tips},
    }
    spans = {
        "mark": {"type": "rule", "color": ACCENT, "strokeWidth": 1.6},
        "encoding": {"y": y, "x": {**x, "field": "下限"}, "x2": {"field": "上限"}},
    }
    words = {
        "transform": [{"calculate": "isValid(datum['上限']) ? datum['上限'] : 0", "as": "右"}],
        "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 12, "color": INK, "cursor": "pointer"},
        "encoding": {"y": y, "x": {**x, "field": "右"}, "text": {"field": "文字"}},
    }
    # Not at the top: Streamlit makes an Arrow table of what stands there.
    return sheet(height, layer=[{**marks(rows), "layer": [bars, spans, words]}])


def _words(row: Any, base: Base) -> str:
    counts = f"{row.warnings:,} 件 / {row.base:,} {base.unit}"
    return f"数量少，不比较（{counts}）" if row.few else f"{row.rate:.1f}（{counts}）"
