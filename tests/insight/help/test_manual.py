"""The manual is whole: every page, block, figure, model, indicator and deadline has its entry, and every link leads."""

import re
from pathlib import Path

import pytest

from lib.access import Viewer
from lib.access.policy import policy
from lib.casework.deadlines import settings
from lib.errors import UserError
from lib.insight.figure import DEFINITIONS
from lib.insight.help import chapters, dictionary
from lib.insight.help.blocks import explaining
from lib.insight.help.entry import FIGURES, OPEN, PAGES, Entry
from lib.insight.help.figures import figures
from lib.insight.help.manual import Manual, _told_apart, find, marked
from lib.insight.help.pictures import FOLDER
from lib.insight.help.text import Paragraph, Picture, Points, Rows, pieces, read
from lib.rules import read_rules
from lib.rules.indicators import read_indicators
from lib.ui.paths import PLACES, RIGHTS
from tests.bench import pictures

ROOT = Path(__file__).parents[3]
LIMITS = {"reopen_days": 7, "fast_close_minutes": 10}
ENTRIES = (
    *chapters.chapters(),
    *chapters.pages(RIGHTS),
    *chapters.common(),
    *figures(LIMITS),
    *dictionary.indicators(read_indicators().values()),
    *dictionary.rules(read_rules(), {}),
    *dictionary.deadlines(),
    *chapters.terms(),
)
IDS = {entry.id for entry in ENTRIES}


def texts(entry: Entry) -> list[str]:
    found = []
    for block in entry.blocks:
        if isinstance(block, Paragraph):
            found.append(block.words)
        elif isinstance(block, Points):
            found += block.items
        elif isinstance(block, Rows):
            found += [cell for row in block.rows for cell in row]
    return found


def test_every_entry_has_an_address_of_its_own_and_words():
    assert len(IDS) == len(ENTRIES)
    assert [entry.id for entry in ENTRIES if not any(texts(entry))] == []


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.url_path)
def test_every_page_has_its_entry_under_its_own_title_and_right(place):
    entry = next((entry for entry in ENTRIES if entry.id == place.url_path), None)
    assert entry is not None, f"data/help/pages/{place.url_path}.md is missing"
    assert (entry.group, entry.title, entry.right) == (PAGES, place.title, place.right)
    assert entry.hint and len(entry.hint) <= 60


def test_no_page_is_explained_that_is_not_there():
    assert {path.stem for path in (chapters.FOLDER / "pages").glob("*.md")} <= set(RIGHTS)


def test_every_link_within_the_manual_leads_to_an_entry():
    linked = {(entry.id, piece.entry) for entry in ENTRIES for text in texts(entry) for piece in pieces(text)}
    assert {(where, to) for where, to in linked if to and to not in IDS} == set()


def test_every_picture_is_there_at_both_widths_and_is_made_by_the_command():
    named = {block.name for entry in ENTRIES for block in entry.blocks if isinstance(block, Picture)}
    assert len(named) > 20 and named <= set(pictures.PAGES)
    files = [FOLDER / f"{name}-{width}.png" for name in named for width in (1440, 390)]
    assert [file.name for file in files if not file.exists()] == []
    assert [file.name for file in files if file.stat().st_size > 600_000] == []


CARD = re.compile(r"\bcard\(\s*f?\"([^\"]+)\"")


@pytest.mark.parametrize("folder", sorted({path.parent.name for path in (ROOT / "pages").glob("*/*.py")}))
def test_every_block_of_every_page_is_explained(folder: str):
    """Cards are named where they are drawn: each is explained on some page of its subject."""
    files = [*(ROOT / "pages" / folder).glob("*.py"), *(ROOT / "lib" / "ui" / folder).rglob("*.py")]
    named = {name for file in files for name in CARD.findall(file.read_text(encoding="utf-8"))}
    sides = [place.url_path for place in PLACES]
    shown = {re.sub(r"\{[^}]*\}", "L1", name) for name in named}
    unexplained = {name for name in shown if not any(explaining(side, name) for side in sides)}
    assert {name for name in unexplained if not name.startswith(("nothing-", "help-"))} == set()


def test_every_figure_that_opens_rows_is_in_the_dictionary_in_the_words_of_its_definition():
    told = {row[:2] for entry in figures(LIMITS) for block in entry.blocks if isinstance(block, Rows)
            for row in block.rows}  # fmt: skip
    wanted = {(one.title, f"{one.where}「{one.tile}」") for one in DEFINITIONS.values()}
    assert wanted <= told


def test_no_two_figures_are_listed_under_one_name():
    named = _told_apart(*ENTRIES)
    titles = [entry.title for entry in named if entry.group == FIGURES]
    assert sorted(title for title in titles if titles.count(title) > 1) == []
    assert {"预警（预警地图）", "预警（廉政档案）"} <= set(titles)


def test_models_indicators_and_deadlines_are_all_there_with_the_numbers_in_force():
    assert set(read_rules()) | set(read_indicators()) <= IDS
    m05 = next(entry for entry in ENTRIES if entry.id == "M05")
    rows = [row for block in m05.blocks if isinstance(block, Rows) for row in block.rows]
    assert ("当场收缴现金交至行政机关的期限", "2 工作日") in rows
    told = "".join(text for entry in dictionary.deadlines() for text in texts(entry))
    assert f"{settings()['notice']['complex_workdays']} 个工作日" in told
    sections = set(settings()) - {"pauses"}
    assert sections == set(dictionary._WORDS)
    named = {about: set(held) for about, held in dictionary._WORDS.items()}
    levels = {"red", "orange", "yellow", "check"}
    assert {about: set(settings()[about]) - levels for about in named} == {
        about: names - {"sign_hours", "sign_workdays", "verify_workdays"} if about == "warning" else names
        for about, names in named.items()
    }


def test_chapters_are_for_roles_that_there_are_and_every_role_has_one():
    named = {role for entry in chapters.chapters() for role in entry.roles}
    people = {code for code, role in policy().people.items() if not role.wall}
    assert named == people


def test_the_manual_that_someone_reads_holds_nothing_their_rights_do_not_open():
    for role in policy().people:
        viewer = Viewer("x", "x", role)
        ids = {entry.id for entry in ENTRIES if viewer.may(*entry.right)}
        assert ("M05" in ids) == viewer.may("view", "rule")
        assert ("figure.clues.disposal" in ids) == viewer.may("view", "clue")
        assert ("term.shrunk" in ids) == viewer.may("view", "ranking")


def test_words_are_found_wherever_they_stand_those_of_titles_first():
    held = Manual(ENTRIES)
    assert find(held, "按期办结率")[0].entry.id == "figure.kept"
    assert {one.entry.id for one in find(held, "罚缴 国库")} >= {"M05"}
    assert find(held, "  ") == [] and find(held, "没有的词") == []


def test_what_was_looked_for_is_marked_and_nothing_is_lost():
    assert list(marked("红色预警和红色", "红色")) == [("红色", True), ("预警和", False), ("红色", True)]
    assert list(marked("M05 罚款", "m05 罚")) == [("M05", True), (" ", False), ("罚", True), ("款", False)]
    assert "".join(piece for piece, _ in marked("甲乙丙", "乙")) == "甲乙丙"


@pytest.mark.parametrize(
    "body", ["## 无名", "有 <b>标记</b>", "- 一\n二", "| 表 | 格 |", "**没有结束", "[没有](结束"], ids=str
)
def test_a_mark_that_is_not_understood_is_a_fault_with_its_place(tmp_path: Path, body: str):
    file = tmp_path / "x.md"
    file.write_text(f"---\ntitle: 甲\n---\n先写一段。\n\n{body}\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"x\.md.*第 6 行"):
        read(file, chapters._LIST)


def test_everybody_may_open_the_manual():
    assert all(Viewer("x", "x", code).may(*OPEN) for code, role in policy().people.items() if not role.wall)
