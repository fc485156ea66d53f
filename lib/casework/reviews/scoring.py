"""Score sheets as data: what is deducted for what, when a file is 优秀 … 不合格, and when two sheets differ.

data/reviews: settings.yaml and one file a type of review. Points, limits and what vetoes a file are the office's to set
(A); the law behind each item carries its mark 已核 or 待核.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from lib import yamltext
from lib.catalog.dataset import ROOT
from lib.errors import UserError

FOLDER = ROOT / "data" / "reviews"
SETTINGS = "settings.yaml"
TYPES = VISIT, TRIAL, FILE_REVIEW = ("案件回访", "案件审理", "案卷评查")
FULL_MARKS = 100
GRADES = ("优秀", "良好", "合格", "不合格")

_TEXT = {"type": "string", "minLength": 1}
_NUMBER = {"type": "number", "minimum": 0}


def _list(of: dict[str, Any], least: int = 1) -> dict[str, Any]:
    return {"type": "array", "items": of, "minItems": least}


_LAW = yamltext.mapping({"article": _TEXT, "mark": {"enum": ["已核", "待核"]}})
_ITEM = yamltext.mapping(
    {"id": {"type": "string", "pattern": "^[A-Z][0-9]{2}$"}, "name": _TEXT, "about": _TEXT, "law": _list(_LAW)},
    {"points": {"type": "number", "exclusiveMinimum": 0, "maximum": FULL_MARKS}, "fatal": {"const": True}},
)
_SHEET = Draft202012Validator(
    yamltext.mapping({"type": {"enum": list(TYPES)}, "title": _TEXT, "about": _TEXT, "items": _list(_ITEM)})
)
_PERCENT = {"type": "integer", "minimum": 1, "maximum": 100}
_OF_SETTINGS = Draft202012Validator(
    yamltext.mapping(
        {
            "error_points": {"type": "integer", "minimum": 1, "maximum": 50},
            "expected_share": {"type": "integer", "minimum": 1, "maximum": 99},
            "double_share": _PERCENT,
            "most": {"type": "integer", "minimum": 1},
            "bands": _list(yamltext.mapping({"name": _TEXT}, {"upto": _NUMBER})),
            "grades": {
                **_list(yamltext.mapping({"name": {"enum": list(GRADES)}, "from": _NUMBER})),
                "minItems": len(GRADES),
            },
            "good": _list({"enum": list(GRADES)}),
            "differ_points": _NUMBER,
            "least_pairs": {"type": "integer", "minimum": 2},
        }
    )
)


@dataclass(frozen=True)
class Item:
    """One usual deduction: points, or 0 with `fatal` for what vetoes the file; `law` as it is shown, with its mark."""

    id: str
    name: str
    points: float
    fatal: bool
    about: str
    law: str

    @property
    def words(self) -> str:
        """What it is called where it was found: its name, what vetoes the file marked so."""
        return f"{self.name}（否决）" if self.fatal else self.name

    @property
    def told(self) -> str:
        """How it is offered and listed: F04 立案审批表缺失或填写不全（扣 5 分）."""
        return f"{self.id} {self.name}（{'否决' if self.fatal else f'扣 {self.points:g} 分'}）"


@dataclass(frozen=True)
class ScoreSheet:
    """The sheet of one type of review; items by id, in their order."""

    type: str
    title: str
    about: str
    items: Mapping[str, Item]


@dataclass(frozen=True)
class Settings:
    """data/reviews/settings.yaml. bands: (name, most yuan or None), the last open; grades: (name, least score)."""

    error_points: int
    expected_share: int
    double_share: int
    most: int
    bands: tuple[tuple[str, float | None], ...]
    grades: tuple[tuple[str, float], ...]
    good: frozenset[str]
    differ_points: float
    least_pairs: int


def read_sheet(path: Path) -> ScoreSheet:
    """The sheet in a file. Raises UserError naming every fault and where it stands."""
    raw = yamltext.parse(path.read_text(encoding="utf-8"))
    faults = [yamltext.schema_fault(error) for error in _SHEET.iter_errors(raw)] or _item_faults(raw["items"])
    _refuse(path, faults)
    items = {}
    for one in raw["items"]:
        law = "；".join(f"{each['article']}（{each['mark']}）" for each in one["law"])
        fatal = "fatal" in one
        items[one["id"]] = Item(one["id"], one["name"], one.get("points", 0), fatal, one["about"], law)
    return ScoreSheet(raw["type"], raw["title"], raw["about"], items)


def _item_faults(items: list[dict[str, Any]]) -> list[str]:
    ids, names = [one["id"] for one in items], [one["name"] for one in items]
    faults = [f"items 的编号 {one} 重复" for one in sorted({one for one in ids if ids.count(one) > 1})]
    faults += [f"items 的名称「{one}」重复" for one in sorted({one for one in names if names.count(one) > 1})]
    faults += [f"{one['id']} 应有 points 或 fatal 中的一项" for one in items if ("points" in one) == ("fatal" in one)]
    return faults


def read_settings(path: Path) -> Settings:
    """The settings in a file. Raises UserError naming every fault and where it stands."""
    raw = yamltext.parse(path.read_text(encoding="utf-8"))
    faults = [yamltext.schema_fault(error) for error in _OF_SETTINGS.iter_errors(raw)] or _settings_faults(raw)
    _refuse(path, faults)
    return Settings(
        **{
            **raw,
            "bands": tuple((one["name"], one.get("upto")) for one in raw["bands"]),
            "grades": tuple((one["name"], one["from"]) for one in raw["grades"]),
            "good": frozenset(raw["good"]),
        }
    )


def _settings_faults(raw: dict[str, Any]) -> list[str]:
    faults, upto = [], [one.get("upto") for one in raw["bands"]]
    if upto[-1] is not None or None in upto[:-1]:
        faults.append("bands 只有最后一档没有 upto")
    elif upto[:-1] != sorted(set(upto[:-1])):
        faults.append("bands 应从低到高，upto 不重复")
    if len({one["name"] for one in raw["bands"]}) != len(raw["bands"]):
        faults.append("bands 的名称重复")
    least = [one["from"] for one in raw["grades"]]
    if [one["name"] for one in raw["grades"]] != list(GRADES) or least != sorted(set(least), reverse=True) or least[-1]:
        faults.append(f"grades 应依次是{'、'.join(GRADES)}，from 从高到低，最后一档为 0")
    return faults


def _refuse(path: Path, faults: list[str]) -> None:
    if faults:
        raise UserError(f"{path.name}：{'；'.join(faults)}。", f"请按提示修改 data/reviews/{path.name}。")


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings as they stood when this process first asked."""
    return read_settings(FOLDER / SETTINGS)


@lru_cache(maxsize=1)
def sheets() -> dict[str, ScoreSheet]:
    """The sheet of every type. Raises UserError when a type has none or two."""
    found = [read_sheet(path) for path in sorted(FOLDER.glob("*.yaml")) if path.name != SETTINGS]
    for name in TYPES:
        count = sum(one.type == name for one in found)
        if count != 1:
            raise UserError(f"{name}有 {count} 份评分表。", "请核对 data/reviews：每种评查一份。")
    return {one.type: one for one in found}


@dataclass(frozen=True)
class Marks:
    """What deductions come to."""

    score: float
    grade: str
    vetoed: bool

    @property
    def good(self) -> bool:
        """Whether the file counts among the good ones (优良)."""
        return self.grade in settings().good


def marks(sheet: ScoreSheet, deductions: Collection[str]) -> Marks:
    """100 less the points of the deductions, not below 0; what vetoes puts the file into the lowest grade whatever
    its score. Raises UserError for a deduction that the sheet does not have."""
    unknown = [one for one in deductions if one not in sheet.items]
    if unknown:
        raise UserError(f"{sheet.title}没有扣分项「{unknown[0]}」。", f"可选的是 {'、'.join(sheet.items)}。")
    chosen = [sheet.items[one] for one in dict.fromkeys(deductions)]
    score = max(0.0, float(FULL_MARKS - sum(one.points for one in chosen)))
    vetoed = any(one.fatal for one in chosen)
    return Marks(score, GRADES[-1] if vetoed else grade_of(score), vetoed)


def grade_of(score: float) -> str:
    """The grade of a score that nothing vetoes."""
    return next(name for name, least in settings().grades if score >= least)


def band_of(fine: float | None) -> str:
    """The band that a fine in yuan falls into; no fine is one of nought."""
    amount = fine or 0
    return next(name for name, upto in settings().bands if upto is None or amount <= upto)


def differ(sheet: ScoreSheet, first: Collection[str], second: Collection[str]) -> bool:
    """Whether two sheets are so far apart that a third person settles it: another grade, another veto, or scores more
    than `differ_points` apart."""
    one, other = marks(sheet, first), marks(sheet, second)
    fatal = {item.id for item in sheet.items.values() if item.fatal}
    vetoes = set(first) & fatal != set(second) & fatal
    return one.grade != other.grade or vetoes or abs(one.score - other.score) > settings().differ_points


def settled(sheet: ScoreSheet, given: list[Collection[str]]) -> dict[str, Any]:
    """What one sheet, or two that do not differ, come to: score (their mean), grade, deductions (what all found), and
    noted (what only one of them found)."""
    scores = [marks(sheet, one) for one in given]
    every = [item for item in sheet.items if all(item in one for one in given)]
    some = [item for item in sheet.items if item not in every and any(item in one for one in given)]
    score = round(sum(one.score for one in scores) / len(scores), 1)
    return {"score": score, "grade": scores[0].grade, "deductions": every, "noted": some}
