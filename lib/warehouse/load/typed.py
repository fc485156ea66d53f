"""From text to typed columns, in one pass over `raw`."""

from pathlib import Path

import duckdb

from lib.catalog import Dataset, Field
from lib.warehouse.load.derive import derived
from lib.warehouse.load.header import Column, Mapping, loadable
from lib.warehouse.time_order import disorder_sql

_MACROS = (Path(__file__).parent / "normalise.sql").read_text(encoding="utf-8")
_CODE_ENDINGS = ("_id", "_no", "_code", "_pk", "_type", "_status", "_channel", "_result", "_color", "uscc", "_key")
_DOCUMENTS = ("doc_no", "case_no", "basis_doc_no")


def literal(text: str) -> str:
    """A catalog value as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def _values(field: Field) -> str:
    return ", ".join(literal(value) for value in field.enum)


def _is_code(field: Field) -> bool:
    return bool(field.enum or field.check) or field.name.endswith(_CODE_ENDINGS) or _is_hash(field)


def _is_hash(field: Field) -> bool:
    return field.name.endswith(("_hash", "_hashes"))


def is_party(field: Field) -> bool:
    """A party is known by its credit code or a salted hash, never by name or identity number."""
    return field.name == "party_id"


def _text(field: Field, cell: str) -> str:
    """The tidied text of a cell, null where it says that there is nothing."""
    if field.type in ("date", "datetime"):
        return f"load_open_end(load_present(load_moment_text({cell})))"
    if field.type in ("number", "integer"):
        return f"load_present(load_numeral({cell}))"
    if field.type == "array":
        return f"load_list_text(load_present(load_words(replace({cell}, chr(10), ';'))))"
    if field.name in _DOCUMENTS:
        return f"load_present(load_document({cell}))"
    if field.name == "area_code":
        return f"load_area(load_present(load_code({cell})))"
    tidy = "load_code" if _is_code(field) or field.type == "boolean" else "load_words"
    return f"{tidy}({cell})" if "无" in field.enum else f"load_present({tidy}({cell}))"


def _parts(field: Field, text: str) -> str | None:
    """A first reading of odd text that the value needs more than once."""
    if field.type in ("date", "datetime"):
        return f"load_moment_parts({text})"
    if field.duckdb_type.startswith("DECIMAL"):
        return f"load_amount_parts({text})"
    if field.type in ("number", "integer"):
        return f"load_number_text({text}, {literal(field.unit or '')})"
    if field.type == "array":
        return f"load_list({text})"
    return None


def _value(field: Field, text: str, parts: str, factor: int) -> str:
    """The value, null where the text cannot be read as one."""
    if field.type in ("date", "datetime"):
        return f"cast(load_moment({text}, {parts}) as {field.duckdb_type})"
    if field.duckdb_type.startswith("DECIMAL"):
        scale = " * cast(0.0001 as decimal(5, 4))" if field.name.endswith("_wan") else ""
        return f"try_cast(load_amount({text}, {parts}, {factor}){scale} as {field.duckdb_type})"
    if field.type == "integer":
        return f"load_integer({parts})"
    if field.type == "number":
        return f"try_cast({parts} as double)"
    if field.type == "boolean":
        return f"load_flag({text})"
    if field.type == "array":
        return _list(field, parts)
    return f"case when {_acceptable(field, text)} then {_canonical(field, text)} end"


def _list(field: Field, items: str) -> str:
    if field.enum:
        return f"case when list_has_all([{_values(field)}], {items}) then {items} end"
    if _is_hash(field):
        return f"case when len(list_filter({items}, lambda item: not load_is_hash(item))) = 0 then {items} end"
    return items


def _acceptable(field: Field, text: str) -> str:
    if field.enum:
        upper = f" or upper({text}) in ({_values(field)})"
        return f"{text} in ({_values(field)})" + (upper if _has_letters(field) else "")
    if field.check == "uscc":
        return f"load_uscc_ok(upper({text}))"
    if is_party(field):
        return f"load_party_ok(load_party({text}))"
    if _is_hash(field):
        return f"load_is_hash({text})"
    if field.pattern:
        return f"regexp_full_match({text}, {literal(field.pattern)})"
    return f"load_intact({text})"


def _has_letters(field: Field) -> bool:
    return any(character.isascii() and character.isalpha() for value in field.enum for character in value)


def _canonical(field: Field, text: str) -> str:
    if field.enum and _has_letters(field):
        return f"case when {text} in ({_values(field)}) then {text} else upper({text}) end"
    if field.check == "uscc":
        return f"upper({text})"
    if is_party(field):
        return f"load_party({text})"
    return f"load_masked_name({text})" if field.name == "name_masked" else text


def _outside(field: Field) -> str | None:
    bounds = []
    if field.minimum is not None:
        bounds.append(f'"{field.name}" < {field.minimum!r}')
    if field.maximum is not None:
        bounds.append(f'"{field.name}" > {field.maximum!r}')
    return " or ".join(bounds) or None


def _mask(tests: dict[int, str]) -> str:
    """One bit for each test that a row fails."""
    terms = [f"case when {test} then {1 << place}::bigint else 0 end" for place, test in tests.items()]
    return " + ".join(terms) or "0::bigint"


def _disorders(dataset: Dataset, given: dict[str, Column]) -> dict[int, str]:
    return {
        place: disorder_sql(dataset, early, late)
        for place, (early, late) in enumerate(dataset.time_order)
        if early in given and late in given
    }


def create_macros(con: duckdb.DuckDBPyConnection) -> None:
    """The macros of normalise.sql, for this connection only."""
    con.execute(_MACROS)


def create_typed(con: duckdb.DuckDBPyConnection, mapping: Mapping) -> None:
    """`typed` from `raw`: row_no, every loadable column of the dataset (null where the file lacks it), the text of
    the quarantine reference, and bit masks of failing columns: bad_, missing_, outside_ by place among
    `loadable(dataset)`, disorder_ by place among its time orders."""
    fields = loadable(mapping.dataset)
    given = [(place, field, mapping.columns[field.name])
             for place, field in enumerate(fields) if field.name in mapping.columns]  # fmt: skip
    parts = {place: sql for place, field, _ in given if (sql := _parts(field, f"t{place}"))}
    texts = [f"{_text(field, f'c{column.index}')} as t{place}" for place, field, column in given]
    reference = f"c{mapping.reference}" if mapping.reference is not None else "cast(null as varchar)"
    read = {field.name: _value(field, f"t{place}", f"p{place}", column.factor) for place, field, column in given}
    values = [
        f'{read[field.name]} as "{field.name}"'
        if field.name in read
        else f'cast(null as {field.duckdb_type}) as "{field.name}"'
        for field in fields
    ]
    void = 'not coalesce("is_void", false)' if "is_void" in read else "true"
    keys, filled = mapping.dataset.primary_key, derived(mapping)
    bad = {place: f't{place} is not null and "{field.name}" is null' for place, field, _ in given}
    missing = {
        place: f"t{place} is null" + ("" if field.name in keys else f" and {void}")
        for place, field, _ in given
        if (field.required or field.name in keys) and field.name not in filled
    }
    outside = {place: test for place, field, _ in given if (test := _outside(field))}
    # Materialised: otherwise the planner writes each step into every place that uses it.
    sql = f"""
        create or replace temp table typed as
        with text_of as materialized (
            select row_no, {reference} as reference_, {", ".join(texts)} from raw where fault is null
        ),
        parts_of as materialized (
            select *{"".join(f", {sql} as p{place}" for place, sql in parts.items())} from text_of
        ),
        value_of as materialized (
            select row_no, reference_, {", ".join(f"t{place}" for place, _, _ in given)}, {", ".join(values)}
            from parts_of
        ),
        final as (
            select row_no, reference_, {", ".join(f'"{field.name}"' for field in fields)},
                {_mask(bad)} as bad_,
                {_mask(missing)} as missing_,
                {_mask(outside)} as outside_,
                {_mask(_disorders(mapping.dataset, mapping.columns))} as disorder_
            from value_of
        )
        select * from final
    """
    con.execute(sql)
