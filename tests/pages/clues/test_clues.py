"""The clue page: figures with what they are made of, the list behind each, one clue and its next step."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from lib.access import Viewer
from lib.access.personas import personas
from lib.casework import audit
from lib.casework.clues.registration import register_clue
from lib.casework.drafts import UNREGISTERED, load_draft
from lib.casework.reading.visible import clue
from lib.casework.reading.visible import clues as clue_frame
from tests.casework.stepping import on_clue
from tests.cities import handmade
from tests.pages import opening
from tests.pages.opening import figures, open_page, warning_rows, words

PAGE = "pages/clues/clues.py"
VIEWERS = {viewer.person_id: viewer for viewer in personas(True)}
OFFICE = VIEWERS["demo-office"]
PROPOSER = Viewer("p1", "县乙", "county", area_code="330483")


def build(home: Path) -> dict[str, str]:
    """Three clues of this year: disposed and settled, assessed, overdue. Title to id."""
    handmade.put(home)
    register, _ = handmade.opened(home)
    ids = {}
    for title, origin, received in (
        ("已了结的", "grid", datetime(2022, 6, 6, 9)),
        ("待审批的", "review", datetime(2022, 9, 12, 9)),
        ("超期的", "petition", datetime(2022, 7, 1, 9)),
    ):
        created = register_clue(
            register,
            OFFICE,
            origin,
            title,
            submission_id=title,
            at=received,
            title=title,
            detail="来源材料",
            org_id="O0003",
            area_code="330483101",
            domain_code="ZF",
            officer_id="P0003",
        ).created
        assert created is not None
        ids[title] = created
        if title == "超期的":
            continue
        at = received + timedelta(days=2)
        on_clue(
            "assess", register, PROPOSER, created, submission_id=f"{title}1", at=at, proposed="予以了结", text="建议"
        )
        if title == "已了结的":
            on_clue("approve", register, OFFICE, created, submission_id=f"{title}2", at=at)
            on_clue("undertake", register, PROPOSER, created, submission_id=f"{title}3", at=at)
            on_clue(
                "dispose",
                register,
                PROPOSER,
                created,
                submission_id=f"{title}4",
                at=at,
                disposition="予以了结",
                text="建议",
            )
    return ids


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    place = tmp_path_factory.mktemp("clue-page")
    return place, build(place)


@pytest.fixture
def ids(shared: tuple[Path, dict[str, str]], monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    monkeypatch.setenv("COCKPIT_HOME", str(shared[0]))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    yield shared[1]


def addresses(app: AppTest) -> dict[str, str]:
    """Label and address of every link of the page."""
    return {label: query for label, _, query in opening.links(app)}


def listed(app: AppTest) -> list[str]:
    """What the listed clues are about, without whom."""
    return [row["线索"].partition("：")[2] for row in warning_rows(app, "线索清单")]


def test_figures_show_what_they_are_made_of(ids: dict[str, str]):
    app = open_page(PAGE, "demo-leader")
    assert figures(app) == {
        "处置率": "33.3%",
        "了结率": "33.3%",
        "意见按期率": "66.7%",
        "线索处置时长": "2 天",
        "未处置": "2 条",
        "超期未提意见": "1 条",
    }
    assert {"已处置 **1**", "收到 **3**", "按期 **2**", "到期 **3**"} <= set(addresses(app))
    assert listed(app) == ["超期的", "待审批的", "已了结的"]


def test_a_period_without_clues_has_no_rate(ids: dict[str, str]):
    app = open_page(PAGE, "demo-leader", c_origins=["网格核查"])
    app.segmented_control(key="period").set_value("本月").run()
    assert figures(app)["处置率"] == "—"
    assert "收到 **0**" in addresses(app)


def test_every_figure_opens_its_list_and_keeps_it_in_the_address(ids: dict[str, str]):
    late = parse_qs(addresses(open_page(PAGE, "demo-leader"))["**1** 条"])
    app = open_page(PAGE, "demo-leader", **{key: value[0] for key, value in late.items() if key not in ("as", "back")})
    assert listed(app) == ["超期的"] and "列出 1 条" in words(app)
    assert "来自线索办理「超期未提意见」本年" in words(app)
    app.button(key="figure_drop").click().run()
    assert listed(app) == ["超期的", "待审批的", "已了结的"]
    again = open_page(PAGE, "demo-leader", c_part="已了结", c_by="按来源", c_group="网格核查")
    assert listed(again) == ["已了结的"]


def test_the_breakdown_can_be_changed(ids: dict[str, str]):
    app = open_page(PAGE, "demo-leader", c_by="按来源")
    table = app.dataframe[0].value
    assert table["来源"].tolist() == ["信访12345", "案件评查", "网格核查"]
    assert table["处置率"].tolist() == ["0.0%", "0.0%", "100%"]
    assert table["按期率"].tolist() == ["0.0%", "100%", "100%"]
    assert table["中位"].tolist() == ["—", "—", "2"]


def test_scope(ids: dict[str, str]):
    assert figures(open_page(PAGE, "demo-town"))["未处置"] == "2 条"
    assert figures(open_page(PAGE, "demo-inspector"))["未处置"] == "2 条"


def test_one_clue_by_its_address_shows_its_way_and_is_logged(ids: dict[str, str], shared: tuple[Path, dict[str, str]]):
    app = open_page(PAGE, "demo-leader", clue=ids["已了结的"])
    text = words(app)
    assert re.search("#### .*：已了结的", text)
    assert "**处置：予以了结** 县乙（县纪委）" in text
    assert "下一步是「反馈」" in text
    seen = audit.entries(handmade.opened(shared[0])[0], OFFICE)
    assert ids["已了结的"] in set(seen.loc[seen["action"].eq("view") & seen["object_type"].eq("clue"), "object_id"])


def test_a_clue_outside_the_scope_is_not_given_away(ids: dict[str, str]):
    app = open_page(PAGE, "demo-leader", clue="C0000000000000000")
    assert "没有这条记录" in words(app) and "不在您的权限范围内" in words(app)
    assert not app.dataframe


def test_the_next_step_is_recorded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    clue_id = build(tmp_path)["待审批的"]
    app = open_page(PAGE, "demo-office", clue=clue_id)
    assert "研判建议：予以了结" in words(app)
    app.button(key=f"{clue_id}_approve_submit").click().run()
    assert not app.exception
    assert any("已保存" in str(element.value) for element in app.success)
    register, warehouse = handmade.opened(tmp_path)
    assert clue(register, OFFICE, warehouse, clue_id)["state"] == "审批"


def test_without_a_disposition_nothing_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    clue_id = build(tmp_path)["超期的"]
    app = open_page(PAGE, "demo-office", clue=clue_id)
    app.session_state[f"{clue_id}_assess_text"] = "拟初步核实。"
    app.run()
    app.button(key=f"{clue_id}_assess_submit").click().run()
    assert "请选择处置方式" in words(app)
    assert app.session_state[f"{clue_id}_assess_text"] == "拟初步核实。"
    register, warehouse = handmade.opened(tmp_path)
    assert clue(register, OFFICE, warehouse, clue_id)["state"] == "登记"


def test_a_clue_is_registered_by_hand_once_with_its_faults_told_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    build(tmp_path)
    app = open_page(PAGE, "demo-county", new="1")
    app.button(key="new_register_submit").click().run()
    for name in ("来源", "标题", "涉及单位", "问题线索情况"):
        assert name in next(text for text in words(app).splitlines() if "还不能提交" in text)
    app.segmented_control(key="new_register_origin").set_value("petition").run()
    app.text_input(key="new_register_source_key").set_value("XF-1").run()
    app.text_input(key="new_register_title").set_value("罚款未入库即结案").run()
    app.selectbox(key="new_register_org_id").set_value("O0003").run()
    app.session_state["new_register_text"] = "来信反映罚款未开票据。"
    # What was filled in is there again for this person, in another session.
    app.text_input(key="new_register_title").set_value("罚款未入库即办结").run()
    again = open_page(PAGE, "demo-county", new="1")
    assert again.text_input(key="new_register_title").value == "罚款未入库即办结"
    assert again.session_state["new_register_text"] == "来信反映罚款未开票据。"
    again.button(key="new_register_submit").click().run()
    assert not again.exception
    register, warehouse = handmade.opened(tmp_path)
    [created] = [
        one for one in clue_frame(register, OFFICE, warehouse).to_dict("records") if one["source_key"] == "XF-1"
    ]
    assert (created["title"], created["org_id"], created["state"]) == ("罚款未入库即办结", "O0003", "登记")
    assert load_draft(register, VIEWERS["demo-county"], "clue", UNREGISTERED, "register") is None
    other = open_page(PAGE, "demo-office", new="1")
    other.segmented_control(key="new_register_origin").set_value("petition").run()
    other.text_input(key="new_register_source_key").set_value("XF-1").run()
    other.text_input(key="new_register_title").set_value("同一封信").run()
    other.selectbox(key="new_register_org_id").set_value("O0003").run()
    other.session_state["new_register_text"] = "同一封信。"
    other.button(key="new_register_submit").click().run()
    assert "已经登记过线索" in words(other)


def test_who_may_not_handle_clues_is_offered_no_form(ids: dict[str, str]):
    assert "登记线索" not in addresses(open_page(PAGE, "demo-leader"))
    assert "登记线索" in addresses(open_page(PAGE, "demo-county"))
    assert "不办理线索" in words(open_page(PAGE, "demo-town", new="1"))
