"""Accepted rows into the tables of the generation being built.

A table holds the newest version of each key that is not void; older and void versions stand in its history.
"""

from dataclasses import dataclass
from datetime import datetime

import duckdb

from lib.catalog import Dataset
from lib.warehouse.load.checks import key_sql, key_text
from lib.warehouse.load.derive import area_sql, derived
from lib.warehouse.load.header import Mapping


@dataclass
class Merged:
    """Rows by what became of them; `replaced` and `superseded` are part of `accepted`."""

    accepted: int = 0
    unchanged: int = 0
    replaced: int = 0
    superseded: int = 0


def merge(con: duckdb.DuckDBPyConnection, mapping: Mapping, batch_id: str, at: datetime) -> Merged:
    """Merge the rows of `typed` that have no issue; returns the counts.

    Same key and content: unchanged. A higher version, or none and other content: replaces. The same version with
    other content is a correction and becomes the next version. A lower version is filed as history. Void rows
    take their key out of the table. Columns that the file does not have keep what they were.
    """
    total = Merged()
    for rank in range(1, _rank(con, mapping.dataset) + 1):
        _decide(con, mapping, rank)
        _apply(con, mapping.dataset, batch_id, at)
        counts = dict(con.execute("select action, count(*) from decided group by action").fetchall())
        total.unchanged += counts.pop("unchanged", 0)
        total.accepted += sum(counts.values())
        total.replaced += counts.get("replace", 0)
        total.superseded += counts.get("supersede", 0)
    con.execute("drop table if exists incoming")
    con.execute("drop table if exists decided")
    return total


def _rank(con: duckdb.DuckDBPyConnection, dataset: Dataset) -> int:
    """Sound rows into `incoming`; several versions of a key are merged one after the other, the lowest first."""
    key = key_sql(dataset)
    order = '"version_no" nulls last, row_no' if dataset.kind == "dataset" else "row_no"
    # A window over every key is dear, and hardly any key comes twice.
    con.execute(f"""
        create or replace temp table incoming as
        with sound as (select * from typed anti join issue using (row_no)),
        several as (select {key} from sound group by all having count(*) > 1)
        select *, cast(1 as bigint) as rank_ from sound anti join several using ({key})
        union all
        select *, row_number() over (partition by {key} order by {order}) as rank_
        from sound semi join several using ({key})
    """)
    row = con.execute("select max(rank_) from incoming").fetchone()
    return int(row[0] or 0) if row else 0


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


def _decide(con: duckdb.DuckDBPyConnection, mapping: Mapping, rank: int) -> None:
    """`decided`: the rows of one rank with every column filled, their action and their version."""
    dataset, key = mapping.dataset, key_sql(mapping.dataset)
    versioned = dataset.kind == "dataset"
    given = {*mapping.columns, *derived(mapping)}
    own = [field.name for field in dataset.fields]
    compared = [name for name in own if name in given and name not in dataset.primary_key]
    equal = [f'coming."{name}" is not distinct from known."{name}"' for name in compared]
    if "area_code" not in own and versioned and "area_code" in given:
        equal.append('(coming."area_code" is null or coming."area_code" = known."area_code")')
    same = " and ".join(equal) or "true"
    # A void row often brings its key only.
    void = "coalesce(coming.is_void, false)" if versioned else "false"
    values = ", ".join(
        f'coming."{name}"'
        if name in dataset.primary_key
        else f'case when {void} then coalesce(coming."{name}", known."{name}") else coming."{name}" end as "{name}"'
        if name in given
        else f'known."{name}"'
        for name in own
    )
    # A key of the known row, not null exactly where there is one.
    there = f'known."{dataset.primary_key[0]}" is not null'
    extra, action, version, joins = "", _REFERENCE_ACTION, "", ""
    if versioned:
        area, joins = area_sql(dataset, "coming")
        if "area_code" not in own:
            extra = f', coalesce(coming."area_code", {area}, known."area_code") as "area_code"'
        extra += f", {void} as is_void"
        same = f"{void} = known.is_void and ({void} or ({same}))"
        action, version = _ACTION, f", {_VERSION} as version_no"
        action = action.replace("$filed", _filed(dataset, compared))
        version = version.replace("$same", f"({same})")
    action = action.replace("$there", there).replace("$same", f"({same})")
    version = version.replace("$there", there)
    sql = f"""
        create or replace temp table decided as
        with coming as (select * from incoming where rank_ = {rank}),
        known as ({_known(dataset)})
        select coming.row_no, {action} as action{version}, {values}{extra}
        from coming left join known using ({key}) {joins}
    """
    con.execute(sql)


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


def _filed(dataset: Dataset, compared: list[str]) -> str:
    """Whether this older content is in the history already."""
    terms = [f'past."{name}" = coming."{name}"' for name in dataset.primary_key]
    terms += [f'past."{name}" is not distinct from coming."{name}"' for name in compared]
    return f'exists (select 1 from "{dataset.name}_history" as past where {" and ".join(terms)})'


def _apply(con: duckdb.DuckDBPyConnection, dataset: Dataset, batch_id: str, at: datetime) -> None:
    name, key = dataset.name, key_sql(dataset)
    if dataset.kind == "reference":
        con.execute(f"""
            delete from "{name}" where ({key}) in (select ({key}) from decided where action = 'replace')
        """)
        columns = ", ".join(f'"{column}"' for column in dataset.column_names)
        con.execute(f"""
            insert into "{name}" by name select {columns} from decided where action in ('insert', 'replace')
        """)
        return
    leaving = "(select 1 from decided where action = 'replace' and " + _equal_keys(dataset) + ")"
    con.execute(f'insert into "{name}_history" by name select * from "{name}" as held where exists {leaving}')
    con.execute(f'delete from "{name}" as held where exists {leaving}')
    arriving = _arriving(dataset)
    params = {"source": dataset.source, "batch": batch_id, "at": at}
    con.execute(
        f"insert into \"{name}\" by name {arriving} where action in ('insert', 'replace') and not is_void", params
    )
    con.execute(
        f"insert into \"{name}_history\" by name {arriving} where action = 'supersede' "
        "or (action in ('insert', 'replace') and is_void)",
        params,
    )


def _equal_keys(dataset: Dataset) -> str:
    return " and ".join(f'decided."{column}" = held."{column}"' for column in dataset.primary_key)


def _arriving(dataset: Dataset) -> str:
    own = {field.name for field in dataset.fields}
    common = {
        "source_system": "$source",
        "source_pk": key_text(dataset),
        "batch_id": "$batch",
        "ingested_at": "$at",
    }
    columns = [
        f'{common[name]} as "{name}"' if name in common and name not in own else f'"{name}"'
        for name in dataset.column_names
    ]
    return f"select {', '.join(columns)} from decided"
