"""The cases of an indicator: given rows, what is counted of them, and the value of a month."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from lib import yamltext
from lib.catalog import load_catalog
from lib.rules.cases import expanded, row_faults
from lib.rules.errors import RuleError
from lib.rules.facts import facts_of
from lib.rules.head import shaped
from lib.rules.indicators.findings import rules_of
from lib.rules.indicators.indicator import SHARE, Indicator
from lib.rules.read import read_rules
from lib.rules.rule import Definition
from lib.yamltext import schema_fault

_TEXT = {"type": "string", "minLength": 1}
_ROWS = {"type": "array", "items": {"type": "object", "properties": {"times": {"type": "integer", "minimum": 1}}}}
_COUNTED = {"type": "object", "required": ["subject_id"], "properties": {"subject_id": _TEXT}}
_VALUE = shaped(
    {"value": {"type": ["number", "null"]}, "n": {"type": "integer"}},
    {"month": {}, "met": {"type": "integer"}, "year": {"const": True}},
)
_CASE = shaped(
    {"name": _TEXT, "why": _TEXT, "as_of": {}, "given": {"type": "object", "additionalProperties": _ROWS}},
    {
        "decides": _TEXT,
        "example": {"const": True},
        "params": {"type": "object"},
        "expect": {"type": "array", "items": _COUNTED},
        "values": {"type": "array", "minItems": 1, "items": _VALUE},
    },
)
_VALIDATOR = Draft202012Validator({"type": "array", "minItems": 1, "items": _CASE})


@dataclass(frozen=True)
class Case:
    """Given rows by dataset, and what is expected of them.

    `expect` are the rows counted (of a stock, those that stand on as_of), each with the columns that matter; None: not
    asked. `values` are value, n and perhaps met and year (of the year up to it) of the whole in a month (as_of's unless
    `month` names a day of another). `decides` names the question whose decision it holds, `example` marks the one that
    is shown.
    """

    name: str
    why: str
    as_of: date
    given: dict[str, list[dict]]
    expect: list[dict] | None = None
    values: list[dict] = field(default_factory=list)
    params: dict = field(default_factory=dict)
    decides: str | None = None
    example: bool = False


@dataclass(frozen=True)
class CaseTables:
    """The tables a case fills: those of the indicator and of the models whose findings it reads."""

    indicator: Indicator
    inputs: Mapping[str, tuple[str, ...]]
    marts: tuple[str, ...]

    id = property(lambda self: self.indicator.id)
    label = property(lambda self: self.indicator.label)
    path = property(lambda self: self.indicator.path)
    parameters = property(lambda self: self.indicator.parameters)


def tables_of(indicator: Indicator) -> CaseTables:
    """What a case of an indicator may give rows of."""
    read: list[Definition] = [indicator, *(read_rules()[rule_id] for rule_id in rules_of([indicator]))]
    inputs: dict[str, dict[str, None]] = {}
    for one in read:
        for name, columns in one.inputs.items():
            inputs.setdefault(name, {}).update(dict.fromkeys(columns))
    marts = dict.fromkeys(mart for one in read for mart in one.marts)
    return CaseTables(indicator, {name: tuple(columns) for name, columns in inputs.items()}, tuple(marts))


def _case_faults(indicator: Indicator, tables: CaseTables, case: Case) -> Iterator[str]:
    if type(case.as_of) is not date:
        yield "as_of 应是日期"
    if case.expect is None and not case.values:
        yield "应有 expect 或 values"
    for name, rows in case.given.items():
        facts = facts_of(name) if name in indicator.facts else None
        if facts is None and name not in tables.inputs:
            yield f"指标未声明读取数据集 {name}"
            continue
        for row in rows:
            if facts is None:
                yield from row_faults(tables.inputs[name], load_catalog()[name], row, "指标")
            else:
                yield from (f"{name} 没有列 {column}" for column in row if column not in facts)
    for row in case.expect or ():
        yield from (f"counted 没有列 {column}" for column in row if column not in indicator.columns)
    for value in case.values:
        if type(value.get("month", case.as_of)) is not date:
            yield "month 应是日期"


def read_cases(indicator: Indicator) -> list[Case]:
    """The cases of an indicator, in file order.

    Raises RuleError when there are none, or naming every case with an unknown key or column, or a row without a
    required column that is read.
    """
    path = indicator.cases_path
    if not path.exists():
        raise RuleError(f"{indicator.label} 没有用例文件 {path.name}。", "每个指标都应附用例。")
    try:
        raw = yamltext.parse(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise RuleError(f"用例文件 {path.name} 不是合法的 YAML（{reason}）。", "请按提示修改。") from error
    faults = [schema_fault(error) for error in _VALIDATOR.iter_errors(raw)]
    cases = [] if faults else [_case_of(item) for item in raw]
    tables = tables_of(indicator)
    for case in cases:
        faults += [f"用例“{case.name}”：{fault}" for fault in dict.fromkeys(_case_faults(indicator, tables, case))]
    if faults:
        raise RuleError(f"用例文件 {path.name} 有误：{'；'.join(faults)}。", "请按提示修改 rules/indicators 中的文件。")
    return cases


def _case_of(raw: dict[str, Any]) -> Case:
    return Case(**{**raw, "given": {name: expanded(rows) for name, rows in raw["given"].items()}})


def uncovered(indicator: Indicator) -> list[str]:
    """What no case tries, in Chinese: decisions, rows met and not met, a value, no rows at all; also when not exactly
    one case is marked as the example. Empty when nothing is missing."""
    cases = read_cases(indicator)
    decided = {case.decides for case in cases}
    gaps = [f"口径“{text}”没有用例" for text in indicator.decisions if text.split("：")[0] not in decided]
    questions = {text.split("：")[0] for text in indicator.decisions}
    gaps += [f"用例 decides 的“{one}”不是首部的口径" for one in sorted(decided - questions - {None}, key=str)]
    if indicator.measure == SHARE:
        verdicts = {row["met"] for case in cases for row in case.expect or () if "met" in row}
        gaps += [f"没有{word}分子的用例" for met, word in ((True, "计入"), (False, "不计入")) if met not in verdicts]
    if not any(value["value"] is not None for case in cases for value in case.values):
        gaps.append("没有核对数值的用例")
    if not any(value["value"] is None for case in cases if not any(case.given.values()) for value in case.values):
        gaps.append("没有空表的用例（values 中 value 为 null）")
    if sum(case.example for case in cases) != 1:
        gaps.append("没有恰好一个用例标为 example")
    return gaps
