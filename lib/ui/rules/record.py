"""What came of a model: how right it was, what it shares with others, what it misses, its versions and tasks."""

from functools import partial

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework.rules.states import LIVE, OPEN, UNDER_WAY
from lib.casework.rules.steps import TASK
from lib.casework.rules.tasks import tasks
from lib.casework.rules.versions import Version, history, version_name, versions
from lib.casework.store.register import Register
from lib.errors import UserError
from lib.insight.figure import Asked, Part
from lib.insight.rules import precision
from lib.insight.rules.sheet import change
from lib.insight.warnings.names import rule_label
from lib.insight.wording import moment, number
from lib.ui import figure, message, paths, tiles
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.record.form import Record
from lib.ui.record.panel import steps_panel
from lib.ui.rules import backtest, version_steps
from lib.ui.rules.verified import shares, verified_table
from lib.ui.tables import height, plain_table
from lib.ui.verbatim import verbatim
from lib.warehouse.store import Warehouse

# In the address: the model whose tasks that wait, or whose versions under way, are listed by themselves.
WAITING, TRIALS = "waiting", "trials"
# Fewer shared or judged warnings say nothing about two models.
_LEAST_SHARED = 3


def verification(register: Register, warehouse: Warehouse, viewer: Viewer, rule_id: str, floor: float) -> None:
    """Precision by version, what spot checks say is missed, other models that warn about the same officers."""
    table = precision.by_version(register, viewer, warehouse, rule_id)
    st.markdown(f"**核实率**　按首次命中时的版本；低于 {floor:.0%} 时给责任单位一项任务。您的范围内。")
    own = Asked("held").of(rule=rule_id)
    asked = [own if group == precision.ALL else own.of(version=group) for group in table["group"]]
    each = [partial(_narrowed, one) for one in asked]
    verified_table(table, "版本", _group_name, "各版本核实率", "历次预警", "m_verified", each)
    _missed(precision.missed(register, viewer, warehouse, rule_id), rule_id)
    if rule_id == precision.OF_GRID and viewer.may("view", "grid_check"):
        _on_site(precision.on_site(register, viewer, warehouse))
    st.markdown("**与其他模型同时命中**　同一人员名下")
    found = precision.together(register, viewer, warehouse, rule_id)
    if found.empty:
        st.caption("没有其他模型对同一人员预警。")
        return
    shared = found[found["shared"].ge(_LEAST_SHARED) & found["n"].ge(_LEAST_SHARED)]
    if len(shared) < len(found):
        st.caption(f"{'其余' if len(shared) else '各'}模型共同预警或已判定的不足 {_LEAST_SHARED} 条，不列出。")
    if shared.empty:
        return
    shown = pd.DataFrame(
        {
            "模型": shared["rule_label"],
            "共同预警": shared["shared"],
            "占本模型": shared["share"].map("{:.0%}".format),
            "已判定": shared["n"],
            "其中核实率（95% 区间）": shares(shared),
        }
    )
    common = [Asked("shared").of(rule=rule_id, shared_with=other) for other in shared["rule_id"]]
    numbers = {"共同预警": common, "已判定": [one._replace(name="shared_judged") for one in common]}
    figure.table(shown, numbers, "m_shared", height=height(shown, 20), alt="共同命中的模型")


def _narrowed(asked: Asked, held: str = "held", conclusion: str = "") -> Asked:
    return asked._replace(name=held).of(conclusion=conclusion)


def _group_name(group: str) -> str:
    """A version by its name; other groups as they are."""
    return version_name(group) if "-v" in group else group


def _missed(found: precision.Missed, rule_id: str) -> None:
    st.markdown("**抽查**　从没有命中的对象中随机抽取核查，估计漏掉多少")
    own = {name: Asked(name).of(rule=rule_id) for name in ("drawn", "drawn_judged", "drawn_true")}
    tiles.parts(
        (
            Part("抽取", found.drawn, own["drawn"]),
            Part("已判定", found.judged, own["drawn_judged"]),
            Part("属实", found.found, own["drawn_true"]),
        )
    )
    if found.rate is None or found.low is None or found.high is None:
        st.caption("还没有核查结论，不能估计。")
        return
    told = "已判定的中属实或部分属实的"
    if found.estimate is None:
        most = f"未命中的对象中，本应命中的最多可能占 {found.high:.1%}（95% 区间上限）"
        st.markdown(f"判定的还少（不足 {precision.LEAST_CHECKED} 个），不估计漏掉多少；{most}。")
        return
    middle, low, high = found.estimate
    st.markdown(
        f"{told}占 {found.rate:.1%}（95% 区间 {found.low:.1%}–{found.high:.1%}）。"
        f"全市未命中的 {found.unflagged:,} 个对象中，"
        f"约有 {number(round(middle))} 个（{number(round(low))}–{number(round(high))}）可能漏掉。"
    )


def _on_site(found: precision.OnSite) -> None:
    st.markdown("**线下核查**　两人查案卷、看现场的派单，与本模型是否命中（复发、过快办结、照片重复、虚假办结）对照")
    if not found.checked:
        st.caption("您的范围内还没有核查过本模型回看期内的派单。")
        return
    said = {
        "命中且有问题": (found.hit_true, precision.HIT_TRUE),
        "命中而没有问题": (found.hit_untrue, precision.HIT_UNTRUE),
        "未命中而有问题": (found.missed, precision.MISSED),
        "未命中也没有问题": (found.unmissed, precision.UNMISSED),
    }
    numbers = (figure.number(count, (paths.GRID, {"g_checks": part}), words) for words, (count, part) in said.items())
    st.html(figure.line(*numbers))
    if found.rate is not None:
        st.caption(
            f"命中的核实率 {found.rate:.0%}（95% 区间 {found.low:.0%}–{found.high:.0%}）；超期按时钟计，不在对照之内。"
        )


def task_list(register: Register, warehouse: Warehouse, viewer: Viewer, rule_id: str) -> None:
    """What the model's owner has to look at, and closing it with a word."""
    _tasks(register, warehouse, viewer, tasks(register, viewer, rule_id))


def waiting(register: Register, warehouse: Warehouse, viewer: Viewer, rule_id: str) -> None:
    """The tasks of a model that wait, by themselves."""
    figure.origin(f"{rule_label(rule_id)} 待处理任务", "✕ 返回模型", WAITING)
    found = tasks(register, viewer, rule_id)
    found = found[found["state"].eq(OPEN)]
    figure.listed(len(found), "项")
    _tasks(register, warehouse, viewer, found)


def trials(register: Register, rule_id: str) -> None:
    """The versions of a model that are under way, by themselves; each opens where it is worked on."""
    figure.origin(f"{rule_label(rule_id)} 在办版本", "✕ 返回模型", TRIALS)
    found = versions(register, rule_id, states=UNDER_WAY)
    figure.listed(len(found), "个")
    for one in found:
        st.page_link(
            paths.TUNING,
            label=verbatim(version_steps.label(one)),
            icon=":material/tune:",
            query_params=way.address({"rule": rule_id, "version": one.version_id}),
        )


def _tasks(register: Register, warehouse: Warehouse, viewer: Viewer, found: pd.DataFrame) -> None:
    if found.empty:
        message.nothing("没有任务", "核实率低于下限、命中骤变、未入册或出错时，系统在这里给责任单位一项任务。")
        return
    for task in found.to_dict("records"):
        with card(f"task-{task['task_id']}"):
            st.markdown(f"**{task['kind']}** · {task['state']} · {moment(task['opened_at'])}")
            st.markdown(verbatim(task["text"]))
            if task["state"] != OPEN:
                st.caption(f"{moment(task['state_at'])} {verbatim(task['actor_name'])}：{verbatim(task['note'])}")
            steps = TASK.possible(viewer, task["state"])
            line = "由有调整模型权限的同志办结。" if task["state"] == OPEN and not steps else ""
            seq = int(task["last_seq"])
            steps_panel(Record(register, warehouse, viewer, TASK, task["task_id"], task["state"], seq), steps, line)


def _select_key(rule_id: str) -> str:
    return f"m_version_{rule_id}"


def looked_at(rule_id: str, every: list[Version]) -> Version | None:
    """The version chosen in the view of versions, else the one in the address, else the newest."""
    asked = st.session_state.get(_select_key(rule_id)) or st.query_params.get("version")
    return next((one for one in every if one.version_id == asked), every[-1] if every else None)


def version_list(register: Register, warehouse: Warehouse, viewer: Viewer, rule_id: str, every: list[Version]) -> None:
    """All versions, one of them against the live one, and the steps that are open for it: stop, roll back …"""
    chosen = looked_at(rule_id, every)
    if chosen is None:
        message.nothing("还没有版本", "模型第一次运行时，交付的文件登记为第1版。")
        return
    live = next((one for one in every if one.state == LIVE), None)
    newest = list(reversed(every))
    left, right = st.columns([1, 1.6], gap="medium")
    with left:
        names = {one.version_id: version_steps.label(one) for one in newest}
        st.selectbox(
            "版本",
            list(names),
            index=list(names).index(chosen.version_id),
            format_func=names.__getitem__,
            key=_select_key(rule_id),
        )
        with card("version"):
            version_steps.steps(register, warehouse, viewer, chosen)
    with right:
        _change(live, chosen)
        backtest.kept(register, viewer, chosen, live, opened=True)
    st.markdown("**经过**")
    shown = history(register, viewer, rule_id)
    shown["version_id"] = shown["version_id"].map(version_name)
    shown["at"] = shown["at"].map(moment)
    shown.columns = pd.Index(["版本", "时间", "经办", "动作", "到", "说明"])
    plain_table(shown, "m_history", 20, "版本经过")


def _change(live: Version | None, chosen: Version) -> None:
    if live is None:
        st.caption("没有在用版本，无从比较。")
        return
    if live.version_id == chosen.version_id:
        st.caption("这就是在用版本。")
        return
    st.markdown(f"**{chosen.name}与在用的{live.name}相比**")
    try:
        found = change(live, chosen)
    except UserError as error:
        message.problem(error)
        return
    if found.nothing:
        st.caption("文件和参数都相同。")
    if not found.parameters.empty:
        plain_table(found.parameters, "m_changed", 20, "参数的不同")
    if found.lines:
        st.code(found.lines, language="diff")
