"""The description at the head of an indicator's file: its schema, and what a schema cannot say."""

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

from lib.catalog.lists import supervision_lists
from lib.rules.facts import facts_of
from lib.rules.head import INPUTS, LAW, TEXT, TEXTS, input_faults, shaped
from lib.rules.indicators.borrowed import borrowing_faults, filled
from lib.rules.indicators.indicator import LEAST, MEASURES, PERIODS, SPREAD, STOCK
from lib.rules.parameters import BORROWED, PARAMETER, parameter_faults
from lib.yamltext import schema_fault

_SCHEMA = shaped(
    {
        "id": {"type": "string", "pattern": "^I[0-9]{2}$"},
        "name": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
        "title": TEXT,
        "list": {"type": "string", "pattern": "^L[0-9]+$"},
        "focus": {"type": "string", "pattern": "^F[0-9]{2}$"},
        "unit": {"enum": ["%", "次", ""]},
        "measure": {"enum": list(MEASURES)},
        "period": {"enum": list(PERIODS)},
        "lower_is_better": {"type": "boolean"},
        "green": {"type": "number"},
        "red": {"type": "number"},
        "monitor": {"type": "boolean"},
        "numerator": TEXT,
        "denominator": TEXT,
        "subject": TEXT,
        "inputs": INPUTS,
        "parameters": {"type": "array", "items": {"if": {"required": ["from"]}, "then": BORROWED, "else": PARAMETER}},
        "law": {"type": "array", "minItems": 1, "items": LAW},
        "rationale": TEXT,
        "exclusions": TEXTS,
        "assumptions": TEXTS,
        "decisions": {"type": "array", "items": {"type": "string", "pattern": "^[^：]+：."}},
    }
)
_VALIDATOR = Draft202012Validator(_SCHEMA)


def _measure_faults(raw: dict) -> Iterator[str]:
    if (raw["measure"] == "share") != (raw["unit"] == "%"):
        yield "占比（share）的单位是 %，其他指标不是"
    if raw["measure"] == SPREAD and raw["period"] == STOCK:
        yield "离散度（spread）不能按存量（stock）计"
    least = [parameter for parameter in raw["parameters"] if parameter["name"] == LEAST]
    if (raw["measure"] == SPREAD) != bool(least):
        yield f"离散度（spread）应有参数 {LEAST}（一组至少几件），其他指标没有"
    if raw["green"] != raw["red"] and (raw["green"] < raw["red"]) != raw["lower_is_better"]:
        yield f"达标 {raw['green']:g} 与未达标 {raw['red']:g} 的方向与 lower_is_better 不符"


def _place_faults(raw: dict) -> Iterator[str]:
    held = {one.id: {focus.id for focus in one.focuses} for one in supervision_lists()}
    if raw["list"] not in held:
        yield f"list {raw['list']} 不是 lists.yaml 中的清单"
    elif raw["focus"] not in held[raw["list"]]:
        yield f"focus {raw['focus']} 不是清单 {raw['list']} 的重点"


def head_faults(raw: Any) -> list[str]:
    """What is wrong with a description, in Chinese; empty when it is right."""
    faults = [schema_fault(error) for error in _VALIDATOR.iter_errors(raw)]
    if faults or not isinstance(raw, dict):
        return faults
    facts = {name: columns for name in (raw["subject"], *raw["inputs"]) if (columns := facts_of(name)) is not None}
    faults = list(borrowing_faults(raw["parameters"]))
    return [
        *(faults or parameter_faults([filled(one) for one in raw["parameters"]])),
        *input_faults(raw["subject"], raw["inputs"], facts),
        *_measure_faults(raw),
        *_place_faults(raw),
    ]
