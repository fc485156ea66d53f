"""One indicator drawn: its months beside those a year before, and the counties with their intervals."""

from typing import Any

import pandas as pd

from lib.insight.library.board import FEW, interval, value_text
from lib.insight.library.indicators import COUNTY
from lib.rules.indicators import Indicator
from lib.ui.browser.width import on_phone
from lib.ui.charts.shared import ACCENT, INK, QUIET, by_name, sheet

_NOW, _AGO = "当月", "上年同期"


def months(indicator: Indicator, frame: pd.DataFrame, height: int) -> dict[str, Any]:
    """The months chosen and before, the same a year before, the limits as lines."""
    rows = []
    for row in frame.itertuples():
        for kind, value in ((_NOW, row.value), (_AGO, row.before)):
            if not pd.isna(value):
                rows.append(
                    {
                        "月份": f"{row.month:%Y-%m}",
                        "系列": kind,
                        "值": float(value),
                        "文字": value_text(indicator, value),
                    }
                )
    names = [f"{month:%Y-%m}" for month in frame["month"]]
    x = {"field": "月份", "type": "ordinal", "title": None, "scale": {"domain": names}, "axis": {"labelAngle": 0}}
    if on_phone():
        x["axis"] = {"labelAngle": -90}
    y = {"field": "值", "type": "quantitative", "title": indicator.unit or None, "scale": {"zero": False}}
    colour = {"field": "系列", "type": "nominal", "scale": {"domain": [_NOW, _AGO], "range": [ACCENT, "#8fa0b2"]}}
    dash = {
        "field": "系列",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": [_NOW, _AGO], "range": [[1, 0], [4, 3]]},
    }
    tips = [{"field": "月份"}, {"field": "系列"}, {"field": "文字", "title": indicator.title}]
    lines = {
        "data": {"values": rows},
        "mark": {"type": "line", "point": {"size": 28}},
        "encoding": {"x": x, "y": y, "color": colour, "strokeDash": dash, "tooltip": tips},
    }
    limits = {
        "data": {
            "values": [
                {"值": indicator.green, "限": f"达标 {indicator.green:g}"},
                {"值": indicator.red, "限": f"未达标 {indicator.red:g}"},
            ]
        }
    }
    rules = {**limits, "mark": {"type": "rule", "color": "#5b6b7b", "strokeDash": [2, 3]}, "encoding": {"y": y}}
    words = {
        **limits,
        "mark": {"type": "text", "align": "left", "baseline": "bottom", "dx": 3, "fontSize": 11, "color": QUIET},
        "encoding": {"y": y, "x": {"value": 0}, "text": {"field": "限"}},
    }
    return sheet(height, layer=[rules, lines, words])


def counties(indicator: Indicator, frame: pd.DataFrame, names: dict[str, str]) -> dict[str, Any]:
    """A share by county in the order given as a dot, a line for the 95 % interval; none for one of few. The words
    need room beside the longest, and the scale begins where the intervals do: shares of 99 % differ in their ends."""
    rows = []
    for row in frame[frame["level"].eq(COUNTY)].itertuples():
        between = None if row.n < FEW else interval(indicator, row.met, row.n)
        told = f"{value_text(indicator, row.value)}（{row.met:,}/{row.n:,}）" if row.n else "—"
        rows.append(
            {
                "名称": names.get(row.code, row.code),
                "值": None if between is None else float(row.value),
                "下限": None if between is None else between[0],
                "上限": None if between is None else between[1],
                "文字": told if between is not None else f"数量少，不比较 {told}" if row.n else told,
            }
        )
    y = by_name([str(row["名称"]) for row in rows])
    held = [row for row in rows if row["值"] is not None]
    low = min((float(row["下限"]) for row in held), default=0.0)
    high = max((float(row["上限"]) for row in held), default=low + 1)
    x = {
        "field": "值",
        "type": "quantitative",
        "title": None,
        "axis": None,
        "scale": {"domain": [low, low + (high - low) * (3 if on_phone() else 1.5)], "nice": False, "zero": False},
    }
    dots = {"mark": {"type": "point", "filled": True, "size": 60, "color": ACCENT}, "encoding": {"y": y, "x": x}}
    spans = {
        "mark": {"type": "rule", "color": "#8aaacb", "strokeWidth": 3},
        "encoding": {"y": y, "x": {**x, "field": "下限"}, "x2": {"field": "上限"}},
    }
    words = {
        "transform": [{"calculate": f"isValid(datum['上限']) ? datum['上限'] : {low}", "as": "右"}],
        "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 12, "color": INK},
        "encoding": {"y": y, "x": {**x, "field": "右"}, "text": {"field": "文字"}},
    }
    return sheet({"step": 24}, layer=[{"data": {"values": rows}, "layer": [spans, dots, words]}])  # type: ignore[arg-type]
