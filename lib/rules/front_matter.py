"""The description at the head of a rule file: its schema, and what a schema cannot say."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from jsonschema import Draft202012Validator

from lib.catalog import load_catalog
from lib.rules.rule import Parameter, Value
from lib.warehouse.marts.of_rules import rule_marts
from lib.yamltext import schema_fault

_TEXT = {"type": "string", "minLength": 1}
_TEXTS = {"type": "array", "items": _TEXT}
_TITLES = {"type": "object", "minProperties": 1, "additionalProperties": _TEXT}


def _object(required: dict, optional: dict | None = None) -> dict:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
        "additionalProperties": False,
    }


_LAW = _object({"article": _TEXT, "mark": {"enum": ["已核", "待核"]}})
_LIMIT = _object({**_LAW["properties"], "says": {"type": "string", "minLength": 1, "maxLength": 120}})
_LINES = {"type": "array", "items": {"type": ["number", "string"]}}

_PARAMETER = _object(
    {
        "name": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
        "type": {"enum": ["integer", "number", "date"]},
        "default": {},
        "lowest": {},
        "highest": {},
        "unit": _TEXT,
        "meaning": _TEXT,
    }
)

_SCHEMA = _object(
    {
        "id": {"type": "string", "pattern": "^M[0-9]{2}$"},
        "name": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
        "title": _TEXT,
        "risk": _TEXT,
        "rationale": _TEXT,
        "law": {"type": "array", "minItems": 1, "items": _LAW},
        "limits": {"type": "array", "minItems": 1, "items": _LIMIT},
        "inputs": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {**_TEXTS, "minItems": 1, "uniqueItems": True},
        },
        "parameters": {"type": "array", "items": _PARAMETER},
        "subject": _TEXT,
        "value_title": _TEXT,
        "unit": _TEXT,
        "level_logic": _TEXT,
        "branches": _TITLES,
        "evidence": _TITLES,
        "aggregation": {
            "oneOf": [
                _object({"mode": {"const": "direct"}}),
                _object(
                    {
                        "mode": {"const": "grouped"},
                        "group": {"enum": ["officer", "org"]},
                        "min_signals": {"type": "integer", "minimum": 1},
                        "min_peer_ratio": {"type": "number", "exclusiveMinimum": 0},
                    }
                ),
            ]
        },
        "period": {"enum": ["none", "half_year", "month"]},
        "exclusions": _TEXTS,
        "assumptions": _TEXTS,
        "false_positives": {**_TEXTS, "minItems": 1},
        "offline_check": {**_TEXTS, "minItems": 1},
        "owner": _TEXT,
        "nature": {"enum": ["明线", "统计"]},
        "max_share": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        "precision_floor": {"type": "number", "minimum": 0, "maximum": 1},
    },
    {
        "peers": _object({"among": _TEXT, "title": _TEXT}, {"unit": _TEXT, "limits": _LINES}),
        "false_alarms": {"type": "number", "exclusiveMinimum": 0, "maximum": 1000},
        "decisions": {"type": "array", "items": {"type": "string", "pattern": "^[^：]+：."}},
        "ordered": {"type": "array", "minItems": 1, "items": {**_TEXTS, "minItems": 2, "uniqueItems": True}},
    },
)

_VALIDATOR = Draft202012Validator(_SCHEMA)


def has_type(value: object, kind: str) -> bool:
    """Whether a value may be a parameter of this type."""
    if kind == "date":
        return type(value) is date
    if kind == "integer":
        return type(value) is int
    return type(value) in (int, float)


def typed(value: Value, kind: str) -> Value:
    """The value as the SQL expects it: a number is a float even when it was written without a point."""
    return float(value) if kind == "number" and isinstance(value, int) else value


def within(value: Any, lowest: Any, highest: Any) -> bool:
    """Whether value lies between two bounds of its own type."""
    return lowest <= value <= highest


def misplaced(ordered: Sequence[Sequence[str]], values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Neighbours in the lists of `ordered` of which the first has the greater value."""
    for names in ordered:
        for milder, graver in pairwise(names):
            if values[milder] > values[graver]:
                yield milder, graver


def parameter_of(raw: dict) -> Parameter:
    """A parameter with its values typed."""
    values = {key: typed(raw[key], raw["type"]) for key in ("default", "lowest", "highest")}
    return Parameter(**{**raw, **values})


def _parameter_faults(raw: list[dict]) -> Iterator[str]:
    names = [parameter["name"] for parameter in raw]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"参数 {name} 重复"
    for parameter in raw:
        bounds = [parameter[key] for key in ("lowest", "default", "highest")]
        if not all(has_type(value, parameter["type"]) for value in bounds):
            yield f"参数 {parameter['name']} 的值不是 {parameter['type']}"
        elif not within(bounds[1], bounds[0], bounds[2]):
            yield f"参数 {parameter['name']} 的默认值不在上下限之间"


def _order_faults(raw: dict) -> Iterator[str]:
    """Faults of `ordered`; the parameters themselves are right."""
    declared = {parameter["name"]: parameter for parameter in raw["parameters"]}
    for names in raw.get("ordered", ()):
        unknown = [name for name in names if name not in declared]
        if unknown:
            yield f"ordered 中的 {'、'.join(unknown)} 不是声明的参数"
        elif len({declared[name]["type"] == "date" for name in names}) > 1:
            yield f"ordered 中的 {'、'.join(names)} 不能比较大小"
        else:
            defaults = {name: declared[name]["default"] for name in names}
            for milder, graver in misplaced([names], defaults):
                yield f"参数 {milder} 的默认值大于 {graver} 的，与 ordered 不符"


def _input_faults(raw: dict) -> Iterator[str]:
    catalog = load_catalog()
    if raw["subject"] not in catalog:
        yield f"subject {raw['subject']} 不是数据目录中的数据集"
    for dataset, columns in raw["inputs"].items():
        if dataset not in catalog and dataset not in rule_marts():
            yield f"inputs 中的 {dataset} 不是数据目录中的数据集"
            continue
        known = catalog[dataset].column_names if dataset in catalog else rule_marts()[dataset].columns
        unknown = [column for column in columns if column not in known]
        if unknown:
            yield f"inputs 中 {dataset} 没有列 {'、'.join(unknown)}"


def _line_faults(raw: dict) -> Iterator[str]:
    known = {"threshold", *(parameter["name"] for parameter in raw["parameters"])}
    for limit in raw.get("peers", {}).get("limits", ()):
        if isinstance(limit, str) and limit not in known:
            yield f"peers 的阈值 {limit} 不是声明的参数"


def _nature_faults(raw: dict) -> Iterator[str]:
    if (raw["nature"] == "统计") != ("false_alarms" in raw):
        yield "统计模型应写明 false_alarms（每千个受检对象的误报上限），明线模型不写"


def front_matter_faults(raw: Any) -> list[str]:
    """What is wrong with a description, in Chinese; empty when it is right."""
    faults = [schema_fault(error) for error in _VALIDATOR.iter_errors(raw)]
    if faults or not isinstance(raw, dict):
        return faults
    values = list(_parameter_faults(raw["parameters"]))
    values += [] if values else _order_faults(raw)
    return [*values, *_input_faults(raw), *_line_faults(raw), *_nature_faults(raw)]
