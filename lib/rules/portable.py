"""Whether models, indicators and marts give the same on every engine: what `check` asks of their files."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

import duckdb

from lib.catalog import load_catalog
from lib.engines import EngineError
from lib.engines.translate import Tables, translate
from lib.rules.facts import CASEWORK, SIGNALS, TESTED
from lib.rules.indicators.indicator import Indicator
from lib.rules.read import read_rules
from lib.rules.rule import Parameter, Rule
from lib.warehouse.marts import page_marts
from lib.warehouse.marts.of_rules import rule_marts
from lib.warehouse.room import CHECKING

_KINDS = {"integer": "INTEGER", "number": "DOUBLE", "date": "DATE"}
_BOUND = {
    "as_of": "DATE", "since": "DATE", "subject_id": "VARCHAR", "subject_ids": "VARCHAR[]", "salt": "VARCHAR",
    "sample_size": "INTEGER",
}  # fmt: skip


@lru_cache(maxsize=1)
def known_tables() -> Tables:
    """Every table that a query may read, with the types of its columns."""
    found: dict[str, Mapping[str, str]] = {
        name: {column: dataset[column].duckdb_type for column in dataset.column_names}
        for name, dataset in load_catalog().items()
    }
    found |= {name: mart.types for name, mart in rule_marts().items()} | dict(CASEWORK)
    for rule_id in read_rules():
        found |= {f"signals_{rule_id}": SIGNALS, f"tested_{rule_id}": TESTED}
    return found


def bound_kinds(parameters: Iterable[Parameter]) -> dict[str, str]:
    """DuckDB type by name of what a query may bind."""
    return {**{one.name: _KINDS[one.type] for one in parameters}, **_BOUND}


def _faults(place: str, sql: str, parameters: Iterable[Parameter] = (), known: Tables | None = None) -> Iterator[str]:
    try:
        translate(sql, bound_kinds(parameters), known or known_tables())
    except EngineError as error:
        yield f"{place}：{error.message}"


def rule_faults(rule: Rule) -> Iterator[str]:
    """What in a model's file no other engine would answer the same, in Chinese."""
    for kind, sql in rule.sections.items():
        yield from _faults(f"{rule.path.name} 段 {kind}", sql, rule.parameters)
    for source in (*rule.sources, *rule.group_sources):
        yield from _faults(f"{rule.path.name} 段 source“{source.title}”", source.sql, rule.parameters)


def indicator_faults(indicator: Indicator) -> Iterator[str]:
    """The same of an indicator's file."""
    yield from _faults(f"{indicator.path.name} 段 counted", indicator.counted, indicator.parameters)
    for source in indicator.sources:
        yield from _faults(f"{indicator.path.name} 段 source“{source.title}”", source.sql, indicator.parameters)


def mart_faults() -> Iterator[str]:
    """The same of the marts that models and pages read."""
    for mart in rule_marts().values():
        yield from _faults(f"{mart.name.removeprefix('mart_')}.sql", mart.query)
    tables = dict(known_tables())
    with duckdb.connect(":memory:", config=CHECKING) as con:
        for name, columns in tables.items():
            typed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
            con.execute(f'create table "{name}" ({typed})')
        for name, query in page_marts().items():
            yield from _faults(f"{name.removeprefix('mart_')}.sql", query, known=tables)
            con.execute(f'create table "{name}" as {query}')
            tables[name] = {row[0]: row[1] for row in con.execute(f'describe "{name}"').fetchall()}
