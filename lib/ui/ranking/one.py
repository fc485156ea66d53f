"""One officer of the ranking in detail: what the figure is made of, by unit of the time, over a year, beside peers."""

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.store.register import Register
from lib.insight.figure import Asked, Part, rows
from lib.insight.ranking.course import course
from lib.insight.ranking.officers import BOTH, INTERVAL, RATIO, WORK, contributions, peers_of, units_of, work_of
from lib.ui import figure, paths, tiles
from lib.ui.browser import way
from lib.ui.charts import shared
from lib.ui.charts.levels import LEVELS
from lib.ui.kept import kept
from lib.ui.officers.integrity_file import officer_list
from lib.ui.ranking import intervals
from lib.ui.state import Key, casework, key
from lib.ui.tables import plain_table
from lib.ui.verbatim import in_html
from lib.warehouse.store import Warehouse

DETAILS = ("构成", "工作量", "单位", "近 12 个月", "同类人员")
OTHER = "他人名下：本人参与办理，按角色的份额计。未计入：不属实、已撤销、已合并，或不属于这 12 个月的工作。"


def detail(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """One officer: figures, then the models behind them, each opening its warnings."""
    officer_id = str(row["officer_id"])
    with st.grid(3, min_column_width=110, gap="small"):
        tiles.tile(RATIO.title, [(f"{row['ratio']:.2f}", None)], RATIO.meaning)
        both = f"{row['observed']:.1f} / {_expected(row['expected'])}"
        tiles.tile(BOTH.title, [(both, None)], BOTH.meaning)
        tiles.tile(WORK.title, [(f"{row['exposure']:,.0f} 件", None)], WORK.meaning)
    crude = f"观察 ÷ 期望 {row['observed'] / row['expected']:.3g} · " if row["expected"] else ""
    st.caption(
        f"{crude}{INTERVAL:.0%} 区间 {row['low']:.2f}–{row['high']:.2f} · 全市第 {row['rank']} 名"
        f"（区间 {row['rank_low']}–{row['rank_high']}）· 属全市最高 5% 的可能性 {row['p_top5']:.0%}"
    )
    if viewer.may("view", "officer"):
        st.page_link(
            paths.OFFICER,
            label="廉政档案",
            icon=":material/badge:",
            query_params=way.address({"officer": row["officer_id"]}),
            help="打开会留痕。",
        )
    view = st.segmented_control(
        "看什么", DETAILS, default=DETAILS[0], required=True, key="r_detail", label_visibility="collapsed"
    )
    if view == "单位":
        _units(units_of(register, warehouse, viewer, row["officer_id"]))
    elif view == "工作量":
        work = _work_of(warehouse, viewer, officer_id, key(None, warehouse, viewer, clock=False))
        _work(work, viewer, officer_id)
    elif view == "近 12 个月":
        with st.spinner("正在按每个月末重算…"):
            months = course(register, warehouse, viewer, row["officer_id"])
        _course(months)
    elif view == "同类人员":
        _alike(peers_of(register, warehouse, viewer, row["officer_id"]))
    else:
        _contributions(register, warehouse, viewer, row)


def _expected(value: float) -> str:
    return f"{value:.4g}" if value else "0.00"


def _work(work: pd.DataFrame, viewer: Viewer, officer_id: str) -> None:
    shown = pd.DataFrame(
        {
            "工作": work["kind"],
            "角色": work["role"],
            "件数": work["pieces"],
            "每件折合": work["share"],
            "折合主办": work["exposure"],
        }
    )
    config = {name: st.column_config.NumberColumn(format="%.1f") for name in ("每件折合", "折合主办")}
    opened: list[figure.Opening | None] = [
        officer_list(officer_id, "work", kind=kind, role=role)
        for kind, role in zip(work["kind"], work["role"], strict=True)
    ]
    numbers = {"件数": opened} if viewer.may("view", "officer") else {}
    figure.table(shown, numbers, "r_work", config, alt="近 12 个月工作量")
    if viewer.may("view", "officer"):
        figure.link(int(work["pieces"].sum()), officer_list(officer_id, "work"), "实际经手", "件")
    st.caption("折合为 0 的角色和工作不参加比较。")


@kept(256)
def _work_of(_warehouse: Warehouse, _viewer: Viewer, officer_id: str, state: Key) -> pd.DataFrame:
    return work_of(_warehouse, _viewer, officer_id)


@kept(256)
def _counts(
    _register: Register, _warehouse: Warehouse, _viewer: Viewer, officer_id: str, state: Key
) -> dict[Asked, pd.Series]:
    """By what was asked, how many warnings of each model and level: those that went in, those that did not, and those
    of others that went in."""
    held = casework(_register, _warehouse, _viewer)
    every = (Asked(name).of(weighs_for=officer_id) for name in ("compared", "not_compared", "compared_shared"))
    return {asked: rows(held, asked).groupby(["rule_id", "level"]).size() for asked in every}


def _contributions(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    officer_id = str(row["officer_id"])
    state = key(register, warehouse, viewer)
    lines, hidden = _lines(register, warehouse, viewer, officer_id, way.place(), state)
    if not lines:
        st.caption("此人名下没有预警。")
    st.html(f'<div class="persons close">{lines}</div>')
    if lines:
        st.caption(OTHER)
    if hidden:
        st.caption("分值也含不在您权限范围内的预警，这里不列出。")


@kept(256)
def _lines(
    _register: Register, _warehouse: Warehouse, _viewer: Viewer, officer_id: str, place: way.Place, state: Key
) -> tuple[str, bool]:
    """A line for each model as HTML, and whether it weighs what the viewer may not see."""
    table = contributions(_register, _warehouse, _viewer, officer_id)
    counts = _counts(_register, _warehouse, _viewer, officer_id, state)
    inside, rest, shared = counts
    lines = []
    for part in table.to_dict("records"):
        rule_id = str(part["rule_id"])
        found = counts[inside].get(rule_id, pd.Series(dtype="int64"))
        numbers = [
            Part(level, int(found[level]), inside.of(rule=rule_id, level=level)) for level in LEVELS if level in found
        ]
        for words, asked in (("他人名下", shared), ("未计入", rest)):
            count = int(counts[asked].get(rule_id, pd.Series(dtype="int64")).sum())
            numbers += [Part(words, count, asked.of(rule=rule_id))] if count else []
        words = f"{in_html(part['rule_label'])}　计 {part['weight']:.1f} 分"
        lines.append(f"<div><div>{words}</div>{tiles.numbers(tuple(numbers))}</div>")
    return "".join(lines), int(table[list(LEVELS)].to_numpy().sum()) > int(counts[inside].sum())


def _units(table: pd.DataFrame) -> None:
    shown = pd.DataFrame(
        {
            "当时的单位": table["org_name"],
            "自": table["since"].map(_month),
            "至": table["until"].map(_month),
            "工作量（折合件）": table["exposure"],
            "预警分值": table["weight"],
        }
    )
    config = {name: st.column_config.NumberColumn(format="%.1f") for name in ("工作量（折合件）", "预警分值")}
    plain_table(shown, "r_units_of", 20, "当时的单位", config)
    st.caption("按办理时所在单位列出；分值未按时间减半。")


def _month(value: object) -> str:
    return "在办" if pd.isna(value) else f"{pd.Timestamp(value):%Y-%m}"  # type: ignore[arg-type, call-overload]


def _course(months: pd.DataFrame) -> None:
    known = months[months["ratio"].notna()]
    if known.empty:
        st.caption("这 12 个月里都没有足够的可比工作。")
        return
    first, last = known.iloc[0], known.iloc[-1]
    sentence = f"比值由 {first['ratio']:.2f}（{first['day']:%Y-%m}）到 {last['ratio']:.2f}（{last['day']:%Y-%m}）"
    tiles.heading(sentence, f"每个月末按当时已有的预警和核查结论重算；条为 {INTERVAL:.0%} 区间")
    shared.draw(intervals.course(known), sentence)


def _alike(table: pd.DataFrame) -> None:
    if table.empty:
        st.caption("您的范围内没有做同类工作的人员。")
        return
    shown = pd.DataFrame(
        {
            "人员": table["name"],
            "单位": table["org_name"],
            "工作相同": table["overlap"],
            "比值": table["ratio"],
            "区间": table["low"].map("{:.2f}".format) + "–" + table["high"].map("{:.2f}".format),
            "工作量（折合件）": table["exposure"].round(),
        }
    )
    config = {
        "工作相同": st.column_config.NumberColumn(format="percent", help="两人工作种类构成的重合部分。"),
        "比值": st.column_config.NumberColumn(format="%.2f"),
        "工作量（折合件）": st.column_config.NumberColumn(format="localized"),
    }
    plain_table(shown, "r_alike", 20, "做同类工作的人员", config)
