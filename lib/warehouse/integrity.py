"""Whether a generation keeps what the catalog promises."""

import duckdb

from lib.catalog import Dataset, load_catalog
from lib.warehouse.time_order import disorder_sql


def _names(columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _faults(con: duckdb.DuckDBPyConnection, dataset: Dataset) -> list[str]:
    """Faults of one dataset; a check is a query that returns the rows that fail."""
    table, key = f'"{dataset.name}"', _names(dataset.primary_key)
    checks = [
        ("主键重复", f"select {key} from {table} group by {key} having count(*) > 1"),
        ("主键为空", f"select 1 from {table} where {' or '.join(f'{c} is null' for c in key.split(', '))}"),
    ]
    if dataset.kind == "dataset":
        checks.append(("作废的行仍在现行表", f"select 1 from {table} where is_void"))
    for foreign in dataset.foreign_keys:
        target = load_catalog()[foreign.dataset]
        parents = f'select "{foreign.target}" as known from "{target.name}"'
        if target.kind == "dataset":
            # What refers to a record that was voided since keeps its reference.
            parents += f' union all select "{foreign.target}" from "{target.name}_history"'
        checks.append(
            (
                f"{dataset[foreign.field].title}在“{target.title}”中找不到",
                f"select 1 from {table} as child anti join ({parents}) as parent "
                f'on child."{foreign.field}" = parent.known where child."{foreign.field}" is not null',
            )
        )
    for early, late in dataset.time_order:
        checks.append(
            (
                f"{dataset[early].title}晚于{dataset[late].title}",
                f"select 1 from {table} where {disorder_sql(dataset, early, late)}",
            )
        )
    faults = []
    for fault, query in checks:
        (count,) = con.execute(f"select count(*) from ({query})").fetchone() or (0,)
        if count:
            faults.append(f"{dataset.title}({dataset.name}):{fault} {count} 行")
    return faults


def check_warehouse(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Faults in Chinese, empty when the generation is whole: tables, keys, references, order of times, counts."""
    catalog = load_catalog()
    present = {name for (name,) in con.execute("select table_name from information_schema.tables").fetchall()}
    faults = [f"缺少表 {name}" for name in catalog if name not in present]
    for dataset in catalog.values():
        if dataset.name in present:
            faults += _faults(con, dataset)
    state = dict(con.execute("select dataset, row_cnt from dataset_state").fetchall())
    for dataset in catalog.numbered:
        (rows,) = con.execute(f'select count(*) from "{dataset.name}"').fetchone() or (0,)
        if rows != state.get(dataset.name, 0):
            faults.append(f"{dataset.title}：登记 {state.get(dataset.name, 0)} 行，实有 {rows} 行")
    return faults
