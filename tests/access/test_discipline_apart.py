"""Cases of political discipline are linked with nothing: no column, import, page or record leads from a warning, a
model, the ranking or a network of ties to them, or back."""

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lib.access import NotVisible
from lib.access.personas import personas
from lib.casework.motions.proposing import propose
from lib.casework.motions.states import ORIGINS as OF_MOTIONS
from lib.casework.notices.drafting import draft_notice
from lib.casework.notices.states import ORIGINS as OF_NOTICES
from lib.casework.objects import KINDS
from lib.casework.reading.following import following
from lib.casework.reading.visible import objects
from lib.casework.steps import Submission
from lib.casework.store.schema import metadata
from lib.catalog import load_catalog
from lib.insight.motions.source import begins as motion_begins
from lib.insight.notices.source import begins as notice_begins
from lib.rules import read_rules
from lib.ui.paths import BY_FILE, DISCIPLINE
from lib.warehouse.clock import now
from tests.casework.discipline.test_register import entered
from tests.casework.motions.test_steps import PROPOSAL
from tests.casework.notices.test_steps import CONTENT
from tests.cities import handmade
from tests.pages.opening import links, open_page, words

ROOT = Path(__file__).resolve().parents[2]
OFFICE = next(viewer for viewer in personas(True) if viewer.person_id == "demo-office")
KIND = "discipline_case"
# The only places that know of the register: its own, the door to its page, and the play of the synthetic city.
OWN = re.compile(
    "lib/casework/discipline/|lib/casework/objects/library/discipline_case.py|lib/insight/library/discipline.py"
    "|lib/ui/library/discipline.py|pages/library/discipline.py|lib/casework/demo/library/"
)
DOOR = "lib/ui/paths.py"
# What its own modules may stand on: nothing that knows a warning, a clue, a model, an officer or another kind.
FOREIGN = re.compile(
    r"(?:lib\.(?:casework|insight|ui)\.(?:warnings|clues|prompts|notices|motions|grid|suppressions|rules|ranking"
    r"|officers|map|overview|figure|kpi|reform)\b|lib\.rules\b|lib\.insight\.library\.(?!discipline)"
    r"|lib\.ui\.library\.(?!discipline)|lib\.ui\.figure)"
)


def _sources() -> Iterator[tuple[str, str]]:
    for folder in ("lib", "pages", "rules"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".sql", ".yaml"):
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def test_no_other_source_names_the_register() -> None:
    told = [name for name, text in _sources() if "discipline" in text and not OWN.match(name) and name != DOOR]
    assert told == []


def test_its_own_sources_import_nothing_of_warnings_models_people_or_other_kinds() -> None:
    own = [(name, text) for name, text in _sources() if OWN.match(name) and not name.startswith("lib/casework/demo")]
    assert len(own) >= 5
    for name, text in own:
        for node in ast.walk(ast.parse(text)):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            modules += [f"{node.module}.{one.name}" for one in node.names] if isinstance(node, ast.ImportFrom) else []
            assert [module for module in modules if FOREIGN.match(module)] == [], name


def test_no_column_leads_from_it_or_to_it() -> None:
    kind = KINDS[KIND]
    keys = {other.key for other in KINDS.values() if other.name != KIND} | {
        column.name for dataset in load_catalog().values() for column in dataset.fields if column.name.endswith("_id")
    }
    assert set(kind.table.c.keys()) & keys == {"org_id"}
    assert {"officer_id", "source_id", "origin", "rule_id", "subject_id"}.isdisjoint(kind.table.c.keys())
    assert [table.name for table in metadata.tables.values() if "discipline_id" in table.c] == [KIND]
    assert kind.page is None and not kind.reaches and KIND not in {*OF_MOTIONS, *OF_NOTICES}
    assert all(KIND not in rule.inputs for rule in read_rules().values())


def test_nothing_is_made_from_it_and_nothing_came_of_it(tmp_path: Path) -> None:
    register, warehouse = handmade.opened(handmade.put(tmp_path))
    one = entered(register, OFFICE)
    for begins in (motion_begins, notice_begins):
        held = begins(register, warehouse, OFFICE, KIND, one)
        assert held is None
    at = now(warehouse) + timedelta(minutes=1)
    with pytest.raises(NotVisible):
        propose(register, OFFICE, Submission("m", at, None, "理由", PROPOSAL), "330483101", "ZF", KIND, one)
    with pytest.raises(NotVisible):
        draft_notice(register, OFFICE, Submission("n", at, payload=CONTENT), "330483101", "ZF", KIND, one)
    for kind in KINDS.values():
        held = objects(register, OFFICE, warehouse, kind.name) if OFFICE.may("view", kind.name) else None
        for number in [] if held is None else held[kind.key].head(3):
            came = following(register, OFFICE, warehouse, kind.name, str(number))
            assert KIND not in set(came["kind"])
    assert following(register, OFFICE, warehouse, KIND, one).empty
    register.close()


def test_its_page_leads_nowhere_and_no_page_leads_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    register, warehouse = handmade.opened(handmade.put(tmp_path))
    one = entered(register, OFFICE)
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    own = BY_FILE[DISCIPLINE].url_path
    warning = str(objects(register, OFFICE, warehouse, "warning")["warning_id"].iloc[0])
    for page, query in (
        ("pages/warnings/warning.py", {"id": warning}),
        ("pages/officers/officer.py", {"officer": "P0001"}),
        ("pages/ranking/ranking.py", {}),
        ("pages/rules/rules.py", {"rule": "M01"}),
        ("pages/work/work.py", {}),
        ("pages/overview/overview.py", {}),
    ):
        app = open_page(page, **query)
        assert [label for label, path, _ in links(app) if path == own] == [], page
        assert GIVEN_TITLE not in words(app), page
    # What stands in the bar of every page.
    bar = {path for _, path, _ in links(open_page("pages/admin/access.py"))}
    for query in ({}, {"dc_entry": one}, {"enter": "own"}):
        app = open_page(DISCIPLINE, **query)
        assert {path for _, path, _ in links(app)} - bar <= {own}, query
    assert "列出 1 起，涉及 2 人" in words(open_page(DISCIPLINE))
    for person in ("demo-inspector", "demo-town", "demo-liaison"):
        told = words(open_page(DISCIPLINE, person, dc_entry=one))
        assert "您的角色不查看政治纪律案件登记" in told and GIVEN_TITLE not in told
    register.close()


GIVEN_TITLE = "不按规定请示报告重大事项"
