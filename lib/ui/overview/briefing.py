"""The briefing of the leaders' page as a file, for those who may take it."""

from lib.access import Viewer
from lib.casework import audit
from lib.casework.store.register import Register
from lib.insight.period import Period
from lib.insight.report.briefing import TITLE, briefing, document
from lib.ui.files import export
from lib.ui.files.download import WORD, download
from lib.ui.frame import CLASSIFICATION, scope_text
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse


def word(register: Register, warehouse: Warehouse, viewer: Viewer, period: Period) -> bytes:
    """The briefing of a period as .docx; logged before it is handed out."""
    at = now(warehouse)
    made = briefing(register, warehouse, viewer, period, scope_text(warehouse, viewer), at)
    told = {"file": "docx", "scope": made.scope, "period": period.key}
    audit.log(register, viewer, "export", "report", f"briefing {made.as_of:%Y-%m-%d}", at=at, detail=told)
    return document(made, CLASSIFICATION, export.watermark(warehouse, viewer, at), at)


def button(register: Register, warehouse: Warehouse, viewer: Viewer, period: Period) -> None:
    """The button; nothing for a viewer without the right."""
    download(
        viewer,
        "export",
        "report",
        "简报",
        lambda: word(register, warehouse, viewer, period),
        f"{TITLE}_{warehouse.as_of:%Y-%m-%d}.docx",
        mime=WORD,
        key="briefing",
        icon=":material/download:",
        quiet=True,
        note="一页 A4（Word）。按您的权限范围编制；文件带水印，导出会被记录。",
    )
