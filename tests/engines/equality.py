"""The same query on two engines: every section of every model and indicator on every case, every mart."""

import json
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from lib.catalog import load_catalog
from lib.engines import Engine, EngineError, Session
from lib.rules import Rule, read_cases
from lib.rules.parameters import complete_params
from lib.rules.rule import Definition
from lib.warehouse.marts.of_rules import rule_marts
from lib.warehouse.skeleton import create_tables

PLACES = 9


@dataclass
class Tally:
    """What one section of one file came to over its cases: cases tried, rows of the first engine, what differs (the
    case and the first difference), seconds on each."""

    file: str
    section: str
    cases: int = 0
    rows: int = 0
    differences: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=lambda: [0.0, 0.0])


def plain(value: Any) -> Any:
    """A value as it is compared: numbers to PLACES decimals, JSON as what it says."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return plain(json.loads(value))
        except ValueError:
            return value
    if isinstance(value, dict):
        return {key: plain(held) for key, held in value.items()}
    if isinstance(value, list):
        return [plain(held) for held in value]
    if isinstance(value, float | Decimal):
        number = float(value)
        return str(number) if not math.isfinite(number) else round(number, PLACES) + 0.0
    return value


def rows_of(table: pa.Table) -> list[dict]:
    """The rows in an order of their own, as they are compared."""
    found = [plain(row) for row in table.to_pylist()]
    return sorted(found, key=lambda row: json.dumps(row, default=str, sort_keys=True, ensure_ascii=False))


def difference(one: pa.Table, other: pa.Table) -> str:
    """The first difference between two results, '' when there is none."""
    if one.column_names != other.column_names:
        return f"columns {one.column_names} / {other.column_names}"
    first, second = rows_of(one), rows_of(other)
    if len(first) != len(second):
        return f"{len(first)} / {len(second)} rows"
    for left, right in zip(first, second, strict=True):
        for name, value in left.items():
            if value != right[name]:
                return f"{name}: {value!r} / {right[name]!r}"
    return ""


def compare(tally: Tally, case: str, sessions: tuple[Session, Session], sql: str, values: dict[str, Any]) -> None:
    """Run a query on both and note what came of it."""
    found = []
    for place, session in enumerate(sessions):
        started = time.perf_counter()
        try:
            found.append(session.run(sql, values))
        except EngineError as error:
            tally.differences.append(f"{case}：{error.message}")
            break
        finally:
            tally.seconds[place] += time.perf_counter() - started
    tally.cases += 1
    if len(found) == len(sessions):
        tally.rows += found[0].num_rows
        if said := difference(*found):
            tally.differences.append(f"{case}：{said}")


def whole_tables() -> duckdb.DuckDBPyConnection:
    """An empty database of every dataset with all its columns: sources show more than a model declares."""
    con = duckdb.connect(":memory:", config={"threads": "1"})
    create_tables(con)
    return con


def _filled(con: duckdb.DuckDBPyConnection, definition: Definition, given: dict[str, list[dict]]) -> None:
    for dataset in load_catalog().values():
        con.execute(f'delete from "{dataset.name}"')
        for row in given.get(dataset.name, []):
            names = ", ".join(f'"{name}"' for name in row)
            con.execute(
                f'insert into "{dataset.name}" ({names}) values ({", ".join("?" for _ in row)})', [*row.values()]
            )
    for name in definition.marts:
        rule_marts()[name].make(con)


def _sections(rule: Rule) -> dict[str, str]:
    held = dict(rule.sections)
    held |= {f"source {one.title}": one.sql for one in rule.sources}
    return held | {f"group_source {one.title}": one.sql for one in rule.group_sources}


def of_rule(rule: Rule, engines: tuple[Engine, Engine], most: int | None = None) -> Iterator[Tally]:
    """Every section of a model on its cases, the first `most` of them."""
    tallies = {name: Tally(rule.id, name) for name in _sections(rule)}
    with whole_tables() as con:
        for case in read_cases(rule)[:most]:
            _filled(con, rule, case.given)
            sessions = engines[0].over(con), engines[1].over(con)
            values: dict[str, Any] = {**complete_params(rule, case.params), "as_of": case.as_of}
            hits = sessions[0].run(rule.sections["signals"], values)["subject_id"].to_pylist()
            values |= {"subject_id": hits[0] if hits else "C1", "subject_ids": hits or ["C1"]}
            for name, sql in _sections(rule).items():
                compare(tallies[name], case.name, sessions, sql, values)
    yield from tallies.values()
