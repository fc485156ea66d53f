"""Charts of the officer ranking: ratios as intervals, and the funnel of ratio against work."""

import math
from typing import Any

import pandas as pd

from lib.insight.ranking.officers import INTERVAL
from lib.ui.charts.shared import ACCENT, INK, LINE, QUIET, records, sheet

PICKED = "picked"
_ROW, _TWO_LINES = 35, 34
_SOFT, _DARK = "#a9b8c8", "#0c2745"
_TOOLTIP = [
    {"field": "label", "title": "人员"},
    {"field": "ratio", "type": "quantitative", "title": "比值", "format": ".2f"},
    {"field": "interval", "title": f"{INTERVAL:.0%}区间"},
    {"field": "observed", "type": "quantitative", "title": "观察值", "format": ".1f"},
    {"field": "expected", "type": "quantitative", "title": "期望值", "format": ".2f"},
    {"field": "exposure", "type": "quantitative", "title": "工作量（折合件）", "format": ",.0f"},
]
_LETTERS = {"expected": "e", "crude": "c", "officers": "n", "low": "l", "high": "h", "limit": "p"}
_PEERS = {"data": {"values": [{"at": 1}]}}


def _if_chosen(then: str, otherwise: str) -> dict[str, Any]:
    return {"condition": {"test": "datum.chosen", "value": then}, "value": otherwise}


def interval_bars(frame: pd.DataFrame, selected: str | None, narrow: bool = False) -> dict[str, Any]:
    """One row per officer in the order given: the interval as a bar, the ratio as a point, peers at 1.

    A click on a point selects its officer (parameter PICKED, field officer_id). `narrow` puts the unit under the name.
    """
    rows = frame[["officer_id", "label", "ratio", "low", "high", "observed", "expected", "exposure"]].assign(
        interval=frame["low"].map("{:.2f}".format) + "–" + frame["high"].map("{:.2f}".format),
        chosen=frame["officer_id"].eq(selected or ""),
    )
    y = {
        "field": "label",
        "type": "nominal",
        "sort": None,
        "axis": {
            "title": None,
            "ticks": False,
            "domain": False,
            "labelPadding": 8,
            "labelLimit": 260,
            "labelColor": INK,
            "labelLineHeight": 14,
            "labelExpr": "split(datum.label, ' · ')" if narrow else "replace(datum.label, ' · ', '  ')",
        },
    }
    ratio = {
        "type": "quantitative",
        "title": "比值（1 = 同行）" if narrow else "比值（1 = 与同类工作的同行相当）",
        "scale": {"zero": True},
        "axis": {"grid": True, "tickCount": 6, "orient": "top"},
    }
    bars = {
        "mark": {"type": "bar", "height": 7, "cornerRadius": 3, "opacity": 0.75, "aria": False},
        "encoding": {
            "y": y,
            "x": {"field": "low", **ratio},
            "x2": {"field": "high"},
            "tooltip": _TOOLTIP,
            "color": _if_chosen(ACCENT, _SOFT),
        },
    }
    like_peers = {
        **_PEERS,
        "mark": {"type": "rule", "color": INK, "strokeDash": [4, 3], "aria": False},
        "encoding": {"x": {"field": "at", "type": "quantitative"}},
    }
    points = {
        "mark": {"type": "point", "filled": True, "size": 95, "opacity": 1},
        "encoding": {
            "y": y,
            "x": {"field": "ratio", **ratio},
            "tooltip": _TOOLTIP,
            "description": {"field": "label"},
            "color": _if_chosen(_DARK, ACCENT),
        },
        "params": [{"name": PICKED, "select": {"type": "point", "fields": ["officer_id"], "on": "click"}}],
    }
    height = (_TWO_LINES if narrow else _ROW) * len(rows) + 4
    # Not at the top: Streamlit makes an Arrow table of what stands there.
    return sheet(height, layer=[{"data": {"values": records(rows)}, "layer": [bars, like_peers, points]}])


def course(months: pd.DataFrame) -> dict[str, Any]:
    """The ratio on each day as a point on a line, its interval as a bar, peers at 1."""
    rows = months.assign(day=months["day"].map(lambda day: f"{day:%Y-%m-%d}"))
    x = {
        "field": "day",
        "type": "ordinal",
        "title": None,
        "axis": {"labelAngle": 0, "labelExpr": "slice(datum.label, 2, 7)", "labelOverlap": True},
    }
    ratio = {"type": "quantitative", "title": "比值（1 = 与同行相当）", "axis": {"grid": True, "tickCount": 5}}
    tooltip = [
        {"field": "day", "title": "截至"},
        {"field": "ratio", "type": "quantitative", "title": "比值", "format": ".2f"},
        {"field": "low", "type": "quantitative", "title": "区间下端", "format": ".2f"},
        {"field": "high", "type": "quantitative", "title": "区间上端", "format": ".2f"},
        {"field": "rank", "type": "quantitative", "title": "全市名次"},
        {"field": "ranked", "type": "quantitative", "title": "参加比较"},
    ]
    bars = {
        "mark": {"type": "rule", "strokeWidth": 5, "color": _SOFT, "opacity": 0.75, "aria": False},
        "encoding": {"x": x, "y": {"field": "low", **ratio}, "y2": {"field": "high"}, "tooltip": tooltip},
    }
    line = {
        "mark": {"type": "line", "point": {"filled": True, "size": 50}, "color": ACCENT, "aria": False},
        "encoding": {"x": x, "y": {"field": "ratio", **ratio}, "tooltip": tooltip},
    }
    like_peers = {
        **_PEERS,
        "mark": {"type": "rule", "color": INK, "strokeDash": [4, 3], "aria": False},
        "encoding": {"y": {"field": "at", "type": "quantitative"}},
    }
    columns = ["day", "ratio", "low", "high", "rank", "ranked"]
    return sheet(220, layer=[{"data": {"values": records(rows[columns])}, "layer": [bars, line, like_peers]}])


def funnel(points: pd.DataFrame, limits: pd.DataFrame, selected: pd.DataFrame, height: int) -> dict[str, Any]:
    """Observed/expected against expected: officers (expected, crude, officers), the limits of chance, the selected.

    Officers at nearly the same place are one point, larger the more they are. A column is one letter on its way, since
    its name is sent with every row.
    """
    top = max(float(points["crude"].max()), 4.0) * 1.05
    x = {
        "field": "e",
        "type": "quantitative",
        "title": "期望值（同类同行做同样工作的预警分值）",
        "axis": {"grid": False, "tickCount": 6},
        "scale": {"domain": [0, float(points["expected"].max()) * 1.03], "nice": False},
    }
    y = {
        "field": "c",
        "type": "quantitative",
        "title": "观察值 ÷ 期望值",
        # Each twice the one before: of a root, whole steps would stand upon each other at the top.
        "axis": {"grid": True, "values": [0, *(2**power for power in range(int(math.log2(top)) + 1))]},
        "scale": {"domain": [0, top], "clamp": True, "type": "sqrt"},
    }
    dots = {
        "data": {"values": records(points.rename(columns=_LETTERS))},
        "mark": {"type": "point", "filled": True, "color": ACCENT, "opacity": 0.45, "aria": False},
        "encoding": {
            "x": x,
            "y": y,
            "size": {"field": "n", "type": "quantitative", "scale": {"range": [18, 220]}, "legend": None},
            "tooltip": [
                {"field": "n", "type": "quantitative", "title": "人数"},
                {"field": "e", "type": "quantitative", "title": "期望值", "format": ".2f"},
                {"field": "c", "type": "quantitative", "title": "观察值 ÷ 期望值", "format": ".2f"},
            ],
        },
    }
    # Every other one of the hundred places: the lines stay as smooth.
    drawn = limits[limits["expected"].rank(method="dense").mod(2).eq(0)]
    lines = {
        "data": {"values": records(drawn.rename(columns=_LETTERS))},
        "transform": [{"fold": ["l", "h"], "as": ["side", "c"]}],
        "mark": {"type": "line", "color": QUIET, "strokeWidth": 1.2, "aria": False},
        "encoding": {
            "x": x,
            "y": y,
            "detail": [{"field": "side"}],
            "strokeDash": {"field": "p", "legend": {"title": None, "symbolType": "stroke"}},
        },
    }
    like_peers = {
        **_PEERS,
        "mark": {"type": "rule", "color": LINE, "aria": False},
        "encoding": {"y": {"field": "at", "type": "quantitative"}},
    }
    equal = {
        **_PEERS,
        "mark": {"type": "text", "align": "right", "dy": -6, "fontSize": 11, "color": QUIET, "aria": False},
        "encoding": {
            "x": {"value": {"expr": "width"}},
            "y": {"field": "at", "type": "quantitative"},
            "text": {"value": "1 = 同行"},
        },
    }
    chosen = {"data": {"values": records(selected.rename(columns=_LETTERS))}}
    # On the right half the name has its room to the left of its point.
    right = bool(selected["expected"].gt(points["expected"].max() / 2).any())
    side = {"align": "right", "dx": -13} if right else {"align": "left", "dx": 13}
    ring = {
        **chosen,
        "mark": {"type": "point", "size": 190, "strokeWidth": 2.5, "color": _DARK, "aria": False},
        "encoding": {"x": x, "y": y},
    }
    name = {
        **chosen,
        "mark": {"type": "text", **side, "fontSize": 12, "fontWeight": 600, "color": INK},
        "encoding": {"x": x, "y": y, "text": {"field": "name"}, "description": {"field": "name"}},
    }
    return sheet(height, layer=[like_peers, lines, dots, equal, ring, name])
