"""From text to typed columns."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from lib.catalog import Field
from lib.catalog.private import macros_sql
from lib.warehouse.load.header import Column, Mapping, loadable
from lib.warehouse.load.reading import (
    clean,
    fault,
    is_clean,
    is_moment,
    is_money,
    literal,
    mark,
    parts,
    present,
    tidy,
    value,
)
from lib.warehouse.load.spelling import ODD_TEXT, is_misread, plain_amount, plain_moment, unmarked

_MACROS = (Path(__file__).parent / "normalise.sql").read_text(encoding="utf-8")


def create_macros(con: duckdb.DuckDBPyConnection, codes: Sequence[str] = ()) -> None:
    """The macros of normalise.sql, for this connection only; `codes` are credit codes that a person has accepted."""
    con.execute(macros_sql())
    accepted = f"s in ({', '.join(map(literal, codes))})" if codes else "false"
    con.execute(f"create or replace temp macro load_is_accepted(s) as {accepted}")
    con.execute(_MACROS)
    con.execute(f"create or replace temp macro load_is_odd_text(s) as load_garbled(s) or {_odd('s')}")


def _odd(cell: str) -> str:
    return f"regexp_matches({cell}, {literal(ODD_TEXT)})"


def create_typed(con: duckdb.DuckDBPyConnection, mapping: Mapping) -> list[int]:
    """`typed` from the sound rows of `raw`: row_no, every loadable column of the dataset (null where the file lacks
    it or the text is no value), and reference_, the text of a quarantine reference.

    Returns the places (among the loadable fields) of columns with odd text; each has a table reading_N
    (raw, is_present, value, mark, fault) of its distinct odd texts.
    """
    odd, columns, joins = [], [], []
    for place, field in enumerate(loadable(mapping.dataset)):
        column = mapping.columns.get(field.name)
        if column is None:
            columns.append(f'cast(null as {field.duckdb_type}) as "{field.name}"')
            continue
        cell = f"c{column.index}"
        read = clean(field, f"nullif(raw.{cell}, '')", column.factor)
        if _read_odd(con, place, field, cell, column):
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


def _read_odd(con: duckdb.DuckDBPyConnection, place: int, field: Field, cell: str, column: Column) -> bool:
    """reading_N: the distinct texts of a cell that are not clean, with their values. Returns whether there are any."""
    # A confirmed style changes what even clean text says.
    is_read = "false" if column.style else is_clean(field, cell, column.factor)
    garbled = "load_garbled(raw)" if field.type == "string" else "false"
    sql = f"""
        create or replace temp table odd as
        select raw, load_unprefixed(raw) as text, {garbled} as garbled from (
            select distinct {cell} as raw from raw
            where {cell} is not null and {cell} <> '' and not ({is_read})
        )
    """
    con.execute(sql)
    if not con.execute("select 1 from odd limit 1").fetchall():
        return False
    if field.type == "string":
        _unmark(con)
    con.execute(f"create or replace temp table reading_{place} as {_reading(field, column)}")
    if is_moment(field) or is_money(field):
        _respell(con, place, field, column)
    return True


def _reading(field: Field, column: Column) -> str:
    # Materialised: otherwise the planner writes each step into every place that uses it.
    return f"""
        with tidied as materialized (select raw, garbled, {tidy(field, "text")} as t from odd),
        shown as materialized (select raw, garbled, {present(field, "t", column.style)} as t from tidied),
        taken as materialized (select raw, garbled, t, {parts(field, "t")} as p from shown),
        read as materialized (
            select raw, garbled, t, p, case when not garbled then {value(field, "t", "p", column.factor)} end as value
            from taken
        ),
        marked as (
            select raw, t, value, {mark(field, "t", "value")} as mark,
                {fault(field, "raw", "t", "p", "garbled", column.factor)} as fault
            from read
        )
        select raw, t is not null and mark is distinct from 'no_day' as is_present,
            case when mark is distinct from 'no_day' then value end as value, mark, fault
        from marked
    """


def _unmark(con: duckdb.DuckDBPyConnection) -> None:
    """Decode mark-up in `odd`, and mark what was read in a wrong encoding."""
    rows = con.execute(f"select raw, text from odd where {_odd('raw')}").fetchall()
    found = [(raw, text, unmarked(text), is_misread(raw)) for raw, text in rows]
    _update(con, [(raw, plain, garbled) for raw, text, plain, garbled in found if garbled or plain != text])


def _respell(con: duckdb.DuckDBPyConnection, place: int, field: Field, column: Column) -> None:
    """Read rare spellings once more, put into plain ones."""
    plain = plain_moment if is_moment(field) else plain_amount
    rows = con.execute(f"select raw from reading_{place} where is_present and value is null").fetchall()
    found = [(raw, text, False) for (raw,) in rows if (text := plain(raw)) is not None]
    if found:
        _update(con, found)
        con.execute("delete from odd where raw not in (select unnest($raws))", {"raws": [raw for raw, _, _ in found]})
        con.execute(f"delete from reading_{place} where raw in (select raw from odd)")
        con.execute(f"insert into reading_{place} {_reading(field, column)}")


def _update(con: duckdb.DuckDBPyConnection, found: list[tuple[str, str, bool]]) -> None:
    if not found:
        return
    raws, texts, garbled = zip(*found, strict=True)
    con.execute(
        """
        update odd set text = found.text, garbled = odd.garbled or found.garbled
        from (select unnest($raws) as raw, unnest($texts) as text, unnest($garbled) as garbled) as found
        where odd.raw = found.raw
        """,
        {"raws": list(raws), "texts": list(texts), "garbled": list(garbled)},
    )


def drop_typed(con: duckdb.DuckDBPyConnection, odd: list[int]) -> None:
    """Free what one table needed."""
    for table in ("raw", "typed", "issue", "odd", *(f"reading_{place}" for place in odd)):
        con.execute(f"drop table if exists {table}")
