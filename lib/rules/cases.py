"""The cases of a rule: given rows, expected hits."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import yaml
from jsonschema import Draft202012Validator

from lib import yamltext
from lib.catalog import Dataset, load_catalog
from lib.catalog.dataset import COMMON
from lib.rules.errors import RuleError
from lib.rules.front_matter import schema_fault
from lib.rules.rule import Rule
from lib.rules.run import LEVELS, run_rule
from lib.warehouse.reference import workdays

_COMMON_VALUES = {"version_no": 1, "is_void": False}
_EXPECTED = ("officer_id", "org_id", "area_code", "occurred_on", "value", "threshold")

_SCHEMA = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "required": ["name", "why", "as_of", "given", "expect"],
        "additionalProperties": False,
        "properties": {
            "name": {"type": "string", "minLength": 1},
            "why": {"type": "string", "minLength": 1},
            "covers": {"type": "string", "minLength": 1},
            "as_of": {},
            "params": {"type": "object"},
            "given": {
                "type": "object",
                "additionalProperties": {
                    "type": "array",
                    "items": {"type": "object", "properties": {"times": {"type": "integer", "minimum": 1}}},
                },
            },
            "expect": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["subject_id", "level"],
                    "additionalProperties": False,
                    "properties": {
                        "subject_id": {"type": "string"},
                        "level": {"enum": list(LEVELS)},
                        "branches": {"type": "array", "items": {"type": "string"}},
                        **{name: {} for name in _EXPECTED},
                    },
                },
            },
        },
    },
}
_VALIDATOR = Draft202012Validator(_SCHEMA)


@dataclass(frozen=True)
class Case:
    """Given rows by dataset and the hits expected of them; `covers` names the false positive it guards against."""

    name: str
    why: str
    as_of: date
    given: dict[str, list[dict]]
    expect: list[dict]
    params: dict = field(default_factory=dict)
    covers: str | None = None


@dataclass(frozen=True)
class CaseResult:
    """Whether a case came out as expected, and how it differs (Chinese, empty when it passed)."""

    name: str
    why: str
    passed: bool
    difference: str


def _row_faults(rule: Rule, dataset: Dataset, row: Mapping[str, Any]) -> Iterator[str]:
    declared = rule.inputs[dataset.name]
    for column in row:
        if column not in dataset.column_names:
            yield f"{dataset.name} 没有列 {column}"
        elif column not in declared:
            yield f"模型未声明读取 {dataset.name}.{column}"
    for column in declared:
        if dataset[column].required and row.get(column) is None:
            yield f"{dataset.name} 的行缺少必填列 {column}"


def _expanded(rows: list[dict]) -> list[dict]:
    """A row with `times: n` stands for n rows, its texts with {n} counting from 1."""
    found: list[dict] = []
    for row in rows:
        template = {column: value for column, value in row.items() if column != "times"}
        if "times" not in row:
            found.append(template)
            continue
        for n in range(1, row["times"] + 1):
            found.append({c: v.format(n=n) if isinstance(v, str) else v for c, v in template.items()})
    return found


def _case_of(raw: dict) -> Case:
    return Case(**{**raw, "given": {name: _expanded(rows) for name, rows in raw["given"].items()}})


def _case_faults(rule: Rule, case: Case) -> Iterator[str]:
    if type(case.as_of) is not date:
        yield "as_of 应是日期"
    for name, rows in case.given.items():
        if name not in rule.inputs:
            yield f"模型未声明读取数据集 {name}"
            continue
        for row in rows:
            yield from _row_faults(rule, load_catalog()[name], row)


def read_cases(rule: Rule) -> list[Case]:
    """The cases of a rule, in file order.

    Raises RuleError when there are none, or naming every case with an unknown key or column, or a row without a
    required column that the rule reads.
    """
    path = rule.cases_path
    if not path.exists():
        raise RuleError(f"模型 {rule.id} 没有用例文件 {path.name}。", "每个模型都应附用例。")
    try:
        raw = yamltext.parse(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise RuleError(f"用例文件 {path.name} 不是合法的 YAML（{reason}）。", "请按提示修改。") from error
    faults = [schema_fault(error) for error in _VALIDATOR.iter_errors(raw)]
    cases = [] if faults else [_case_of(item) for item in raw]
    for case in cases:
        faults += [f"用例“{case.name}”：{fault}" for fault in dict.fromkeys(_case_faults(rule, case))]
    if faults:
        raise RuleError(f"用例文件 {path.name} 有误：{'；'.join(faults)}。", "请按提示修改 rules 中的文件。")
    return cases


@lru_cache(maxsize=1)
def _workdays() -> pd.DataFrame:
    return workdays()


def _columns(rule: Rule, dataset: Dataset) -> list[str]:
    """Only what the rule declares it reads, and the common columns: undeclared reading fails on the cases."""
    common = [column.name for column in COMMON if dataset.kind == "dataset"]
    return list(dict.fromkeys([*rule.inputs[dataset.name], *common]))


def _create_tables(con: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    for name in rule.inputs:
        dataset = load_catalog()[name]
        columns = ", ".join(f'"{column}" {dataset[column].duckdb_type}' for column in _columns(rule, dataset))
        con.execute(f'create table "{name}" ({columns})')
    if "workday" in rule.inputs:
        con.register("calendar", _workdays())
        con.execute(f"create table calendar_rows as select {', '.join(rule.inputs['workday'])} from calendar")
        con.unregister("calendar")


def _fill(con: duckdb.DuckDBPyConnection, rule: Rule, case: Case) -> None:
    for name in rule.inputs:
        con.execute(f'delete from "{name}"')
        rows = case.given.get(name, [])
        columns = _columns(rule, load_catalog()[name])
        if name == "workday" and name not in case.given:
            con.execute("insert into workday select * from calendar_rows")
        elif rows:
            values = [{**_COMMON_VALUES, **row}.get(column) for row in rows for column in columns]
            marks = ", ".join(f"({', '.join('?' for _ in columns)})" for _ in rows)
            con.execute(f'insert into "{name}" values {marks}', values)


def _same(expected: object, found: object) -> bool:
    if isinstance(expected, int | float) and isinstance(found, int | float):
        return math.isclose(expected, found, rel_tol=1e-6, abs_tol=1e-9)
    return expected == found


def _differences(case: Case, hits: dict[str, dict]) -> Iterator[str]:
    expected = {hit["subject_id"]: hit for hit in case.expect}
    for subject_id in sorted(expected.keys() - hits.keys()):
        yield f"{subject_id} 应命中而未命中"
    for subject_id in sorted(hits.keys() - expected.keys()):
        yield f"{subject_id} 不应命中而命中（{hits[subject_id]['level']}）"
    for subject_id in sorted(expected.keys() & hits.keys()):
        wanted, hit = expected[subject_id], hits[subject_id]
        for name in ("level", *_EXPECTED):
            if name in wanted and not _same(wanted[name], hit[name]):
                yield f"{subject_id} 的 {name} 应为 {wanted[name]}，实为 {hit[name]}"
        branches = json.loads(hit["evidence"])["branches"]
        if "branches" in wanted and sorted(wanted["branches"]) != sorted(branches):
            yield f"{subject_id} 的情形应为 {'、'.join(wanted['branches'])}，实为 {'、'.join(branches)}"


def case_signals(rule: Rule) -> Iterator[tuple[Case, pa.Table]]:
    """Each case with the signals it gives, run in an empty database of its own tables without access to anything else.

    The work calendar is filled unless a case gives its own. Raises RuleError when the cases or the SQL are not valid.
    """
    cases = read_cases(rule)
    with duckdb.connect(":memory:", config={"enable_external_access": "false", "threads": "1"}) as con:
        _create_tables(con, rule)
        con.execute("set lock_configuration = true")
        for case in cases:
            _fill(con, rule, case)
            yield case, run_rule(con, rule, case.as_of, case.params)


def run_cases(rule: Rule) -> list[CaseResult]:
    """How each case came out, in file order. Raises RuleError when the cases or the SQL are not valid."""
    results = []
    for case, signals in case_signals(rule):
        hits = {hit["subject_id"]: hit for hit in signals.to_pylist()}
        difference = "；".join(_differences(case, hits))
        results.append(CaseResult(case.name, case.why, not difference, difference))
    return results


def uncovered(rule: Rule) -> list[str]:
    """Branches, levels and listed false positives that no case tries, in Chinese; empty when all are."""
    cases = read_cases(rule)
    hits = [hit for case in cases for hit in case.expect]
    branches = {branch for hit in hits for branch in hit.get("branches", ())}
    guarded = {case.covers for case in cases if not case.expect}
    gaps = [f"情形 {name} 没有正例" for name in rule.branches if name not in branches]
    gaps += [f"误报“{text}”没有反例" for text in rule.false_positives if text.split("：")[0] not in guarded]
    if all(any(case.given.values()) for case in cases):
        gaps.append("没有空表的用例")
    return gaps
