"""Other thresholds for a model: the fields to move them, and what they would change."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.rules.states import LIVE, UNDER_WAY
from lib.casework.rules.versions import Version, versions
from lib.casework.store.register import Register
from lib.errors import UserError
from lib.insight.figure import DEFINITIONS, Asked
from lib.insight.rules.difference import examples
from lib.insight.rules.sheet import exactly
from lib.insight.rules.tuning import Tuning, behind, try_out
from lib.insight.warnings.names import rule_labels
from lib.insight.wording import day
from lib.rules import Parameter, Rule, Variant
from lib.rules.rule import Value
from lib.rules.variant import ordered_params
from lib.ui import figure, paths
from lib.ui.charts.levels import level_texts
from lib.ui.kept import kept
from lib.ui.rules.verified import verified_table
from lib.ui.rules.version_steps import label
from lib.ui.state import Key, key
from lib.ui.tables import height, plain_table
from lib.warehouse.store import Warehouse

NEW = "调整在用版本"
_COUNTS = {"live": "在用", "proposed": "拟用", "added": "新增", "lost": "减少", "changed": "变级别"}
_NAMES = {"level_zh": "等级", "area_label": "区域", "org_name": "单位", "officer_label": "人员"}
_COMPARED = {"live": "在用版本命中的", "proposed": "拟用版本命中的", "added": "新增的", "lost": "减少的"}
# In the address: the count whose warnings are listed, by the column and the value it is of, and how they were judged.
_ASKED = (PART, _BY, _VALUE, _HELD, _CONCLUSION) = ("part", "by", "value", "held", "conclusion")
_COLUMN_OF = {"镇街": "area_code", "单位": "org_id", "人员": "officer_id"}
_KEYS = ("level", *_COLUMN_OF.values())
_MOVES = {"added": "新增", "lost": "减少", "changed": "变级别"}


def choose(register: Register) -> tuple[Version | None, Version | None]:
    """The two choices above the page, kept in the address: the live version of the model (None when nothing is in
    force) and the version under way that is looked at (None: the thresholds of the live one are being moved).
    """
    own = versions(register, states=(*UNDER_WAY, LIVE))
    rules, labels = sorted({one.rule_id for one in own}), rule_labels()
    _from_address("t_rule", "rule", rules)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        rule_id = st.selectbox(
            "模型",
            rules,
            key="t_rule",
            format_func=lambda one: labels.get(one, one),
            label_visibility="collapsed",
            width=260,
        )
        under_way = {one.version_id: one for one in own if one.rule_id == rule_id and one.state != LIVE}
        live = next((one for one in own if one.rule_id == rule_id and one.state == LIVE), None)
        choices = [*([NEW] if live else []), *under_way]
        _from_address("t_version", "version", choices)
        chosen = st.selectbox(
            "版本",
            choices,
            key="t_version",
            label_visibility="collapsed",
            width=340,
            format_func=lambda one: one if one == NEW else label(under_way[one]),
        )
    if chosen == NEW and under_way:
        _tell(list(under_way.values()))
    st.query_params["rule"] = rule_id
    if chosen in under_way:
        st.query_params["version"] = chosen
    else:
        st.query_params.pop("version", None)
    return live, under_way.get(chosen)


def _tell(under_way: list[Version]) -> None:
    """Which versions of the model are being worked on, each a way to it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"有 {len(under_way)} 个在办版本：", width="content")
        for one in under_way:
            st.button(
                f"{one.name}·{one.state}",
                icon=":material/arrow_forward:",
                icon_position="right",
                type="tertiary",
                key=f"t_open_{one.version_id}",
                on_click=_open,
                args=(one.version_id,),
            )


def _open(version_id: str) -> None:
    st.session_state["t_version"] = version_id


def _from_address(key: str, name: str, choices: list[str]) -> None:
    """Give a select box what the address asks for the first time, and never a choice that is gone."""
    if st.session_state.get(key) not in choices:
        asked = st.query_params.get(name, "")
        st.session_state[key] = asked if asked in choices else choices[0]


def parameters(version: Version, live: Version | None, free: bool) -> dict[str, Value]:
    """A field for every threshold; what they hold now, see `refusal`. Not `free`: shown only."""
    in_force = {} if live is None else live.params
    return {
        parameter.name: _field(version, parameter, in_force.get(parameter.name), free)
        for parameter in version.rule.parameters
    }


def _field(version: Version, parameter: Parameter, in_force: Value | None, free: bool) -> Value:
    value: Any = version.params[parameter.name]
    moved = "" if in_force is None or in_force == value else f"在用版本 {exactly(in_force)}。"
    shared: dict[str, Any] = {
        "key": f"t_{version.version_id}_{parameter.name}",
        "disabled": not free,
        "help": f"{_bounds(parameter)}。{moved}",
    }
    title = f"{parameter.meaning}（{parameter.unit}" + (f"，{_bounds(parameter)}）" if free else "）")
    # The widgets tell of bounds in English only: `refusal` does it instead.
    if parameter.type == "date":
        return st.date_input(title, value, min_value=date(1900, 1, 1), max_value=date(2100, 1, 1), **shared)
    if parameter.type == "integer":
        return st.number_input(title, value=value, step=1, **shared)
    return st.number_input(title, value=value, step=_step(parameter), format="%g", **shared)


def _bounds(parameter: Parameter) -> str:
    between = " 至 " if parameter.type == "date" else "–"
    return f"可填 {exactly(parameter.lowest)}{between}{exactly(parameter.highest)}"


def _step(parameter: Parameter) -> float:
    """One in the last digit in which default and bounds are written."""
    digits = (Decimal(str(value)).normalize() for value in (parameter.default, parameter.lowest, parameter.highest))
    return float(Decimal(10) ** min(0, *(int(one.as_tuple().exponent) for one in digits)))


def refusal(version: Version, params: Mapping[str, Value]) -> UserError | None:
    """Why these thresholds cannot be tried or kept."""
    for parameter in version.rule.parameters:
        value: Any = params[parameter.name]
        lowest, highest = parameter.lowest, parameter.highest
        if not lowest <= value <= highest:
            words = f"{_bounds(parameter)} {parameter.unit}。"
            return UserError(f"“{parameter.meaning}”不能为 {exactly(value)}。", words)
    try:
        ordered_params(version.rule, params)
    except UserError as error:
        return error
    return None


@st.cache_resource(show_spinner="正在试算…", max_entries=32)
def _tried(
    _register: Register, _warehouse: Warehouse, _viewer: Viewer, _live: Variant | None, _proposed: Variant, state: Key
) -> Tuning:
    return try_out(_register, _warehouse, _viewer, _live, _proposed)


def tried(register: Register, warehouse: Warehouse, viewer: Viewer, live: Variant | None, proposed: Variant) -> Tuning:
    """What the proposed version changes today; worked out once per thresholds, data and scope."""
    state = key(register, warehouse, viewer, None if live is None else live.key, proposed.key, clock=False)
    return _tried(register, warehouse, viewer, live, proposed, state)


def headline(found: Tuning) -> None:
    """The change in one sentence, and the counts behind it."""
    counts = found.counts
    if not (counts["added"] or counts["lost"] or counts["changed"]):
        st.markdown(f"##### 与在用版本没有差别：截至 {found.as_of}，同样是 {counts['proposed']} 条预警")
    else:
        st.markdown(
            f"##### 新增 {counts['added']} 条、减少 {counts['lost']} 条、{counts['changed']} 条变级别，"
            f"{counts['kept']} 条不变"
        )
    flagged = f"信号 {found.proposed.signals:,} 条、受检 {found.proposed.tested:,} 个"
    before = "" if found.live is None else f"（在用版本 {found.live.signals:,} 条、{found.live.tested:,} 个）"
    st.caption(f"截至 {found.as_of} 试算，不产生预警。预警只计您范围内的；全市{flagged}{before}。")


def _opening(found: Tuning, part: str, by: str = "", value: str = "", **more: str) -> figure.Opening | None:
    """Where the warnings behind a count are listed; nowhere for a stored report, which holds counts only."""
    if not found.parts:
        return None
    version = st.query_params.get("version")
    asked = {"version": version, "rule": found.rule_id, PART: part, _BY: by, _VALUE: value, **more}
    return paths.TUNING, {name: one for name, one in asked.items() if one}


def counts(found: Tuning) -> None:
    """How many warnings either version gives and how they differ, each number a link to them."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        for part, title in {**_COUNTS, "kept": "不变"}.items():
            opening = _opening(found, part)
            if opening is not None:
                figure.link(found.counts[part], opening, title)


def asked_list(
    register: Register, warehouse: Warehouse, viewer: Viewer, found: Tuning, live: Rule | None, rule: Rule
) -> bool:
    """The warnings behind the count that the address asks for; False when it asks for none."""
    part, by, value, held, conclusion = (st.query_params.get(name, "") for name in _ASKED)
    if part not in found.parts or by not in ("", *_KEYS):
        return False
    rows = behind(found, part, by, value)
    if held in DEFINITIONS:
        asked = Asked(held).of(rule=found.rule_id, conclusion=conclusion)
        rows = rows[rows["warning_id"].isin(figure.ids(register, warehouse, viewer, asked))]
    words = {**_COUNTS, "kept": "不变"}[part]
    figure.origin(f"{found.title}：{words}" + (f"，{conclusion}" if conclusion else ""), "✕ 返回试算", *_ASKED)
    figure.listed(len(rows), "条")
    shown_rule = live if part in ("lost", "live") and live is not None else rule
    table = examples(rows, shown_rule, warehouse, viewer.may("view", "ranking"), most=None)
    shown = pd.DataFrame(
        {
            "等级": level_texts(table["level"]),
            "区域": table["area_label"],
            "单位": table["org_name"],
            "发生": table["occurred_on"].map(day),
            "为什么": table["sentence"],
        }
    )
    plain_table(shown, "t_listed", 18, "试算的预警")
    return True


def _counts_table(found: Tuning, frame: pd.DataFrame, key: str, by: str) -> None:
    if frame.empty:
        st.caption("没有差别。")
        return
    shown, numbers = _counted(found, frame, by, st.query_params.get("version"))
    figure.table(shown, numbers, key, height=height(shown, 20))


@kept(128)
def _counted(
    found: Tuning, frame: pd.DataFrame, by: str, version: str | None
) -> tuple[pd.DataFrame, dict[str, list[figure.Opening | None]]]:
    """The counts under their titles, and what they open in the version looked at."""
    names = {**{name: title for name, title in _NAMES.items() if name in frame}, **_COUNTS}
    numbers = {title: [_opening(found, part, by, value) for value in frame[by]] for part, title in _COUNTS.items()}
    return frame[list(names)].rename(columns=names), numbers


@kept(64)
def _by_level(found: Tuning) -> pd.DataFrame:
    return found.by_level.assign(level_zh=level_texts(found.by_level["level"]))


def differences(found: Tuning) -> None:
    """Added and lost warnings by level, town, unit and officer, with examples, and how right either version was."""
    views = {"等级": found.by_level, "镇街": found.by_town, "单位": found.by_unit}
    if found.by_officer is not None:
        views["人员"] = found.by_officer
    titles = [*views, "例子", "已核查的"]
    for title, tab in zip(titles, st.tabs(titles), strict=True):
        with tab:
            if title == "例子":
                _examples(found)
            elif title == "已核查的":
                verified(found.verified, f"截至 {found.as_of} 命中的预警", found)
            elif title == "等级":
                _counts_table(found, _by_level(found), "t_level", "level")
            else:
                _counts_table(found, views[title], f"t_{title}", _COLUMN_OF[title])


def _examples(found: Tuning) -> None:
    for name, title in _MOVES.items():
        rows = found.examples.get(name)
        if rows is None or rows.empty:
            st.caption(f"没有{title}的预警。")
            continue
        st.markdown(f"**{title}**　最重、最近的在前，其余见件数")
        shown = rows[["level", "area_label", "sentence"]].assign(level=level_texts(rows["level"]))
        shown.columns = pd.Index(["等级", "区域", "为什么"])
        if name == "changed":
            shown.insert(1, "原级别", rows["before_zh"])
        plain_table(shown, f"t_examples_{name}", 20, title)


def _group_name(group: str) -> str | None:
    return _COMPARED.get(group)


def verified(table: pd.DataFrame, what: str, found: Tuning | None = None) -> None:
    """Of those already verified: how many were true, with the interval; with `found`, numbers open their warnings."""
    st.caption(f"{what}中已有核查结论的。只有命中过的才会被核查，所以看不出漏掉多少；漏报看抽查。")
    each = [] if found is None or not found.parts else table["group"].tolist()
    verified_table(
        table,
        "",
        _group_name,
        what,
        key="t_verified",
        each=[partial(_opening, found, part) for part in each if found is not None],
    )


def changed_words(params: Mapping[str, Value], live: Version | None, version: Version) -> str:
    """The thresholds that differ from those in force, in words."""
    if live is None:
        return "没有在用版本，全部为新增。"
    titles = {parameter.name: parameter for parameter in version.rule.parameters}
    moved = [
        f"{titles[name].meaning} {exactly(live.params[name])} → {exactly(value)} {titles[name].unit}"
        for name, value in params.items()
        if name in live.params and value != live.params[name]
    ]
    return "；".join(moved) if moved else "参数与在用版本相同。"
