"""The cases of an indicator, run in an empty database of its own tables."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

import duckdb
import numpy as np
import pandas as pd

from lib.engines import Session, over
from lib.rules.case_run import CaseResult, case_tables, fill, same
from lib.rules.facts import create_table_sql, facts_of, rule_of
from lib.rules.indicators.cases import Case, read_cases, tables_of
from lib.rules.indicators.findings import put_findings, rules_of
from lib.rules.indicators.indicator import STOCK, Indicator
from lib.rules.indicators.measure import least_group, measured
from lib.rules.indicators.run import counted, sums
from lib.rules.indicators.spans import MONTHS, Range, figures
from lib.rules.parameters import complete_params
from lib.rules.read import read_rules
from lib.rules.variant import Variant

_YEAR = 12


@contextmanager
def tables(indicator: Indicator) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory database with the tables and columns an indicator and the models it builds on declare."""
    with case_tables(tables_of(indicator)) as con:
        for name in indicator.facts:
            if rule_of(name) is None:
                con.execute(create_table_sql(name, facts_of(name) or {}))
        yield con


def put(con: duckdb.DuckDBPyConnection, indicator: Indicator, case: Case) -> Session:
    """A session on the tables with the rows of one case in place of those of the last, and what the models find."""
    fill(con, tables_of(indicator), case.given)
    for name in indicator.facts:
        if rule_of(name) is None:
            _fill_facts(con, name, case.given.get(name, []))
    session = over(con)
    findings_of(session, indicator, case.as_of)
    return session


def findings_of(session: Session, indicator: Indicator, as_of: date) -> None:
    """Put what the models find beside the tables of a case, each as its file has it."""
    variants = {rule_id: Variant(read_rules()[rule_id], {}) for rule_id in rules_of([indicator])}
    put_findings(session, [indicator], variants, as_of)


def _fill_facts(con: duckdb.DuckDBPyConnection, name: str, rows: list[dict]) -> None:
    columns = list(facts_of(name) or {})
    con.execute(f'delete from "{name}"')
    if rows:
        marks = ", ".join(f"({', '.join('?' for _ in columns)})" for _ in rows)
        con.execute(f'insert into "{name}" values {marks}', [row.get(column) for row in rows for column in columns])


def differences(session: Session, indicator: Indicator, case: Case) -> Iterator[str]:
    """How what is counted on the filled tables differs from what the case expects, in Chinese. Raises RuleError."""
    rows = counted(session, indicator, case.as_of, case.params).to_pylist()
    if case.expect is not None:
        if indicator.period == STOCK:
            rows = [row for row in rows if row["gone_on"] is None or row["gone_on"] > case.as_of]
        yield from _row_differences(case.expect, rows)
    if case.values:
        yield from _value_differences(session, indicator, case)


def _row_differences(expect: list[dict], rows: list[dict]) -> Iterator[str]:
    wanted, found = ({row["subject_id"]: row for row in held} for held in (expect, rows))
    for subject_id in sorted(wanted.keys() - found.keys()):
        yield f"{subject_id} 应计入而未计入"
    for subject_id in sorted(found.keys() - wanted.keys()):
        yield f"{subject_id} 不应计入而计入"
    for subject_id in sorted(wanted.keys() & found.keys()):
        for name, value in wanted[subject_id].items():
            given = found[subject_id][name]
            if not same(value, float(given) if name == "amount" else given):
                yield f"{subject_id} 的 {name} 应为 {value}，实为 {given}"


def _value_differences(session: Session, indicator: Indicator, case: Case) -> Iterator[str]:
    held = sums(session, indicator, case.as_of, case.params)
    shown = figures(case.as_of, indicator.period)
    least = least_group(complete_params(indicator, case.params))
    for wanted in case.values:
        month = wanted.get("month", case.as_of)
        place = MONTHS - 1 - ((case.as_of.year - month.year) * _YEAR + case.as_of.month - month.month)
        figure = shown[place]
        span = figure.year if wanted.get("year") else figure.value
        found = _whole(indicator, held, span, least) if span is not None else {}
        for name in ("value", "n", "met"):
            if name in wanted and not same(wanted[name], found.get(name)):
                yield f"{month:%Y-%m} 的 {name} 应为 {wanted[name]}，实为 {found.get(name)}"


def _whole(indicator: Indicator, held: pd.DataFrame, span: Range, least: int) -> Mapping[str, float | None]:
    """The figures of everything counted in a span."""
    if held.empty:
        return {"value": None, "n": 0, "met": 0}
    found = measured(indicator, held, np.zeros(len(held), dtype="int64"), [span], least, 1)
    value = float(found.value[0, 0])
    return {"value": None if pd.isna(value) else value, "n": int(found.n[0, 0]), "met": int(found.met[0, 0])}


def run_cases(indicator: Indicator) -> list[CaseResult]:
    """How each case came out, in file order. The work calendar is filled unless a case gives its own.

    Raises RuleError when the cases or the SQL are not valid.
    """
    results = []
    with tables(indicator) as con:
        for case in read_cases(indicator):
            difference = "；".join(differences(put(con, indicator, case), indicator, case))
            results.append(CaseResult(case.name, case.why, not difference, difference))
    return results
