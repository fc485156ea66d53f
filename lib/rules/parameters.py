"""The parameters at the head of a file: what their values may be, and those somebody gives."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from lib.rules.errors import RuleError
from lib.rules.head import TEXT, shaped
from lib.rules.rule import Definition, Parameter, Value

PARAMETER = shaped(
    {
        "name": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
        "type": {"enum": ["integer", "number", "date"]},
        "default": {},
        "lowest": {},
        "highest": {},
        "unit": TEXT,
        "meaning": TEXT,
    }
)


# A parameter of an indicator that is the parameter of a model: its values are that one's.
BORROWED = shaped(
    {
        "name": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
        "from": {"type": "string", "pattern": r"^M[0-9]{2}\.[a-z][a-z0-9_]*$"},
        "meaning": TEXT,
    }
)


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


def parameter_of(raw: dict) -> Parameter:
    """A parameter with its values typed."""
    values = {key: typed(raw[key], raw["type"]) for key in ("default", "lowest", "highest")}
    return Parameter(**{**raw, **values})


def parameter_faults(raw: list[dict]) -> Iterator[str]:
    """What is wrong with the parameters of a head, in Chinese."""
    names = [parameter["name"] for parameter in raw]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"参数 {name} 重复"
    for parameter in raw:
        bounds = [parameter[key] for key in ("lowest", "default", "highest")]
        if not all(has_type(value, parameter["type"]) for value in bounds):
            yield f"参数 {parameter['name']} 的值不是 {parameter['type']}"
        elif not within(bounds[1], bounds[0], bounds[2]):
            yield f"参数 {parameter['name']} 的默认值不在上下限之间"


def default_params(definition: Definition) -> dict[str, Value]:
    """Default value by parameter name."""
    return {parameter.name: parameter.default for parameter in definition.parameters}


def complete_params(definition: Definition, params: Mapping[str, Value] | None) -> dict[str, Value]:
    """The defaults with `params` over them, each of its declared type.

    Raises RuleError for an unknown name, a wrong type or a value out of bounds.
    """
    values = default_params(definition)
    declared = {parameter.name: parameter for parameter in definition.parameters}
    for name, value in (params or {}).items():
        parameter = declared.get(name)
        if parameter is None:
            raise RuleError(f"{definition.label} 没有参数 {name}。", f"可用的参数：{'、'.join(declared)}。")
        bounds = f"{parameter.lowest} 至 {parameter.highest}（{parameter.unit}）"
        if not has_type(value, parameter.type) or not within(value, parameter.lowest, parameter.highest):
            raise RuleError(f"{definition.label} 的参数 {name} 不能为 {value}。", f"请填写 {bounds}。")
        values[name] = typed(value, parameter.type)
    return values
