"""The empty tables of a new generation."""

import duckdb

from lib.catalog import load_catalog

SCHEMA_VERSION = "1"

_BOOKKEEPING = """
create table meta (key varchar primary key, value varchar);
create table dataset_state (
    dataset varchar primary key, row_cnt bigint, changed_generation integer, updated_at timestamp
);
create table load_log (
    batch_id varchar, dataset varchar, file_name varchar, sha256 varchar, loaded_at timestamp,
    rows_read bigint, rows_accepted bigint, rows_quarantined bigint, rows_unchanged bigint,
    rows_replaced bigint, status varchar
);
create table quarantine (
    batch_id varchar, dataset varchar, file_name varchar, sheet varchar, row_no integer, column_name varchar,
    value varchar, reason varchar, raw_json varchar, loaded_at timestamp, resolved_at timestamp,
    row_key varchar
);
"""


def create_tables(con: duckdb.DuckDBPyConnection) -> None:
    """All datasets, their histories, the reference tables and the bookkeeping tables, empty."""
    for dataset in load_catalog().values():
        con.execute(dataset.create_table_sql())
        if dataset.kind == "dataset":
            con.execute(dataset.create_table_sql(f"{dataset.name}_history"))
    con.execute(_BOOKKEEPING)
    con.execute("insert into meta values ('schema_version', ?)", [SCHEMA_VERSION])
