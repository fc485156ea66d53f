"""The walks of a demonstration (data/walks, one file each): which pages, in whose eyes, and what to look at."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jsonschema import Draft202012Validator

from lib import yamltext
from lib.catalog.dataset import ROOT
from lib.errors import UserError

FOLDER = ROOT / "data" / "walks"
# What an address may name instead of an id, which another city has another of.
SUBJECTS = ("warning", "late", "officer")

_TEXT = {"type": "string", "minLength": 1}
_NAME = {"pattern": "^[a-z_]+$"}
_STEP = yamltext.mapping(
    {
        "page": {"type": "string", **_NAME},
        "as": {"type": "string", "pattern": "^demo-[a-z]+$"},
        "look": {"type": "string", "minLength": 1, "maxLength": 40},
        "notes": {"type": "array", "items": _TEXT, "minItems": 1},
    },
    {"query": {"type": "object", "propertyNames": _NAME, "additionalProperties": _TEXT}},
)
_VALIDATOR = Draft202012Validator(
    yamltext.mapping(
        {
            "title": _TEXT,
            "minutes": {"type": "integer", "minimum": 1, "maximum": 60},
            "steps": {"type": "array", "items": _STEP, "minItems": 2},
        }
    )
)


@dataclass(frozen=True)
class Step:
    """Which page opens (its url path and address parameters), in whose eyes (a persona), the line that says what to
    look at, and the notes that only the presenter sees."""

    page: str
    query: dict[str, str]
    persona: str
    look: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Walk:
    """A presenter's few minutes; `name` is its file's."""

    name: str
    title: str
    minutes: int
    steps: tuple[Step, ...]


def read_walk(path: Path) -> Walk:
    """The walk of a file. Raises UserError naming every fault and where it stands."""
    raw = yamltext.parse(path.read_text(encoding="utf-8"))
    faults = [yamltext.schema_fault(error) for error in _VALIDATOR.iter_errors(raw)] or list(_faults(raw))
    if faults:
        raise UserError(f"walks/{path.name}：{'；'.join(faults)}。", "请按提示修改。")
    steps = tuple(
        Step(one["page"], one.get("query", {}), one["as"], one["look"], tuple(one["notes"])) for one in raw["steps"]
    )
    return Walk(path.stem, raw["title"], raw["minutes"], steps)


def _faults(raw: dict) -> Iterator[str]:
    known = {f"{{{name}}}" for name in SUBJECTS}
    for place, one in enumerate(raw["steps"]):
        for name, value in one.get("query", {}).items():
            if ("{" in value or "}" in value) and value not in known:
                yield f"steps[{place}].query.{name} 没有 {value}，可用 {'、'.join(sorted(known))}"


@lru_cache(maxsize=1)
def walks() -> dict[str, Walk]:
    """All walks by name."""
    return {path.stem: read_walk(path) for path in sorted(FOLDER.glob("*.yaml"))}


def strangers(walk: Walk, pages: Collection[str], personas: Collection[str]) -> list[str]:
    """The pages and personas that a walk names and that are not there: one Chinese line each."""
    found = []
    for place, step in enumerate(walk.steps, start=1):
        if step.page not in pages:
            found.append(f"walks/{walk.name}.yaml：第 {place} 步没有 {step.page} 这一页")
        if step.persona not in personas:
            found.append(f"walks/{walk.name}.yaml：第 {place} 步没有 {step.persona} 这个身份")
    return found
