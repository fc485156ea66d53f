"""What the page of the supervision lists says is in force: a target published moves its text, line and light."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from lib.access import Viewer
from lib.casework.lists.drafting import draft_version
from lib.casework.lists.steps import VERSION
from lib.casework.record import take
from lib.casework.steps import Submission
from lib.casework.store.register import Register, open_register
from lib.insight.library.board import EVERYWHERE, cells, usual
from lib.insight.library.indicators import ALL, figures_of
from lib.insight.library.lights import CLOSE, MISSED, REACHED
from lib.insight.report.standing import standings
from lib.rules.indicators import read_indicators
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse, open_warehouse
from tests.pages.library.test_lists_page import PEOPLE
from tests.pages.opening import open_page, words

PAGE = "pages/library/lists.py"
WRITER, REVIEWER = Viewer("office-a", "甲", "office"), Viewer("office-b", "乙", "office")


def _drafted(register: Register, at: datetime, about: str, green: float, red: float, focus: str) -> str:
    given = {"about": about, "green": str(green), "red": str(red), "focus": focus, "focus_name": ""}
    made = draft_version(register, WRITER, Submission("v-draft", at, None, "依据年度工作要点。", given)).created
    assert made is not None
    return made


def _step(register: Register, viewer: Viewer, one: str, action: str, at: datetime) -> None:
    take(register, viewer, VERSION, one, action, Submission(f"v-{action}", at, None, "同意。"))


def _light(register: Register, warehouse: Warehouse, about: str) -> str:
    table = figures_of(register, warehouse, PEOPLE["demo-leader"], [about], (ALL,))
    return str(cells(table, usual(warehouse.as_of), EVERYWHERE).at[about, "light"])


def _missed(register: Register, warehouse: Warehouse) -> int:
    found = standings(register, warehouse, PEOPLE["demo-leader"], now(warehouse))
    [lists] = [one for one in found if one.kind == "indicator"]
    return next(one.number for one in lists.tallies if one.part == MISSED.word)


def _told(about: str) -> tuple[str, str]:
    app = open_page(PAGE, "demo-leader", indicator=about)
    return words(app), json.dumps([str(one.proto) for one in app.get("vega_lite_chart")], ensure_ascii=False)


def test_a_published_target_moves_the_text_the_line_and_the_light(city_copy: Path) -> None:
    register, warehouse = open_register(), open_warehouse()
    month, at = usual(warehouse.as_of), now(warehouse)
    table = figures_of(register, warehouse, PEOPLE["demo-leader"], list(read_indicators()), (ALL,))
    frame = cells(table, month, EVERYWHERE)
    shares = [one for one in read_indicators().values() if one.unit == "%" and not one.lower_is_better]
    tried = next(
        one
        for one in shares
        if frame.at[one.id, "light"] in (REACHED.word, CLOSE.word) and frame.at[one.id, "value"] < 99
    )
    before = _missed(register, warehouse)
    one = _drafted(register, at, tried.id, 99.5, 99.25, tried.focus)
    _step(register, WRITER, one, "submit", at + timedelta(minutes=1))
    assert _light(register, warehouse, tried.id) == frame.at[tried.id, "light"]
    assert _missed(register, warehouse) == before
    told, _ = _told(tried.id)
    assert tried.target in told and "99.25" not in told
    _step(register, REVIEWER, one, "publish", at + timedelta(minutes=2))
    assert _light(register, warehouse, tried.id) == MISSED.word
    assert _missed(register, warehouse) == before + 1
    told, charts = _told(tried.id)
    assert "达标 ≥99.5%，未达标 <99.25%" in told and tried.target not in told and MISSED.text in told
    assert "99.25" in charts
    board = words(open_page(PAGE, "demo-leader"))
    assert "≥99.5%" in board
