"""What the warehouse holds: rows, freshness, loads and rows set aside, dataset by dataset."""

from datetime import datetime
from pathlib import PurePath

import numpy as np
import pandas as pd

from lib.access import Viewer, under
from lib.access.scope import bounded
from lib.catalog import Dataset, Field, load_catalog
from lib.insight.share import Share
from lib.insight.stated import Stated
from lib.rules import read_rules
from lib.warehouse.clock import now
from lib.warehouse.load.report import STATES
from lib.warehouse.store import Warehouse

ON_TIME, NEVER = "按时", "从未装载"
KINDS = {"dataset": "数据集", "reference": "参照表"}
TYPES = {
    "string": "文本",
    "integer": "整数",
    "number": "数值",
    "boolean": "是否",
    "date": "日期",
    "datetime": "时间",
    "array": "列表",
}
ROWS_SHOWN = 20_000
# The tiles of the page.
NUMBERED = f"{len(load_catalog().numbered)} 项"
FRESH = Stated("数据鲜活率", f"按更新时限收到数据的数据集 ÷ {len(load_catalog().numbered)}。")
AMOUNT = Stated("数据总量", f"{NUMBERED}数据现行版本的行数，不含历史版本和参照表；各项行数见下表。")
NEWEST = Stated("最近装载", "最近一次装载文件的日期。")
ASIDE = Stated("隔离未改", "检查未通过、单独存放、尚未改好重装的行。")

_STATE = """
with last_load as (
    select dataset, max(loaded_at) as loaded_at, arg_max(file_name, loaded_at) as file_name
    from load_log
    group by dataset
),

aside as (
    select dataset, count(distinct concat_ws('/', batch_id, file_name, sheet, row_no)) as quarantined
    from quarantine
    where resolved_at is null
    group by dataset
),

tables as (
    select table_name as name, estimated_size as size
    from duckdb_tables()
),

final as (
    select
        tables.name,
        coalesce(dataset_state.row_cnt, tables.size) as row_cnt,
        dataset_state.updated_at,
        dataset_state.changed_generation,
        mart_dataset_latest.latest_at,
        last_load.loaded_at,
        last_load.file_name,
        coalesce(aside.quarantined, 0) as quarantined
    from tables
    left join dataset_state on dataset_state.dataset = tables.name
    left join mart_dataset_latest on mart_dataset_latest.dataset = tables.name
    left join last_load on last_load.dataset = tables.name
    left join aside on aside.dataset = tables.name
)

select * from final
"""

_LOADS = """
select loaded_at, dataset, file_name, batch_id, rows_read, rows_accepted, rows_replaced, rows_unchanged,
    rows_quarantined, status, left(sha256, 12) as sha256
from load_log
where $dataset is null or dataset = $dataset
order by loaded_at desc, batch_id, file_name
limit $most
"""

_REASONS = """
with open_rows as (
    select dataset, column_name, split_part(reason, '。', 1) as fault, batch_id, file_name, sheet, row_no, loaded_at
    from quarantine
    where resolved_at is null
),

final as (
    select
        dataset,
        column_name,
        fault,
        count(distinct concat_ws('/', batch_id, file_name, sheet, row_no)) as row_cnt,
        max(loaded_at) as last_at
    from open_rows
    group by all
    order by row_cnt desc, dataset, column_name, fault
)

select * from final
"""

_ROWS = """
select loaded_at, dataset, file_name, sheet, row_no, column_name, value, reason, batch_id
from quarantine
where resolved_at is null
    and (len($datasets) = 0 or list_contains($datasets, dataset))
    and (len($faults) = 0 or list_contains($faults, split_part(reason, '。', 1)))
    and (len($columns) = 0 or list_contains($columns, column_name))
order by loaded_at desc, dataset, file_name, sheet, row_no, column_name
limit $most
"""


@under("view", "dataset")
def datasets(warehouse: Warehouse, viewer: Viewer, at: datetime | None = None) -> pd.DataFrame:
    """The numbered datasets in order, then the reference tables, one row each.

    no, name, title, kind (数据集 or 参照表), source, row_cnt, share (of all their rows; NaN for a reference table),
    latest_at (newest fact in it), updated_at (when data last came), sla_days, age_days (days since data last came),
    late_days (past the SLA; 0 when in time; NaN when data never came or for a reference table), freshness (按时,
    滞后 n 天, 从未装载), loaded_at and file_name of the last load, quarantined (rows set aside and not mended yet).
    """
    at = at or now(warehouse)
    catalog = load_catalog()
    frame = pd.DataFrame(
        [
            {
                "no": dataset.no,
                "name": dataset.name,
                "title": dataset.title,
                "kind": KINDS[dataset.kind],
                "source": dataset.source,
                "sla_days": dataset.freshness_days,
            }
            for dataset in catalog.values()
        ]
    ).astype({"no": "Int64"})
    frame = frame.merge(warehouse.query(_STATE), on="name", how="left")
    main = frame["kind"].eq(KINDS["dataset"])
    frame["row_cnt"] = frame["row_cnt"].fillna(0).astype("int64")
    frame["quarantined"] = frame["quarantined"].fillna(0).astype("int64")
    total = frame.loc[main, "row_cnt"].sum()
    frame["share"] = (frame["row_cnt"] / total if total else np.nan * frame["row_cnt"]).where(main)
    frame["age_days"] = (pd.Timestamp(at).normalize() - pd.to_datetime(frame["updated_at"]).dt.normalize()).dt.days
    frame["late_days"] = (frame["age_days"] - frame["sla_days"]).clip(lower=0).where(main)
    late = "滞后 " + frame["late_days"].astype("Int64").astype("str") + " 天"
    frame["freshness"] = late.where(frame["late_days"].gt(0), ON_TIME).where(frame["updated_at"].notna(), NEVER)
    frame["freshness"] = frame["freshness"].where(main, "")
    return frame


def freshness(frame: pd.DataFrame) -> Share:
    """数据鲜活率: datasets updated within their SLA, of all."""
    main = frame[frame["kind"].eq(KINDS["dataset"])]
    return Share(int(main["freshness"].eq(ON_TIME).sum()), len(main))


def columns(name: str) -> pd.DataFrame:
    """The columns of a dataset after the catalog: name, title, type, unit, required, allowed, aliases.

    `allowed`: the code list, the range, what it refers to or how it is checked. Raises KeyError for an unknown name.
    """
    dataset = load_catalog()[name]
    targets = {key.field: _column(load_catalog()[key.dataset], key.target) for key in dataset.foreign_keys}
    rows = [
        {
            "name": field.name,
            "title": field.title + ("（主键）" if field.name in dataset.primary_key else ""),
            "type": TYPES[field.type],
            "unit": field.unit or "",
            "required": "必填" if field.required else "",
            "allowed": _allowed(field, targets.get(field.name)),
            "aliases": "、".join(field.aliases),
        }
        for field in dataset.all_fields
    ]
    return pd.DataFrame(rows)


def _column(dataset: Dataset, name: str) -> str:
    title = next(field.title for field in dataset.all_fields if field.name == name)
    return f"{dataset.title}的{title}"


def _allowed(field: Field, target: str | None) -> str:
    parts = []
    if field.enum:
        parts.append("、".join(field.enum))
    if field.minimum is not None:
        parts.append(f"≥{field.minimum:g}")
    if field.maximum is not None:
        parts.append(f"≤{field.maximum:g}")
    if field.pattern:
        parts.append(f"格式 {field.pattern}")
    if field.check == "uscc":
        parts.append("统一社会信用代码校验")
    if target:
        parts.append(f"须是{target}之一")
    return "；".join(parts)


@under("view", "dataset")
def loads(warehouse: Warehouse, viewer: Viewer, dataset: str | None = None, most: int = 300) -> pd.DataFrame:
    """The newest loads first: loaded_at, dataset, title, file_name, batch_id, rows_*, status, sha256 (first 12).

    rows_read = rows_accepted + rows_unchanged + rows_quarantined + rows_not_data of a file that was loaded.
    """
    frame = warehouse.query(_LOADS, {"dataset": dataset, "most": most})
    frame["file_name"] = frame["file_name"].map(lambda name: PurePath(name).name, na_action="ignore")
    frame["status"] = frame["status"].replace(STATES)
    known = frame[["rows_accepted", "rows_unchanged", "rows_quarantined"]].sum(axis=1)
    apart = (frame["rows_read"] - known).where(frame["status"].eq(STATES["loaded"]), 0)
    return _titled(frame.assign(rows_not_data=apart))


def may_see_values(viewer: Viewer) -> bool:
    """Whether the viewer may see what stood in rows set aside: such a row has no place the scope could be asked by,
    so only those who see the whole city do (需知原则)."""
    return bounded(viewer) and viewer.area_code is None and viewer.domains is None


def may_see_rows(viewer: Viewer) -> bool:
    """Whether the viewer sees single rows set aside, possibly without their values; a town sees figures only."""
    return viewer.may("view", "quarantine")


@under("view", "dataset")
def quarantine_reasons(warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """Rows set aside and not mended yet, counted: dataset, title, column_name, fault, row_cnt, last_at."""
    return _titled(warehouse.query(_REASONS))


@under("view", "dataset")
def quarantined(
    warehouse: Warehouse,
    viewer: Viewer,
    datasets: tuple[str, ...] = (),
    faults: tuple[str, ...] = (),
    most: int = ROWS_SHOWN,
    columns: tuple[str, ...] = (),
) -> pd.DataFrame:
    """Single faults of rows set aside, the newest first, at most `most`: loaded_at, dataset, title, file_name, sheet,
    row_no, column_name, value, reason, batch_id. Without `value` for those who may not see it; empty for a town."""
    params = {
        "datasets": list(datasets),
        "faults": list(faults),
        "columns": list(columns),
        "most": most if may_see_rows(viewer) else 0,
    }
    frame = _titled(warehouse.query(_ROWS, params))
    return frame if may_see_values(viewer) else frame.drop(columns="value")


def by_row(faults: pd.DataFrame) -> pd.DataFrame:
    """`quarantined` with one line per row set aside: its columns, values and reasons joined."""
    keys = ["loaded_at", "dataset", "title", "file_name", "sheet", "row_no", "batch_id"]
    joined = {name: "；".join for name in ("column_name", "value", "reason") if name in faults}
    texts = faults.assign(**{name: faults[name].astype("object").fillna("").astype(str) for name in joined})
    return texts.groupby(keys, sort=False, dropna=False, as_index=False).agg(joined)


def _titled(frame: pd.DataFrame) -> pd.DataFrame:
    titles = {dataset.name: dataset.title for dataset in load_catalog().values()}
    frame.insert(frame.columns.get_loc("dataset") + 1, "title", frame["dataset"].map(titles).fillna(frame["dataset"]))
    return frame


def rules_reading(changed: list[str]) -> list[str]:
    """The rules (M05 罚缴不一致) that read one of these datasets: they are due when it changes."""
    return [f"{rule.id} {rule.title}" for rule in read_rules().values() if set(rule.inputs) & set(changed)]
