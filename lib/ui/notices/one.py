"""One notice: the document, where it stands, what comes next, what has been done."""

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework import audit
from lib.casework.notices.states import NOTICE_NAME, ORIGINS
from lib.casework.notices.steps import NOTICE
from lib.casework.store.register import Register
from lib.errors import UserError
from lib.insight.notices.document import check_template, document, marks, values
from lib.insight.wording import NONE, moment, plain
from lib.ui import message
from lib.ui.browser.width import on_phone
from lib.ui.card import card
from lib.ui.files import export
from lib.ui.files.download import WORD, download
from lib.ui.frame import CLASSIFICATION
from lib.ui.notices import fields
from lib.ui.record import timeline
from lib.ui.record.extension import applied
from lib.ui.record.opening import heading, source_link
from lib.ui.verbatim import in_html, verbatim
from lib.warehouse.clock import now
from lib.warehouse.home import home
from lib.warehouse.store import Warehouse


def one_notice(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """One notice as the viewer may see it."""
    notice_id = str(row["notice_id"])
    events = timeline.events(register, warehouse, viewer, NOTICE, notice_id)
    if on_phone():
        facts, deeds, paper = st.container(), st.container(), st.container()
    else:
        left, deeds = st.columns([1.35, 1], gap="medium")
        with left:
            facts, paper = st.container(), st.container()
    with facts, card("notice-facts"):
        heading(row)
        number = "未编号" if pd.isna(row["serial"]) else str(row["serial"])
        st.caption(f"{verbatim(number)} · {verbatim(row['org_name'])} · {verbatim(row['timing'])}")
        told = _facts(row) | applied(row, events)
        st.table({title: verbatim(value) for title, value in told.items()}, border="horizontal")
        source_link(viewer, row, ORIGINS)
    with paper, card("notice-paper"):
        _paper(register, warehouse, viewer, row)
    with deeds:
        with card("notice-steps"):
            st.markdown("**办理**")
            fields.panel(register, warehouse, viewer, row, events)
        with card("notice-events"):
            timeline.timeline(register, warehouse, viewer, NOTICE, notice_id, events)


def _facts(row: pd.Series) -> dict[str, str]:
    facts = {
        "在谁手里": row["waits"] or NONE,
        "拟稿": plain(row["drafter_name"]),
        "签发": moment(row["signed_at"]),
        "送达": moment(row["delivered_at"]),
        "回执": moment(row["received_at"]),
        "反馈": moment(row["answered_at"]),
        "复核": moment(row["rechecked_at"]),
        "销号": moment(row["closed_at"]),
    }
    facts = {title: value for title, value in facts.items() if value != NONE}
    if not pd.isna(row["extended_at"]):
        facts["延期"] = f"{moment(row['extended_at'])} 批准，只此一次"
    if row["paused"]:
        facts["暂停"] = f"{row['paused']} 个工作日"
    if not pd.isna(row["escalated_at"]):
        facts["升级"] = f"{moment(row['escalated_at'])}，报领导"
    return facts


def _paper(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """The document as it reads, and as a Word file."""
    held = row.to_dict()
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown("**文书**", width="content")
        try:
            check_template(home())
        except UserError as wrong:
            refused: UserError | None = wrong
        else:
            refused = None
            _download(register, warehouse, viewer, held)
    if refused is not None:
        message.problem(refused)
    st.html(_preview(values(held, CLASSIFICATION), marks(warehouse.synthetic, held)))


def _preview(held: dict[str, str], mark: str) -> str:
    def lines(text: str) -> str:
        return "".join(f'<p class="body">{in_html(line)}</p>' for line in text.splitlines() if line.strip())

    body = "".join(
        f'<p class="part">{title}</p>{lines(held[name])}'
        for title, name in (("一、基本事实", "facts"), ("二、依据", "basis"), ("三、整改要求", "requirement"))
    )
    ask = f"请自本通知书送达之日起{held['workdays']}个工作日内完成整改，以下列形式反馈整改情况：{held['feedback']}。"
    annex = lines(f"附件：{held['annex']}") if held["annex"] else ""
    return (
        f'<div class="paper"><p class="mark">{in_html(mark)}</p><p class="number">{in_html(held["number"])}</p>'
        f'<p class="heading">{"<br>".join(in_html(line) for line in held["title"].splitlines())}</p>'
        f'<p>{in_html(held["addressee"])}：</p>{body}<p class="part">四、期限和反馈</p>{lines(ask)}'
        f'{lines("联系人及电话：" + held["contact"] + "。")}{annex}<p class="signed">{in_html(held["date"])}</p>'
        f'<p class="foot">抄送：{in_html(held["copies"])}</p></div>'
    )


def _download(register: Register, warehouse: Warehouse, viewer: Viewer, held: dict) -> None:
    def made() -> bytes:
        at = now(warehouse)
        audit.log(register, viewer, "take", "notice", held["notice_id"], at=at, detail={"file": "docx"})
        taken = export.watermark(warehouse, viewer, at)
        return document(home(), warehouse, viewer, held, CLASSIFICATION, taken)

    download(
        viewer,
        "view",
        "notice",
        "下载 Word",
        made,
        f"{NOTICE_NAME}_{_file_name(held)}.docx",
        mime=WORD,
        icon=":material/download:",
        note="按模板生成；下载会被记录。",
    )


def _file_name(held: dict) -> str:
    return str(held["number"]) if pd.isna(held["serial"]) else str(held["serial"])
