"""The cases of a rule: given rows, expected hits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from lib import yamltext
from lib.catalog import Dataset, load_catalog
from lib.rules.errors import RuleError
from lib.rules.levels import LEVELS
from lib.rules.rule import Rule
from lib.yamltext import schema_fault

EXPECTED = ("subject_type", "officer_id", "org_id", "area_code", "occurred_on", "value", "threshold")

_EXPOSED = {
    "type": "object",
    "required": ["group_id", "month", "exposure"],
    "additionalProperties": False,
    "properties": {
        "group_id": {"type": "string"},
        "month": {},
        "work_kind": {"type": "string"},
        "exposure": {"type": "integer"},
    },
}

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
            "decides": {"type": "string", "minLength": 1},
            "as_of": {},
            "params": {"type": "object"},
            "example": {"const": True},
            "tested": {"type": "integer", "minimum": 0},
            "exposure": {"type": "array", "items": _EXPOSED},
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
                        "evidence": {"type": "object"},
                        **{name: {} for name in EXPECTED},
                    },
                },
            },
        },
    },
}
_VALIDATOR = Draft202012Validator(_SCHEMA)


@dataclass(frozen=True)
class Case:
    """Given rows by dataset and the hits expected of them.

    `covers` names the false positive it guards against, `decides` the question whose decision it holds; `example` marks
    the one the catalogue shows; `tested` and `exposure` are what those sections must give (None: not asked).
    """

    name: str
    why: str
    as_of: date
    given: dict[str, list[dict]]
    expect: list[dict]
    params: dict = field(default_factory=dict)
    covers: str | None = None
    decides: str | None = None
    example: bool = False
    tested: int | None = None
    exposure: list[dict] | None = None


def row_faults(declared: Sequence[str], dataset: Dataset, row: Mapping[str, Any], who: str = "模型") -> Iterator[str]:
    """What is wrong with a given row of a dataset of which these columns are declared."""
    for column in row:
        if column not in dataset.column_names:
            yield f"{dataset.name} 没有列 {column}"
        elif column not in declared:
            yield f"{who}未声明读取 {dataset.name}.{column}"
    for column in declared:
        if dataset[column].required and row.get(column) is None:
            yield f"{dataset.name} 的行缺少必填列 {column}"


def expanded(rows: list[dict]) -> list[dict]:
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
    return Case(**{**raw, "given": {name: expanded(rows) for name, rows in raw["given"].items()}})


def _case_faults(rule: Rule, case: Case) -> Iterator[str]:
    if type(case.as_of) is not date:
        yield "as_of 应是日期"
    for name, rows in case.given.items():
        if name not in rule.inputs:
            yield f"模型未声明读取数据集 {name}"
            continue
        for row in rows:
            yield from row_faults(rule.inputs[name], load_catalog()[name], row)


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


def uncovered(rule: Rule) -> list[str]:
    """What no case tries, in Chinese: branches, false positives, decisions, empty tables, tested subjects, exposure.

    Also says when not exactly one case with a hit is marked as the example. Empty when nothing is missing.
    """
    cases = read_cases(rule)
    hits = [hit for case in cases for hit in case.expect]
    branches = {branch for hit in hits for branch in hit.get("branches", ())}
    guarded = {case.covers for case in cases if not case.expect}
    gaps = [f"情形 {name} 没有正例" for name in rule.branches if name not in branches]
    gaps += [f"误报“{text}”没有反例" for text in rule.false_positives if text.split("：")[0] not in guarded]
    decided = {case.decides for case in cases}
    gaps += [f"口径“{text}”没有用例" for text in rule.decisions if text.split("：")[0] not in decided]
    if all(any(case.given.values()) for case in cases):
        gaps.append("没有空表的用例")
    if sum(case.example and bool(case.expect) for case in cases) != 1:
        gaps.append("没有恰好一个正例标为 example")
    if all(case.tested is None for case in cases):
        gaps.append("没有核对 tested 的用例")
    if rule.grouped and all(case.exposure is None for case in cases):
        gaps.append("没有核对 exposure 的用例")
    return gaps
