"""The walks of a demonstration as data: read, checked, and open to those in whose eyes they are seen."""

from pathlib import Path

import pytest

from lib.access.personas import PERSONA_TITLES, personas
from lib.catalog.walks import read_walk, strangers, walks
from lib.errors import UserError
from lib.ui.access import gate
from lib.ui.paths import BY_URL

WALK = """
title: 一
minutes: 5
steps:
  - {page: overview, as: demo-leader, look: 看这里, notes: [一句]}
  - {page: warning, query: {id: "{warning}"}, as: demo-town, look: 看那里, notes: [一句, 两句]}
"""


def test_there_are_three_walks_of_five_minutes():
    assert list(walks()) == ["inspector", "leader", "town"]
    assert {walk.minutes for walk in walks().values()} == {5}


@pytest.mark.parametrize("name", ["inspector", "leader", "town"])
def test_every_step_opens_for_the_persona_in_whose_eyes_it_is_seen(name: str):
    walk = walks()[name]
    assert strangers(walk, BY_URL, PERSONA_TITLES) == []
    held = {viewer.person_id: viewer for viewer in personas(True)}
    for step in walk.steps:
        viewer, place = held[step.persona], BY_URL[step.page]
        rights = [place.right, *filter(None, map(gate.right_of, step.query))]
        assert [right for right in rights if not viewer.may(*right)] == [], step
        assert [key for key in step.query if gate.known(key) is None] == [], step


def test_a_walk_is_read(tmp_path: Path):
    path = tmp_path / "one.yaml"
    path.write_text(WALK, encoding="utf-8")
    walk = read_walk(path)
    assert (walk.name, len(walk.steps)) == ("one", 2)
    assert walk.steps[1].query == {"id": "{warning}"} and walk.steps[1].notes == ("一句", "两句")


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("minutes: 5", "minutes: 0", "minutes"),
        ("title: 一", "titel: 一", "缺少 title"),
        ("look: 看这里, ", "", "steps[0] 缺少 look"),
        ("notes: [一句]}", "notes: []}", "steps[0].notes 不能为空"),
        ("{warning}", "{somebody}", "没有 {somebody}"),
        ("as: demo-town", "as: leader", "steps[1].as"),
        ("look: 看这里", f"look: {'看' * 41}", "steps[0].look"),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, was: str, now: str, told: str):
    path = tmp_path / "one.yaml"
    path.write_text(WALK.replace(was, now), encoding="utf-8")
    with pytest.raises(UserError) as refused:
        read_walk(path)
    assert "walks/one.yaml" in refused.value.sentence and told in refused.value.sentence


def test_a_page_or_a_persona_that_is_not_there_is_told(tmp_path: Path):
    path = tmp_path / "one.yaml"
    path.write_text(WALK.replace("page: overview", "page: overwiev").replace("demo-town", "demo-village"), "utf-8")
    assert strangers(read_walk(path), BY_URL, PERSONA_TITLES) == [
        "walks/one.yaml：第 1 步没有 overwiev 这一页",
        "walks/one.yaml：第 2 步没有 demo-village 这个身份",
    ]
