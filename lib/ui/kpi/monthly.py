"""The monthly report as files: which month, as Word or Excel, for those who may."""

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework import audit
from lib.casework.store.register import Register
from lib.insight.report.document import document
from lib.insight.report.month import Report, months, report, usual
from lib.insight.report.workbook import workbook
from lib.ui.files import export
from lib.ui.files.download import WORD, download
from lib.ui.frame import CLASSIFICATION, scope_text
from lib.ui.state import casework
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse


def word(register: Register, warehouse: Warehouse, viewer: Viewer, month: str | None) -> tuple[str, bytes]:
    """The report as .docx: its file name and content; logged before it is handed out."""
    made, mark = _made(register, warehouse, viewer, month, "docx")
    return f"{made.file_name}.docx", document(made, CLASSIFICATION, mark, now(warehouse))


def excel(register: Register, warehouse: Warehouse, viewer: Viewer, month: str | None) -> tuple[str, bytes]:
    """The same as .xlsx."""
    made, mark = _made(register, warehouse, viewer, month, "xlsx")
    return f"{made.file_name}.xlsx", workbook(made, mark)


def _made(
    register: Register, warehouse: Warehouse, viewer: Viewer, month: str | None, kind: str
) -> tuple[Report, str]:  # fmt: skip
    made, at = report(register, warehouse, viewer, month, scope_text(warehouse, viewer)), now(warehouse)
    told = {"file": kind, "scope": made.scope, "rows": sum(len(rows) for rows in made.lists.values())}
    audit.log(register, viewer, "export", "report", f"{made.period.now.start:%Y-%m}", at=at, detail=told)
    return made, export.watermark(warehouse, viewer, at)


def buttons(register: Register, warehouse: Warehouse, viewer: Viewer) -> None:
    """The month, and a button for each kind of file; nothing for a viewer without the right."""
    if not viewer.may("export", "report"):
        return
    since = casework(register, warehouse, viewer).since
    found = months(since, warehouse.as_of) if not pd.isna(since) else []
    if not found:
        return
    month = st.selectbox(
        "月报月份",
        found,
        index=found.index(usual(found, warehouse.as_of)),
        key="kpi_month",
        format_func=lambda text: f"{text[:4]}年{int(text[5:])}月",
        label_visibility="collapsed",
        width=130,
    )
    note = "按您的权限范围编制；文件带水印，导出会被记录。"
    for kind, label, mime, make in (("docx", "月报 Word", WORD, word), ("xlsx", "月报 Excel", export.MIME, excel)):
        download(
            viewer,
            "export",
            "report",
            label,
            partial(_content, make, register, warehouse, viewer, month),
            f"执法监督工作月报_{month}.{kind}",
            mime=mime,
            key=f"monthly_{kind}",
            icon=":material/download:",
            note=note,
        )


def _content(
    make: Callable[[Register, Warehouse, Viewer, str | None], tuple[str, bytes]],
    register: Register,
    warehouse: Warehouse,
    viewer: Viewer,
    month: str,
) -> bytes:
    return make(register, warehouse, viewer, month)[1]
