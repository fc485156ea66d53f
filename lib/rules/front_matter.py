"""The description at the head of a rule file: its schema, and what a schema cannot say."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from jsonschema import Draft202012Validator

from lib.rules.head import INPUTS, LAW, TEXT, TEXTS, input_faults, shaped
from lib.rules.parameters import PARAMETER, parameter_faults
from lib.yamltext import schema_fault

_TITLES = {"type": "object", "minProperties": 1, "additionalProperties": TEXT}
_LIMIT = shaped({**LAW["properties"], "says": {"type": "string", "minLength": 1, "maxLength": 120}})
_LINES = {"type": "array", "items": {"type": ["number", "string"]}}

_SCHEMA = shaped(
    {
        "id": {"type": "string", "pattern": "^M[0-9]{2}$"},
        "name": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
        "title": TEXT,
        "risk": TEXT,
        "rationale": TEXT,
        "law": {"type": "array", "minItems": 1, "items": LAW},
        "limits": {"type": "array", "minItems": 1, "items": _LIMIT},
        "inputs": INPUTS,
        "parameters": {"type": "array", "items": PARAMETER},
        "subject": TEXT,
        "value_title": TEXT,
        "unit": TEXT,
        "level_logic": TEXT,
        "branches": _TITLES,
        "evidence": _TITLES,
        "aggregation": {
            "oneOf": [
                shaped({"mode": {"const": "direct"}}),
                shaped(
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
        "exclusions": TEXTS,
        "assumptions": TEXTS,
        "false_positives": {**TEXTS, "minItems": 1},
        "offline_check": {**TEXTS, "minItems": 1},
        "owner": TEXT,
        "nature": {"enum": ["明线", "统计"]},
        "max_share": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        "precision_floor": {"type": "number", "minimum": 0, "maximum": 1},
    },
    {
        "peers": shaped({"among": TEXT, "title": TEXT}, {"unit": TEXT, "limits": _LINES}),
        "false_alarms": {"type": "number", "exclusiveMinimum": 0, "maximum": 1000},
        "decisions": {"type": "array", "items": {"type": "string", "pattern": "^[^：]+：."}},
        "ordered": {"type": "array", "minItems": 1, "items": {**TEXTS, "minItems": 2, "uniqueItems": True}},
    },
)

_VALIDATOR = Draft202012Validator(_SCHEMA)


def misplaced(ordered: Sequence[Sequence[str]], values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Neighbours in the lists of `ordered` of which the first has the greater value."""
    for names in ordered:
        for milder, graver in pairwise(names):
            if values[milder] > values[graver]:
                yield milder, graver


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
    values = list(parameter_faults(raw["parameters"]))
    values += [] if values else _order_faults(raw)
    return [*values, *input_faults(raw["subject"], raw["inputs"]), *_line_faults(raw), *_nature_faults(raw)]
