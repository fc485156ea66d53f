"""The rates of clues: figures, breakdown, trend; every number shows its clues."""

from typing import Any

import pandas as pd
import streamlit as st

from lib.casework.deadlines import opinion
from lib.insight.clues.rates import (
    CLOSING,
    DISPOSAL,
    GROUPINGS,
    OPINION,
    OVERDUE,
    PARTS,
    TAKEN,
    WAITING,
    disposal,
    duration,
    rates,
)
from lib.insight.figure import Asked, Part, Sentence, text_of
from lib.insight.share import NONE, Share, percent
from lib.insight.stated import Stated
from lib.insight.wording import number
from lib.ui import figure, message, tables, tiles
from lib.ui.charts import shared
from lib.ui.charts.shared import INK
from lib.ui.kept import kept

BY_KEY = "c_by"
_TABLE = "clue_breakdown"
_STAGE_FIGURES = {"已了结": "clue_closed", "已处置未了结": "clue_held", "未处置": "clue_open"}
_STAGES = {"已了结": "#1d4e89", "已处置未了结": "#7a9cc4", "未处置": "#c9ccd1"}

# The columns of the breakdown: title, part of PARTS that a click shows.
_COLUMNS = {
    "收到": "received",
    "已处置": "disposed",
    "处置率": "disposed",
    "已了结": "closed",
    "了结率": "closed",
    "未处置": "open",
    "按期": "on_time",
    "到期": "due",
    "按期率": "on_time",
    "超期": "overdue",
    "平均": "disposed",
    "中位": "disposed",
    "九成内": "disposed",
}
_HELP = {
    "处置率": "已处置 ÷ 收到；暂存待查计入已处置。",
    "了结率": "已了结 ÷ 收到；暂存待查不计入。",
    "按期": "收到之日起{opinion}内提出处置意见的。",
    "到期": "已提出意见或期限已过的。",
    "按期率": "按期提出处置意见 ÷ 到期。",
    "超期": "期限已过仍未提出处置意见的。",
    "平均": "收到到首次处置的工作日，只计已处置的。",
    "中位": "收到到首次处置的工作日，只计已处置的。",
    "九成内": "九成已处置线索不超过的工作日。",
}


def days(value: float | None) -> str:
    """'20 天', '20.5 天' or a dash."""
    return NONE if value is None else f"{number(round(value, 1))} 天"


@kept(128)
def rates_of(cohort: pd.DataFrame, by: str) -> pd.DataFrame:
    """The rates of clues by one of GROUPINGS, once per cohort; never change them."""
    return rates(cohort, by)


def figures(cohort: pd.DataFrame, asked: Asked) -> None:
    """Six figures of the clues received in the period, each with its parts and its definition; a ratio opens what it
    divides by. `asked` are the clues received."""
    with st.grid(6, min_column_width=150, gap="small"):
        for title, value, opened, unit, parts, detail, meaning in _tiles_of(cohort, asked):
            tiles.tile(title, [(value, opened)], meaning, unit, parts, detail)


@kept(128)
def _tiles_of(cohort: pd.DataFrame, asked: Asked) -> list[tuple[str, str, Asked, str, tuple[Part, ...], str, str]]:
    """Of each tile: title, value, what it opens, unit, parts, detail, definition."""
    count = {key: int(cohort[flag].sum()) if flag else len(cohort) for key, (_, flag) in PARTS.items()}
    taken, waiting = duration(cohort), cohort["open_workdays"].dropna()
    shelved = cohort["disposed"] & cohort["disposition"].eq("暂存待查")

    def part(key: str, words: str = "") -> Part:
        return Part(words or PARTS[key][0], count[key], asked._replace(name=f"clue_{key}"))

    held = Part("暂存待查（不计）", int(shelved.sum()), part("disposed").asked.of(clue_disposition="暂存待查"))
    found: list[tuple[Stated, str, str, str, tuple[Part, ...], str]] = [
        (DISPOSAL, percent(disposal(count["disposed"], count["received"], count["due"])), "received", "",
         (part("disposed"), part("received")), "" if count["due"] or not count["received"] else "意见期限都未到"),
        (CLOSING, percent(Share(count["closed"], count["received"])), "received", "",
         (part("closed"), part("received"), held), ""),
        (OPINION, percent(Share(count["on_time"], count["due"])), "due", "",
         (part("on_time", "按期"), part("due", "到期")), ""),
        (TAKEN, days(taken.median), "disposed", "", (part("disposed"),),
         f"平均 {days(taken.mean)} · 九成在 {days(taken.p90)}内"),
        (WAITING, f"{count['open']:,}", "open", "条", (),
         f"已等待中位 {days(waiting.median() if len(waiting) else None)}"),
        (OVERDUE, f"{count['overdue']:,}", "overdue", "条", (), f"收到已满{opinion()}"),
    ]  # fmt: skip
    return [(of.title, value, part(opened).asked, unit, parts, detail, of.meaning)
            for of, value, opened, unit, parts, detail in found]  # fmt: skip


def breakdown(cohort: pd.DataFrame, asked: Asked) -> str:
    """The rates by county, town, origin, month or disposition; a click on a number shows its clues."""
    by = (
        st.segmented_control(
            "分组",
            list(GROUPINGS),
            default="county",
            required=True,
            format_func=lambda key: f"按{GROUPINGS[key][0]}",
            key=BY_KEY,
            bind="query-params",
            label_visibility="collapsed",
        )
        or "county"
    )
    shown, numbers = _table(cohort, by, asked)
    told = {name: words.format(opinion=opinion()) for name, words in _HELP.items()}
    config: dict[str, Any] = {
        name: st.column_config.Column(help=told.get(name), alignment="right") for name in _COLUMNS
    }
    config[GROUPINGS[by][0]] = st.column_config.TextColumn(pinned=True)
    figure.table(
        shown, numbers, _TABLE, config, height=tables.height(shown, 11), alt=f"线索办理情况，按{GROUPINGS[by][0]}"
    )
    return by


@kept(128)
def _table(cohort: pd.DataFrame, by: str, asked: Asked) -> tuple[pd.DataFrame, dict[str, list[Asked]]]:
    """The rates in words, and what their numbers open."""
    table = rates_of(cohort, by)
    each = [asked.of(**{f"clue_{by}": group}) for group in table["group"]]
    numbers = {name: [one._replace(name=f"clue_{part}") for one in each] for name, part in _COLUMNS.items()}
    return pd.DataFrame({GROUPINGS[by][0]: table["group"], **_texts(table)}), numbers


def _percents(table: pd.DataFrame, part: str, whole: str) -> list[str]:
    return [percent(Share(int(above), int(below))) for above, below in zip(table[part], table[whole], strict=True)]


def _texts(table: pd.DataFrame) -> dict[str, list[Any]]:
    def taken(column: str) -> list[str]:
        return [NONE if pd.isna(value) else number(round(value, 1)) for value in table[column]]

    return {
        "收到": table["received"].tolist(),
        "已处置": table["disposed"].tolist(),
        "处置率": [
            percent(disposal(int(done), int(received), int(due)))
            for done, received, due in zip(table["disposed"], table["received"], table["due"], strict=True)
        ],
        "已了结": table["closed"].tolist(),
        "了结率": _percents(table, "closed", "received"),
        "未处置": table["open"].tolist(),
        "按期": table["on_time"].tolist(),
        "到期": table["due"].tolist(),
        "按期率": _percents(table, "on_time", "due"),
        "超期": table["overdue"].tolist(),
        "平均": taken("mean_days"),
        "中位": taken("median_days"),
        "九成内": taken("p90_days"),
    }


def trend(frame: pd.DataFrame, asked: Asked, source: str) -> None:
    """The clues asked for, those of the last twelve months, by month received and by how far they are."""
    months = rates_of(frame, "month")
    if months.empty:
        message.nothing("近12个月没有线索", "登记线索后，这里按收到月份显示办理进度。")
        return
    done = Share(int(months["disposed"].sum()), int(months["received"].sum()))
    told = Part("收到", done.whole, asked), Part("已处置", done.part, asked._replace(name="clue_disposed"))
    tiles.heading(Sentence(f"近12个月处置率 {percent(done)}", told), f"按收到月份；柱上为处置率；{source}")
    figure.chart(_by_month(frame, asked), "clue_trend", "近12个月线索办理进度")


@kept(128)
def _by_month(frame: pd.DataFrame, asked: Asked) -> dict[str, Any]:
    months = rates_of(frame, "month")
    months = months.assign(
        已了结=months["closed"],
        未处置=months["open"],
        已处置未了结=months["disposed"] - months["closed"],
        处置率=_percents(months, "disposed", "received"),
    )
    rows = months.melt(["group"], list(_STAGES), "进度", "条")
    rows[figure.OPENS] = [
        text_of(asked._replace(name=_STAGE_FIGURES[stage]).of(clue_month=month))
        for month, stage in zip(rows["group"], rows["进度"], strict=True)
    ]
    rows["rank"] = rows["进度"].map({name: rank for rank, name in enumerate(_STAGES)})
    count = {"type": "quantitative", "title": "条"}
    x = {"field": "group", "type": "ordinal", "title": "收到月份", "axis": {**shared.MONTHS, "title": None}}
    bars = {
        **figure.marks(rows.to_dict("records")),
        "mark": {"type": "bar", "size": 20, "cursor": "pointer"},
        "params": [{"name": figure.PICKED, "select": {"type": "point", "fields": [figure.OPENS], "on": "click"}}],
        "encoding": {
            "x": x,
            "y": {**count, "field": "条", "axis": {"tickCount": 4, "grid": True, "format": "d"}},
            "color": {"field": "进度", "scale": {"domain": list(_STAGES), "range": list(_STAGES.values())}},
            "order": shared.ORDER,
            "tooltip": [{"field": "group", "title": "收到月份"}, {"field": "进度"}, {"field": "条"}],
        },
    }
    texts = {
        "data": {"values": months[["group", "received", "处置率"]].to_dict("records")},
        "mark": {"type": "text", "dy": -7, "fontSize": {"expr": "width < 400 ? 9 : 11"}, "color": INK},
        "encoding": {"x": x, "y": {**count, "field": "received"}, "text": {"field": "处置率"}},
    }
    return shared.sheet(268, layer=[bars, texts])
