"""The same queries on two engines: whatever a model or an indicator asks, both are asked, and what differs is noted."""

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import duckdb
import pyarrow as pa

from lib.catalog import load_catalog
from lib.engines import Engine, EngineError, Session
from lib.rules import Rule, read_cases, run_exposure, run_rule, run_tested, sample_tested
from lib.rules.cases import Case
from lib.rules.facts import create_table_sql, facts_of, rule_of
from lib.rules.indicators import cases as indicator_cases
from lib.rules.indicators.case_run import findings_of
from lib.rules.indicators.indicator import Indicator
from lib.rules.indicators.run import MET, UNMET, WHOLE, counted, listed, sources, sums
from lib.rules.parameters import complete_params
from lib.warehouse.marts import build_marts, page_marts
from lib.warehouse.marts.of_rules import make_rule_marts, rule_marts
from lib.warehouse.reference import fill_reference
from lib.warehouse.skeleton import create_tables

PLACES = 9
# From so many rows on it is asked first whether all are the same to the last bit, which spares looking at each.
_MANY = 5_000
_APART = "select count(*) from ((from one except all from other) union all (from other except all from one))"


@dataclass
class Tally:
    """What one section of one file came to: cases tried, rows of the first engine, what differs (the case and the first
    difference), seconds on each."""

    file: str
    section: str
    cases: int = 0
    rows: int = 0
    differences: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=lambda: [0.0, 0.0])
    processor: float = 0.0


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
        return round(number, PLACES) + 0.0 if math.isfinite(number) else str(number)
    return value


def rows_of(table: pa.Table) -> list[dict]:
    """The rows in an order of their own, as they are compared."""
    found = [plain(row) for row in table.to_pylist()]
    return sorted(found, key=lambda row: json.dumps(row, default=str, sort_keys=True, ensure_ascii=False))


def _alike(one: pa.Table, other: pa.Table) -> bool:
    """Whether both hold the same rows, each as often, to the last bit."""
    with duckdb.connect(":memory:") as con:
        con.register("one", one)
        con.register("other", other)
        ((apart,),) = con.execute(_APART).fetchall()
    return apart == 0


def difference(one: pa.Table, other: pa.Table) -> str:
    """The first difference between two results, '' when there is none."""
    if one.schema != other.schema:
        return f"columns {one.schema} / {other.schema}"
    if one.num_rows > _MANY and _alike(one, other):
        return ""
    first, second = rows_of(one), rows_of(other)
    if len(first) != len(second):
        return f"{len(first)} / {len(second)} rows"
    for left, right in zip(first, second, strict=True):
        for name, value in left.items():
            if value != right[name]:
                return f"{name}: {value!r} / {right[name]!r}"
    return ""


class Both:
    """A session that asks two engines, notes in `tally` what differs, and gives what the first gave.

    `spent` gives the seconds of processor that the second has taken so far.
    """

    def __init__(self, one: Session, other: Session, spent: Callable[[], float] = float) -> None:
        self._one, self._other, self._spent = one, other, spent
        self.tally, self.case = Tally("", ""), ""

    def about(self, tallies: dict[str, Tally], file: str, section: str) -> "Both":
        """The same session, noting what is asked from now on under a section."""
        self.tally = tallies.setdefault(section, Tally(file, section))
        return self

    def run(self, sql: str, values: Mapping[str, Any], seconds: float | None = None) -> pa.Table:
        tally = self.tally
        tally.cases += 1
        started = time.perf_counter()
        found = self._one.run(sql, values, seconds)
        between, before = time.perf_counter(), self._spent()
        try:
            said = difference(found, self._other.run(sql, values, seconds))
        except EngineError as error:
            said = error.message
        tally.seconds[0] += between - started
        tally.seconds[1] += time.perf_counter() - between
        tally.processor += self._spent() - before
        tally.rows += found.num_rows
        if said:
            tally.differences.append(f"{self.case}：{said}")
        return found

    def put(self, name: str, rows: pa.Table) -> None:
        self._one.put(name, rows)
        self._other.put(name, rows)

    def define(self, name: str, query: str, values: Mapping[str, Any], *, held: bool = False) -> None:
        self._one.define(name, query, values, held=held)
        self._other.define(name, query, values, held=held)

    def base(self, name: str) -> str:
        return self._one.base(name)


def whole_tables() -> duckdb.DuckDBPyConnection:
    """An empty database of every dataset with all its columns, since sources show more than a model declares."""
    con = duckdb.connect(":memory:", config={"threads": "1"})
    create_tables(con)
    fill_reference(con)
    con.execute("create table workday_rows as from workday")
    return con


def filled(con: duckdb.DuckDBPyConnection, given: Mapping[str, list[dict]]) -> None:
    for dataset in load_catalog().values():
        rows = given.get(dataset.name, [])
        con.execute(f'delete from "{dataset.name}"')
        if dataset.name == "workday" and not rows:
            con.execute("insert into workday from workday_rows")
        for row in rows:
            whole = {"version_no": 1, "is_void": False, **row} if dataset.kind == "dataset" else row
            names, marks = ", ".join(f'"{name}"' for name in whole), ", ".join("?" for _ in whole)
            con.execute(f'insert into "{dataset.name}" ({names}) values ({marks})', [*whole.values()])
    make_rule_marts(con)


def of_rule(
    rule: Rule, engines: tuple[Engine, Engine], most: int | None = None, *, signals_alone: bool = False
) -> Iterator[Tally]:
    """Every section of a model on its cases, the first `most` of them; or what it finds, alone."""
    tallies: dict[str, Tally] = {}
    with whole_tables() as con:
        for case in read_cases(rule)[:most]:
            filled(con, case.given)
            both = Both(engines[0].over(con), engines[1].over(con))
            both.case = case.name
            for _ in sections_of(rule, case, partial(both.about, tallies, rule.id)):
                if signals_alone:
                    break
    yield from tallies.values()


def sections_of(rule: Rule, case: Case, about: Callable[[str], Session]) -> Iterator[tuple[str, pa.Table]]:
    """Name and rows of every section of a model on the tables of a case, what it finds first; `about` gives the session
    to ask, by the name."""
    day, params = case.as_of, case.params
    values: dict[str, Any] = {**complete_params(rule, params), "as_of": day}
    signals = run_rule(about("signals"), rule, day, params)
    yield "signals", signals
    hits = signals["subject_id"].to_pylist() or ["C1"]
    yield "tested", pa.table({"tested": [run_tested(about("tested"), rule, day, params)]})
    yield "tested", sample_tested(about("tested"), rule, day, params, salt="salt", size=10_000)
    yield "peers", about("peers").run(rule.sections["peers"], {**values, "subject_id": hits[0]})
    for source in rule.sources:
        yield "sources", about("sources").run(source.sql, {**values, "subject_id": hits[0]})
    for source in rule.group_sources:
        yield "group sources", about("group sources").run(source.sql, {**values, "subject_ids": hits})
    if rule.grouped:
        worked = run_exposure(about("exposure"), rule, day, params)
        assert worked is not None
        yield "exposure", worked


def of_indicator(indicator: Indicator, engines: tuple[Engine, Engine], most: int | None = None) -> Iterator[Tally]:
    """What an indicator counts, its sums, lists and sources on its cases."""
    tallies: dict[str, Tally] = {}
    own = [name for name in indicator.facts if rule_of(name) is None]
    with whole_tables() as con:
        for case in indicator_cases.read_cases(indicator)[:most]:
            filled(con, case.given)
            for name in own:
                con.execute(create_table_sql(name, facts_of(name) or {}).replace("create", "create or replace", 1))
                for row in case.given.get(name, []):
                    names, marks = ", ".join(row), ", ".join("?" for _ in row)
                    con.execute(f'insert into "{name}" ({names}) values ({marks})', [*row.values()])
            both = Both(engines[0].over(con), engines[1].over(con))
            both.case = case.name
            about = partial(both.about, tallies, indicator.id)
            day, params = case.as_of, case.params
            findings_of(about("findings"), indicator, day)
            found = counted(about("counted"), indicator, day, params).to_pandas()
            places = found[["org_id", "area_code"]].drop_duplicates()
            sums(about("sums"), indicator, day, params)
            span = {"first": day - timedelta(days=400), "last": day}
            for part in (MET, UNMET, WHOLE):
                listed(about("listed"), indicator, day, params, places=places, part=part, most=100, **span)
            subject_id = str(found["subject_id"].iloc[0]) if len(found) else "C1"
            sources(about("sources"), indicator, day, subject_id, params)
    yield from (tally for tally in tallies.values() if tally.cases)


def of_marts(rules: Mapping[str, Rule], engines: tuple[Engine, Engine], most: int | None = None) -> Iterator[Tally]:
    """The marts of models on the cases of the models that read them, those of pages on the first case of each model."""
    with whole_tables() as con:
        yield from _of_page_marts(rules, engines, con)
        for name, mart in rule_marts().items():
            tally = Tally(name, "mart")
            for rule in (one for one in rules.values() if name in one.marts):
                for case in read_cases(rule)[:most]:
                    filled(con, case.given)
                    both = Both(engines[0].over(con), engines[1].over(con))
                    both.tally, both.case = tally, f"{rule.id} {case.name}"
                    both.run(mart.query, {})
            yield tally


def _of_page_marts(
    rules: Mapping[str, Rule], engines: tuple[Engine, Engine], con: duckdb.DuckDBPyConnection
) -> Iterator[Tally]:
    tallies: dict[str, Tally] = {}
    for rule in rules.values():
        case = read_cases(rule)[0]
        filled(con, case.given)
        # Those that build on others find them.
        build_marts(con)
        both = Both(engines[0].over(con), engines[1].over(con))
        both.case = f"{rule.id} {case.name}"
        for name, query in page_marts().items():
            both.tally = tallies.setdefault(name, Tally(name, "mart"))
            both.run(query, {})
    yield from tallies.values()
