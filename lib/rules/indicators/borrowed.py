"""Parameters of an indicator that are those of a model (`from: M02.recheck_days`): one number in one place, so that the
two cannot disagree. A file read gives those of the model's file, `tuned` those of the version in force."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from lib.rules.indicators.indicator import Indicator
from lib.rules.read import read_rules
from lib.rules.rule import Parameter, Value
from lib.rules.variant import Variant


def origin(raw: Mapping[str, Any]) -> tuple[str, str] | None:
    """The model and the parameter of it that one in a head is; None for one of the indicator's own."""
    if "from" not in raw:
        return None
    rule_id, _, name = raw["from"].partition(".")
    return rule_id, name


def _of_model(rule_id: str, name: str) -> Parameter | None:
    rule = read_rules().get(rule_id)
    return None if rule is None else next((one for one in rule.parameters if one.name == name), None)


def borrowing_faults(raw: list[dict]) -> Iterator[str]:
    """What is wrong with the origins in a head, in Chinese."""
    for parameter in raw:
        held = origin(parameter)
        if held is not None and _of_model(*held) is None:
            yield f"参数 {parameter['name']} 所引的模型参数 {parameter['from']} 不存在"


def filled(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A parameter of a head with type, bounds, unit and default of the one it is; one of its own as it stands."""
    held = origin(raw)
    if held is None:
        return dict(raw)
    theirs = _of_model(*held)
    if theirs is None:
        raise KeyError(raw["from"])
    values = {key: getattr(theirs, key) for key in ("type", "default", "lowest", "highest", "unit")}
    return {"name": raw["name"], **values, "meaning": raw["meaning"]}


def models_of(indicator: Indicator) -> set[str]:
    """The models whose parameters an indicator has."""
    return {rule_id for rule_id, _ in indicator.borrowed.values()}


def tuned(indicator: Indicator, live: Mapping[str, Variant]) -> Indicator:
    """The indicator with the limits of the models in force. Of a model without a version in force, or whose version
    does not have the parameter yet, those of its file stay."""
    values: dict[str, Value] = {}
    for name, (rule_id, theirs) in indicator.borrowed.items():
        held = live[rule_id].values if rule_id in live else {}
        if theirs in held:
            values[name] = held[theirs]
    if all(one.default == values.get(one.name, one.default) for one in indicator.parameters):
        return indicator
    parameters = tuple(replace(one, default=values.get(one.name, one.default)) for one in indicator.parameters)
    return replace(indicator, parameters=parameters)
