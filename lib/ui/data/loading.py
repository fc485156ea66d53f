"""Loading files from the browser: checked, merged, published, and told file by file."""

import tempfile
from pathlib import Path

import pandas as pd
import streamlit as st

from lib.access import Viewer, require
from lib.access.policy import policy
from lib.catalog import load_catalog
from lib.errors import UserError
from lib.insight.data.datasets import rules_reading
from lib.insight.kept.ahead import work_out
from lib.ui import message
from lib.ui.access import session
from lib.ui.card import card
from lib.ui.tables import plain_table
from lib.ui.verbatim import verbatim
from lib.warehouse.home import home
from lib.warehouse.load import LoadReport, load_apart
from lib.warehouse.load.report import FileReport
from lib.warehouse.store import open_warehouse

SUFFIXES = [
    "csv", "tsv", "txt", "xlsx", "xlsm", "xls", "xlsb", "ods", "et", "json", "jsonl", "ndjson", "parquet", "zip", "gz",
    "tgz", "tar",
]  # fmt: skip
_REPORT, _TURN = "load_report", "load_turn"
_AUTO = "自动识别"
_STATES = {"loaded": "已装载", "known": "以前装载过", "refused": "未装载", "unknown": "不认识，跳过"}


def form(viewer: Viewer) -> None:
    """The upload form, or why there is none; then what became of the last load."""
    if not viewer.may("load", "dataset"):
        roles = "、".join(policy().holders("load", "dataset"))
        why = f"装载由{roles}办理；您的角色（{viewer.role_name}）可以查看数据目录和装载记录。"
        message.nothing("您不能装载数据", why)
        return
    warehouse = session.warehouse()
    if warehouse is not None and warehouse.synthetic:
        message.nothing(
            "合成城市不装载文件",
            "真实数据不与虚构数据混放。要装载自己的文件，请系统管理员另设一个空的 COCKPIT_HOME，"
            "再运行 python -m lib load 文件夹。",
        )
        return
    titles = {dataset.name: dataset.title for dataset in load_catalog().values()}
    turn = st.session_state.setdefault(_TURN, 0)
    with card("load"):
        files = st.file_uploader(
            "选择文件",
            SUFFIXES,
            accept_multiple_files=True,
            key=f"load_files_{turn}",
            help="按文件名、工作表名和列名识别数据集；列名可用中文、字段名或双公示字段。",
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.selectbox(
                "数据集",
                ["", *titles],
                format_func=lambda key: titles.get(key, _AUTO),
                key=f"load_dataset_{turn}",
                width=260,
            )
            pressed = st.button("检查并装载", type="primary", disabled=not files, key="load_start")
        st.caption(
            "不合格的行单独隔离并写明改法，其余照常入库；同一文件再装一次不会改变数据；中途失败时原有数据不受影响。"
        )
    if pressed and files:
        _load(viewer, [(file.name, file.getvalue()) for file in files], name or None)
    report: LoadReport | None = st.session_state.get(_REPORT)
    if report is not None:
        _result(report)


def _load(viewer: Viewer, files: list[tuple[str, bytes]], dataset: str | None) -> None:
    """Load the uploaded files, then run the page again on what was published."""
    require(viewer, "load", "dataset")
    with session.register().transaction() as tx:
        tx.require_standing(viewer)
    bar = st.progress(0.0, text="正在读取文件")

    def tell(stage: str, done: float, text: str) -> None:
        bar.progress(min(max(done, 0.0), 1.0), text=verbatim(f"{stage}：{text}"))

    try:
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for number, (name, content) in enumerate(files):
                # The file's own name tells the dataset; equal names must not overwrite each other.
                own = Path(folder) / str(number) / Path(name).name
                own.parent.mkdir()
                own.write_bytes(content)
                paths.append(own)
            report = load_apart(home(), paths, dataset=dataset, progress=tell)
        st.session_state[_REPORT] = report
        st.session_state[_TURN] += 1
        if report.changed:
            work_out(session.register(), open_warehouse(home()), tell)
    except UserError as refused:
        bar.empty()
        message.problem(refused)
        return
    st.rerun()


def _apart(file: FileReport) -> list[str]:
    """What was read and is not data, by what it is."""
    return [f"不是数据：{kind} {len(rows):,} 行" for kind, rows in file.notes.items()]


def _result(report: LoadReport) -> None:
    with card("loaded"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            done = f"已发布第 {report.generation} 代数据" if report.changed else "数据没有变化，没有发布新一代数据"
            st.markdown(f"**装载结果：{done}**", width="content")
            st.button("收起", key="load_close", type="tertiary", on_click=lambda: st.session_state.pop(_REPORT, None))
        rows = pd.DataFrame(
            [
                {
                    "文件": file.place,
                    "数据集": file.title or "—",
                    "结果": _STATES[file.state],
                    "读入": file.rows_read,
                    "接收": file.accepted,
                    "其中更正": file.replaced,
                    "未变": file.unchanged,
                    "隔离": file.quarantined,
                    "不是数据": file.not_data,
                    "说明": "；".join([*file.told, *_apart(file)]),
                }
                for file in report.files
            ]
        )
        plain_table(rows, "d_files", 8, "逐个文件的装载结果")
        reasons = [
            {"文件": file.place, "隔离原因": reason, "行数": count}
            for file in report.files
            for reason, count in file.reasons.most_common()
        ]
        if reasons:
            found = pd.DataFrame(reasons)
            plain_table(found, "d_faults", 8, "隔离原因")
            st.caption("隔离的行在「隔离」中查看，导出改好后重新装载。")
        if asked := sum(len(file.doubts) for file in report.files):
            st.caption(f"有 {asked} 处拿不准的列，每个来源在「待确认」中答一次；答完，等着的行自动入库。")
        if report.changed:
            changed = [file.dataset for file in report.files if file.dataset and file.accepted]
            due = rules_reading(changed)
            told = f"输入已变、将自动运行的模型：{'、'.join(due)}" if due else "没有模型读取这些数据，无需重新运行。"
            st.caption(told)
