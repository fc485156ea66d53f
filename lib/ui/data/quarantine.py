"""Rows set aside by the loader: why, where, and how to get them mended."""

import tempfile
from functools import lru_cache
from pathlib import Path

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.casework import audit
from lib.casework.store.register import Register
from lib.catalog import load_catalog
from lib.insight.data import datasets as insight
from lib.ui import figure, message, paths
from lib.ui.files import export
from lib.ui.files.download import download
from lib.ui.tables import height, plain_table
from lib.warehouse.clock import now
from lib.warehouse.home import home
from lib.warehouse.load import export_quarantine
from lib.warehouse.store import Warehouse

COLUMNS = "q_columns"
REASONS = {
    "title": st.column_config.TextColumn("数据集", width=150),
    "column_name": st.column_config.TextColumn("列", width=130),
    "fault": st.column_config.TextColumn("原因", width=240),
    "row_cnt": st.column_config.NumberColumn("行数", format="localized", width=70),
    "last_at": st.column_config.DatetimeColumn("最近", format="YYYY-MM-DD HH:mm", width=130),
}
_ROWS = {
    "title": st.column_config.TextColumn("数据集", width=120),
    "file_name": st.column_config.TextColumn("文件", width=180),
    "sheet": st.column_config.TextColumn("工作表", width=80),
    "row_no": st.column_config.NumberColumn("行", format="%d", width=60),
    "column_name": st.column_config.TextColumn("列", width=120),
    "value": st.column_config.TextColumn("原值", width=150),
    "reason": st.column_config.TextColumn("原因和改法", width=420),
    "loaded_at": st.column_config.DatetimeColumn("装载时间", format="YYYY-MM-DD HH:mm", width=130),
    "batch_id": st.column_config.TextColumn("批次", width=170),
}


def quarantine(register: Register, warehouse: Warehouse, viewer: Viewer) -> None:
    """What was set aside and why; single rows as far as the viewer may see them."""
    reasons = insight.quarantine_reasons(warehouse, viewer)
    if reasons.empty:
        figure.listed(0, "行")
        message.nothing("没有被隔离的行", "装载时检查不通过的行会单独存放在这里，写明原因和改法，不进入分析。")
        return
    # Every dataset can be asked for: an address that asks for one without such rows must show none, not all.
    titles = _titles()
    known = sorted({*reasons["fault"], *st.query_params.get_all("q_faults")})
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        names = st.multiselect(
            "数据集",
            list(titles),
            format_func=titles.__getitem__,
            key="q_datasets",
            width=240,
            bind="query-params",
            label_visibility="collapsed",
            placeholder="数据集",
            select_all=False,
        )
        faults = st.multiselect(
            "原因",
            known,
            key="q_faults",
            bind="query-params",
            label_visibility="collapsed",
            placeholder="原因",
            width=280,
            select_all=False,
        )
        _export(register, warehouse, viewer, tuple(names), tuple(faults))
    columns = tuple(st.query_params.get_all(COLUMNS))
    chosen = reasons if not columns else reasons[reasons["column_name"].isin(columns)]
    if names:
        chosen = chosen[chosen["dataset"].isin(names)]
    if faults:
        chosen = chosen[chosen["fault"].isin(faults)]
    st.markdown("**按原因**　一行可以有几处")
    reasons_table(chosen, list(REASONS), viewer, "q_reasons", 7)
    if not insight.may_see_rows(viewer):
        st.caption(f"您的角色（{viewer.role_name}）只看各数据集的汇总；逐行内容由市纪委监督室处理。")
        return
    found = insight.quarantined(warehouse, viewer, tuple(names), tuple(faults), columns=columns)
    more = f"（只列最近 {insight.ROWS_SHOWN:,} 处）" if len(found) == insight.ROWS_SHOWN else ""
    rows = insight.by_row(found)
    st.markdown(f"**逐行**{more}")
    figure.listed(len(rows), "行")
    if not insight.may_see_values(viewer):
        st.caption("隔离的行无法判断属于哪个区域和领域，原值只有全市范围的人员可以查看。")
    shown = [name for name in _ROWS if name in rows]
    plain_table(rows[shown], "q_rows", 12, "隔离的行", _ROWS)


@lru_cache(maxsize=1)
def _titles() -> dict[str, str]:
    return {one.name: one.title for one in load_catalog().values()}


def opening(viewer: Viewer, dataset: str = "", fault: str = "", column: str = "") -> figure.Opening | None:
    """Where rows set aside are listed; nowhere for those who see counts only."""
    if not insight.may_see_rows(viewer):
        return None
    titles = _titles()
    asked = {"q_datasets": titles.get(dataset, ""), "q_faults": fault, COLUMNS: column}
    return paths.DATA, {"d_view": "隔离", **{name: value for name, value in asked.items() if value}}


def reasons_table(reasons: pd.DataFrame, shown: list[str], viewer: Viewer, key: str, most: int) -> None:
    """Rows set aside by reason; each number opens its rows."""
    each = [
        opening(viewer, *one) for one in zip(reasons["dataset"], reasons["fault"], reasons["column_name"], strict=True)
    ]
    figure.table(reasons[shown], {"row_cnt": each}, key, REASONS, height=height(reasons, most), alt="隔离原因")


def _export(
    register: Register, warehouse: Warehouse, viewer: Viewer, names: tuple[str, ...], faults: tuple[str, ...]
) -> None:
    """The rows as a file: to be mended and loaded again, for those who may see the values; otherwise the list."""
    logged = {"datasets": list(names), "faults": list(faults)}

    def listed() -> bytes:
        at = now(warehouse)
        audit.log(register, viewer, "export", "quarantine", at=at, detail=logged)
        rows = insight.quarantined(warehouse, viewer, names, faults, most=100_000)
        sheet = rows.rename(columns={name: config["label"] for name, config in _ROWS.items()}).drop(columns="dataset")
        return export.excel(sheet, "隔离清单", export.watermark(warehouse, viewer, at), "检查未通过的行")

    def mendable() -> bytes:
        audit.log(register, viewer, "export", "quarantine", at=now(warehouse), detail={"mendable": True})
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "隔离.xlsx"
            export_quarantine(home(), None, target)
            return target.read_bytes()

    stamp = f"{warehouse.as_of:%Y%m%d}"
    download(
        viewer,
        "export",
        "quarantine",
        "导出清单",
        listed,
        f"隔离清单_{stamp}.xlsx",
        mime=export.MIME,
        icon=":material/download:",
        note="导出当前筛选结果；文件带水印，导出会被记录。",
    )
    if insight.may_see_values(viewer):
        download(
            viewer,
            "export",
            "quarantine",
            "导出待改数据",
            mendable,
            f"隔离待改_{stamp}.xlsx",
            mime=export.MIME,
            icon=":material/edit_document:",
            note="按原列导出全部隔离行，附原因；改好后可直接重新装载，改好的行会自动销号。",
        )
