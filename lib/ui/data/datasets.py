"""The parts of the data page: figures, the table of datasets, one dataset, loads."""

import pandas as pd
import streamlit as st

from lib.access import Viewer
from lib.insight.data import datasets as insight
from lib.insight.share import Share, percent
from lib.insight.wording import day, number
from lib.ui import figure, message, paths, tiles
from lib.ui.data import quarantine
from lib.ui.kept import kept
from lib.ui.state import Key, key
from lib.ui.tables import height, plain_table
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

NAME_KEY = "d_name"
_TABLE = "dataset_table"
_DATASETS = {
    "no": st.column_config.NumberColumn("序号", width=44, pinned=True),
    "title": st.column_config.TextColumn("数据集", width=160, pinned=True),
    "row_cnt": st.column_config.NumberColumn("行数", format="localized", width=86),
    "share": st.column_config.ProgressColumn(
        "占比", format="percent", min_value=0, max_value=1, width=92, help="占各项数据总行数的比例。"
    ),
    "updated_at": st.column_config.DateColumn(
        "数据到达", format="YYYY-MM-DD", width=92, help="最近一次收到数据的日期。"
    ),
    "freshness": st.column_config.TextColumn("鲜活情况", width=84, help="数据到达至今不超过更新时限为按时。"),
    "sla_days": st.column_config.NumberColumn("更新时限", format="%d 天", width=74),
    "quarantined": st.column_config.NumberColumn(
        "隔离行", format="localized", width=64, help="检查未通过、尚未改好的行。"
    ),
    "latest_at": st.column_config.DateColumn(
        "最新数据", format="YYYY-MM-DD", width=92, help="其中最近发生、决定或登记的事项的日期。"
    ),
    "source": st.column_config.TextColumn("来源", width=150),
    "file_name": st.column_config.TextColumn("最近装载", width=180),
}
_LOADS = {
    "loaded_at": st.column_config.DatetimeColumn("装载时间", format="YYYY-MM-DD HH:mm", width=130),
    "title": st.column_config.TextColumn("数据集", width=150),
    "file_name": st.column_config.TextColumn("文件", width=220),
    "rows_read": st.column_config.NumberColumn("读入", format="localized", width=84),
    "rows_accepted": st.column_config.NumberColumn("接收", format="localized", width=84),
    "rows_replaced": st.column_config.NumberColumn("其中更正", format="localized", width=84),
    "rows_unchanged": st.column_config.NumberColumn("未变", format="localized", width=84),
    "rows_quarantined": st.column_config.NumberColumn("隔离", format="localized", width=84),
    "rows_not_data": st.column_config.NumberColumn(
        "不是数据", format="localized", width=84, help="合计、说明等，读到而不入库的行；四项相加即读入。"
    ),
    "status": st.column_config.TextColumn("结果", width=84),
    "batch_id": st.column_config.TextColumn("批次", width=170),
    "sha256": st.column_config.TextColumn(
        "文件指纹", width=110, help="SHA-256 前 12 位；同一文件再装一次不会改变数据。"
    ),
}
_COLUMNS = {
    "title": st.column_config.TextColumn("列名", width=130, pinned=True),
    "type": st.column_config.TextColumn("类型", width=56),
    "unit": st.column_config.TextColumn("单位", width=50),
    "required": st.column_config.TextColumn("必填", width=50),
    "allowed": st.column_config.TextColumn("代码表·范围·引用", width=260),
    "name": st.column_config.TextColumn("字段", width=130),
    "aliases": st.column_config.TextColumn("导入别名", width=150, help="装载时也认这些列名。"),
}


@kept(16)
def _states(_warehouse: Warehouse, _viewer: Viewer, state: Key) -> pd.DataFrame:
    return insight.datasets(_warehouse, _viewer)


def states(warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """The datasets as they stand today; see insight.datasets."""
    return _states(warehouse, viewer, key(None, warehouse, viewer, now(warehouse).date(), clock=False))


# In the address: which datasets are listed.
AMONG, MAIN, ON_TIME, LATE = "among", insight.NUMBERED, "按时", "滞后"
FILLED, NEWEST, ASIDE = "有数据", "最近装载", "有隔离行"


def among(frame: pd.DataFrame, asked: str) -> pd.DataFrame:
    """The datasets of a number of the page; with reference tables where all of them are asked for."""
    return _among(frame, asked)


@kept(64)
def _among(frame: pd.DataFrame, asked: str) -> pd.DataFrame:
    main = frame[frame["no"].notna()]
    keep = {
        ON_TIME: lambda: main["freshness"].eq(insight.ON_TIME),
        LATE: lambda: main["freshness"].ne(insight.ON_TIME),
        FILLED: lambda: main["row_cnt"].gt(0),
        ASIDE: lambda: main["quarantined"].gt(0),
        NEWEST: lambda: main["loaded_at"].eq(main["loaded_at"].max()),
    }
    return main[keep[asked]()] if asked in keep else main if asked == MAIN else frame


def asked_for(frame: pd.DataFrame) -> pd.DataFrame:
    """The datasets that the address asks for, with words on that."""
    asked = st.query_params.get(AMONG, "")
    shown = among(frame, asked)
    if asked:
        figure.origin(f"数据「{asked}」", "✕ 全部数据集", AMONG)
    figure.listed(len(shown), "项")
    return shown


@kept(64)
def _sums(frame: pd.DataFrame) -> tuple[Share, int, pd.Timestamp | None, int]:
    """How many datasets are fresh, rows, the last load and rows set aside."""
    main = frame[frame["no"].notna()]
    last = main["loaded_at"].max() if main["loaded_at"].notna().any() else None
    return insight.freshness(frame), int(main["row_cnt"].sum()), last, int(main["quarantined"].sum())


def figures(frame: pd.DataFrame, viewer: Viewer) -> None:
    """How fresh, how much, when last, how much set aside; each number of datasets opens them."""
    fresh, total, last, set_aside = _sums(frame)
    newest = (NEWEST,) if last is not None else ()
    tiles_of: list[tuple[str, str, figure.Opening | None, str, tuple[str, ...], str]] = [
        (insight.FRESH.title, percent(fresh), (paths.DATA, {AMONG: MAIN}), "", (ON_TIME, LATE),
         insight.FRESH.meaning),
        (insight.AMOUNT.title, f"{tiles.short(total)} 行", None, "", (FILLED,),
         insight.AMOUNT.meaning),
        (insight.NEWEST.title, day(last), (paths.DATA, {AMONG: NEWEST}) if newest else None, "", newest,
         insight.NEWEST.meaning),
        (insight.ASIDE.title, f"{set_aside:,}", quarantine.opening(viewer), "行", (ASIDE,),
         insight.ASIDE.meaning),
    ]  # fmt: skip
    with st.grid(4, min_column_width=150, gap="small"):
        for title, value, opening, unit, parts, meaning in tiles_of:
            with tiles.tile(title, [(value, opening)], meaning, unit):
                each = (
                    figure.number(len(among(frame, part)), (paths.DATA, {AMONG: part}), part, "项") for part in parts
                )
                st.html(figure.line(*each))


@kept(64)
def _columns_of(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[list(_DATASETS)]


@kept(64)
def _fields(name: str) -> pd.DataFrame:
    return insight.columns(name)[list(_COLUMNS)]


@kept(64)
def _apart(_warehouse: Warehouse, _viewer: Viewer, name: str, state: Key) -> pd.DataFrame:
    reasons = insight.quarantine_reasons(_warehouse, _viewer)
    return reasons[reasons["dataset"] == name]


@kept(64)
def _last_loads(_warehouse: Warehouse, _viewer: Viewer, name: str, state: Key) -> pd.DataFrame:
    shown = ["loaded_at", "rows_read", "rows_accepted", "rows_quarantined", "status", "file_name"]
    return insight.loads(_warehouse, _viewer, name, 20)[shown]


def table(frame: pd.DataFrame, viewer: Viewer) -> None:
    """All datasets and reference tables; a row clicked is shown in detail, a number of rows set aside opens them."""
    names = frame["name"].tolist()

    asked = {AMONG: st.query_params[AMONG]} if AMONG in st.query_params else {}

    def pick(row: int) -> None:
        st.session_state[NAME_KEY] = names[row]

    figure.table(
        _columns_of(frame),
        {"quarantined": [quarantine.opening(viewer, name) for name in names]},
        _TABLE,
        _DATASETS,
        [(paths.DATA, {**asked, NAME_KEY: name}) for name in names],
        pick,
        height=height(frame, 20),
        alt=f"{MAIN}数据和参照表",
    )


def detail(warehouse: Warehouse, viewer: Viewer, frame: pd.DataFrame) -> None:
    """One dataset: its columns after the catalog, what was set aside, its loads."""
    titles = dict(zip(frame["name"].tolist(), frame["title"].tolist(), strict=True))
    name = st.selectbox(
        "数据集",
        list(titles),
        format_func=lambda key: str(titles[key]),
        key=NAME_KEY,
        bind="query-params",
        label_visibility="collapsed",
    )
    row = frame.iloc[list(titles).index(name)]
    age = "" if pd.isna(row["age_days"]) else f" · 距今 {number(row['age_days'])} 天"
    st.markdown(f"**{row['title']}** · {row['source']} · {row['row_cnt']:,} 行")
    st.caption(f"{row['kind']} · 更新时限 {row['sla_days']} 天{age}")
    columns = _fields(name)
    plain_table(columns, "d_columns", 11, f"{row['title']}的列", _COLUMNS)
    state = key(None, warehouse, viewer, clock=False)
    own = _apart(warehouse, viewer, name, state)
    if own.empty:
        st.caption("质量：没有被隔离的行。")
    else:
        st.markdown("**质量：隔离的行**")
        opened = quarantine.opening(viewer, str(name))
        if opened is not None:
            figure.link(int(row["quarantined"]), opened, "隔离", "行")
        quarantine.reasons_table(own, ["column_name", "fault", "row_cnt"], viewer, "d_reasons", 5)
    loads = _last_loads(warehouse, viewer, name, state)
    if len(loads):
        st.markdown("**装载**")
        plain_table(loads, "d_last_loads", 4, "装载记录", _LOADS)


def loads(warehouse: Warehouse, viewer: Viewer) -> None:
    """The newest loads of all datasets."""
    rows = insight.loads(warehouse, viewer)
    if rows.empty:
        message.nothing("还没有装载记录", "有装载权限的人员可在「装载」中上传文件。")
        return
    plain_table(rows[list(_LOADS)], "d_loads", 20, "装载记录", _LOADS)
