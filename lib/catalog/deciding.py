"""Which rows of what is shown decide each planted situation (data/training/deciding.yaml)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from lib import yamltext
from lib.catalog.dataset import ROOT
from lib.errors import UserError

PATH = ROOT / "data" / "training" / "deciding.yaml"

_TEXT = {"type": "string", "minLength": 1}
_ROWS = {"type": "object", "minProperties": 1, "additionalProperties": _TEXT}
_ONE = {"oneOf": [_ROWS, {"type": "array", "items": _ROWS, "minItems": 1}]}
_BRANCHES = {"type": "object", "minProperties": 1, "additionalProperties": _ONE}
_RULE = yamltext.mapping(
    {"violation": _BRANCHES, "lookalike": _BRANCHES},
    {"may": _ROWS, "more": {"type": "array", "items": yamltext.mapping({"title": _TEXT, "sql": _TEXT})}},
)
_VALIDATOR = Draft202012Validator(
    {"type": "object", "propertyNames": {"pattern": "^M[0-9]{2}$"}, "additionalProperties": _RULE}
)

# A table's title to the condition on its columns.
Rows = Mapping[str, str]


@dataclass(frozen=True)
class Deciding:
    """Of one rule: by kind and branch of the truth the rows that decide, the first of the choices that gives any;
    `may` are rows that may be marked or left; `more` are tables shown beside the rule's own sources, title to SQL."""

    rule_id: str
    branches: Mapping[tuple[str, str], tuple[Rows, ...]]
    may: Rows
    more: Mapping[str, str]


@lru_cache(maxsize=4)
def _read(path: Path) -> dict[str, Deciding]:
    raw = yamltext.parse(path.read_text(encoding="utf-8"))
    faults = [yamltext.schema_fault(error) for error in _VALIDATOR.iter_errors(raw)]
    if faults:
        raise UserError(f"{path.name}：{'；'.join(faults)}。", f"请按提示修改 data/training/{path.name}。")
    return {rule_id: _deciding(rule_id, one) for rule_id, one in raw.items()}


def _deciding(rule_id: str, raw: dict[str, Any]) -> Deciding:
    branches = {
        (kind, branch): tuple(rows if isinstance(rows, list) else [rows])
        for kind in ("violation", "lookalike")
        for branch, rows in raw[kind].items()
    }
    more = {one["title"]: one["sql"] for one in raw.get("more", [])}
    return Deciding(rule_id, branches, raw.get("may", {}), more)


def deciding() -> dict[str, Deciding]:
    """By rule. Raises UserError naming every fault of the file."""
    return _read(PATH)
