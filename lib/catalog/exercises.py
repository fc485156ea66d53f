"""The exercises of a class (data/training, one file each besides deciding.yaml)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from lib import yamltext
from lib.catalog.dataset import ROOT
from lib.catalog.deciding import PATH as DECIDING
from lib.errors import UserError

FOLDER = ROOT / "data" / "training"

_TEXT = {"type": "string", "minLength": 1}
_SHARE = {"type": "number", "minimum": 0, "maximum": 1}
_COUNT = {"type": "integer", "minimum": 0}
_NAMES = {"type": "array", "items": {"type": "string", "pattern": "^[a-z_]+$"}, "uniqueItems": True}
_LINES = {"type": "array", "items": _TEXT, "minItems": 1}
_POINTS = {"type": "integer", "minimum": 1, "maximum": 100}
_CHOICES = {"type": "array", "items": {"type": "string", "pattern": r"^M[0-9]{2}\.[a-z_]+$"}, "minItems": 1}

# By kind, in the order in which they are learnt: the parts that are scored, and the settings it needs.
PARTS: dict[str, tuple[str, ...]] = {
    "read": ("branch", "value", "rows", "excuse"),
    "judge": ("verdict", "rows", "checks"),
    "urgent": ("unit", "sure", "rivals"),
    "notice": ("steps", "time", "apart"),
    "tune": ("recall", "workload"),
    "mend": ("rows", "values"),
    "colleague": ("handed", "untouched", "masked"),
}
_SETTINGS: dict[str, dict[str, Any]] = {
    "judge": yamltext.mapping(
        {"items": {"type": "integer", "minimum": 2, "multipleOf": 2}, "near": _COUNT, "enough": _COUNT}
    ),
    "read": yamltext.mapping({"enough": _COUNT}),
    "urgent": yamltext.mapping({"least_cases": _COUNT}),
    "notice": yamltext.mapping({}),
    "tune": yamltext.mapping({"choices": _CHOICES, "recall": _SHARE, "tries": _COUNT}),
    "mend": yamltext.mapping(
        {
            "rows": {"type": "integer", "minimum": 2},
            "faults": {"type": "integer", "minimum": 1},
            "files": _NAMES | {"minItems": 1},
        }
    ),
    "colleague": yamltext.mapping({}),
}
_VALIDATOR = Draft202012Validator(
    yamltext.mapping(
        {
            "kind": {"enum": list(PARTS)},
            "title": _TEXT,
            "objective": _TEXT,
            "minutes": {"type": "integer", "minimum": 1, "maximum": 240},
            "plays": _NAMES,
            "pages": _NAMES,
            "steps": _LINES,
            "hints": {"type": "array", "items": yamltext.mapping({"text": _TEXT, "cost": _POINTS})},
            "scoring": {
                "type": "array",
                "minItems": 1,
                "items": yamltext.mapping({"part": _TEXT, "title": _TEXT, "points": _POINTS, "how": _TEXT}),
            },
            "guessing": _SHARE,
            "explanation": _TEXT,
            "settings": {"type": "object"},
        }
    )
)


@dataclass(frozen=True)
class Hint:
    """What helps, and how many points it costs."""

    text: str
    cost: int


@dataclass(frozen=True)
class Part:
    """One part of the score: of how many points, and by which rule, in words that the trainee reads."""

    name: str
    title: str
    points: int
    how: str


@dataclass(frozen=True)
class Exercise:
    """One exercise. `plays`: the roles that may be played meanwhile; `pages`: the addresses that are open; `guessing`:
    the share of the points that guessing may reach, which counts for nothing."""

    name: str
    kind: str
    title: str
    objective: str
    minutes: int
    plays: tuple[str, ...]
    pages: tuple[str, ...]
    steps: tuple[str, ...]
    hints: tuple[Hint, ...]
    scoring: tuple[Part, ...]
    guessing: float
    explanation: str
    settings: Mapping[str, Any]


def read_exercise(path: Path) -> Exercise:
    """The exercise of a file. Raises UserError naming every fault and where it stands."""
    raw = yamltext.parse(path.read_text(encoding="utf-8"))
    faults = [yamltext.schema_fault(error) for error in _VALIDATOR.iter_errors(raw)] or list(_faults(raw))
    if faults:
        raise UserError(f"{path.name}：{'；'.join(faults)}。", f"请按提示修改 data/training/{path.name}。")
    return Exercise(
        path.stem,
        raw["kind"],
        raw["title"],
        raw["objective"],
        raw["minutes"],
        tuple(raw["plays"]),
        tuple(raw["pages"]),
        tuple(raw["steps"]),
        tuple(Hint(**hint) for hint in raw["hints"]),
        tuple(Part(one["part"], one["title"], one["points"], one["how"]) for one in raw["scoring"]),
        raw["guessing"],
        raw["explanation"],
        raw["settings"],
    )


def _faults(raw: dict[str, Any]) -> Iterable[str]:
    """What the schema of all kinds does not see."""
    kind, parts = raw["kind"], [one["part"] for one in raw["scoring"]]
    if sorted(parts) != sorted(PARTS[kind]):
        yield f"scoring 的 part 应为 {'、'.join(PARTS[kind])}，各一次"
    if sum(one["points"] for one in raw["scoring"]) != 100:
        yield "scoring 的 points 合计应为 100"
    for error in Draft202012Validator(_SETTINGS[kind]).iter_errors(raw["settings"]):
        yield f"settings：{yamltext.schema_fault(error)}"


@lru_cache(maxsize=1)
def exercises() -> dict[str, Exercise]:
    """All of them by name, in the order in which they are learnt. Raises UserError naming the faults of a file."""
    found = [read_exercise(path) for path in sorted(FOLDER.glob("*.yaml")) if path != DECIDING]
    order = list(PARTS)
    return {one.name: one for one in sorted(found, key=lambda one: (order.index(one.kind), one.name))}
