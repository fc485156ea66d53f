"""Accepted rows into the tables of the generation being built.

A table holds the newest version of each key that is not void; older and void versions stand in its history.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from lib.catalog import Dataset
from lib.warehouse.load.checks import key_sql
from lib.warehouse.load.derive import area_sql, derived
from lib.warehouse.load.header import Mapping


@dataclass
class Merged:
    """Rows by what became of them; `replaced` and `superseded` are part of `accepted`."""

    accepted: int = 0
    unchanged: int = 0
    replaced: int = 0
    superseded: int = 0
    overruled: int = 0


def merge(con: duckdb.DuckDBPyConnection, mapping: Mapping, batch_id: str, at: datetime) -> Merged:
    """Merge the rows of `typed` that have no issue; returns the counts.

    Same key and content: unchanged. A higher version, or none and other content: replaces. The same version with
    other content is a correction and becomes the next version. A lower version is filed as history. Void rows
    take their key out of the table. Columns that the file does not have keep what they were.
    """
    total = Merged()
    for rank in range(1, _rank(con, mapping.dataset) + 1):
        _decide(con, mapping, rank)
        overruled = _apply(con, mapping, {"source": mapping.dataset.source, "batch": batch_id, "at": at})
        # Later versions within the file itself are no news.
        total.overruled += overruled if rank == 1 else 0
        counts = dict(con.execute("select action, count(*) from decided group by action").fetchall())
        total.unchanged += counts.pop("unchanged", 0)
        total.accepted += sum(counts.values())
        total.replaced += counts.get("replace", 0)
        total.superseded += counts.get("supersede", 0)
    con.execute("drop table decided; drop table ranked")
    return total


def _rank(con: duckdb.DuckDBPyConnection, dataset: Dataset) -> int:
    """Sound rows into `ranked`; several versions of a key are merged one after the other, the lowest first."""
    key = key_sql(dataset)
    order = '"version_no" nulls last, row_no' if dataset.kind == "dataset" else "row_no"
    # A window over every key is dear, and hardly any key comes twice.
    sql = f"""
        create or replace temp table ranked as
        with sound as (select * from typed anti join issue using (row_no)),
        several as (select {key} from sound group by all having count(*) > 1)
        select row_no, 1 as rank_ from sound anti join several using ({key})
        union all
        select row_no, row_number() over (partition by {key} order by {order}) as rank_
        from sound semi join several using ({key})
    """
    con.execute(sql)
    con.execute("create or replace temp table decided (row_no integer, action varchar, version_no integer)")
    return con.execute("select coalesce(max(rank_), 0) from ranked").fetchall()[0][0]


def _known(dataset: Dataset) -> str:
    """The newest version of each incoming key, live or void."""
    name, key = dataset.name, key_sql(dataset)
    live = f'select * from "{name}" semi join coming using ({key})'
    if dataset.kind == "reference":
        return live
    return f"""
        {live}
        union all by name
        select * from "{name}_history" semi join coming using ({key}) anti join "{name}" using ({key})
        qualify row_number() over (partition by {key} order by version_no desc, ingested_at desc) = 1
    """


def _any_known(con: duckdb.DuckDBPyConnection, dataset: Dataset) -> bool:
    key = key_sql(dataset)
    tables = [dataset.name] if dataset.kind == "reference" else [dataset.name, f"{dataset.name}_history"]
    return any(
        con.execute(f'select 1 from typed semi join "{table}" using ({key}) limit 1').fetchall() for table in tables
    )


def _given(mapping: Mapping) -> list[str]:
    """Own columns whose values the file brings, beside the key."""
    brought = {*mapping.columns, *derived(mapping)} - set(mapping.dataset.primary_key)
    return [field.name for field in mapping.dataset.fields if field.name in brought]


def _is_void(dataset: Dataset) -> str:
    return "coalesce(coming.is_void, false)" if dataset.kind == "dataset" else "false"


def _decide(con: duckdb.DuckDBPyConnection, mapping: Mapping, rank: int) -> None:
    """`decided`: what becomes of each row of one rank, and its version."""
    dataset, key = mapping.dataset, key_sql(mapping.dataset)
    if not _any_known(con, dataset):
        version = "coalesce(typed.version_no, 1)" if dataset.kind == "dataset" else "null"
        sql = f"""
            create or replace temp table decided as
            select row_no, 'insert' as action, {version} as version_no
            from typed semi join (from ranked where rank_ = $rank) using (row_no)
        """
        con.execute(sql, {"rank": rank})
        return
    equal = [f'coming."{name}" is not distinct from known."{name}"' for name in _given(mapping)]
    action, version = _REFERENCE_ACTION, "null"
    if dataset.kind == "dataset":
        if "area_code" in mapping.columns and "area_code" not in (field.name for field in dataset.fields):
            equal.append('(coming."area_code" is null or coming."area_code" = known."area_code")')
        action, version = _ACTION.replace("$filed", _filed(mapping)), _VERSION
    same = " and ".join(equal) or "true"
    if dataset.kind == "dataset":
        same = f"{_is_void(dataset)} = known.is_void and (known.is_void or ({same}))"
    # Null exactly where the key is new.
    there = f'known."{dataset.primary_key[0]}" is not null'
    action = action.replace("$there", there).replace("$same", f"({same})")
    sql = f"""
        create or replace temp table decided as
        with coming as (select typed.* from typed semi join (from ranked where rank_ = $rank) using (row_no)),
        known as ({_known(dataset)})
        select coming.row_no, {action} as action, {version.replace("$there", there)} as version_no
        from coming left join known using ({key})
    """
    con.execute(sql, {"rank": rank})


_ACTION = """case
    when not ($there) then 'insert'
    when coming.version_no is null or coming.version_no = known.version_no
        then case when $same then 'unchanged' else 'replace' end
    when coming.version_no > known.version_no then 'replace'
    when $same or $filed then 'unchanged'
    else 'supersede'
end"""
_VERSION = """case
    when not ($there) then coalesce(coming.version_no, 1)
    when coming.version_no is null or coming.version_no = known.version_no then known.version_no + 1
    else coming.version_no
end"""
_REFERENCE_ACTION = "case when not ($there) then 'insert' when $same then 'unchanged' else 'replace' end"


def _filed(mapping: Mapping) -> str:
    """Whether this older content is in the history already."""
    terms = [f'past."{name}" = coming."{name}"' for name in mapping.dataset.primary_key]
    terms += [f'past."{name}" is not distinct from coming."{name}"' for name in _given(mapping)]
    return f'exists (select 1 from "{mapping.dataset.name}_history" as past where {" and ".join(terms)})'


def _apply(con: duckdb.DuckDBPyConnection, mapping: Mapping, params: dict[str, Any]) -> int:
    """Carry out what was decided: complete the rows that come in, file those they replace, put them in.

    Returns how many of the replaced rows came with this very load.
    """
    dataset = mapping.dataset
    name, key = dataset.name, key_sql(dataset)
    _complete(con, mapping, params)
    overruled = 0
    leaving = f"semi join (from arriving where action = 'replace') as leaving using ({key})"
    if dataset.kind == "dataset":
        con.execute(f'insert into "{name}_history" by name select * from "{name}" {leaving}')
        same = con.execute(
            f'select count(*) from "{name}" {leaving} where batch_id = $batch', {"batch": params["batch"]}
        )
        overruled = same.fetchall()[0][0]
    con.execute(f'delete from "{name}" where rowid in (select held.rowid from "{name}" as held {leaving})')
    columns = ", ".join(f'"{column}"' for column in dataset.column_names)
    into_table = "action <> 'supersede'" + (" and not is_void" if dataset.kind == "dataset" else "")
    con.execute(f'insert into "{name}" by name select {columns} from arriving where {into_table}')
    if dataset.kind == "dataset":
        con.execute(f'insert into "{name}_history" by name select {columns} from arriving where not ({into_table})')
    con.execute("drop table arriving")
    return overruled


def _complete(con: duckdb.DuckDBPyConnection, mapping: Mapping, params: dict[str, Any]) -> None:
    """`arriving`: the rows that change something, every column of the dataset filled."""
    dataset, key = mapping.dataset, key_sql(mapping.dataset)
    given, void = _given(mapping), _is_void(dataset)
    area, joins = area_sql(dataset, "coming")
    common = {
        "source_system": "$source",
        "source_pk": f"concat_ws('|', {', '.join(f'coming.{name}' for name in key.split(', '))})",
        "batch_id": "$batch",
        "ingested_at": "$at",
        "area_code": f"coalesce(coming.area_code, {area}, known.area_code)",
        "version_no": "decided.version_no",
        "is_void": void,
    }
    own = {field.name for field in dataset.fields}

    def column(name: str) -> str:
        if name not in own:
            return common[name]
        if name in dataset.primary_key:
            return f'coming."{name}"'
        if name not in given:
            return f'known."{name}"'
        # A void row often brings its key only.
        return f'case when {void} then coalesce(coming."{name}", known."{name}") else coming."{name}" end'

    values = ", ".join(f'{column(name)} as "{name}"' for name in dataset.column_names)
    sql = f"""
        create or replace temp table arriving as
        with coming as (
            select typed.* from typed semi join (from decided where action <> 'unchanged') using (row_no)
        ),
        known as ({_known(dataset)})
        select decided.action, {values}
        from coming join decided using (row_no) left join known using ({key}) {joins}
    """
    used = {name: value for name, value in params.items() if f"${name}" in values}
    con.execute(sql, used)
