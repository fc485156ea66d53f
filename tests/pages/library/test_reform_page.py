"""The page of the reform's tasks: every number opens its tasks, a past day, one task, its steps, what comes of it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from lib.access import Viewer
from lib.access.personas import personas
from lib.casework.reading.visible import objects
from lib.casework.record import take
from lib.casework.reform.steps import TASK
from lib.casework.steps import Submission
from lib.warehouse.clock import now
from tests.casework.reform.test_steps import PAPER, issued
from tests.cities import handmade
from tests.pages.opening import links, open_page, warning_rows, words

PAGE = "pages/library/reform.py"
OFFICE = next(viewer for viewer in personas(True) if viewer.person_id == "demo-office")
UNITS = {"O0002": ("330483", "ZF"), "O0003": ("330483101", "ZF"), "O0004": ("330483", "JT"), "O0001": ("330400", "ZF")}


def _build(home: Path) -> dict[str, str]:
    """A task of each unit issued 60 days ago for 100 days; that of O0002 is ahead, of O0003 all is said to be done."""
    register, warehouse = handmade.opened(handmade.put(home))
    at = now(warehouse) - timedelta(days=60)
    plan = f"{(at + timedelta(days=50)).date()} 50% 半程\n{(at + timedelta(days=100)).date()} 100% 全部完成"
    ids = {}
    for org_id, place in UNITS.items():
        given = {"title": f"{org_id}的任务", "org_id": org_id, "start_on": at.date(), "milestones": plan}
        ids[org_id] = issued(register, OFFICE, at, key=org_id, place=place, **given)
    for org_id, share in (("O0002", 80), ("O0003", 100)):
        when = now(warehouse) - timedelta(days=3)
        unit = Viewer(f"p-{org_id}", "某", "liaison", org_id=org_id)
        sent = Submission(f"s-{org_id}", when, None, "进展。", {"as_of": when.date(), "share": share}, PAPER)
        take(register, unit, TASK, ids[org_id], "report", sent)
    register.close()
    return ids


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    place = tmp_path_factory.mktemp("reform-page")
    return place, _build(place)


@pytest.fixture
def ids(shared: tuple[Path, dict[str, str]], monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    monkeypatch.setenv("COCKPIT_HOME", str(shared[0]))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    yield shared[1]


def _numbers(app: AppTest) -> list[tuple[int, dict[str, str]]]:
    """Every number of the page and the address of its list."""
    found = []
    for label, path, query in links(app):
        asked = {name: value[0] for name, value in parse_qs(query).items() if name.startswith("rf_")}
        if path == "reform" and "rf_part" in asked:
            found.append((int(re.findall(r"\d+", label)[-1]), asked))
    return found


def test_every_number_of_the_page_opens_as_many_tasks(ids: dict[str, str]) -> None:
    for person, least in (("demo-office", 14), ("demo-county", 10)):
        numbers = _numbers(open_page(PAGE, person))
        assert len(numbers) >= least
        for count, asked in numbers:
            told = open_page(PAGE, person, **asked)
            assert len(warning_rows(told, "改革任务清单")) == count, asked
    parts = {query["rf_part"]: count for count, query in _numbers(open_page(PAGE)) if len(query) == 1}
    assert parts == {"open": 4, "missed": 2, "overdue": 2, "claimed": 1, "done": 0, "all": 4}


def test_deviations_stand_in_words_with_their_shape(ids: dict[str, str]) -> None:
    rows = {row["责任单位"]: row for row in warning_rows(open_page(PAGE), "改革任务清单")}
    assert (
        rows["桐乡市交通运输局"]["偏差"] == "−60.0 ○ 未达标" and rows["桐乡市综合行政执法局"]["偏差"] == "+20.0 ● 达标"
    )
    assert rows["桐乡市交通运输局"]["进度"] == "0%（计划 60%）" and "超期 10 天" in rows["桐乡市交通运输局"]["节点"]
    told = words(open_page(PAGE))
    assert "不低于 −5 达标，不低于 −15 接近，更低未达标（界限待核）" in told


def test_a_past_day_shows_what_it_knew_and_keeps_its_numbers(ids: dict[str, str]) -> None:
    past = str(handmade.AS_OF - timedelta(days=30))
    app = open_page(PAGE, rf_known=past)
    assert f"{past} 当时所知" in words(app)
    rows = {row["责任单位"]: row for row in warning_rows(app, "改革任务清单")}
    assert rows["桐乡市综合行政执法局"]["进度"].startswith("0%（计划 30%")
    numbers = _numbers(app)
    assert numbers and all(query["rf_known"] == past for _, query in numbers)
    for count, asked in numbers:
        assert len(warning_rows(open_page(PAGE, **asked), "改革任务清单")) == count, asked


def test_who_may_what_with_one_task(ids: dict[str, str]) -> None:
    one = ids["O0004"]
    told = words(open_page(PAGE, "demo-leader", task=one))
    assert "下一步是「报告进展」，由单位联络员记录。" in told and "实际进度" in str(
        open_page(PAGE, task=one).table[0].value
    )
    assert any("提出廉情动议" in label for label, _, _ in links(open_page(PAGE, task=one)))
    assert not any("提出廉情动议" in label for label, _, _ in links(open_page(PAGE, "demo-leader", task=one)))
    # The inspector of construction has no body of transport.
    assert "没有这条记录" in words(open_page(PAGE, "demo-inspector", task=one))
    for query in ({}, {"task": one}, {"issue": "own"}):
        assert "您的角色不查看改革任务" in words(open_page(PAGE, "demo-town", **query))
    assert "您的角色不下达改革任务" in words(open_page(PAGE, "demo-leader", issue="own"))


def test_a_deviation_becomes_a_motion_and_both_know_of_each_other(
    ids: dict[str, str], shared: tuple[Path, dict]
) -> None:
    one = ids["O0004"]
    app = open_page("pages/motions/motions.py", propose=f"reform_task:{one}")
    key = f"new:reform_task:{one}_propose"
    assert app.text_input(key=f"{key}_title").value == "改革任务「O0004的任务」推进落后"
    assert app.selectbox(key=f"{key}_org_id").options == ["桐乡市交通运输局"]
    app.text_input(key=f"{key}_recipient").set_value("甲一").run()
    app.date_input(key=f"{key}_on").set_value(handmade.AS_OF).run()
    app.button(key=f"{key}_submit").click().run()
    register, warehouse = handmade.opened(shared[0])
    [motion] = objects(register, OFFICE, warehouse, "motion").to_dict("records")
    assert (motion["origin"], motion["source_id"]) == ("reform_task", one)
    assert any("推进落后" in label for label, path, _ in links(open_page(PAGE, task=one)) if path == "motions")
    back = links(open_page("pages/motions/motions.py", motion=motion["motion_id"]))
    assert any(f"task={one}" in query for _, path, query in back if path == "reform")
    register.close()


def test_the_form_refuses_a_plan_that_cannot_be(ids: dict[str, str]) -> None:
    app = open_page(PAGE, issue="own")
    app.button(key="new_issue_submit").click().run()
    assert "还不能提交：任务、责任单位、责任人、开始日期、完成标志、节点计划" in words(app)
