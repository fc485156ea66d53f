"""The cases of a rule, run in an empty database of its own tables."""

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from lib.catalog import Dataset, load_catalog
from lib.catalog.dataset import COMMON
from lib.engines import Session, over
from lib.rules.cases import EXPECTED, Case, read_cases
from lib.rules.errors import RuleError
from lib.rules.rule import Definition, Rule
from lib.rules.run import run_exposure, run_rule, sample_tested
from lib.warehouse.marts.of_rules import rule_marts
from lib.warehouse.reference import workdays
from lib.warehouse.room import CHECKING

_COMMON_VALUES = {"version_no": 1, "is_void": False}


@dataclass(frozen=True)
class CaseResult:
    """Whether a case came out as expected, and how it differs (Chinese, empty when it passed)."""

    name: str
    why: str
    passed: bool
    difference: str


def _columns(rule: Definition, dataset: Dataset) -> list[str]:
    """Only what the rule declares it reads, and the common columns: undeclared reading fails on the cases."""
    common = [column.name for column in COMMON if dataset.kind == "dataset"]
    return list(dict.fromkeys([*rule.inputs[dataset.name], *common]))


def _create_tables(con: duckdb.DuckDBPyConnection, rule: Definition) -> None:
    for name in rule.inputs:
        dataset = load_catalog()[name]
        columns = ", ".join(f'"{column}" {dataset[column].duckdb_type}' for column in _columns(rule, dataset))
        con.execute(f'create table "{name}" ({columns})')
    if "workday" in rule.inputs:
        con.register("calendar", workdays())
        con.execute(f"create table calendar_rows as select {', '.join(rule.inputs['workday'])} from calendar")
        con.unregister("calendar")


def fill(con: duckdb.DuckDBPyConnection, rule: Definition, given: Mapping[str, list[dict]]) -> None:
    """Put the given rows into the tables, in place of those of the last, and make the marts of them."""
    for name in rule.inputs:
        con.execute(f'delete from "{name}"')
        rows = given.get(name, [])
        columns = _columns(rule, load_catalog()[name])
        if name == "workday" and name not in given:
            con.execute("insert into workday select * from calendar_rows")
        elif rows:
            values = [{**_COMMON_VALUES, **row}.get(column) for row in rows for column in columns]
            marks = ", ".join(f"({', '.join('?' for _ in columns)})" for _ in rows)
            con.execute(f'insert into "{name}" values {marks}', values)
    for mart in rule.marts:
        rule_marts()[mart].make(con)


def same(expected: object, found: object) -> bool:
    if isinstance(expected, int | float) and isinstance(found, int | float):
        return math.isclose(expected, found, rel_tol=1e-6, abs_tol=1e-9)
    return expected == found


def _hit_differences(rule: Rule, case: Case, hits: dict[str, dict]) -> Iterator[str]:
    expected = {hit["subject_id"]: hit for hit in case.expect}
    for subject_id in sorted(expected.keys() - hits.keys()):
        yield f"{subject_id} 应命中而未命中"
    for subject_id in sorted(hits.keys() - expected.keys()):
        yield f"{subject_id} 不应命中而命中（{hits[subject_id]['level']}）"
    for subject_id in sorted(expected.keys() & hits.keys()):
        wanted, hit = expected[subject_id], hits[subject_id]
        for name in ("level", *EXPECTED):
            if name in wanted and not same(wanted[name], hit[name]):
                yield f"{subject_id} 的 {name} 应为 {wanted[name]}，实为 {hit[name]}"
        yield from _evidence_differences(rule, subject_id, wanted, json.loads(hit["evidence"]))


def _evidence_differences(rule: Rule, subject_id: str, wanted: dict, evidence: dict) -> Iterator[str]:
    if set(evidence) != {"branches", *rule.evidence}:
        yield f"{subject_id} 的证据项应为 {'、'.join(['branches', *rule.evidence])}，实为 {'、'.join(evidence)}"
        return
    strange = [branch for branch in evidence["branches"] if branch not in rule.branches]
    if strange:
        yield f"{subject_id} 有未声明的情形 {'、'.join(strange)}"
    if "branches" in wanted and sorted(wanted["branches"]) != sorted(evidence["branches"]):
        yield f"{subject_id} 的情形应为 {'、'.join(wanted['branches'])}，实为 {'、'.join(evidence['branches'])}"
    for name, value in wanted.get("evidence", {}).items():
        # Evidence is JSON: days and times are texts in it.
        plain = str(value) if hasattr(value, "isoformat") else value
        if name not in evidence or not same(plain, evidence[name]):
            yield f"{subject_id} 的证据 {name} 应为 {value}，实为 {evidence.get(name)}"


def differences(session: Session, rule: Rule, case: Case) -> Iterator[str]:
    """How the rule's result on the filled tables differs from what the case expects, in Chinese; none when it passes.

    Raises RuleError when the SQL fails.
    """
    hits = {hit["subject_id"]: hit for hit in run_rule(session, rule, case.as_of, case.params).to_pylist()}
    yield from _hit_differences(rule, case, hits)
    if case.tested is not None:
        tested = _subjects(session, rule, case)
        if tested != case.tested:
            yield f"受检数应为 {case.tested}，实为 {tested}"
    if case.exposure is not None:
        exposure = run_exposure(session, rule, case.as_of, case.params)
        rows = [] if exposure is None else exposure.to_pylist()
        if not any("work_kind" in row for row in case.exposure):
            rows = _summed(rows)
        if rows != case.exposure:
            yield f"工作量应为 {case.exposure}，实为 {rows}"


def _summed(rows: list[dict]) -> list[dict]:
    """The exposure of each group and month over all kinds of work."""
    totals: dict[tuple, int] = {}
    for row in rows:
        key = row["group_id"], row["month"]
        totals[key] = totals.get(key, 0) + row["exposure"]
    return [{"group_id": group, "month": month, "exposure": count} for (group, month), count in sorted(totals.items())]


def _subjects(session: Session, rule: Rule, case: Case) -> int:
    """How many different subjects the section tested gives."""
    rows = sample_tested(session, rule, case.as_of, case.params, salt="", size=1_000_000)
    subjects = rows["subject_id"].to_pylist()
    if len(set(subjects)) < len(subjects):
        raise RuleError(f"模型 {rule.id} 的段 tested 有重复的对象。", "每个对象只应有一行。")
    return len(subjects)


@contextmanager
def case_tables(rule: Definition) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory database with the tables and columns the rule declares, and no access to anything else."""
    with duckdb.connect(":memory:", config={"enable_external_access": "false", **CHECKING}) as con:
        _create_tables(con, rule)
        con.execute("set lock_configuration = true")
        yield con


def run_cases(rule: Rule) -> list[CaseResult]:
    """How each case came out, in file order. The work calendar is filled unless a case gives its own.

    Raises RuleError when the cases or the SQL are not valid.
    """
    results = []
    with case_tables(rule) as con:
        for case in read_cases(rule):
            fill(con, rule, case.given)
            difference = "；".join(differences(over(con), rule, case))
            results.append(CaseResult(case.name, case.why, not difference, difference))
    return results
