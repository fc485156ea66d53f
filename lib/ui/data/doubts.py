"""Columns and codes that the loader could not be sure of: what it saw and believes, and a person's answer."""

import pandas as pd
import streamlit as st

from lib.access import Viewer, require
from lib.access.policy import policy
from lib.casework import audit
from lib.casework.store.register import Register
from lib.errors import UserError
from lib.insight.data import datasets as insight
from lib.insight.kept.ahead import work_out
from lib.ui import message
from lib.ui.card import card
from lib.ui.tables import plain_table
from lib.ui.verbatim import verbatim
from lib.warehouse.clock import now
from lib.warehouse.home import home
from lib.warehouse.load import Answer, Doubt, LoadReport, answers_of, confirm, open_doubts
from lib.warehouse.store import Warehouse, open_warehouse

_SHOWN = 30
_DONE = "doubts_done"
_MEANS = {
    "单位": "这一列的数字是什么单位？",
    "日期写法": "年、月、日按什么次序写？",
    "含义": "这一列是不是它？",
    "重名": "哪一列才算数？",
    "时区": "这些时间怎么记？",
    "代码": "这个代码是真的吗？",
}
_COLUMNS = {
    "title": st.column_config.TextColumn("数据集", width=120),
    "heading": st.column_config.TextColumn("列", width=150),
    "kind": st.column_config.TextColumn("问题", width=80),
    "choice": st.column_config.TextColumn("答案", width=160),
    "by": st.column_config.TextColumn("确认人", width=110),
    "at": st.column_config.DatetimeColumn("确认时间", format="YYYY-MM-DD HH:mm", width=130),
    "why": st.column_config.TextColumn("当时的疑问", width=420),
}


def notice() -> None:
    """How many questions wait, for the other views of the data page."""
    if asked := open_doubts(home()):
        said = f"有 {len(asked)} 处拿不准的列或代码等人确认，相关的行在隔离区等着：见「待确认」。"
        st.info(said, icon=":material/help:")


def page(register: Register, warehouse: Warehouse, viewer: Viewer) -> None:
    """Every open question as a card, then what was answered, by whom and when."""
    done: tuple[Doubt, str, LoadReport | None] | None = st.session_state.get(_DONE)
    if done is not None:
        _told(*done)
    asked, answers = open_doubts(home()), answers_of(home())
    if not asked:
        message.nothing("没有待确认的列", "装载时拿不准单位、日期写法或含义的列会列在这里，每个来源只需答一次。")
    elif not viewer.may("load", "dataset"):
        roles = "、".join(policy().holders("load", "dataset"))
        st.caption(f"由{roles}确认；您的角色（{viewer.role_name}）可以查看。")
    else:
        st.caption(
            "这些列的行在隔离区等着。每个来源只需答一次：答案记在这个来源名下，以后同样列名的文件照此办理，等着的行随即入库。"
        )
    for doubt in asked[:_SHOWN]:
        _card(register, warehouse, viewer, doubt)
    if len(asked) > _SHOWN:
        st.caption(f"另有 {len(asked) - _SHOWN} 处，答完上面的再列出。")
    if answers:
        _answered(register, warehouse, viewer, answers)


def _card(register: Register, warehouse: Warehouse, viewer: Viewer, doubt: Doubt, given: str | None = None) -> None:
    with card(f"doubt-{doubt.number}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{verbatim(doubt.title)} · {verbatim(doubt.heading)}**", width="content")
            st.badge(doubt.kind, color="gray")
            st.caption(f"编号 {doubt.number}", width="content")
        st.markdown(verbatim(doubt.why) + "。")
        facts = [f"来自 {verbatim(doubt.file)}"] if doubt.file else []
        if doubt.samples and (viewer.may("load", "dataset") or insight.may_see_values(viewer)):
            facts.insert(0, "原值如 " + "、".join(f"「{verbatim(sample)}」" for sample in doubt.samples))
        facts.append(f"程序推断：{verbatim(doubt.belief)}")
        st.caption("　".join(facts))
        if not viewer.may("load", "dataset"):
            return
        chosen = st.radio(
            _MEANS[doubt.kind],
            doubt.options,
            index=doubt.options.index(given) if given in doubt.options else None,
            horizontal=True,
            key=f"doubt_{doubt.number}",
            format_func=verbatim,
        )
        if st.button("确认并装载等着的行", key=f"doubt_go_{doubt.number}", type="primary", disabled=chosen is None):
            assert chosen is not None
            _confirm(register, warehouse, viewer, doubt, chosen)


def _confirm(register: Register, warehouse: Warehouse, viewer: Viewer, doubt: Doubt, choice: str) -> None:
    require(viewer, "load", "dataset")
    with register.transaction() as tx:
        tx.require_standing(viewer)
    at = now(warehouse)
    detail = {"column": doubt.heading, "kind": doubt.kind, "choice": choice}
    audit.log(register, viewer, "confirm", "column", doubt.number, at=at, detail=detail)
    try:
        with st.spinner("正在记下答案，装载等着的行"):
            _, report = confirm(home(), doubt.number, choice, viewer.name, at)
            st.session_state[_DONE] = (doubt, choice, report)
            if report is not None and report.changed:
                work_out(register, open_warehouse(home()))
    except UserError as refused:
        message.problem(refused)
        return
    st.rerun()


def _told(doubt: Doubt, choice: str, report: LoadReport | None) -> None:
    said = f"已记下：{doubt.title}“{doubt.heading}”的{doubt.kind}是“{choice}”。"
    if report is None:
        said += "没有等着它的行。"
    else:
        said += f"等着的 {report.total('rows_read')} 行：接收 {report.total('accepted')}，未变 "
        said += f"{report.total('unchanged')}，仍在隔离 {report.total('quarantined')}。"
    with card("doubt-done", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(verbatim(said), width="content")
        st.button("收起", key="doubt_close", type="tertiary", on_click=lambda: st.session_state.pop(_DONE, None))


def _answered(register: Register, warehouse: Warehouse, viewer: Viewer, answers: list[Answer]) -> None:
    rows = pd.DataFrame(
        [
            {
                "title": a.doubt.title,
                "heading": a.doubt.heading,
                "kind": a.doubt.kind,
                "choice": a.choice,
                "by": a.by,
                "at": a.at,
                "why": a.doubt.why,
            }
            for a in reversed(answers)
        ]
    )
    st.markdown("**已确认**")
    plain_table(rows, "d_answered", 8, "已确认的列", _COLUMNS)
    if not viewer.may("load", "dataset"):
        return
    latest = {a.doubt.number: a for a in answers}
    number = st.selectbox(
        "更改一项答案",
        list(latest),
        index=None,
        key="doubt_again",
        width=420,
        placeholder="更改一项答案",
        label_visibility="collapsed",
        format_func=lambda key: f"{latest[key].doubt.title} · {latest[key].doubt.heading}（{latest[key].doubt.kind}）",
    )
    if number is not None:
        st.caption("新答案只用于以后的文件和还在隔离区的行；已入库的行请重新报送更正。")
        _card(register, warehouse, viewer, latest[number].doubt, latest[number].choice)
