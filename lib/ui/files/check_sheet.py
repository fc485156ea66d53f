"""The button that hands out a warning's 核查单, on the warning's page and on those of its prompts."""

import pandas as pd

from lib.access import Viewer
from lib.casework import audit
from lib.casework.store.register import Register
from lib.insight.warnings import check_sheet
from lib.ui.files import export
from lib.ui.files.download import WORD, download
from lib.warehouse.clock import now
from lib.warehouse.home import home
from lib.warehouse.store import Warehouse


def check_sheet_button(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> None:
    """The button, for those who may export; the file carries who took it, and that is logged."""

    def made() -> bytes:
        at = now(warehouse)
        audit.log(register, viewer, "export", "warning", str(row["warning_id"]), at=at, detail={"document": "核查单"})
        mark = export.watermark(warehouse, viewer, at)
        return check_sheet.check_sheet(home(), register, warehouse, viewer, row, mark)

    download(
        viewer,
        "export",
        "warning",
        "核查单",
        made,
        check_sheet.file_name(row, now(warehouse)),
        mime=WORD,
        key=f"check_sheet_{row['warning_id']}",
        icon=":material/assignment:",
        quiet=True,
        note="一页 A4：为什么预警、来源行号、核查要点、填写栏和两人签名。导出会被记录。",
    )
