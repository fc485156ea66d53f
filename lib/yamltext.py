"""YAML as this project reads it: safe, and by libyaml where the wheel has it (ten times as fast)."""

from typing import Any

import yaml
from jsonschema import ValidationError

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse(text: str) -> Any:
    """The content of a YAML text. Raises yaml.YAMLError when it is malformed."""
    return yaml.load(text, Loader=_Loader)


def mapping(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """The schema of a mapping with these keys, each by its own schema, and no others."""
    return {
        "type": "object",
        "required": list(required),
        "additionalProperties": False,
        "properties": {**required, **(optional or {})},
    }


def schema_fault(error: ValidationError) -> str:
    """A schema error in Chinese, with the place it is at."""
    wanted: Any = error.validator_value
    schema: Any = error.schema
    place = error.json_path.removeprefix("$").removeprefix(".") or "首部"
    if error.validator == "required" and isinstance(error.instance, dict):
        missing = [key for key in wanted if key not in error.instance]
        return f"{place} 缺少 {'、'.join(missing)}"
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = schema.get("properties", {})
        unknown = [str(key) for key in error.instance if key not in known]
        return f"{place} 有不认识的键 {'、'.join(unknown)}"
    if error.validator in ("minItems", "minLength", "minProperties"):
        return f"{place} 不能为空"
    return f"{place} 的内容不合要求（{error.message}）"
