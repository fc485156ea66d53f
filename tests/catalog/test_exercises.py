"""The exercises as data: every one is whole, and what is wrong in a file is named where it stands."""

from pathlib import Path

import pytest
import yaml

from lib.catalog.exercises import FOLDER, PARTS, exercises, read_exercise
from lib.errors import UserError
from lib.ui.paths import BY_URL


def test_there_is_one_of_each_kind_and_every_page_it_names_is_there() -> None:
    assert [one.kind for one in exercises().values()] == list(PARTS)
    for one in exercises().values():
        assert set(one.pages) <= set(BY_URL)
        assert sum(part.points for part in one.scoring) == 100
        assert sum(hint.cost for hint in one.hints) < 50


def written(tmp_path: Path, **changes: object) -> Path:
    """The judging exercise with some of it changed, None leaving it out."""
    raw = yaml.safe_load((FOLDER / "judge.yaml").read_text(encoding="utf-8"))
    raw = {name: held for name, held in {**raw, **changes}.items() if held is not None}
    path = tmp_path / "judge.yaml"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"objective": None}, "缺少 objective"),
        ({"settings": {"items": 9, "near": 2, "enough": 3}}, "settings"),
        ({"settings": {"items": 10, "near": 2}}, "缺少 enough"),
        (
            {"scoring": [{"part": "verdict", "title": "结论", "points": 100, "how": "对的比例"}]},
            "verdict、rows、checks",
        ),
        ({"kind": "dance"}, "kind"),
        ({"bonus": 1}, "不认识的键 bonus"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(tmp_path: Path, changes: dict, told: str) -> None:
    with pytest.raises(UserError, match=r"judge\.yaml") as raised:
        read_exercise(written(tmp_path, **changes))
    assert told in raised.value.sentence


def test_points_that_are_no_hundred_are_refused(tmp_path: Path) -> None:
    scoring = [{"part": part, "title": part, "points": 30, "how": "见规则"} for part in PARTS["judge"]]
    with pytest.raises(UserError, match="合计应为 100"):
        read_exercise(written(tmp_path, scoring=scoring))
