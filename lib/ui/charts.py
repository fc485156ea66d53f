"""What all charts share: font, quiet axes, a sentence for a title, the colours of the levels."""

from typing import Any

import altair as alt
import pandas as pd

from lib.ui.browser import on_phone
from lib.ui.levels import LEVEL_ORDER, LEVELS, level_counts

FONT = "'Source Han Sans SC','Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif"
INK, QUIET, LINE, ACCENT = "#1c2733", "#5b6b7b", "#dfe5ec", "#1d4e89"
RAMP = ("#eef3f8", "#b3c8df", "#6089b5", "#1d4e89", "#0c2745")
NO_DATA = "#c9ccd1"

LEVEL_NAMES = [LEVELS[level].name for level in LEVEL_ORDER]
LEVEL_SCALE = alt.Scale(domain=LEVEL_NAMES, range=[LEVELS[level].colour for level in LEVEL_ORDER])


def dressed(chart: Any, title: str = "", subtitle: str = "", height: int | None = None) -> Any:
    """A chart with the common look; use it last, and show it with st.altair_chart(..., theme=None).

    Without a title where the card around it has the sentence.
    """
    margin = {"left": 2, "right": 4, "top": 2, "bottom": 2}
    sized = chart.properties(background="transparent", padding=margin)
    if title:
        heading = alt.TitleParams(
            title, subtitle=subtitle or alt.Undefined, anchor="start", frame="bounds", fontSize=14, fontWeight=600,
            subtitleFontSize=11.5, subtitleColor=QUIET, color=INK, offset=8,
        )  # fmt: skip
        sized = sized.properties(title=heading)
    if height is not None:
        sized = sized.properties(height=height)
    return (
        sized.configure(font=FONT)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=QUIET, titleColor=QUIET, labelFontSize=12, titleFontSize=12, titleFontWeight="normal",
            domainColor=LINE, tickColor=LINE, gridColor=LINE, grid=False, labelLimit=220,
        )
        .configure_legend(labelColor=INK, labelFontSize=12, title=None, orient="top", padding=0, symbolType="square")
    )  # fmt: skip


def level_rows(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """One row per key and level, for stacked bars: columns `keys`, red, orange, yellow become 级别 and 数量.

    `rank` orders the levels from the axis: 红, 橙, 黄.
    """
    long = frame.melt(id_vars=keys, value_vars=list(LEVEL_ORDER), var_name="level", value_name="数量")
    long["级别"] = long["level"].map({level: LEVELS[level].name for level in LEVEL_ORDER})
    long["rank"] = long["level"].map({level: rank for rank, level in enumerate(LEVEL_ORDER)})
    return long.drop(columns="level")


def level_months(frame: pd.DataFrame, height: int) -> Any:
    """Stacked bars by month (month, red, orange, yellow), every month labelled."""
    rows = level_rows(frame.assign(月份=frame["month"].dt.strftime("%Y-%m")), ["月份"])
    chart = (
        alt.Chart(rows)
        .mark_bar(size=16)
        .encode(
            x=alt.X("月份:O", title=None, axis=alt.Axis(labelAngle=0, labelExpr="+slice(datum.label, 5) + '月'")),
            y=alt.Y("数量:Q", title="件", axis=alt.Axis(tickCount=4, grid=True, format="d")),
            color=alt.Color("级别:N", scale=LEVEL_SCALE, legend=None),
            order=alt.Order("rank:Q"),
            tooltip=["月份", "级别", "数量"],
        )
    )
    return dressed(chart, height=height)


def level_ranking(frame: pd.DataFrame, name: str, height: int) -> Any:
    """Stacked bars by `name` (red, orange, yellow, total), each with its counts as text, in the order given."""
    rows = level_rows(frame, [name])
    order = frame[name].tolist()
    y = alt.Y(f"{name}:N", title=None, sort=order, axis=alt.Axis(ticks=False, domain=False, labelPadding=6))
    bars = (
        alt.Chart(rows)
        .mark_bar(size=13)
        .encode(
            y=y,
            x=alt.X("数量:Q", title=None, axis=None),
            color=alt.Color("级别:N", scale=LEVEL_SCALE, legend=None),
            order=alt.Order("rank:Q"),
            tooltip=[alt.Tooltip(f"{name}:N", title="名称"), "级别", "数量"],
        )
    )
    totals = frame[[name, "total"]].assign(文字=_counts(frame))
    texts = alt.Chart(totals).mark_text(align="left", dx=5, fontSize=12, color=INK).encode(
        y=y, x="total:Q", text="文字:N"
    )
    room = alt.Chart(totals).mark_bar(opacity=0).encode(y=y, x=alt.X("room:Q")).transform_calculate(
        room=f"datum.total * {2.4 if on_phone() else 1.55} + 0.5"
    )
    return dressed(alt.layer(bars, texts, room), height=height)


def _counts(frame: pd.DataFrame) -> list[str]:
    each = [frame[level].tolist() for level in LEVEL_ORDER]
    return [f"{total} {level_counts(*row)}" if total else "0"
            for total, *row in zip(frame["total"], *each, strict=True)]
