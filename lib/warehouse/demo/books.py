"""What a loaded generation says about itself: the common columns of its rows, its loads, its meta."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

import duckdb

from lib.catalog import Catalog, Dataset
from lib.warehouse.demo.spec import CitySpec


def set_defaults(con: duckdb.DuckDBPyConnection, catalog: Catalog, spec: CitySpec) -> None:
    """While the city is filled, the common columns need not be named: they come from column defaults."""
    con.begin()
    for dataset in catalog.numbered:
        for column, value in _common(dataset, spec.arrived[dataset.name]).items():
            con.execute(f'alter table "{dataset.name}" alter column {column} set default {value}')
    con.commit()


def drop_defaults(con: duckdb.DuckDBPyConnection, catalog: Catalog) -> None:
    """A published generation has no defaults: what a loader leaves out must stay empty."""
    con.begin()
    for dataset in catalog.numbered:
        for column in _common(dataset, datetime.min):
            con.execute(f'alter table "{dataset.name}" alter column {column} drop default')
    con.commit()


def _common(dataset: Dataset, arrived: datetime) -> dict[str, str]:
    return {
        "source_system": f"'{dataset.source}'",
        "batch_id": f"'{_batch_id(dataset)}'",
        "ingested_at": f"timestamp '{arrived.isoformat(sep=' ')}'",
        "version_no": "1",
        "is_void": "false",
    }


def _batch_id(dataset: Dataset) -> str:
    return f"DEMO{dataset.no:02d}"


def keep_books(
    con: duckdb.DuckDBPyConnection, catalog: Catalog, spec: CitySpec, generation: int, rows: Mapping[str, int]
) -> None:
    """Fill dataset_state, load_log (one load per dataset) and meta. `rows`: how many each dataset has."""
    con.begin()
    for dataset in catalog.numbered:
        _book_load(con, dataset, spec, generation, rows[dataset.name])
    for key, value in {
        "synthetic": "true",
        "as_of": spec.as_of.isoformat(),
        "seed": str(spec.seed),
        "rows": str(spec.rows),
        "clean": str(spec.clean).lower(),
        "created_at": spec.created_at.isoformat(sep=" "),
    }.items():
        con.execute("insert into meta values ($key, $value)", {"key": key, "value": value})
    con.commit()


def counted(con: duckdb.DuckDBPyConnection, catalog: Catalog) -> dict[str, int]:
    """The rows of every dataset in a generation that is being written."""
    found = {}
    for dataset in catalog.numbered:
        ((found[dataset.name],),) = con.execute(f'select count(*) from "{dataset.name}"').fetchall()
    return found


def _book_load(con: duckdb.DuckDBPyConnection, dataset: Dataset, spec: CitySpec, generation: int, count: int) -> None:
    arguments = f"{dataset.name}/{spec.seed}/{spec.rows}/{spec.as_of}/{spec.clean}"
    con.execute(
        "insert into dataset_state values ($name, $count, $generation, $moment)",
        {"name": dataset.name, "count": count, "generation": generation, "moment": spec.arrived[dataset.name]},
    )
    con.execute(
        "insert into load_log values ($batch, $name, $file, $sha256, $moment, $count, $count, 0, 0, 0, 'loaded')",
        {
            "batch": _batch_id(dataset),
            "name": dataset.name,
            "file": f"演示城市/{dataset.title}",
            "sha256": hashlib.sha256(arguments.encode()).hexdigest(),
            "moment": spec.arrived[dataset.name],
            "count": count,
        },
    )
