"""Charts of the officer ranking: ratios as intervals, and the funnel of ratio against work."""

from typing import Any

import altair as alt
import pandas as pd

from lib.ui.charts import ACCENT, INK, LINE, QUIET, dressed

PICKED = "picked"
_ROW, _TWO_LINES = 29, 34
_SOFT = "#a9b8c8"
_TOOLTIP = [
    alt.Tooltip("label:N", title="人员"),
    alt.Tooltip("ratio:Q", title="比值", format=".2f"),
    alt.Tooltip("interval:N", title="80%区间"),
    alt.Tooltip("observed:Q", title="观察值", format=".0f"),
    alt.Tooltip("expected:Q", title="期望值", format=".2f"),
    alt.Tooltip("exposure:Q", title="工作量（件）", format=",.0f"),
]


def _with_words(frame: pd.DataFrame) -> pd.DataFrame:
    interval = frame["low"].map("{:.2f}".format) + "–" + frame["high"].map("{:.2f}".format)
    return frame.assign(interval=interval)


def interval_bars(frame: pd.DataFrame, selected: str | None, narrow: bool = False) -> Any:
    """One row per officer in the order given: the interval as a bar, the ratio as a point, peers at 1.

    A click on a point selects its officer (parameter PICKED, field officer_id). `narrow` puts the unit under the name.
    """
    rows = _with_words(frame[["officer_id", "label", "ratio", "low", "high", "observed", "expected", "exposure"]])
    rows["chosen"] = rows["officer_id"].eq(selected or "")
    axis = alt.Axis(
        title=None, ticks=False, domain=False, labelPadding=8, labelLimit=260, labelColor=INK, labelLineHeight=14,
        labelExpr="split(datum.label, ' · ')" if narrow else "replace(datum.label, ' · ', '  ')",
    )  # fmt: skip
    y = alt.Y("label:N", sort=rows["label"].tolist(), axis=axis)
    ratio = {
        "title": "比值（1 = 与同类工作的同行相当）", "scale": alt.Scale(zero=True),
        "axis": alt.Axis(grid=True, tickCount=6, orient="top"),
    }  # fmt: skip
    colour = alt.condition("datum.chosen", alt.value(ACCENT), alt.value(_SOFT))
    base = alt.Chart(rows).encode(y=y)
    bars = base.mark_bar(height=7, cornerRadius=3).encode(
        x=alt.X("low:Q", **ratio), x2="high:Q", color=colour, opacity=alt.value(0.75), tooltip=_TOOLTIP
    )
    click = alt.selection_point(name=PICKED, fields=["officer_id"], on="click", empty=False)
    points = (
        base.mark_point(filled=True, size=95, opacity=1)
        .encode(
            x=alt.X("ratio:Q", **ratio), tooltip=_TOOLTIP,
            color=alt.condition("datum.chosen", alt.value("#0c2745"), alt.value(ACCENT)),
        )
        .add_params(click)
    )  # fmt: skip
    like_peers = alt.Chart(pd.DataFrame({"at": [1.0]})).mark_rule(color=INK, strokeDash=[4, 3]).encode(x="at:Q")
    return dressed(alt.layer(bars, like_peers, points), height=(_TWO_LINES if narrow else _ROW) * len(rows) + 4)


def funnel(points: pd.DataFrame, limits: pd.DataFrame, selected: pd.DataFrame, height: int) -> Any:
    """Observed/expected against expected: officers (expected, crude, officers), the limits of chance, the selected.

    Officers at nearly the same place are one point, larger the more they are.
    """
    most = float(points["expected"].max())
    x = alt.X(
        "expected:Q", title="期望值（工作量按同类同行折算的预警加权数）", axis=alt.Axis(grid=False, tickCount=6),
        scale=alt.Scale(domain=[0, most * 1.03], nice=False),
    )  # fmt: skip
    top = max(float(points["crude"].max()), 4.0) * 1.05
    y = alt.Y(
        "crude:Q", title="观察值 ÷ 期望值", scale=alt.Scale(domain=[0, top], clamp=True, type="sqrt"),
        axis=alt.Axis(grid=True, tickCount=6),
    )  # fmt: skip
    dots = (
        alt.Chart(points)
        .mark_point(filled=True, color=ACCENT, opacity=0.45)
        .encode(
            x=x, y=y, size=alt.Size("officers:Q", scale=alt.Scale(range=[18, 220]), legend=None),
            tooltip=[
                alt.Tooltip("officers:Q", title="人数"),
                alt.Tooltip("expected:Q", title="期望值", format=".2f"),
                alt.Tooltip("crude:Q", title="观察值 ÷ 期望值", format=".2f"),
            ],
        )
    )  # fmt: skip
    edges = limits.melt(["expected", "limit"], ["low", "high"], "side", "crude")
    lines = (
        alt.Chart(edges)
        .mark_line(color=QUIET, strokeWidth=1.2)
        .encode(x="expected:Q", y="crude:Q", detail=["limit:N", "side:N"],
                strokeDash=alt.StrokeDash("limit:N", legend=alt.Legend(title=None, orient="top-right")))
    )  # fmt: skip
    like_peers = alt.Chart(pd.DataFrame({"at": [1.0]})).mark_rule(color=LINE).encode(y="at:Q")
    ring = alt.Chart(selected).mark_point(size=190, strokeWidth=2.5, color="#0c2745").encode(x=x, y=y)
    name = (
        alt.Chart(selected)
        .mark_text(align="left", dx=13, fontSize=12, fontWeight=600, color=INK)
        .encode(x=x, y=y, text="name:N")
    )
    return dressed(alt.layer(like_peers, lines, dots, ring, name), height=height)
