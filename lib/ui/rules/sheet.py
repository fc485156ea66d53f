"""One model, rendered from its file: method, worked example, what it cannot see."""

import pandas as pd
import streamlit as st

from lib.casework.rules.versions import Version
from lib.catalog import load_catalog
from lib.errors import UserError
from lib.insight.rules.sheet import ROWS_SHOWN, exactly, example
from lib.insight.warnings.why import GROUPS
from lib.rules import Rule
from lib.ui import message
from lib.ui.charts.levels import LEVELS
from lib.ui.tables import plain_table
from lib.ui.verbatim import verbatim


def _points(title: str, items: tuple[str, ...]) -> str:
    listed = "\n".join(f"- {verbatim(item)}" for item in items) or "无。"
    return f"**{title}**\n\n{listed}"


def _together(*parts: str) -> str:
    """One text instead of many: each element of a page costs the server and the browser."""
    return "\n\n".join(parts)


def method(rule: Rule, live: Version | None) -> None:
    """Methodology: why, on which law, when which level, thresholds, what is left out, how it errs, what to check."""
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(
            _together(
                verbatim(rule.rationale),
                f"**等级**　{verbatim(rule.level_logic)}",
                f"**归并**　{_aggregation(rule)}",
                _points("情形", tuple(rule.branches.values())),
                _points("不纳入", rule.exclusions),
                _points("假定", rule.assumptions),
                _points("已定的口径", rule.decisions),
            )
        )
    with right:
        st.markdown(
            _together(
                _points("依据", tuple(f"{law.article}（{law.mark}）" for law in rule.law)),
                _points("局限", tuple(f"{limit.says}（{limit.article}，{limit.mark}）" for limit in rule.limits)),
                _points("可能的误报", rule.false_positives),
                _points("线下核查什么", rule.offline_check),
                _points(
                    "读取的数据", tuple(f"{load_catalog()[name].title}：{_columns(name, rule)}" for name in rule.inputs)
                ),
            )
        )
        st.caption(
            f"责任单位 {verbatim(rule.owner)} · {rule.nature}模型{_by_chance(rule)} · "
            f"命中超过受检的 {rule.max_share:.1%} 不入册 · "
            f"核实率下限 {rule.precision_floor:.0%} · 指纹 {rule.hash[:12]}"
        )
    _parameters(rule, live)
    with st.expander("查询语句"):
        st.code(rule.sections["signals"], language="sql")


def _by_chance(rule: Rule) -> str:
    return "" if rule.false_alarms is None else f"，每千个受检对象中由偶然造成的不超过 {rule.false_alarms:g} 个"


def _columns(name: str, rule: Rule) -> str:
    dataset = load_catalog()[name]
    return "、".join(dataset[column].title for column in rule.inputs[name])


def _aggregation(rule: Rule) -> str:
    wanted = rule.aggregation
    if not rule.grouped:
        return "每条信号一条预警。"
    group = GROUPS[str(wanted.group)]
    red = "；红色信号直接成为预警" if "'red'" in rule.sections["signals"] else ""
    return (
        f"每{group}每月至少 {wanted.min_signals} 条信号，且信号占办理量的比例不低于同期做同类工作的其他{group}的 "
        f"{wanted.min_peer_ratio:g} 倍，才有一条预警{red}。"
    )


def _parameters(rule: Rule, live: Version | None) -> None:
    in_force = {} if live is None else live.params
    shown = pd.DataFrame(
        [
            [one.meaning, *map(exactly, (in_force.get(one.name), one.default, one.lowest, one.highest)), one.unit]
            for one in rule.parameters
        ],
        columns=["参数", "在用", "默认", "下限", "上限", "单位"],
    )
    st.markdown("**参数**")
    plain_table(shown, "m_parameters", 20, "参数")


def worked(rule: Rule) -> None:
    """The worked example: given rows, expected hits, and why."""
    try:
        found = example(rule)
    except UserError as error:
        message.problem(error)
        return
    if found is None:
        message.nothing("没有算例", "这个模型的用例文件没有标出算例。")
        return
    st.markdown(f"##### {verbatim(found.name)}")
    st.markdown(verbatim(found.why))
    st.caption(f"截止日 {found.as_of}。数字取自模型的用例文件，每次检查都会重新计算；表中对象均为虚构。")
    for title, rows, count in found.given:
        more = f"（{count} 行，显示前 {ROWS_SHOWN} 行）" if count > ROWS_SHOWN else f"（{count} 行）"
        st.markdown(f"**给定　{verbatim(title)}**{more}")
        plain_table(rows, f"m_given_{title}", ROWS_SHOWN, title)
    st.markdown("**应当命中**　其余各行都不命中")
    shapes = {level.name: f"{level.shape} {level.name}" for level in LEVELS.values()}
    expected = found.expected.assign(等级=found.expected["等级"].map(lambda zh: shapes.get(zh, zh)))
    plain_table(expected, "m_expected", ROWS_SHOWN, "应当命中")
