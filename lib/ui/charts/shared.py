"""What all charts share: font, quiet axes, a sentence for a title, the colours of the levels."""

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

FONT = "'Source Han Sans SC','Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif"
INK, QUIET, LINE, ACCENT = "#1c2733", "#5b6b7b", "#dfe5ec", "#1d4e89"
RAMP = ("#eef3f8", "#c6d6e8", "#8aaacb", "#4d7bad", "#1d4e89", "#0c2745")
NO_DATA = "#c9ccd1"

CONFIG: dict[str, Any] = {
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": QUIET,
        "titleColor": QUIET,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "domainColor": LINE,
        "tickColor": LINE,
        "gridColor": LINE,
        "grid": False,
        "labelLimit": 220,
        # What a chart shows is told in words beside it; of its axes the library would speak English.
        "aria": False,
    },
    "legend": {
        "aria": False,
        "labelColor": INK,
        "labelFontSize": 12,
        "title": None,
        "orient": "top",
        "padding": 0,
        "symbolType": "square",
    },
}
# The order of the parts of a bar, by the field rank.
ORDER = {"field": "rank", "type": "quantitative", "title": "次序"}
# Months (2022-09) under bars: where twelve names have no room, the first says what the numbers are.
MONTHS = {"labelAngle": 0, "labelExpr": "+slice(datum.label, 5) + (width < 400 && datum.index > 0 ? '' : '月')"}
_MARGIN = {"left": 2, "right": 4, "top": 2, "bottom": 2}


def by_name(names: list[str]) -> dict[str, Any]:
    """The axis of bars that each stand for a 名称, in this order from the top."""
    return {
        "field": "名称",
        "type": "nominal",
        "title": None,
        "sort": names,
        "axis": {"ticks": False, "domain": False, "labelPadding": 6},
    }


def dressed(chart: Any, title: str = "", subtitle: str = "", height: int | None = None) -> Any:
    """A chart with the common look; use it last, and show it with st.altair_chart(..., theme=None).

    Without a title where the card around it has the sentence.
    """
    sized = chart.properties(background="transparent", padding=_MARGIN)
    if title:
        heading = alt.TitleParams(
            title,
            subtitle=subtitle or alt.Undefined,
            anchor="start",
            frame="bounds",
            fontSize=14,
            fontWeight=600,
            subtitleFontSize=11.5,
            subtitleColor=QUIET,
            color=INK,
            offset=8,
        )
        sized = sized.properties(title=heading)
    if height is not None:
        sized = sized.properties(height=height)
    return sized.configure(**CONFIG)


def sheet(height: int | dict[str, int] | None = None, **parts: Any) -> dict[str, Any]:
    """A Vega-Lite chart with the common look, from its parts (layer, mark, encoding, data …) as plain dicts.

    Several times quicker to make than through altair, which checks every part: for pages that redraw often. Show it
    with `draw`.
    """
    size = {} if height is None else {"height": height}
    return {"background": "transparent", "padding": _MARGIN, "config": CONFIG, **size, **parts}


def with_data(spec: dict[str, Any]) -> dict[str, Any]:
    """A layered chart of altair, its data in its layers: apart, Streamlit makes Arrow tables of them each rerun."""
    named, shared = spec.pop("datasets"), spec.pop("data", {})
    for part in spec["layer"]:
        part["data"] = {"values": named[part.get("data", shared)["name"]]}
    return spec


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame as the data of a chart, numbers to four digits: more than a pixel shows."""
    return [
        {name: float(f"{value:.4g}") if isinstance(value, float) else value for name, value in row.items()}
        for row in frame.to_dict("records")
    ]


def draw(spec: dict[str, Any], alt: str, **more: Any) -> Any:
    """Show a chart of `sheet` at the width of its card; `alt` says in words what it shows."""
    return st.vega_lite_chart(spec, theme=None, alt=alt, **more)
