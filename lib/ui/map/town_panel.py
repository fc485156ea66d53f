"""What is said about a place beside and below the map."""

from typing import Any

import pandas as pd
import streamlit as st

from lib.insight.figure import Asked, Part
from lib.insight.map.risk import COUNTED, FEWEST_PIECES, RANK, RATE, Base
from lib.insight.wording import NONE
from lib.ui import figure, tiles
from lib.ui.browser.width import on_phone
from lib.ui.charts import by_level
from lib.ui.charts.levels import LEVELS, level_texts
from lib.ui.kept import kept
from lib.ui.map.shading import rate_text

_COLUMNS = {
    "镇街": st.column_config.TextColumn(pinned=True, width=120),
    "最高等级": st.column_config.TextColumn(width=80),
    "每千件": st.column_config.NumberColumn(format="%.1f", help="每千件的预警数；位次只在数量足够的镇街间排。"),
    "区间下限": st.column_config.NumberColumn(format="%.1f", help="95% 精确泊松区间。"),
    "区间上限": st.column_config.NumberColumn(format="%.1f", help="95% 精确泊松区间。"),
    "位次": st.column_config.NumberColumn(format="%d"),
}


# The next levels down from a place: column, its words, and how a figure is cut to one.
LEVELS_DOWN = {
    "模型": ("rule_id", "rule_label", "rule"),
    "队伍": ("org_id", "org_name", "org"),
    "人员": ("officer_id", "officer_label", "officer"),
}
_BARS = 19


def place_figures(place: dict, ranked: int, base: Base, asked: Asked) -> None:
    """Counts, rate and rank of one row of area_risk; `asked` are its warnings."""
    rate = NONE if pd.isna(place["rate"]) else f"{place['rate']:.1f}"
    rank = NONE if pd.isna(place["rank"]) or ranked < 2 else f"{place['rank']:.0f} / {ranked}"
    with st.grid(3, min_column_width=120, gap="small"):
        tiles.tile(COUNTED.title, [(f"{place['warnings']:,}", asked)], COUNTED.meaning, "件")
        tiles.tile(f"{RATE.title}{base.unit}{base.name}", [(rate, None)], RATE.meaning)
        tiles.tile(RANK.title, [(rank, None)], RANK.meaning)
    tiles.parts(tuple(Part(level, place[level], asked.of(level=level)) for level in LEVELS))
    st.caption(rate_text(place, base) if place["known"] else "本期没有任何办案、检查、派单和预警数据。")


def bars(warnings: pd.DataFrame, asked: Asked, level: str) -> None:
    """Bars of the warnings asked for by model, team or officer (a key of LEVELS_DOWN), most first."""
    _, _, cut = LEVELS_DOWN[level]
    found = _bars(warnings, asked, level, on_phone())
    if found is None:
        st.caption(f"这些预警都没有落到{level}。")
        return
    spec, told = found
    figure.chart(spec, f"map_{cut}", alt=f"各{level}预警件数")
    if told:
        st.caption("；".join(told) + "。")


@kept(128)
def _bars(warnings: pd.DataFrame, asked: Asked, level: str, phone: bool) -> tuple[dict[str, Any], list[str]] | None:
    """The bars, and what they leave out; None when there are none."""
    column, label, cut = LEVELS_DOWN[level]
    known = warnings[warnings[column].notna()]
    if known.empty:
        return None
    table = pd.crosstab([known[column], known[label]], known["level"]).reindex(columns=list(LEVELS), fill_value=0)
    table = table.assign(total=table.sum(axis=1)).sort_values("total", ascending=False, kind="stable")
    frame = table.rename_axis(columns=None).reset_index().head(_BARS)
    each = [asked.of(**{cut: one}) for one in frame[column]]
    spec = by_level.named_bars(frame, label, 26 * len(frame) + 8, each)
    rest = len(table) - len(frame)
    without = len(warnings) - len(known)
    told = [f"另有 {rest} 个{level}"] if rest else []
    told += [f"{without} 件没有落到{level}"] if without else []
    return spec, told


def top_towns(risk: pd.DataFrame, asked: Asked, count: int = 8) -> None:
    """Bars of the towns with most of the warnings asked for."""
    spec, above = _towns(risk, asked, count, on_phone())
    if spec is None:
        return
    figure.chart(spec, "map_towns", alt="预警最多的镇街")
    if above.number:
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.caption("不在图上，可在上方选择：", width="content")
            tiles.parts((above,), "件", width="content")


@kept(128)
def _towns(risk: pd.DataFrame, asked: Asked, count: int, phone: bool) -> tuple[dict[str, Any] | None, Part]:
    """The bars, None when there are none, and the warnings of the units above the towns."""
    rows = risk[risk["is_town"] & (risk["warnings"] > 0)].nlargest(count, "warnings")
    frame = rows.assign(total=rows["warnings"])[["name", *LEVELS, "total"]]
    each = [asked.of(place=code) for code in rows["code"]]
    spec = None if rows.empty else by_level.named_bars(frame, "name", 26 * len(frame) + 8, each)
    above = risk[~risk["is_town"]]
    return spec, Part("县级和市级单位", int(above["warnings"].sum()), asked.of(place=above["code"]))


def all_places(risk: pd.DataFrame, base: Base) -> pd.DataFrame:
    """The frame of area_risk as the table shows it, most warnings first."""
    rows = risk.sort_values(["warnings", "code"], ascending=[False, True])
    return pd.DataFrame(
        {
            "镇街": rows["name"],
            "区县": rows["county_name"],
            "最高等级": level_texts(rows["highest"]).where(rows["known"], "无数据"),
            **{look.name: rows[level] for level, look in LEVELS.items()},
            "预警": rows["warnings"],
            f"{base.name}（{base.unit}）": rows["base"],
            "每千件": rows["rate"],
            "区间下限": rows["low"],
            "区间上限": rows["high"],
            "位次": rows["rank"],
        }
    ).reset_index(drop=True)


def places_table(risk: pd.DataFrame, base: Base, asked: Asked) -> None:
    """All towns and units above them, sortable by any column; a click on a number opens its warnings."""
    table = all_places(risk, base)
    height = min(38 + 35 * len(table), 560)
    rows = risk.sort_values(["warnings", "code"], ascending=[False, True])
    each = [asked.of(place=code) for code in rows["code"]]
    levels = {LEVELS[level].name: [one.of(level=level) for one in each] for level in LEVELS}
    figure.table(
        table, {**levels, "预警": each}, "map_places", _COLUMNS, height=height, placeholder=NONE, alt="各镇街预警"
    )
    few = int((risk["few"] & risk["is_town"]).sum())
    unranked = f"，其中 {few} 个镇街{base.name}不足 {FEWEST_PIECES} {base.unit}，预警率不排位" if few else ""
    st.caption(f"共 {len(table)} 行{unranked}。点任一件数，打开这些预警。")
