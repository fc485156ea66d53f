"""What is wrong with the rows of `typed`: one line in `issue` for each fault.

issue(row_no, place, kind, detail): `place` is the column's place among loadable(dataset), KEY for the key as a
whole, ROW for the row as a whole.
"""

import duckdb

from lib.catalog import Dataset, load_catalog
from lib.warehouse.load.header import Mapping, loadable
from lib.warehouse.load.reasons import KEY, ROW
from lib.warehouse.load.typed import is_party
from lib.warehouse.time_order import disorder_sql


def create_issue(con: duckdb.DuckDBPyConnection) -> None:
    """An empty `issue`, with the rows that the reader itself could not take apart."""
    con.execute("create or replace temp table issue (row_no integer, place integer, kind varchar, detail varchar)")
    con.execute("insert into issue select row_no, $row, 'fault', fault from raw where fault is not null", {"row": ROW})


def check_values(con: duckdb.DuckDBPyConnection, mapping: Mapping) -> None:
    """Type, code list, required, range and time order, from the masks of `typed`."""
    masks = con.execute(
        "select bit_or(bad_), bit_or(missing_), bit_or(outside_), bit_or(disorder_) from typed"
    ).fetchone() or (0, 0, 0, 0)
    for column, kind, found in zip(
        ("bad_", "missing_", "outside_"), ("bad", "missing", "outside"), masks[:3], strict=True
    ):
        for place in _bits(found):
            sql = f"insert into issue select row_no, $place, $kind, null from typed where {column} & $bit <> 0"
            con.execute(sql, {"place": place, "kind": kind, "bit": 1 << place})
    _name_private(con, mapping)
    dataset = mapping.dataset
    names = [field.name for field in loadable(dataset)]
    for order in _bits(masks[3]):
        first, then = dataset.time_order[order]
        con.execute(
            "insert into issue select row_no, $place, 'disorder', $first from typed where disorder_ & $bit <> 0",
            {"place": names.index(then), "first": dataset[first].title, "bit": 1 << order},
        )

    _check_against_known(con, mapping)


def _check_against_known(con: duckdb.DuckDBPyConnection, mapping: Mapping) -> None:
    """Time order of a column that the file has against one that it lacks and the warehouse knows."""
    dataset, given = mapping.dataset, mapping.columns
    names = [field.name for field in loadable(dataset)]
    for early, late in dataset.time_order:
        if (early in given) == (late in given):
            continue
        column, other = (early, late) if early in given else (late, early)
        sql = f"""
            insert into issue
            with both_ as (
                select typed.row_no, typed."{column}", live."{other}"
                from typed join "{dataset.name}" as live using ({key_sql(dataset)})
            )
            select row_no, $place, $kind, $other from both_ where {disorder_sql(dataset, early, late)}
        """
        params = {
            "place": names.index(column),
            "kind": "disorder" if column == late else "disorder_before",
            "other": dataset[other].title,
        }
        con.execute(sql, params)


def _bits(mask: int | None) -> list[int]:
    return [place for place in range(63) if (mask or 0) >> place & 1]


def _name_private(con: duckdb.DuckDBPyConnection, mapping: Mapping) -> None:
    """Tell identity and telephone numbers apart from other unreadable marks of a person."""
    for place, field in enumerate(loadable(mapping.dataset)):
        if field.name in mapping.columns and (is_party(field) or field.name.endswith("_hash")):
            cell = f"c{mapping.columns[field.name].index}"
            sql = f"""
                update issue set kind = 'private' from raw
                where issue.row_no = raw.row_no and place = $place and kind = 'bad'
                    and load_is_private(load_code(raw.{cell}))
            """
            con.execute(sql, {"place": place})


def check_references(con: duckdb.DuckDBPyConnection, mapping: Mapping) -> None:
    """Foreign keys and area codes against the generation being built, which already holds what this load brought
    for the datasets referred to. A row that was voided still counts as known."""
    dataset = mapping.dataset
    names = [field.name for field in loadable(dataset)]
    references = [(key.field, key.dataset, key.target) for key in dataset.foreign_keys]
    if "area_code" in names and dataset.name != "area":
        references.append(("area_code", "area", "area_code"))
    for column, table, target in references:
        known = f'select "{target}" as value from "{table}"'
        if load_catalog()[table].kind == "dataset":
            known += f' union all select "{target}" from "{table}_history"'
        if table == dataset.name:
            known += f' union all select "{target}" from typed anti join issue using (row_no)'
        sql = f"""
            insert into issue
            with known as ({known}),
            unchecked as (
                select * from typed
                where "{column}" is not null
                    and row_no not in (select row_no from issue where place = $place and kind = 'unmatched')
            )
            select row_no, $place, 'unmatched', null
            from unchecked anti join known on unchecked."{column}" = known.value
        """
        # Rows may refer to rows of their own table: one that falls takes those that lean on it along.
        while _inserted(con, sql, {"place": names.index(column)}) and table == dataset.name:
            pass


def _inserted(con: duckdb.DuckDBPyConnection, sql: str, params: dict) -> int:
    row = con.execute(sql, params).fetchone()
    return int(row[0]) if row else 0


def key_sql(dataset: Dataset) -> str:
    """Quoted key columns, comma separated."""
    return ", ".join(f'"{name}"' for name in dataset.primary_key)


def key_text(dataset: Dataset) -> str:
    """The key as one text, its parts joined by |, null when one is missing."""
    return " || '|' || ".join(f'cast("{name}" as varchar)' for name in dataset.primary_key)


def check_duplicates(con: duckdb.DuckDBPyConnection, mapping: Mapping) -> int:
    """Rows of the same key and version: equal ones collapse into the first, differing later ones become issues.

    Returns how many rows collapsed; they leave `typed`.
    """
    key = key_sql(mapping.dataset)
    version = ', "version_no"' if mapping.dataset.kind == "dataset" else ""
    content = ", ".join(f'"{field.name}"' for field in loadable(mapping.dataset))
    sql = f"""
        create or replace temp table twin as
        with sound as (select * from typed anti join issue using (row_no)),
        repeated as (select {key}{version} from sound group by all having count(*) > 1),
        twins as (
            select sound.* from sound semi join repeated
                on ({_same(mapping.dataset, "sound", "repeated")})
        ),
        final as (
            select row_no,
                min(row_no) over (partition by {key}{version}) as first_row,
                min(row_no) over (partition by {content}) as first_equal
            from twins
        )
        select * from final where row_no <> first_row
    """
    con.execute(sql)
    con.execute(
        "insert into issue select row_no, $key, 'duplicate', first_row from twin where first_equal <> first_row",
        {"key": KEY},
    )
    con.execute("delete from typed where row_no in (select row_no from twin where first_equal = first_row)")
    collapsed = con.execute("select count(*) from twin where first_equal = first_row").fetchone()
    con.execute("drop table twin")
    return int(collapsed[0]) if collapsed else 0


def _same(dataset: Dataset, left: str, right: str) -> str:
    terms = [f'{left}."{name}" = {right}."{name}"' for name in dataset.primary_key]
    if dataset.kind == "dataset":
        terms.append(f'{left}."version_no" is not distinct from {right}."version_no"')
    return " and ".join(terms)
