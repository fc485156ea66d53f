"""High-frequency items on the page: the list by volume, one item's flow, tiers and teams, and the cases of a number."""

from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from lib.access import NotVisible, Viewer
from lib.catalog.lists import domain_names
from lib.catalog.steps import steps
from lib.insight.interval import wilson
from lib.insight.library import items
from lib.insight.library.items import ALL, BACK, EVENTLESS, FEWEST, FINED, OPEN, STANDING, STEP, TEAM, TIER
from lib.insight.period import Period
from lib.insight.share import Share, percent
from lib.insight.warnings.source_rows import in_chinese
from lib.insight.wording import NONE, day, number, quantity
from lib.ui import figure, message, paths, tables, tiles
from lib.ui.card import card
from lib.ui.kept import kept
from lib.ui.state import Key, key
from lib.ui.verbatim import verbatim
from lib.warehouse.store import Warehouse

ITEM_KEY, ROWS_KEY, DOMAIN_KEY = "item", "i_rows", "i_domain"
# What is looked at first: construction and comprehensive enforcement.
_FIRST, _EVERY = ("JS", "ZF"), "all"
_MOST = 50
_PARTS = {
    ALL: "期内决定的案件",
    FINED: "期内决定、有罚款的案件",
    OPEN: "期末未决的案件",
    STEP: "经过「{}」的案件",
    BACK: "跳回「{}」的案件",
    STANDING: "停在「{}」的未决案件",
    TEAM: "{}办理的案件",
    TIER: "适用裁量阶次 {} 的案件",
    EVENTLESS: "没有流程节点的案件",
}


@kept(32)
def _items(_warehouse: Warehouse, _viewer: Viewer, period: Period, state: Key) -> pd.DataFrame:
    return items.items(_warehouse, _viewer, period.now)


@kept(16)
def _course(_warehouse: Warehouse, _viewer: Viewer, code: str, period: Period, state: Key) -> items.Course:
    return items.course(_warehouse, _viewer, code, period.now)


@kept(16)
def _flow(held: items.Course) -> pd.DataFrame:
    return items.flow(held)


@kept(16)
def _teams(_warehouse: Warehouse, _viewer: Viewer, held: items.Course, state: Key) -> pd.DataFrame:
    return items.teams(_warehouse, _viewer, held)


def _units(warehouse: Warehouse, viewer: Viewer, held: items.Course) -> pd.DataFrame:
    return _teams(warehouse, viewer, held, key(None, warehouse, viewer, clock=False))


def ranked(warehouse: Warehouse, viewer: Viewer, period: Period) -> None:
    """The items by volume, of the fields chosen; each row opens its item."""
    frame = _items(warehouse, viewer, period, key(None, warehouse, viewer, period.key, clock=False))
    if frame.empty:
        message.nothing("期内没有决定的案件", f"{period.now.text} 您的范围内没有处罚决定，请另选期间。")
        return
    found = _most(frame, _field(frame))
    with card("items"):
        share = percent(Share(int(found.top["cases"].sum()), found.cases))
        st.markdown(f"**最多的 {len(found.top)} 个事项占 {share}**　共 {found.items:,} 个事项、{found.cases:,} 件案件")
        written = _written(found.top, found.cases)
        tables.draw_list("高频事项", paths.ITEMS, ITEM_KEY, _LIST, written, "items_rows", keys=True)
        told = "按作出决定的案件数排列，不含未决。首要看住房城乡建设、综合行政执法，其他领域可选。"
        st.caption(told + (f"另有 {found.unknown:,} 件案件没有事项代码，没有列入。" if found.unknown else ""))


class _Most(NamedTuple):
    """The items shown first; how many the fields chosen have, with how many cases, and the cases without one."""

    top: pd.DataFrame
    items: int
    cases: int
    unknown: int


@kept(32)
def _most(frame: pd.DataFrame, chosen: tuple[str, ...]) -> _Most:
    rows = frame[frame["item_domain"].isin(chosen)] if chosen else frame[frame["item_code"].notna()]
    unknown = int(frame.loc[frame["item_code"].isna(), "cases"].sum())
    return _Most(rows.head(_MOST), len(rows), int(rows["cases"].sum()), unknown)


@kept(16)
def _fields_held(frame: pd.DataFrame) -> frozenset[str]:
    """The fields with any item."""
    return frozenset(frame["item_domain"].dropna().unique())


_LIST = {
    "事项": ("38%", "main"),
    "领域": ("13%", "bare"),
    "案件": ("80px", ""),
    "占比": ("76px", ""),
    "累计": ("76px", "rest"),
    "有罚款": ("80px", "rest"),
    "罚款合计（元）": ("132px", ""),
    "办案单位": ("84px", ""),
}


@kept(32)
def _written(rows: pd.DataFrame, cases: int) -> list[dict[str, Any]]:
    names = domain_names()
    shown = pd.DataFrame(
        {
            "事项": rows["item_name"].where(rows["item_name"].ne(""), rows["item_code"]).map(verbatim),
            "领域": rows["item_domain"].map(names).fillna("目录外"),
            "案件": rows["cases"].map(number),
            "占比": [percent(Share(int(count), cases)) for count in rows["cases"]],
            "累计": [percent(Share(int(count), cases)) for count in rows["cases"].cumsum()],
            "有罚款": rows["fined"].map(number),
            "罚款合计（元）": rows["fine_amt"].map(number),
            "办案单位": rows["units"].map(number),
        }
    )
    return tables.written(rows["item_code"], shown, _LIST)


def _field(frame: pd.DataFrame) -> tuple[str, ...]:
    """The fields chosen in the address: none stands for all."""
    names = domain_names()
    held = [code for code in (*_FIRST, *names) if code in _fields_held(frame)]
    offered = {"first": "建设、综合执法", **{code: names[code] for code in dict.fromkeys(held)}, _EVERY: "全部"}
    if not set(_FIRST) & set(held):
        offered.pop("first")
    asked = st.pills(
        "领域",
        list(offered),
        format_func=offered.__getitem__,
        default=next(iter(offered)),
        key=DOMAIN_KEY,
        bind="query-params",
        label_visibility="collapsed",
        required=True,
    )
    if asked == "first":
        return _FIRST
    return () if asked in (_EVERY, None) else (str(asked),)


def _opening(period: Period, code: str, part: str, value: str = "") -> figure.Opening:
    return paths.ITEMS, {"period": period.name, ITEM_KEY: code, ROWS_KEY: f"{part}:{value}"}


def _held(warehouse: Warehouse, viewer: Viewer, period: Period, code: str) -> items.Course:
    return _course(warehouse, viewer, code, period, key(None, warehouse, viewer, code, period.key, clock=False))


def one(warehouse: Warehouse, viewer: Viewer, period: Period, code: str) -> None:
    """One item: what it rests on, its figures, the steps with their risk points, its tiers and teams."""
    found = items.item(warehouse, viewer, code)
    if found is None:
        message.stop(NotVisible())
    held = _held(warehouse, viewer, period, code)
    with card("item-head"):
        st.markdown(f"**{verbatim(found['item_name'])}**")
        reach = f"{number(found['fine_min_amt'])} 至 {number(found['fine_max_amt'])} 元"
        ends = found["fine_min_amt"], found["fine_max_amt"]
        due = f"（期限 {day(found['transfer_due_date'])}）" if found["transfer_due_date"] else ""
        parts = [
            domain_names().get(found["domain_code"], ""),
            f"事项代码 {code}",
            f"法定罚款 {reach}" if None not in ends else "",
            f"{found['transfer_status']}{due}",
            f"承接单位 {found['assigned_to']}" if found["assigned_to"] else "",
        ]
        st.caption(verbatim(" · ".join(part for part in parts if part)))
        st.markdown(f"政策依据　{verbatim(found['law_basis'] or '目录没有写明')}")
    if held.cases.empty:
        message.nothing("期内没有案件", f"{period.now.text} 您的范围内没有这个事项的案件，请另选期间。")
        return
    _totals(held, period, code)
    with card("item-flow"):
        _steps(held, period, code)
    with card("item-teams"):
        _by_team(warehouse, viewer, held, period, code)
    with card("item-tiers"):
        _by_tier(warehouse, viewer, held, period, code)


def _totals(held: items.Course, period: Period, code: str) -> None:
    decided = held.decided
    fined = decided[decided["fine_amt"].gt(0)]
    undecided = len(held.cases) - len(decided)
    with st.grid(4, min_column_width=150, gap="small"):
        shown = (
            (ALL, items.DECIDED, len(decided)),
            (FINED, items.WITH_FINE, len(fined)),
            (OPEN, items.UNDECIDED, undecided),
        )
        for part, of, count in shown:
            tiles.tile(of.title, [(f"{count:,}", _opening(period, code, part))], of.meaning, "件")
        tiles.tile(items.FINES.title, [(quantity(fined["fine_amt"].sum(), "元"), None)], items.FINES.meaning)


def _steps(held: items.Course, period: Period, code: str) -> None:
    frame = _flow(held)
    eventless = len(items.counted(held, EVENTLESS, ""))
    shown, numbers = _flow_table(frame, period, code)
    slow = frame.loc[frame["middle"].idxmax()] if frame["middle"].notna().any() else None
    said = f"等得最久的是「{slow['step']}」，中位 {_days(slow['middle'])}" if slow is not None else "节点没有先后间隔"
    jumped = int(frame["back"].sum())
    st.markdown(f"**行权流程　{said}**　" + (f"跳回 {jumped:,} 件次" if jumped else "没有案件跳回"))
    config: dict[str, object] = {
        "经过": st.column_config.NumberColumn(format="localized", width=72, help="期内决定、经过这一环节的案件。"),
        "等待中位": st.column_config.TextColumn(width=84, help="自上一节点起的日历日，每案取第一次。"),
        "九成在": st.column_config.TextColumn(width=84, help="九成案件在这些天内。"),
        "跳回": st.column_config.NumberColumn(width=62, help="已到更后阶段又回到这一环节的案件。"),
        "停在此": st.column_config.NumberColumn(width=72, help="期末未决、最后一个节点是它的案件。"),
        "已停": st.column_config.TextColumn(width=84, help="停在此的案件自该节点起的天数，中位。"),
        "环节": st.column_config.TextColumn(width=110, pinned=True),
        "廉政风险点": st.column_config.TextColumn(width=300),
        "盯住的模型": st.column_config.TextColumn(width=150),
        "依据": st.column_config.TextColumn(width=300),
    }
    figure.table(shown, numbers, "item_flow", config, height="content", alt="行权流程各环节")
    told = "风险点为梳理（待核），不是认定；点数字看案件。"
    if eventless:
        st.html(
            figure.line(figure.number(eventless, _opening(period, code, EVENTLESS), "没有流程节点", "件，不计入各环节"))
        )
    st.caption(told)


def _days(value: float) -> str:
    return NONE if pd.isna(value) else f"{value:.1f} 天".replace(".0 ", " ")


@kept(32)
def _flow_table(
    frame: pd.DataFrame, period: Period, code: str
) -> tuple[pd.DataFrame, dict[str, list[figure.Opening | None]]]:
    known = {step.name: step for step in steps()}
    own = [known.get(name) for name in frame["step"]]
    shown = pd.DataFrame(
        {
            "环节": frame["step"],
            "经过": frame["cases"],
            "等待中位": frame["middle"].map(_days),
            "九成在": frame["late"].map(_days),
            "跳回": frame["back"],
            "停在此": frame["standing"],
            "已停": frame["standing_days"].map(_days),
            "廉政风险点": ["；".join(risk.risk for risk in step.risks) if step else "" for step in own],
            "盯住的模型": [
                "、".join(dict.fromkeys(m for r in step.risks for m in r.models)) if step else "" for step in own
            ],
            "依据": [step.law if step else "" for step in own],
        }
    )
    columns = {"经过": (STEP, "cases"), "跳回": (BACK, "back"), "停在此": (STANDING, "standing")}
    numbers: dict[str, list[figure.Opening | None]] = {
        title: [
            _opening(period, code, part, step) if count else None
            for step, count in zip(frame["step"], frame[column], strict=True)
        ]
        for title, (part, column) in columns.items()
    }
    return shown, numbers


def _by_team(warehouse: Warehouse, viewer: Viewer, held: items.Course, period: Period, code: str) -> None:
    frame = _units(warehouse, viewer, held)
    if frame.empty:
        message.nothing("期内没有决定的案件", "还没有可以按单位比较的案件。")
        return
    shown, numbers = _team_table(frame, period, code)
    few = int(frame["few"].sum())
    st.markdown(
        f"**{len(frame):,} 个单位办理**　其中 {few:,} 个不足 {FEWEST} 件，不作比较"
        if few
        else f"**{len(frame):,} 个单位办理**"
    )
    config: dict[str, object] = {
        "单位": st.column_config.TextColumn(width=240, pinned=True),
        "案件": st.column_config.NumberColumn(format="localized", width=80),
        "有罚款": st.column_config.TextColumn(width=170, help="占比，括号内为 95% 区间。"),
        "罚款合计（元）": st.column_config.NumberColumn(format="localized", width=130),
        "罚款中位（元）": st.column_config.TextColumn(width=220, help="括号内为 95% 区间；有罚款的不足六件时没有。"),
        "立案到决定": st.column_config.TextColumn(width=96, help="日历日，中位。"),
    }
    figure.table(shown, numbers, "item_teams", config, height=tables.height(shown, 12), alt="办理单位")


@kept(32)
def _team_table(
    frame: pd.DataFrame, period: Period, code: str
) -> tuple[pd.DataFrame, dict[str, list[figure.Opening | None]]]:
    shown = pd.DataFrame(
        {
            "单位": frame["org_name"],
            "案件": frame["cases"],
            "有罚款": [_share(row.fined, row.cases, row.few) for row in frame.itertuples()],
            "罚款合计（元）": frame["fine_amt"],
            "罚款中位（元）": [_middle(row.fine, row.low, row.high, row.few) for row in frame.itertuples()],
            "立案到决定": [NONE if few else _days(days) for days, few in zip(frame["days"], frame["few"], strict=True)],
        }
    )
    opens = [_opening(period, code, TEAM, org) for org in frame["org_id"]]
    return shown, {"案件": list(opens)}


def _share(part: int, whole: int, few: bool) -> str:
    between = wilson(part, whole)
    if few or between is None:
        return f"{number(part)} 件"
    return f"{percent(Share(part, whole))}（{between[0]:.0%}–{between[1]:.0%}）"


def _middle(value: float, low: float, high: float, few: bool) -> str:
    if few:
        return f"不足 {FEWEST} 件"
    return number(value) + (f"（{number(low)}–{number(high)}）" if not pd.isna(low) else "")


def _by_tier(warehouse: Warehouse, viewer: Viewer, held: items.Course, period: Period, code: str) -> None:
    frame = items.tiers(warehouse, viewer, code, held, period.now)
    if frame.empty:
        message.nothing("没有裁量基准", "期内没有这个事项的裁量基准；M06 只比对写明基准的案件。")
        return
    st.markdown(f"**裁量基准 {len(frame)} 档**")
    shown = pd.DataFrame(
        {
            "当事人": frame["party_type"],
            "阶次": frame["tier_no"],
            "适用条件": frame["condition_text"],
            "幅度（元）": [
                f"{number(a)}–{number(b)}" for a, b in zip(frame["fine_min_amt"], frame["fine_max_amt"], strict=True)
            ],
            "案件": frame["cases"],
            "罚款中位（元）": frame["fine"].map(number),
            "有效期": [
                f"{day(a)} 起" if pd.isna(b) else f"{day(a)} 至 {day(b)}"
                for a, b in zip(frame["valid_from_date"], frame["valid_to_date"], strict=True)
            ],
            "依据文号": frame["basis_doc_no"],
        }
    )
    opens = [
        _opening(period, code, TIER, tier) if count else None
        for tier, count in zip(frame["benchmark_id"], frame["cases"], strict=True)
    ]
    config: dict[str, object] = {"案件": st.column_config.NumberColumn(format="localized", width=72)}
    figure.table(shown, {"案件": opens}, "item_tiers", config, height=tables.height(shown, 12), alt="裁量基准")


def rows(warehouse: Warehouse, viewer: Viewer, period: Period, code: str, asked: str) -> None:
    """The cases that a number of an item counts."""
    part, _, value = asked.partition(":")
    found = items.item(warehouse, viewer, code)
    if found is None or part not in _PARTS:
        message.stop(NotVisible())
    held = _held(warehouse, viewer, period, code)
    cases = items.counted(held, part, value)
    named = value
    if part == TEAM and len(cases):
        teams = _units(warehouse, viewer, held)
        named = "".join(teams.loc[teams["org_id"].eq(value), "org_name"])
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{verbatim(found['item_name'])}**　{verbatim(_PARTS[part].format(named))}", width="content")
        figure.listed(len(cases), "件")
        st.caption(period.now.text, width="content")
    if cases.empty:
        message.nothing("没有这样的案件", "可返回事项另选数字或期间。")
        return
    tables.source_table(_case_rows(warehouse, cases), "item_cases", 18)


_SHOWN = [
    "case_id", "case_no", "doc_no", "org_id", "area_code", "procedure_type", "filed_date", "decision_date",
    "closed_date", "result_type", "fine_amt",
]  # fmt: skip


@kept(32)
def _case_rows(_warehouse: Warehouse, data: pd.DataFrame) -> pd.DataFrame:
    shown = data[_SHOWN].reset_index(drop=True)
    days = {name: shown[name].map(day) for name in _SHOWN if name.endswith("_date")}
    return in_chinese(shown.assign(**days), _warehouse, ("penalty_case",))
