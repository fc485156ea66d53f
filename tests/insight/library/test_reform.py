"""Deviation of the reform's tasks by hand, as now and as past days knew it; by county and department; what a motion, a
notice and indicator I21 take from it."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from lib.access import SYSTEM, Viewer
from lib.access.personas import personas
from lib.casework.record import take
from lib.casework.reform.steps import TASK
from lib.casework.steps import Submission
from lib.casework.store.register import Register
from lib.insight.library import reform
from lib.insight.library.lights import CLOSE, MISSED, REACHED
from lib.insight.motions.source import begins as motion_begins
from lib.insight.motions.source import source_state
from lib.insight.notices.source import begins as notice_begins
from lib.rules.facts import CASEWORK
from lib.warehouse.store import Warehouse
from tests.casework.reform.test_steps import PAPER, issued
from tests.cities import handmade

OFFICE = next(viewer for viewer in personas(True) if viewer.person_id == "demo-office")
JULY = datetime(2022, 7, 1, 9)
# 100 days from 07-01 to 10-09: one per cent a day.
EVEN = "2022-10-09 100% 全部划转"
# Which unit, of which place and department; by which day how much was stated, when.
TASKS: dict[str, tuple[str, str, str, tuple[tuple[str, int, str], ...]]] = {
    "ahead": ("O0002", "330483", "ZF", (("2022-09-24", 90, "2022-09-24"),)),
    "close": ("O0003", "330483101", "ZF", (("2022-09-24", 80, "2022-09-24"),)),
    # Of the 85 % that it had by 08-20 nobody knew before 09-20.
    "late": ("O0004", "330483", "JT", (("2022-08-01", 20, "2022-08-02"), ("2022-08-20", 50, "2022-09-20"))),
    "city": ("O0001", "330400", "ZF", ()),
    "done": ("O0001", "330400", "ZF", (("2022-09-01", 100, "2022-09-02"),)),
}


def _report(register: Register, one: str, org_id: str, as_of: str, share: int, at: str) -> None:
    viewer = Viewer(f"p-{org_id}", "某", "liaison", org_id=org_id)
    sent = Submission(
        f"{one}-{as_of}-{at}", datetime.fromisoformat(f"{at} 10:00"), None, "情况。",
        {"as_of": date.fromisoformat(as_of), "share": share}, PAPER,
    )  # fmt: skip
    take(register, viewer, TASK, one, "report", sent)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Register, Warehouse, dict[str, str]]]:
    home: Path = tmp_path_factory.mktemp("reform")
    register, warehouse = handmade.opened(handmade.put(home))
    ids = {}
    for name, (org_id, area, domain, stated) in TASKS.items():
        given: dict[str, Any] = {"title": name, "org_id": org_id, "start_on": JULY.date(), "milestones": EVEN}
        ids[name] = issued(register, OFFICE, JULY, key=name, place=(area, domain), **given)
        for as_of, share, at in stated:
            _report(register, ids[name], org_id, as_of, share, at)
    sent = Submission("acc", datetime(2022, 9, 10, 9), None, "予以验收。")
    take(register, OFFICE, TASK, ids["done"], "accept", sent)
    yield register, warehouse, ids
    register.close()


Held = tuple[Register, Warehouse, dict[str, str]]


def listed(held: Held, viewer: Viewer = OFFICE, known: date | None = None) -> pd.DataFrame:
    return reform.task_list(held[0], held[1], viewer, datetime(2022, 9, 24, 12), known).set_index("title")


def test_deviation_is_actual_less_planned(held: Held) -> None:
    frame = listed(held)
    # 2022-09-24 is the 85th day.
    assert frame["planned"].drop("done").tolist() == pytest.approx([85] * 4)
    found = frame["deviation"].dropna().to_dict()
    assert found == pytest.approx({"ahead": 5, "close": -5, "late": -35, "city": -85})
    assert frame["light"].to_dict() == {
        "ahead": "达标", "close": "达标", "late": "未达标", "city": "未达标", "done": "",
    }  # fmt: skip
    assert frame.index.tolist() == ["city", "late", "close", "ahead", "done"]


def test_what_was_reported_since_the_clock_was_read_is_told(held: Held) -> None:
    """Pages read it by five minutes: the reports of that day came at ten."""
    frame = reform.task_list(held[0], held[1], OFFICE, datetime(2022, 9, 24, 9, 55)).set_index("title")
    assert frame["actual"].to_dict() == {"ahead": 90, "close": 80, "late": 50, "city": 0, "done": 100}


def test_the_limits_of_the_lights() -> None:
    lights = {-4.99: REACHED, -5: REACHED, -5.01: CLOSE, -15: CLOSE, -15.01: MISSED, 3: REACHED}
    assert {value: reform.light_of(value) for value in lights} == lights
    assert reform.points(-35) == "−35.0" and reform.points(4.96) == "+5.0" and reform.points(-0.04) == "+0.0"


def test_a_past_day_is_shown_as_it_was_known(held: Held) -> None:
    past = listed(held, known=date(2022, 8, 20))
    assert past.loc["late", ["planned", "actual", "deviation"]].tolist() == pytest.approx([50, 20, -30])
    # Of what was reported on 09-20 nobody knew; the tasks that ended later were in hand.
    assert past["state"].eq("推进中").all() and past["stated_on"].loc["late"] == pd.Timestamp("2022-08-01")
    assert listed(held, known=date(2022, 9, 5)).loc["done", "state"] == "待验收"
    assert listed(held, known=date(2022, 6, 30)).empty


def test_the_matrix_counts_each_task_once_a_place_and_department(held: Held) -> None:
    frame = reform.task_list(held[0], held[1], OFFICE, datetime(2022, 9, 24, 12))
    cells = reform.matrix(frame)
    assert cells["桐乡市", "交通运输"].tasks == 1 and cells["桐乡市", "交通运输"].deviation == pytest.approx(-35)
    assert cells["", ""].tasks == 4 and cells["", ""].deviation == pytest.approx((5 - 5 - 35 - 85) / 4)
    inner = [cell for (county, department), cell in cells.items() if county and department]
    assert sum(cell.tasks for cell in inner) == 4 and cells["市本级", "交通运输"].light is None
    assert sum(cells["", ""].by_light.values()) == 4
    for (county, department), cell in cells.items():
        rows = frame[frame["open"]]
        rows = rows[
            (rows["county"].eq(county) | (county == "")) & (rows["department"].eq(department) | (department == ""))
        ]
        assert len(rows) == cell.tasks


def test_each_sees_the_tasks_of_the_scope(held: Held) -> None:
    titles = {
        "demo-leader": set(TASKS),
        "demo-county": {"ahead", "close", "late"},
        "demo-inspector": {"ahead", "close", "city", "done"},
    }
    for viewer in personas(True):
        if viewer.person_id in titles:
            assert set(listed(held, viewer).index) == titles[viewer.person_id], viewer.person_id
    assert set(listed(held, Viewer("p", "某", "liaison", org_id="O0003")).index) == {"close"}
    # A list's domains hold no unit of transport.
    assert not any(viewer.may("view", "reform_task") for viewer in personas(True) if viewer.role == "town")


def test_a_motion_and_a_notice_begin_with_the_deviation(held: Held) -> None:
    register, warehouse, ids = held
    motion = motion_begins(register, warehouse, OFFICE, "reform_task", ids["late"])
    notice = notice_begins(register, warehouse, OFFICE, "reform_task", ids["late"])
    assert motion is not None and notice is not None
    assert motion["title"] == "改革任务「late」推进落后" and motion["org_id"] == "O0004"
    for told in (motion["text"], notice["facts"]):
        assert "实际完成 50%（截至 2022-08-20）" in told and "偏差 −36.0 个百分点（未达标）" in told
    county = Viewer("p", "某", "county", area_code="330482")
    for begins in (motion_begins, notice_begins):
        assert (begins(register, warehouse, county, "reform_task", ids["late"]) or {}).get("org_id") is None
    row = {"origin": "reform_task", "source_id": ids["late"]}
    assert source_state(register, warehouse, OFFICE, row) == "推进中"
    assert source_state(register, warehouse, OFFICE, {**row, "source_id": ids["done"]}) == ""


def test_what_the_indicator_counts(held: Held) -> None:
    facts = reform.reform_task_facts(held[0], held[1], SYSTEM)
    assert list(facts.columns) == list(CASEWORK["reform_task_facts"]) and len(facts) == 5
    done = facts.set_index("subject_id").loc[held[2]["done"]]
    assert done["due_on"] == pd.Timestamp("2022-10-09") and done["done_on"] == pd.Timestamp("2022-09-01")
    assert facts["done_on"].isna().sum() == 4


def test_days_of_the_course_stand_as_each_day_knew(held: Held) -> None:
    row = reform.task_list(held[0], held[1], OFFICE, datetime(2022, 9, 24, 12)).set_index("title").loc["late"]
    days, stated = reform.course_days(row, date(2022, 9, 24))
    actual = days[days["哪条"].ne("计划")].set_index("日期")["百分比"]
    assert actual[:"2022-08-01"].eq(0).all() and actual["2022-08-03":"2022-09-19"].eq(20).all()
    assert actual["2022-09-21":].eq(50).all()
    assert stated["说明"].tolist() == ["当时报告", "事后补报"]
    told = reform.milestones_told(row, date(2022, 9, 24))
    assert told["情况"] == ["未到期"]
    assert reform.milestones_told(row, date(2022, 10, 12))["情况"] == ["超期 3 天"]
