"""What is wrong with the rows of `typed`: one line in `issue` for each fault.

issue(row_no, place, kind, detail): `place` is the column's place among loadable(dataset), KEY for the key as a
whole, ROW for the row as a whole.
"""

from datetime import datetime, timedelta

import duckdb

from lib.catalog import Dataset, Field, load_catalog
from lib.warehouse.load.header import Mapping, loadable
from lib.warehouse.load.reading import is_code, is_moment
from lib.warehouse.load.reasons import KEY, ROW
from lib.warehouse.time_order import disorder_sql


def create_issue(con: duckdb.DuckDBPyConnection) -> None:
    """An empty `issue`, with the rows that the reader itself could not take apart."""
    con.execute("create or replace temp table issue (row_no integer, place integer, kind varchar, detail varchar)")
    con.execute("insert into issue select row_no, $row, 'fault', fault from raw where fault is not null", {"row": ROW})


def check_values(con: duckdb.DuckDBPyConnection, mapping: Mapping, odd: list[int], at: datetime) -> None:
    """Type, code list, required, range, damage by spreadsheets and time order; `odd` are the columns that have a table
    reading_N, `at` is the time of the load: what has happened lies before it."""
    dataset, given = mapping.dataset, mapping.columns
    fields = loadable(dataset)
    names = [field.name for field in fields]
    for place in odd:
        _check_read(con, place, f"c{given[names[place]].index}")
    for place, field in enumerate(fields):
        if field.name not in given:
            continue
        if field.required or field.name in dataset.primary_key:
            _check_there(con, place, field, dataset)
        if bounds := _outside(field):
            _check_rows(con, f'"{field.name}" is not null and ({bounds})', place, "outside")
        if is_moment(field):
            if place in odd:
                _check_day_counts(con, place, field, f"c{given[field.name].index}")
            if not may_lie_ahead(dataset, field):
                limit = (at + timedelta(days=1)).isoformat(sep=" ")
                _check_rows(con, f"\"{field.name}\" > timestamp '{limit}'", place, "ahead")
        elif is_code(field):
            _check_rounded(con, place, field)
            if field.name == dataset.primary_key[0]:
                _check_zeros(con, place, field, dataset)
    for early, late in dataset.time_order:
        if early in given and late in given:
            _check_rows(con, disorder_sql(dataset, early, late), names.index(late), "disorder", dataset[early].title)
    _check_against_known(con, mapping)


def _check_rows(con: duckdb.DuckDBPyConnection, fault: str, place: int, kind: str, detail: str | None = None) -> None:
    sql = f"insert into issue select row_no, $place, $kind, $detail from typed where {fault}"
    con.execute(sql, {"place": place, "kind": kind, "detail": detail})


def _check_read(con: duckdb.DuckDBPyConnection, place: int, cell: str) -> None:
    """Rows whose text says something that is no value; identity and telephone numbers are told apart."""
    sql = f"""
        insert into issue
        with bad as (select raw, fault as kind from reading_{place} where is_present and value is null)
        select row_no, $place, bad.kind, null
        from raw join bad on raw.{cell} = bad.raw
        where raw.fault is null
    """
    con.execute(sql, {"place": place})


def _check_there(con: duckdb.DuckDBPyConnection, place: int, field: Field, dataset: Dataset) -> None:
    """Rows without a required value. A void row needs its key only."""
    needed = "true"
    if dataset.kind == "dataset" and field.name not in dataset.primary_key:
        needed = "not coalesce(is_void, false)"
    sql = f"""
        insert into issue
        with bare as (select row_no from typed where "{field.name}" is null and {needed}),
        named as (select row_no from issue where place = $place)
        select row_no, $place, 'missing', null from bare anti join named using (row_no)
    """
    con.execute(sql, {"place": place})


def _outside(field: Field) -> str:
    bounds = []
    if field.minimum is not None:
        bounds.append(f'"{field.name}" < {field.minimum!r}')
    if field.maximum is not None:
        bounds.append(f'"{field.name}" > {field.maximum!r}')
    return " or ".join(bounds)


def may_lie_ahead(dataset: Dataset, field: Field) -> bool:
    """Whether a date says what is to come: deadlines, ends of validity, plans, calendars."""
    ahead = ("due", "expire", "valid", "withdraw", "start_date", "end_date")
    return dataset.kind == "reference" or any(part in field.name for part in ahead)


def _check_day_counts(con: duckdb.DuckDBPyConnection, place: int, field: Field, cell: str) -> None:
    """Day counts of a spreadsheet that lie far from the dates that the column spells out."""
    sql = f"""
        insert into issue
        with counted as (
            select raw.row_no, typed."{field.name}" as day
            from typed join raw using (row_no) join reading_{place} as reading on raw.{cell} = reading.raw
            where reading.mark = 'day_count'
        ),
        spelt as (
            select min("{field.name}") as first_day, max("{field.name}") as last_day
            from typed anti join counted using (row_no)
        )
        select row_no, $place, 'day_count', null from counted, spelt
        where day < first_day - interval 3 years or day > last_day + interval 3 years
    """
    con.execute(sql, {"place": place})


def _check_rounded(con: duckdb.DuckDBPyConnection, place: int, field: Field) -> None:
    """Numbers of 16 digits and more whose last ones are all zero: a spreadsheet keeps 15. One of a thousand ends so by
    itself, hence a column where others do not is sound."""
    sql = f"""
        insert into issue
        with long as (
            select row_no, "{field.name}" as code, length("{field.name}") - 15 as beyond from typed
            where length("{field.name}") between 16 and 24 and regexp_full_match("{field.name}", '\\d+')
        ),
        column_ as (
            select bool_and(ends_with(code, repeat('0', beyond))) as rounded, sum(beyond) as zeros
            from (select distinct code, beyond from long)
        )
        select row_no, $place, 'rounded', null from long, column_ where rounded and zeros >= 2
    """
    con.execute(sql, {"place": place})


def _check_zeros(con: duckdb.DuckDBPyConnection, place: int, field: Field, dataset: Dataset) -> None:
    """New keys that are a known key without its leading zeros."""
    plain = f"""regexp_full_match("{field.name}", '[1-9]\\d*')"""
    if not con.execute(f"select 1 from typed where {plain} limit 1").fetchall():
        return
    sql = f"""
        insert into issue
        with coming as (select row_no, "{field.name}" as code from typed where {plain}),
        known as (
            select "{field.name}" as code, ltrim("{field.name}", '0') as bare from "{dataset.name}"
            where "{field.name}"[1] = '0' and regexp_full_match("{field.name}", '\\d+')
        )
        select row_no, $place, 'zeros', min(known.code)
        from coming join known on coming.code = known.bare group by row_no
    """
    con.execute(sql, {"place": place})


def said_of_values(con: duckdb.DuckDBPyConnection, mapping: Mapping, odd: list[int]) -> list[str]:
    """What the report says of values that were changed on their way in: numbers starred, dates that are none."""
    remarks = []
    for place in odd:
        column = mapping.columns[loadable(mapping.dataset)[place].name]
        sql = f"""
            select reading.mark, count(*), min(reading.raw) from raw join reading_{place} as reading
                on raw.c{column.index} = reading.raw
            where raw.fault is null and reading.mark in ('masked', 'no_day') group by all order by all
        """
        for mark, count, sample in con.execute(sql).fetchall():
            if mark == "masked":
                remarks.append(f"{column.heading}：{count} 格里的身份证号、电话等号码已遮去中间各位，原文仍在来源系统")
            else:
                remarks.append(f"{column.heading}：{count} 格是占位日期（如 {sample}），按没有日期处理")
    return remarks


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


def bare_dates(con: duckdb.DuckDBPyConnection, mapping: Mapping) -> list[str]:
    """Titles of the moments that are mostly bare dates: their midnight is a default, not an hour of the day."""
    fields = [field for field in mapping.dataset.fields if field.type == "datetime" and field.name in mapping.columns]
    if not fields:
        return []
    shares = ", ".join(
        f"""count_if("{field.name}" = date_trunc('day', "{field.name}")) > 0.5 * count("{field.name}")"""
        for field in fields
    )
    mostly = con.execute(f"select {shares} from typed").fetchall()[0]
    return [field.title for field, bare in zip(fields, mostly, strict=True) if bare]


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
