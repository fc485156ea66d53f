"""What goes out to the units: what waits, what was sent, what failed and why, and sending it again."""

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from lib.access import NotVisible, Viewer
from lib.casework.messages.delivery import DEAD
from lib.casework.messages.settings import Addresses, addresses, settings
from lib.casework.messages.standing import AGAIN, resend, text_of
from lib.casework.objects import KINDS
from lib.casework.store.register import Register
from lib.errors import UserError
from lib.insight.messages.listing import Standing, listing
from lib.insight.wording import NONE, moment, number
from lib.ui import figure, message, paths, tables
from lib.ui.browser import way
from lib.ui.card import card
from lib.ui.verbatim import verbatim
from lib.warehouse.clock import now
from lib.warehouse.home import home
from lib.warehouse.store import Warehouse

ONE, PART = "message", "sending"
_DONE, _CHOICE = "messages_done", "messages_choice"
_MEANS = {
    Standing.WAITING: "写成后稍候片刻，同一件的合为一条，夜间不发。",
    Standing.FAILED: "没有送达，隔一会儿再发，间隔逐次加倍。",
    Standing.DEAD: "试满次数仍未送达，或业务库从备份恢复、可能已经发过，不再自动发送；查明原因后重发。",
    Standing.SENT: "对方已经接收。",
    Standing.JOINED: "同一件、同一单位有更新的一条，以新的为准，没有单独发出。",
    Standing.UNSENT: "没有可用的通道，或写成太久才有通道；只在系统里看。",
}
# What a page opened by itself shows: what needs somebody before what goes by itself.
_FIRST = (Standing.DEAD, Standing.FAILED, Standing.WAITING, Standing.SENT, Standing.UNSENT)
# Width, how it stands on a card (see tables.Column).
_LIST = {
    "消息": ("24%", "main"),
    "收件单位": ("22%", "line bare"),
    "通道": ("12%", "bare"),
    "写成": ("128px", ""),
    "次数": ("52px", ""),
    "进展": ("30%", "line bare"),
}


def book() -> Addresses:
    """Where messages go; when that is written wrongly, said on the page, and nowhere."""
    try:
        return addresses(home())
    except UserError as wrong:
        message.problem(wrong)
        return Addresses({}, {})


def found(register: Register, warehouse: Warehouse, viewer: Viewer, where: Addresses) -> pd.DataFrame:
    """All messages as the list has them."""
    return listing(register, warehouse, viewer, settings(), where.open, now())


def told(where: Addresses, synthetic: bool) -> None:
    """Which channels there are and which have an address, in one line; and what was just done."""
    rules = settings()
    channels = "　".join(
        f"{verbatim(one.title)}：{'已配置' if code in where.open else '未配置'}" for code, one in rules.channels.items()
    )
    start, end = rules.quiet
    st.caption(channels)
    st.caption(
        f"消息只有提示、编号、期限和链接；{start:%H:%M} 至 {end:%H:%M} 不发，试 {rules.times} 次停发。"
        + ("合成城市里，写成按城市的日期，发送按真实的时间。" if synthetic else "")
    )
    if not where.open:
        st.info("还没有配置任何通道的地址：消息留在系统里，不外发，也不连接任何机器。", icon=":material/outgoing_mail:")
    done = st.session_state.pop(_DONE, None)
    if done is not None:
        at = now()
        when = "稍候即发" if rules.loud(at) == at else f"{end:%H:%M} 起发出"
        st.success(f"已重发 {done} 条，{when}。" if done else "这些消息已经送达或正在发送，没有重发。")


def page(register: Register, warehouse: Warehouse, viewer: Viewer, rows: pd.DataFrame) -> None:
    """The list of one standing; the numbers of all of them open theirs."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        part = _part_choice(rows["standing"].value_counts().to_dict())
        chosen = rows[rows["standing"].eq(part)]
        _again(register, warehouse, viewer, chosen[chosen["state"].eq(DEAD)], "全部重发")
    with card("messages"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{part}**", width="content")
            figure.listed(len(chosen), "条")
            st.caption(_MEANS[part], width="content")
        if chosen.empty:
            message.nothing(f"没有{part}的消息", "点上面的数字看别的。")
            return
        with tables.paged(chosen, "message_rows", sorts=False) as shown:
            _rows(shown, "message_rows")


def _part_choice(counts: dict[str, int]) -> Standing:
    """The list chosen, kept in the address; its counts stand beside its name, so that a bound choice would not do."""
    asked = st.query_params.get(PART, "")
    if asked not in set(Standing):
        asked = next((one for one in _FIRST if counts.get(one, 0)), Standing.WAITING)
    chosen = st.segmented_control(
        "清单",
        [one.value for one in Standing],
        default=str(asked),
        required=True,
        format_func=lambda one: f"{one} {number(counts.get(one, 0))}",
        key=_CHOICE,
        label_visibility="collapsed",
    )
    st.query_params[PART] = chosen
    return Standing(chosen)


def _rows(shown: pd.DataFrame, key: str) -> None:
    cells = zip(
        shown["kind"] + " " + shown["number"], shown["org_name"], shown["channel_title"].replace("", NONE),
        shown["created_at"].map(moment), shown["attempts"].map(number), map(_progress, shown.itertuples()), strict=True,
    )  # fmt: skip
    told = [{"id": one, "cells": list(row)} for one, row in zip(shown["key"], cells, strict=True)]
    tables.draw_list("消息清单", paths.MESSAGES, ONE, _LIST, told, key, keys=True)


def _progress(row: Any) -> str:
    """Where it stands, with when and why."""
    more = f"，含先前 {row.joined} 条" if row.joined else ""
    if row.standing == Standing.SENT:
        return f"{moment(row.sent_at)} 送达{more}"
    if row.standing == Standing.JOINED:
        return "并入较新的一条"
    if row.standing == Standing.DEAD:
        return f"{'' if pd.isna(row.tried_at) else moment(row.tried_at)} {row.reason}{more}".strip()
    if row.standing == Standing.FAILED:
        return f"{row.reason}，{moment(row.going_at)} 再发{more}"
    if row.standing == Standing.WAITING:
        return f"{moment(row.going_at)} 发{more}" if not pd.isna(row.going_at) else "等待收取"
    return "没有可用的通道" if pd.isna(row.reason) else str(row.reason)


def one(register: Register, warehouse: Warehouse, viewer: Viewer, rows: pd.DataFrame, where: Addresses) -> None:
    """One message by one channel: its text as it goes out, how it fared, what it was sent in place of."""
    own = rows[rows["key"] == st.query_params.get(ONE, "")]
    if own.empty:
        message.stop(NotVisible())
    row = own.iloc[0]
    left, right = st.columns([1.2, 1], gap="medium")
    with left, card("message-text"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"#### {verbatim(row['kind'])} {verbatim(row['number'])}", anchors=False, width="content")
            st.badge(row["standing"], color="gray")
        letter = text_of(register, viewer, warehouse, row["outbox_id"], str(row["channel"]), where.link)
        st.caption("发出的全文")
        st.text(letter.title)
        st.text(letter.body)
        _object_link(viewer, row)
    with right, card("message-facts"):
        st.markdown("**发送**")
        st.table({title: verbatim(value) for title, value in _facts(row).items()}, border="horizontal")
        _again(register, warehouse, viewer, own, "重发")
    older = rows[rows["joined_to"].eq(row["outbox_id"]) & rows["channel"].eq(row["channel"])]
    if len(older):
        with card("message-joined"):
            st.markdown(f"**合并在内的 {len(older)} 条**")
            _rows(older, "message_joined")


def _facts(row: pd.Series) -> dict[str, str]:
    return {
        "收件单位": row["org_name"],
        "通道": row["channel_title"] or NONE,
        "写成": moment(row["created_at"]),
        "试过": f"{row['attempts']} 次" if row["attempts"] else NONE,
        "最近一次": moment(row["tried_at"]),
        "原因": NONE if pd.isna(row["reason"]) or not row["reason"] else row["reason"],
        "下次": moment(row["going_at"]),
        "送达": moment(row["sent_at"]),
        "识别号": row["key"],
    }


def _object_link(viewer: Viewer, row: pd.Series) -> None:
    """To the object itself, for those who may see such objects."""
    kind = KINDS.get(row["object_type"])
    if kind is None or kind.page is None or not viewer.may("view", kind.name):
        return
    path, parameter = kind.page
    place = paths.BY_URL.get(path)
    if place is not None:
        st.page_link(
            place.file,
            label=f"打开{kind.title}",
            icon=f":material/{place.icon}:",
            query_params=way.address({parameter: row["object_id"]}),
            width="content",
        )


def _again(register: Register, warehouse: Warehouse, viewer: Viewer, rows: pd.DataFrame, label: str) -> None:
    """The button that sends given-up messages again, for those who may."""
    given_up = rows[rows["state"].isin(AGAIN)]
    if given_up.empty or not viewer.may("resend", "message"):
        return
    chosen = list(zip(given_up["outbox_id"], given_up["channel"], strict=True))
    st.button(
        f"{label}（{len(chosen)} 条）" if len(rows) > 1 else label,
        icon=":material/forward_to_inbox:",
        key=f"resend_{label}",
        on_click=partial(_resend, register, warehouse, viewer, chosen),
        help="重发会记入留痕。",
    )


def _resend(register: Register, warehouse: Warehouse, viewer: Viewer, chosen: list[tuple[str, str]]) -> None:
    try:
        st.session_state[_DONE] = resend(register, viewer, chosen, now(), now(warehouse))
    except UserError as refused:
        message.problem(refused)
