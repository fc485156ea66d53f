"""Score sheets as data: what they must have, what deductions come to, when two differ."""

from pathlib import Path

import pytest
import yaml

from lib.casework.reviews.scoring import (
    FOLDER,
    GRADES,
    SETTINGS,
    TYPES,
    band_of,
    differ,
    grade_of,
    marks,
    read_settings,
    read_sheet,
    settings,
    settled,
    sheets,
)
from lib.errors import UserError

FILE = sheets()["案卷评查"]


def test_every_type_has_one_sheet_whose_items_carry_their_law_and_mark() -> None:
    assert set(sheets()) == set(TYPES)
    for sheet in sheets().values():
        assert len(sheet.items) >= 8
        assert all(item.law.endswith(("（已核）", "（待核）")) and item.about for item in sheet.items.values())
        assert all(item.fatal != (item.points > 0) for item in sheet.items.values())
    # No id is used on two sheets.
    ids = [one for sheet in sheets().values() for one in sheet.items]
    assert len(ids) == len(set(ids))


def test_marks_by_hand() -> None:
    assert marks(FILE, []) == (made := marks(FILE, ())) and (made.score, made.grade, made.good) == (100, "优秀", True)
    # 5 + 6 + 3 points.
    assert (marks(FILE, ["F04", "F05", "F14"]).score, marks(FILE, ["F04", "F05", "F14"]).grade) == (86, "良好")
    # Named twice, deducted once.
    assert marks(FILE, ["F04", "F04"]).score == 95
    vetoed = marks(FILE, ["F01", "F14"])
    assert (vetoed.score, vetoed.grade, vetoed.vetoed, vetoed.good) == (97, "不合格", True, False)
    every = [item.id for item in FILE.items.values() if not item.fatal]
    assert marks(FILE, every).score == 100 - sum(FILE.items[one].points for one in every)
    assert [grade_of(one) for one in (90, 89.9, 80, 79, 60, 59, 0)] == [
        "优秀", "良好", "良好", "合格", "合格", "不合格", "不合格",
    ]  # fmt: skip
    with pytest.raises(UserError, match="没有扣分项「T01」"):
        marks(FILE, ["T01"])


def test_when_two_sheets_differ() -> None:
    assert not differ(FILE, ["F04"], [])
    assert not differ(FILE, ["F04"], ["F14"])
    # 80 and 85 of one grade are five apart, which is not more than five.
    assert not differ(FILE, ["F08", "F04"], ["F08"])
    # 91 and 89: two apart, in different grades.
    assert differ(FILE, ["F05", "F14"], ["F05", "F04"])
    # 94 and 100 of one grade; two different vetoes; one veto.
    assert differ(FILE, ["F05"], [])
    assert differ(FILE, ["F01"], ["F02"]) and differ(FILE, ["F01"], [])


def test_what_two_that_do_not_differ_come_to() -> None:
    assert settled(FILE, [["F04"], []]) == {"score": 97.5, "grade": "优秀", "deductions": [], "noted": ["F04"]}
    assert settled(FILE, [["F14", "F04"], ["F04"]]) == {
        "score": 93.5, "grade": "优秀", "deductions": ["F04"], "noted": ["F14"],
    }  # fmt: skip
    assert settled(FILE, [["F05"]]) == {"score": 94, "grade": "优秀", "deductions": ["F05"], "noted": []}


def test_the_band_of_a_fine() -> None:
    names = [name for name, _ in settings().bands]
    assert [band_of(one) for one in (None, 0, 1, 1000, 1000.01, 10_000, 50_000, 50_001)] == [
        names[0], names[0], names[1], names[1], names[2], names[2], names[3], names[4],
    ]  # fmt: skip


def _written(tmp_path: Path, name: str, change: dict) -> Path:
    raw = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8")) | change
    path = tmp_path / name
    path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return path


ITEM = {"id": "F01", "name": "某", "about": "某", "law": [{"article": "某条", "mark": "已核"}]}


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([ITEM], "F01 应有 points 或 fatal"),
        ([{**ITEM, "points": 5, "fatal": True}], "F01 应有 points 或 fatal"),
        ([{**ITEM, "points": 5}, {**ITEM, "points": 6}], "编号 F01 重复.*名称「某」重复"),
        ([{**ITEM, "points": 101}], r"items\[0\].points"),
        ([{**ITEM, "points": 5, "law": [{"article": "某条", "mark": "已看"}]}], "mark"),
        ([{**ITEM, "points": 5, "note": "x"}], "不认识的键 note"),
        ([], "不能为空"),
    ],
)
def test_a_sheet_that_cannot_be_is_refused_with_its_place(tmp_path: Path, items: list, said: str) -> None:
    with pytest.raises(UserError, match=f"file.yaml：.*{said}"):
        read_sheet(_written(tmp_path, "file.yaml", {"items": items}))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"bands": [{"name": "a", "upto": 1}]}, "只有最后一档没有 upto"),
        ({"bands": [{"name": "a", "upto": 5}, {"name": "b", "upto": 1}, {"name": "c"}]}, "从低到高"),
        ({"grades": [{"name": one, "from": 60} for one in GRADES]}, "grades 应依次"),
        ({"expected_share": 100}, "expected_share"),
        ({"good": ["差"]}, "good"),
    ],
)
def test_settings_that_cannot_be_are_refused(tmp_path: Path, change: dict, said: str) -> None:
    with pytest.raises(UserError, match=said):
        read_settings(_written(tmp_path, SETTINGS, change))
