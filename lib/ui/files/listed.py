"""A list as a workbook to hand out: watermarked, and logged with what it was cut down to."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from lib.access import Viewer
from lib.casework import audit
from lib.casework.store.register import Register
from lib.ui.files import export
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse


def workbook(
    register: Register,
    warehouse: Warehouse,
    viewer: Viewer,
    kind: str,
    name: str,
    rows: pd.DataFrame,
    listed: Callable[[pd.DataFrame], pd.DataFrame],
    about: str,
) -> dict[str, Any]:
    """What `download` needs for a list of a kind of objects; `listed` gives its rows in words, `about` says what the
    list shows."""

    def made() -> bytes:
        at = now(warehouse)
        audit.log(register, viewer, "export", kind, at=at, detail={"filter": about, "rows": len(rows)})
        return export.excel(listed(rows), name, export.watermark(warehouse, viewer, at), about)

    return {
        "label": "导出 Excel",
        "make": made,
        "file_name": f"{name}_{warehouse.as_of:%Y%m%d}.xlsx",
        "mime": export.MIME,
        "icon": ":material/download:",
        "note": "导出当前清单；文件带水印，导出会被记录。",
    }
