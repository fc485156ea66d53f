"""What the page of the supervision lists says is in force: a target published moves its text, line and light."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

from lib.access import Viewer
from lib.casework.lists.drafting import draft_version
from lib.casework.lists.steps import VERSION
from lib.casework.lists.tasks import Turned, open_list_tasks
from lib.casework.reading.visible import objects
from lib.casework.record import take
from lib.casework.steps import Submission
from lib.casework.store.register import Register, open_register
from lib.casework.work.open import open_work
from lib.catalog.lists import supervision_lists
from lib.insight.library.board import EVERYWHERE, cells, own_list, usual
from lib.insight.library.indicators import ALL, figures_of
from lib.insight.library.lights import CLOSE, MISSED, REACHED
from lib.insight.report.standing import standings
from lib.rules.indicators import read_indicators
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse, open_warehouse
from tests.pages.library.test_lists_page import PEOPLE
from tests.pages.opening import links, open_page, words

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


def test_a_version_is_drafted_and_published_on_the_page(city_copy: Path) -> None:
    register, at = open_register(), now(open_warehouse())
    assert "起草清单版本" not in words(open_page(PAGE, "demo-county"))
    app = open_page(PAGE, "demo-office", adjust="I02")
    told = words(app)
    assert "起草清单版本" in told and read_indicators()["I02"].target in told
    assert {"I02", "98", "90", "F02"} <= {one.value for one in app.text_input}
    one = _drafted(register, at, "I02", 97, 88.5, "F02")
    _step(register, WRITER, one, "submit", at + timedelta(minutes=1))
    listed = links(open_page(PAGE, "demo-office", adjust="any"))
    assert [label for label, _, query in listed if f"adjust={one}" in query and "复核" in label]
    app = open_page(PAGE, "demo-office", adjust=one)
    assert "复核" in words(app)
    [steps] = [group for group in app.get("button_group") if "发布" in str(group.proto)]
    assert "退回修改" in str(steps.proto)
    assert "没有这条记录" in words(open_page(PAGE, "demo-office", adjust="X"))


def test_a_task_of_a_light_is_seen_by_the_team_of_its_list_alone(city_copy: Path) -> None:
    register, at = open_register(), now(open_warehouse())
    own = own_list(PEOPLE["demo-inspector"])
    assert own is not None
    other = next(one.id for one in supervision_lists() if one.id != own.id)
    found = [Turned("I02", one, date(2022, 8, 1), f"I02 {one} 2022-08 未达标：88%，n=50") for one in (own.id, other)]
    open_list_tasks(register, [found[0]], at)
    open_list_tasks(register, [found[1]._replace(indicator_id="I03")], at)
    held = objects(register, WRITER, None, "list_task").set_index("list_id")["task_id"]
    app = open_page(PAGE, "demo-inspector", turned=held[own.id])
    assert found[0].title in words(app) and "办结" in {one.label for one in app.button}
    assert "没有这条记录" in words(open_page(PAGE, "demo-inspector", turned=held[other]))
    work = open_work(register, PEOPLE["demo-inspector"], None, {})
    assert held[own.id] in set(work.loc[work["mine"], "object_id"]) and held[other] not in set(work["object_id"])
