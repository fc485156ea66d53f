"""Why a warning fired, drawn: the sentence, the facts, the comparison, what to check, the rows behind it."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.access.masking import mask_free_text
from lib.casework.rules.versions import version_name
from lib.casework.store.register import Register
from lib.casework.warnings.alert_files import COLUMNS
from lib.casework.warnings.platforms import ORIGIN as EXTERNAL
from lib.casework.warnings.platforms import PLATFORMS
from lib.casework.warnings.states import MERGED
from lib.errors import UserError
from lib.insight.officers.network import centre_of
from lib.insight.warnings import why
from lib.insight.warnings.filter import workbench_query
from lib.insight.warnings.source_rows import SourceTable, alert_rows, source_tables
from lib.insight.wording import SHARE, day, moment, plain, quantity
from lib.rules import Rule
from lib.ui import figure, message, paths, tables
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.charts.levels import LEVELS, level_text
from lib.ui.charts.shared import ACCENT, QUIET, draw, dressed, with_data
from lib.ui.files.check_sheet import check_sheet_button
from lib.ui.kept import kept
from lib.ui.state import Key, key
from lib.ui.verbatim import in_html, verbatim
from lib.warehouse.store import Warehouse

NOTE = "核查提示，非结论"
_ORIGINS = {"model": "监督模型", "external_platform": "外部平台推送", "spot_check": "抽查"}
_SPOT_CHECK = "模型没有命中它，由随机抽取进入核查，用来估计模型漏掉多少。"
_PEERS = "#b3c8df"
_FEW = 30


@kept(512)
def row_of(frame: pd.DataFrame, warning_id: str) -> pd.Series | None:
    """The row of a warning list with this number; None when there is none."""
    found = frame[frame["warning_id"] == warning_id]
    return None if found.empty else found.iloc[0]


@kept(512)
def evidence_of(row: pd.Series) -> dict[str, Any]:
    """What the warning rests on, as the model wrote it."""
    held: dict[str, Any] = json.loads(row["evidence"])
    return held


@kept(512)
def rule_of(_register: Register, row: pd.Series) -> Rule | None:
    """The model as it runs now: a warning list is made anew whenever a version is published."""
    return why.rule_in_force(_register, row["rule_id"])


def head(
    register: Register,
    warehouse: Warehouse,
    viewer: Viewer,
    row: pd.Series,
    evidence: dict[str, Any],
    rule: Rule | None,
) -> None:
    """Level, sentence, what the evidence holds, where it comes from, and the ways on."""
    with card("hit"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            colour = row["level"] if row["level"] in LEVELS else "gray"
            st.badge(level_text(row["level"]), color=colour)  # type: ignore[arg-type]
            st.markdown(f"**{verbatim(row['rule_label'])}**", width="content")
            if row["origin"] == "spot_check":
                st.badge("抽查", color="gray", help=_SPOT_CHECK)
            elif not row["firing"]:
                st.badge(
                    "现已不再命中",
                    color="gray",
                    help="最近一次运行模型时，这个对象不再满足条件；预警和已做的核查保留。",
                )
            if row["state"] == MERGED:
                st.badge("已合并", color="gray", help="并入同一对象未办结的预警，见下方链接。")
            st.badge(NOTE, color="gray", help="模型只比对数据，是否违规由核查认定。")
        sentence, facts = _told(row, evidence, rule)
        st.markdown(f"##### {verbatim(sentence)}", anchors=False)
        if facts:
            st.html(facts)
        origin = verbatim(_origin(row))
        st.caption(
            f"预警 {row['number']} · {origin}{_version(row)} · 首次发现 {moment(row['first_seen_at'])} · "
            f"{'最近推送' if row['origin'] == EXTERNAL else '最近命中'} {moment(row['last_seen_at'])}"
        )
        _links(register, warehouse, viewer, row)


@kept(512)
def _told(row: pd.Series, _evidence: dict[str, Any], _rule: Rule | None) -> tuple[str, str]:
    """The sentence, and what the evidence holds as HTML."""
    held = why.facts(_evidence, _rule)
    cells = (f'<div><div class="told">{in_html(title)}</div>{in_html(value)}</div>' for title, value in held)
    return why.sentence(row, _evidence, _rule), f'<div class="facts">{"".join(cells)}</div>' if held else ""


def _origin(row: pd.Series) -> str:
    """Where it comes from: the model's version, or the platform by its name."""
    origin = _ORIGINS.get(row["origin"], row["origin"])
    return f"{origin}（{row['title']}）" if row["origin"] == EXTERNAL else origin


def _version(row: pd.Series) -> str:
    return "" if pd.isna(row["version_id"]) else version_name(str(row["version_id"]))


def _links(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """From the warning to whom and what it concerns."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="about"):
        queries = _queries(warehouse, row)
        if row["officer_label"]:
            _link(paths.WORKBENCH, f"{row['officer_label']} 的预警", ":material/person:", queries["officer"])
            if viewer.may("view", "officer"):
                file = {"officer": row["officer_id"]}
                _link(paths.OFFICER, "廉政档案", ":material/badge:", file, help="打开会留痕。")
        if viewer.may("view", "officer") and (about := centre_of(row)):
            _link(paths.NETWORK, "关系网络", ":material/hub:", {"about": about}, help="打开会留痕。")
        if row["org_name"]:
            _link(paths.WORKBENCH, f"{row['org_name']} 的预警", ":material/groups:", queries["org"])
        if row["origin"] != EXTERNAL:
            _link(paths.RULES, f"模型 {row['rule_label']}", ":material/rule:", {"rule": row["rule_id"]})
        check_sheet_button(register, warehouse, viewer, row)
        if row["town_name"]:
            _link(paths.MAP, f"地图 {row['town_name']}", ":material/map:", {"town": row["town_name"]})
        if not pd.isna(row["clue_id"]):
            _link(paths.CLUES, "由此产生的线索", ":material/account_tree:", {"clue": row["clue_id"]})
        if row["org_name"] and viewer.may("draft", "notice"):
            asked = {"draft": f"warning:{row['warning_id']}"}
            _link(paths.NOTICES, "拟制执法监督通知书", ":material/description:", asked)
        if row["subject_type"] == "grid_dispatch" and viewer.may("view", "grid"):
            _link(paths.GRID, "网格派单", ":material/grid_view:", {"dispatch": row["subject_id"]})
        if row["org_name"] and viewer.may("propose", "motion"):
            _link(paths.MOTIONS, "提出廉情动议", ":material/gavel:", {"propose": f"warning:{row['warning_id']}"})
        if viewer.may("nominate", "exemplar") and not pd.isna(row["conclusion"]):
            asked = {"nominate": f"warning:{row['warning_id']}"}
            _link(paths.EXEMPLARS, "推荐为典型案例", ":material/menu_book:", asked)
        for column, label in (("merged_into", "并入的预警"), ("follows", "承接的前一条预警")):
            if column in row and not pd.isna(row[column]):
                _link(paths.WARNING, label, ":material/flag:", {"id": str(row[column])})


@kept(512)
def _queries(_warehouse: Warehouse, row: pd.Series) -> dict[str, way.Query]:
    """Where the other warnings of the officer and of the unit are listed."""
    found: dict[str, way.Query] = {}
    if row["officer_label"]:
        found["officer"] = workbench_query(_warehouse, officer_id=row["officer_id"])
    if row["org_name"]:
        found["org"] = workbench_query(_warehouse, org_id=row["org_id"])
    return found


def _link(page: str, label: str, icon: str, query: way.Query, **more: Any) -> None:
    st.page_link(page, label=verbatim(label), icon=icon, query_params=way.address(query), width="content", **more)


@dataclass(frozen=True)
class _Compared:
    """A comparison as the card shows it."""

    size: int
    among: str
    position: str
    silent: str
    sampled: bool
    spec: dict[str, Any]
    values: pd.DataFrame
    unit: str


@kept(500)
def _compared(
    _register: Register, _warehouse: Warehouse, _rule: Rule, _row: pd.Series, _evidence: dict, key: tuple
) -> _Compared:
    found = why.comparison(_register, _warehouse, _rule, _row, _evidence)
    told = found.size > 1 and not found.silent
    position, spec = (found.position(), with_data(_distribution(found).to_dict())) if told else ("", {})
    values = found.values.sort_values("value", ascending=found.downward, kind="stable")
    return _Compared(found.size, found.among, position, found.silent, found.sampled, spec, values, found.unit)


@kept(512)
def _key(_register: Register, _warehouse: Warehouse, _rule: Rule, row: pd.Series) -> tuple:
    """What decides the rows and the comparison of a hit."""
    params = tuple(sorted((name, str(value)) for name, value in why.params_in_force(_register, _rule).items()))
    day = _day_of(_register, _warehouse, row)
    return (str(_warehouse.generation.path), str(day), _rule.hash, params, row["subject_type"], row["subject_id"],
            row["period"], str(row["value"]), str(row["threshold"]))  # fmt: skip


@kept(512)
def _day_of(_register: Register, _warehouse: Warehouse, row: pd.Series) -> date:
    return why.day_of(_register, _warehouse, row)


def _day_words(register: Register, warehouse: Warehouse, row: pd.Series) -> str:
    """Which day's data the comparison and the rows are."""
    day = _day_of(register, warehouse, row)
    if row["firing"]:
        return f"数据截至 {day:%Y-%m-%d}"
    return f"按{'抽取日' if row['origin'] == 'spot_check' else '最近命中日'} {day:%Y-%m-%d} 的数据"


def peers(
    register: Register, warehouse: Warehouse, rule: Rule | None, row: pd.Series, evidence: dict[str, Any]
) -> None:
    """The distribution of the subject's peers with the subject and the limits marked."""
    if rule is None:
        return
    try:
        found = _compared(register, warehouse, rule, row, evidence, _key(register, warehouse, rule, row))
    except UserError as error:
        message.problem(error)
        return
    with card("peers"):
        if found.silent:
            st.caption(f"不作同类比较：{verbatim(found.silent)}")
            return
        if found.size < 2:
            message.nothing("没有可比的同类", "同类不足两个时不作比较。")
            return
        st.markdown(f"**{verbatim(found.position)}**")
        count = f"随机抽取 {found.size:,} 个" if found.sampled else f"n={found.size:,}"
        st.caption(f"同类：{verbatim(found.among)}，{count}；{_day_words(register, warehouse, row)}")
        draw(found.spec, found.position)
        _values(found, f"peer_values_{row['warning_id']}")


def _values(found: _Compared, key: str) -> None:
    """Every value of the comparison, made only when it is opened; whose it is stays untold."""
    with st.expander("同类的全部数值", key=key, on_change="rerun") as box:
        if not box.open:
            return
        figure.listed(found.size, "个")
        shown = pd.DataFrame(
            {
                "位次": range(1, found.size + 1),
                "数值": [quantity(value, found.unit) for value in found.values["value"]],
                "": found.values["is_subject"].map({True: "本对象", False: ""}),
            }
        )
        tables.plain_table(shown, key, 8, "同类的全部数值")


def _distribution(found: why.Comparison) -> Any:
    name = f"{found.title}（{found.unit}）" if found.unit and found.unit != SHARE else found.title
    axis = alt.Axis(format=".2~%" if found.unit == SHARE else "d" if found.whole else "", tickCount=8)
    layers = [_points(found, name, axis) if found.size < _FEW else _bars(found, name, axis)]
    # One below the other: limits can lie close together.
    marks = [
        (limit, f"阈值 {quantity(limit, found.unit)}", QUIET, [4, 3], 26 + 16 * n)
        for n, limit in enumerate(found.limits)
    ]
    if found.own is not None:
        marks.append((found.own, f"本对象 {quantity(found.own, found.unit)}", ACCENT, [1, 0], 10))
    end = float(found.bins()["to"].max())
    for value, text, colour, dash, dy in marks:
        at = pd.DataFrame({"value": [value], "text": [text]})
        left = value > (found.bins()["from"].min() + end) / 2
        base = alt.Chart(at).encode(x="value:Q")
        layers.append(base.mark_rule(color=colour, strokeWidth=2, strokeDash=dash, aria=False))
        layers.append(
            base.mark_text(
                align="right" if left else "left",
                dx=-6 if left else 6,
                dy=dy,
                baseline="top",
                color=colour,
                fontSize=12,
                fontWeight=600,
            ).encode(text="text:N", y=alt.value(0), description="text:N")
        )
    return dressed(alt.layer(*layers), height=170)


def _bars(found: why.Comparison, name: str, axis: alt.Axis) -> Any:
    return (
        alt.Chart(found.bins())
        .mark_rect(color=_PEERS, stroke="white", strokeWidth=0.5)
        .encode(
            x=alt.X("from:Q", title=name, axis=axis, scale=alt.Scale(nice=False, zero=False)),
            x2=alt.X2("to:Q", title="到"),
            y=alt.Y("n:Q", title="同类数", axis=alt.Axis(format="d", tickMinStep=1, grid=True, tickCount=4)),
            y2=alt.datum(0),
            tooltip=[
                alt.Tooltip("from:Q", title="从"),
                alt.Tooltip("to:Q", title="到"),
                alt.Tooltip("n:Q", title="数量"),
            ],
        )
    )


def _points(found: why.Comparison, name: str, axis: alt.Axis) -> Any:
    """Every peer by itself: a histogram of a few would pretend to a shape."""
    return (
        alt.Chart(found.values[~found.values["is_subject"]])
        .mark_circle(color=_PEERS, size=90, opacity=0.9, stroke=QUIET, strokeWidth=0.5)
        .encode(
            x=alt.X("value:Q", title=name, axis=axis, scale=alt.Scale(zero=False, padding=20)),
            tooltip=[alt.Tooltip("value:Q", title=name)],
        )
    )


def _filed(row: pd.Series, evidence: dict[str, Any]) -> dict[str, str]:
    """A record that came in a file, by the heads of its columns."""
    titles = {name: title for title, name in COLUMNS.items()}
    told = {
        "subject_id": row["subject_id"],
        "org_id": row["org_id"],
        "occurred_on": day(row["occurred_on"]),
        **evidence,
    }
    return {verbatim(titles.get(name, name)): verbatim(mask_free_text(str(held))) for name, held in told.items()}


def alert(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series, evidence: dict[str, Any]) -> None:
    """Of a warning that another platform raised: the record itself stands in the place of the peers."""
    platform = PLATFORMS.get(str(row["rule_id"]))
    if row["origin"] != EXTERNAL or platform is None:
        return
    with card("alert"):
        st.markdown(f"**来源记录　{verbatim(platform.title)}**")
        st.caption("由该平台按自己的规则标色，本系统没有比对，也不计入任何模型的准确率。")
        if not platform.dataset:
            st.table(_filed(row, evidence), border="horizontal")
            return
        found = alert_rows(register, warehouse, viewer, platform, str(row["subject_id"]))
        if found.outside:
            st.caption("这条记录在您的范围之外，不展示。")
        elif found.rows.empty:
            message.nothing("来源记录已不在现行数据中", "数据更正或作废后会这样；按数据更正撤销这条预警。")
        else:
            shown = {name: verbatim(plain(value)) for name, value in found.rows.iloc[0].items()}
            st.table(shown, border="horizontal")


def grounds(rule: Rule | None, row: pd.Series) -> None:
    """What to check offline, how the model errs, on which law it stands and how sure its text is."""
    if row["origin"] == EXTERNAL:
        return
    if rule is None:
        message.nothing("这个模型的规则文件已不在", "预警和核查记录保留，依据请查阅规则目录的历史版本。")
        return
    with card("grounds"):
        left, right = st.columns(2)
        left.markdown("**线下核查什么**\n" + "\n".join(f"1. {verbatim(text)}" for text in rule.offline_check))
        right.markdown("**可能的误报**\n" + "\n".join(f"- {verbatim(text)}" for text in rule.false_positives))
        marks = {"已核": ":gray-badge[已核]", "待核": ":blue-badge[待核]"}
        laws = "　".join(f"{verbatim(law.article)} {marks[law.mark]}" for law in rule.law)
        st.markdown(f"**法律依据**　{laws}", help="已核：条文已与文本核对；待核：引用前须再核对原文。")
        st.caption(f"等级口径：{verbatim(rule.level_logic)}")


@kept(500)
def _sources(
    _register: Register,
    _warehouse: Warehouse,
    _viewer: Viewer,
    _rule: Rule,
    subject_id: str,
    subject_ids: tuple[str, ...] | None,
    as_of: date,
    state: Key,
) -> list[SourceTable]:
    several = None if subject_ids is None else list(subject_ids)
    return source_tables(_register, _warehouse, _viewer, _rule, subject_id, several, as_of)


def source_tabs(
    register: Register,
    warehouse: Warehouse,
    viewer: Viewer,
    rule: Rule,
    row: pd.Series,
    subject_id: str,
    subject_ids: tuple[str, ...] | None = None,
) -> None:
    """The rows a hit rests on, one tab per source."""
    try:
        state = key(None, warehouse, viewer, _key(register, warehouse, rule, row), clock=False)
        day = _day_of(register, warehouse, row)
        found = _sources(register, warehouse, viewer, rule, subject_id, subject_ids, day, state)
    except UserError as error:
        message.problem(error)
        return
    if not found:
        message.nothing("没有来源数据", "数据更正或作废后，原来的行可能已不在现行版本中。")
        return
    panels = st.tabs([f"{verbatim(one.title)} {len(one.rows)}" for one in found])
    for number, (panel, one) in enumerate(zip(panels, found, strict=True)):
        with panel:
            if one.outside:
                st.caption(f"另有 {one.outside:,} 行在您的范围之外，不展示。")
            if one.rows.empty:
                continue
            tables.source_table(one.rows, key=f"rows_{row['warning_id']}_{subject_id}_{number}")


def evidence_rows(
    register: Register,
    warehouse: Warehouse,
    viewer: Viewer,
    rule: Rule | None,
    row: pd.Series,
    evidence: dict[str, Any],
) -> None:
    """The rows behind the warning; for a group its signals first, each with rows of its own."""
    if rule is None:
        return
    with card("evidence"):
        st.markdown("**来源数据**", help="现行有效版本的原始记录，姓名、证件和账户已脱敏；每类最多显示 200 行。")
        if not row["firing"]:
            st.caption(f"{_day_words(register, warehouse, row)}；行内各栏是现行登记。")
        if not why.is_group(row, evidence):
            source_tabs(register, warehouse, viewer, rule, row, row["subject_id"])
            return
        members = why.members(register, warehouse, viewer, rule, row, evidence)
        if outside := why.members_outside(register, warehouse, viewer, row, evidence):
            st.caption(f"另有 {outside:,} 条信号在您的范围之外，不展示。")
        picked = tables.signal_table(members, rule, key=f"signals_{row['warning_id']}")
        if picked is None:
            st.caption("点选一条信号，看它自己的来源数据；未点选时显示全部涉及的记录。")
            source_tabs(register, warehouse, viewer, rule, row, row["subject_id"], tuple(evidence["signals"]))
        else:
            source_tabs(register, warehouse, viewer, rule, row, picked)


@kept(256)
def _others(frame: pd.DataFrame, row: pd.Series) -> pd.DataFrame:
    return why.others(frame, row)


def others(frame: pd.DataFrame, row: pd.Series) -> None:
    """Other warnings about the same subject, officer or unit."""
    found = _others(frame, row)
    if found.empty:
        return
    with card("others"):
        st.markdown(f"**相关预警 {len(found):,}**", help="同一对象、同一人员、同一单位的其他预警，按关系远近排列。")
        columns = ("关系", "等级", "状态", "核查", "模型", "对象", "人员", "首次发现")
        tables.warning_table(found, key=f"others_{row['warning_id']}", columns=columns, rows=6)
