"""The supervision lists: whose they are, which bodies they supervise and what they focus on (data/lists.yaml).

Which indicators a focus has, their formulas and limits stand in their own files, rules/indicators.
"""

from dataclasses import dataclass
from functools import lru_cache

from jsonschema import Draft202012Validator

from lib import yamltext
from lib.catalog.dataset import ROOT
from lib.errors import UserError

PATH = ROOT / "data" / "lists.yaml"
_TEXT = {"type": "string", "minLength": 1}


_FOCUS = yamltext.mapping({"id": {"type": "string", "pattern": "^F[0-9]{2}$"}, "name": _TEXT})
_LIST = yamltext.mapping(
    {
        "id": {"type": "string", "pattern": "^L[0-9]+$"},
        "owner": _TEXT,
        "owner_mark": {"enum": ["S", "A"]},
        "domains": {"type": "array", "items": _TEXT, "minItems": 1, "uniqueItems": True},
        "focuses": {"type": "array", "items": _FOCUS, "minItems": 1},
    }
)
_VALIDATOR = Draft202012Validator(
    yamltext.mapping(
        {
            "domains": {"type": "object", "minProperties": 1, "additionalProperties": _TEXT},
            "lists": {"type": "array", "items": _LIST, "minItems": 1},
        }
    )
)


@dataclass(frozen=True)
class Focus:
    """What a list looks at."""

    id: str
    name: str


@dataclass(frozen=True)
class SupervisionList:
    """A list of a resident team; owner_mark S is stated in the published account, A assumed."""

    id: str
    owner: str
    owner_mark: str
    domains: frozenset[str]
    focuses: tuple[Focus, ...]


@lru_cache(maxsize=8)
def _read(text: str) -> tuple[dict[str, str], tuple[SupervisionList, ...]]:
    raw = yamltext.parse(text)
    faults = [yamltext.schema_fault(error) for error in _VALIDATOR.iter_errors(raw)]
    if not faults:
        ids = [one["id"] for one in raw["lists"]] + [focus["id"] for one in raw["lists"] for focus in one["focuses"]]
        faults += [f"编号 {one} 重复" for one in sorted({one for one in ids if ids.count(one) > 1})]
        strange = sorted({domain for one in raw["lists"] for domain in one["domains"]} - set(raw["domains"]))
        faults += [f"不认识的领域 {domain}" for domain in strange]
    if faults:
        raise UserError(f"{PATH.name} 有误：{'；'.join(faults)}。", "请按提示修改 data/lists.yaml。")
    lists = tuple(
        SupervisionList(
            one["id"],
            one["owner"],
            one["owner_mark"],
            frozenset(one["domains"]),
            tuple(Focus(**focus) for focus in one["focuses"]),
        )
        for one in raw["lists"]
    )
    return dict(raw["domains"]), lists


def _delivered() -> tuple[dict[str, str], tuple[SupervisionList, ...]]:
    return _read(PATH.read_text(encoding="utf-8"))


def supervision_lists() -> tuple[SupervisionList, ...]:
    """The lists in order. Raises UserError naming every fault of the file."""
    return _delivered()[1]


def domain_names() -> dict[str, str]:
    """Domain code to Chinese name."""
    return dict(_delivered()[0])


def list_domains(list_id: str) -> frozenset[str]:
    """The domains whose bodies a supervision list covers."""
    return next(one.domains for one in supervision_lists() if one.id == list_id)
