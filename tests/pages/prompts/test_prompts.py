"""The prompts' page: what whoever sent them sees, what the unit sees, and what it does not."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from lib.access import Viewer
from lib.access.personas import personas
from lib.casework import audit
from lib.casework.accounts import people
from lib.casework.prompts.steps import PROMPT
from lib.casework.reading.visible import events_of, objects
from lib.casework.record import take
from lib.casework.steps import Submission
from lib.casework.store.register import open_register
from lib.insight.warnings.listing import warning_list
from lib.ui.access import gate
from lib.ui.paths import PLACES, PROMPTS, WARNING
from lib.warehouse.store import open_warehouse
from tests.casework.stepping import on_warning
from tests.cities import handmade
from tests.pages.opening import drawn, links, open_page, open_signed_in, words

AT = datetime(2022, 9, 23, 10)
COUNTY = next(viewer for viewer in personas(True) if viewer.role == "county")
UNIT = Viewer("p-unit", "联络员", "liaison", org_id="O0002")


def sent(home: Path, by: Viewer = COUNTY) -> tuple[str, str]:
    """A red warning (CA3) and the prompt that the county has sent its unit O0002."""
    register, warehouse = handmade.opened(home)
    found = warning_list(register, warehouse, by)
    warning_id = str(found[found["subject_id"].eq("CA3")]["warning_id"].iloc[0])
    on_warning("prompt", register, by, warning_id, submission_id="p", at=AT, text="请核实案件 CA3。两日内报。")
    return warning_id, str(objects(register, by, warehouse, "prompt")["prompt_id"].item())


def rows(app: Any) -> list[dict[str, str]]:
    sheet = next(one for one in drawn(app) if one.get("label") == "工作提示清单")
    names = [column["name"] for column in sheet["columns"]]
    return [dict(zip(names, row["cells"], strict=True)) for row in sheet["rows"]]


def test_whoever_sent_it_sees_with_whom_it_waits_and_the_way_to_and_from_the_warning(home: Path):
    warning_id, prompt_id = sent(home)
    [row] = rows(open_page(PROMPTS, "demo-county", p_part="unit"))
    assert (row["单位"], row["等谁"], row["状态"]) == ("桐乡市综合行政执法局",) * 2 + ("待核实",)
    # A red one: two workdays from Friday the 23rd.
    assert row["期限"] == "2022-09-27，剩 2 工作日"
    assert len(rows(open_page(PROMPTS, "demo-county", p_part="unit", p_mine="true"))) == 1
    assert "这里没有工作提示" in words(open_page(PROMPTS, "demo-office", p_part="unit", p_mine="true"))
    there = links(open_page(WARNING, "demo-county", id=warning_id))
    assert any(path == "prompts" and f"prompt={prompt_id}" in query for _, path, query in there)
    app = open_page(PROMPTS, "demo-county", prompt=prompt_id)
    assert any(path == "warning" and f"id={warning_id}" in query for _, path, query in links(app))
    assert "等 桐乡市综合行政执法局 回复，应在 2022-09-27 23:59 前" in words(app)


def test_a_reply_is_accepted_and_then_closed(home: Path):
    _, prompt_id = sent(home)
    register, warehouse = handmade.opened(home)
    reply = {"found": "属实", "verified": ["调阅案卷"], "measures": "已约谈承办人。"}
    take(register, UNIT, PROMPT, prompt_id, "reply", Submission("r", AT, None, "系录入迟延。", reply))
    [row] = rows(open_page(PROMPTS, "demo-county"))
    assert (row["核实结果"], row["状态"], row["等谁"]) == ("属实", "已回复", COUNTY.name)
    app = open_page(PROMPTS, "demo-county", prompt=prompt_id)
    assert "系录入迟延。" in words(app) and "措施：已约谈承办人。" in words(app)
    app.button(key=f"{prompt_id}_accept_submit").click().run()
    assert "**已保存** 采纳" in words(app) and "已采纳，待办结" in words(app)
    app.button(key=f"{prompt_id}_close_submit").click().run()
    assert objects(register, COUNTY, warehouse, "prompt")["state"].tolist() == ["办结"]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.url_path)
def test_every_page_opens_for_a_unit_or_says_that_the_role_does_not(home: Path, place):
    app = open_page(place.file, "demo-liaison")
    said = words(app)
    assert ("您的角色不" in said) != gate.opens(UNIT, place.file)
    if place.file == PROMPTS:
        assert "还没有工作提示" in said


@pytest.fixture
def real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """The handmade city as real data, its unit's liaison signed in; the warning and the prompt."""
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    home = handmade.put(tmp_path, synthetic=False)
    register = open_register(home)
    for person_id, org_id, officer_id in (
        ("p-unit", "O0002", None),
        ("p-self", "O0002", "P0001"),
        ("p-else", "O0003", None),
    ):
        people.enter_person(
            register, person_id=person_id, name="联络员", role="liaison", area_code=None, list_ids=[], at=AT,
            org_id=org_id, officer_id=officer_id,
        )  # fmt: skip
    people.enter_person(
        register, person_id="p-county", name="示范县丙", role="county", area_code="330483", list_ids=[], at=AT
    )
    return sent(home, Viewer("p-county", "示范县丙", "county", area_code="330483"))


def test_the_unit_answers_on_its_page_and_reads_nothing_of_the_warning(real: tuple[str, str]):
    warning_id, prompt_id = real
    [row] = rows(open_signed_in(PROMPTS, "p-unit"))
    assert row["事项"].startswith("请核实案件 CA3（") and set(row) == {"事项", "类别", "状态", "期限", "收到", "发送人"}
    app = open_signed_in(PROMPTS, "p-unit", prompt=prompt_id)
    said = words(app)
    assert "请核实案件 CA3。两日内报。" in said and "桐乡市综合行政执法局" in said
    assert not any(hidden in said for hidden in ("办案超期", "M01", "张*", "P0001", "红色", warning_id))
    assert not any("warning" in path for _, path, _ in links(app))
    app.button(key=f"{prompt_id}_reply_submit").click().run()
    assert "还不能提交：核实结果、核实了什么、核实情况" in words(app)
    app.button_group(key=f"{prompt_id}_reply_found").set_value("部分属实").run()
    app.multiselect(key=f"{prompt_id}_reply_verified").set_value(["调阅案卷"]).run()
    app.session_state[f"{prompt_id}_reply_text"] = "系录入迟延。"
    app.session_state[f"{prompt_id}_reply_measures"] = "已约谈承办人。"
    app.file_uploader(key=f"{prompt_id}_reply_photo_2").upload("台账.jpg", b"\xff\xd8").run()
    app.button(key=f"{prompt_id}_reply_submit").click().run()
    assert "**已保存** 回复" in words(app), words(app)
    register = open_register()
    last = events_of(register, UNIT, open_warehouse(), "prompt", prompt_id).iloc[-1]
    assert (last["text"], last["payload"]["measures"]) == ("系录入迟延。", "已约谈承办人。")
    assert last["payload"]["photo_2"]["name"] == "台账.jpg"
    looked = audit.entries(register, Viewer("o", "某", "office"))
    assert ("view", "prompt", prompt_id) in set(
        looked[["action", "object_type", "object_id"]].itertuples(index=False, name=None)
    )


@pytest.mark.parametrize("person", ["p-self", "p-else"])
def test_whom_it_concerns_and_another_unit_see_nothing_by_any_address(real: tuple[str, str], person: str):
    _, prompt_id = real
    assert "还没有工作提示" in words(open_signed_in(PROMPTS, person))
    app = open_signed_in(PROMPTS, person, prompt=prompt_id)
    assert "没有这条记录，或不在您的权限范围内" in words(app) and "CA3" not in words(app)


def test_a_deep_link_to_a_warning_is_refused_to_a_unit(real: tuple[str, str]):
    warning_id, _ = real
    said = words(open_signed_in(WARNING, "p-unit", id=warning_id))
    assert "您的角色不查看预警" in said and "CA3" not in said
