"""From text to typed columns."""

from pathlib import Path

import duckdb

from lib.catalog import Field
from lib.warehouse.load.header import Mapping, loadable
from lib.warehouse.load.reading import clean, is_clean, parts, present, tidy, value

_MACROS = (Path(__file__).parent / "normalise.sql").read_text(encoding="utf-8")


def create_macros(con: duckdb.DuckDBPyConnection) -> None:
    """The macros of normalise.sql, for this connection only."""
    con.execute(_MACROS)


def create_typed(con: duckdb.DuckDBPyConnection, mapping: Mapping) -> list[int]:
    """`typed` from the sound rows of `raw`: row_no, every loadable column of the dataset (null where the file lacks
    it or the text is no value), and reference_, the text of a quarantine reference.

    Returns the places (among the loadable fields) of columns with odd text; each has a table reading_N
    (raw, is_present, value) of its distinct odd texts.
    """
    odd, columns, joins = [], [], []
    for place, field in enumerate(loadable(mapping.dataset)):
        column = mapping.columns.get(field.name)
        if column is None:
            columns.append(f'cast(null as {field.duckdb_type}) as "{field.name}"')
            continue
        cell = f"c{column.index}"
        read = clean(field, f"nullif(raw.{cell}, '')", column.factor)
        if _read_odd(con, place, field, cell, column.factor):
            odd.append(place)
            read = f"case when reading_{place}.raw is null then {read} else reading_{place}.value end"
            joins.append(f"left join reading_{place} on raw.{cell} = reading_{place}.raw")
        columns.append(f'{read} as "{field.name}"')
    reference = f"raw.c{mapping.reference}" if mapping.reference is not None else "cast(null as varchar)"
    sql = f"""
        create or replace temp table typed as
        select raw.row_no, {reference} as reference_, {", ".join(columns)}
        from raw {" ".join(joins)}
        where raw.fault is null
    """
    con.execute(sql)
    return odd


def _read_odd(con: duckdb.DuckDBPyConnection, place: int, field: Field, cell: str, factor: int) -> bool:
    """reading_N: the distinct texts of a cell that are not clean, with their values. Returns whether there are any."""
    sql = f"""
        create or replace temp table odd as
        select distinct {cell} as raw from raw
        where {cell} is not null and {cell} <> '' and not ({is_clean(field, cell, factor)})
    """
    con.execute(sql)
    if not con.execute("select 1 from odd limit 1").fetchall():
        return False
    # Materialised: otherwise the planner writes each step into every place that uses it.
    sql = f"""
        create or replace temp table reading_{place} as
        with tidied as materialized (select raw, {tidy(field, "raw")} as t from odd),
        shown as materialized (select raw, {present(field, "t")} as t from tidied),
        taken as materialized (select raw, t, {parts(field, "t")} as p from shown)
        select raw, t is not null as is_present, {value(field, "t", "p", factor)} as value from taken
    """
    con.execute(sql)
    return True


def drop_typed(con: duckdb.DuckDBPyConnection, odd: list[int]) -> None:
    """Free what one table needed."""
    for table in ("raw", "typed", "issue", "odd", *(f"reading_{place}" for place in odd)):
        con.execute(f"drop table if exists {table}")
