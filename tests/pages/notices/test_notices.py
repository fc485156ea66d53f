"""The notice page: what lies where, the form from a warning and from a clue, one notice with its next step and its
document, and what each role sees of it."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from docx import Document
from streamlit.testing.v1 import AppTest

from lib.access import Viewer
from lib.access.personas import personas
from lib.casework.clues.registration import register_clue
from lib.casework.drafts import load_draft
from lib.casework.notices.drafting import draft_notice
from lib.casework.notices.steps import NOTICE
from lib.casework.reading.visible import events_of, objects
from lib.casework.record import take
from lib.casework.steps import Submission
from lib.insight.notices.source import begins
from lib.ui.access import session
from lib.ui.state import visible_warnings
from lib.warehouse.clock import now
from tests.casework.notices.test_steps import CONTENT, GIVEN
from tests.casework.stepping import on_warning
from tests.cities import handmade
from tests.pages.opening import links, narrows, open_page, warning_rows, words

PAGE = "pages/notices/notices.py"
VIEWERS = {viewer.person_id: viewer for viewer in personas(True)}
OFFICE, LEADER, INSPECTOR = (VIEWERS[f"demo-{role}"] for role in ("office", "leader", "inspector"))
DRAFTER = Viewer("p1", "县乙", "county", area_code="330483")
FOUND = {"conclusion": "属实", "text": "票据少于罚款。", "checked": ["核对票据"]}
LIAISON = Viewer("p-unit", "某", "liaison", org_id="O0003")
WAY = {
    "review": OFFICE, "sign": LEADER, "deliver": OFFICE, "receipt": LIAISON, "feed_back": LIAISON,
    "recheck": OFFICE, "close": OFFICE,
}  # fmt: skip


def build(home: Path) -> dict[str, str]:
    """A notice at each stage, by the step it has come to."""
    register, warehouse = handmade.opened(handmade.put(home))
    at, ids = now(warehouse) - timedelta(days=30), {}
    for number, last in enumerate(("draft", *WAY)):
        title = f"关于{last}问题"
        sent = Submission(last, at, payload=CONTENT | {"org_id": "O0003", "title": title})
        created = draft_notice(register, DRAFTER, sent, "330483101", "ZF").created
        assert created is not None
        ids[last] = created
        for action in list(WAY)[:number]:
            sent = Submission(f"{last}-{action}", at, None, "说明", GIVEN.get(action, {}))
            take(register, WAY[action], NOTICE, created, action, sent)
    return ids


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    place = tmp_path_factory.mktemp("notice-page")
    return place, build(place)


@pytest.fixture
def ids(shared: tuple[Path, dict[str, str]], monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    monkeypatch.setenv("COCKPIT_HOME", str(shared[0]))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    yield shared[1]


def _parts(app: AppTest) -> dict[str, tuple[int, str]]:
    """What each part says it has, and the part its link asks for."""
    told = [(label, parse_qs(query).get("n_part")) for label, _, query in links(app)]
    found = {label.partition(" ")[0]: (int(re.findall(r"\d+", label)[0]), part[0]) for label, part in told if part}
    assert found
    return found


def _rows(app: AppTest) -> list[dict[str, str]]:
    return warning_rows(app, "通知书清单")


def test_every_number_opens_as_many_rows_as_it_says(ids: dict[str, str]) -> None:
    for person in ("demo-office", "demo-leader", "demo-county"):
        parts = _parts(open_page(PAGE, person))
        assert {name: count for name, (count, _) in parts.items()} == {
            "在办": 7, "待审核": 1, "待签发": 1, "待送达": 1, "单位整改中": 2, "待复核": 1,
            "已销号": 1, "全部": 8,
        }  # fmt: skip
        for count, part in parts.values():
            app = open_page(PAGE, person, n_part=part)
            assert len(_rows(app)) == count, part
            assert f"{count} 份" in words(app).replace("**", "")


def test_the_list_narrows_by_deadline(ids: dict[str, str]) -> None:
    narrows(PAGE, "通知书清单", "demo-office", n_part="all")


def test_a_leader_begins_with_what_waits_for_the_signature(ids: dict[str, str]) -> None:
    [row] = _rows(open_page(PAGE, "demo-leader"))
    assert (row["事项"], row["在谁手里"], row["状态"]) == ("濮院镇综合行政执法队：关于review问题", "市纪委领导", "审核")


def test_a_leader_signs_and_the_next_one_can_deliver(city, home: Path) -> None:
    ids = build(home)
    notice_id = ids["review"]
    app = open_page(PAGE, "demo-leader", notice=notice_id)
    assert "签发即编号" in words(app) and "未签发" in words(app)
    app.button(key=f"{notice_id}_sign_submit").click().run()
    assert "**已保存** 签发" in words(app), words(app)
    assert "监督通知〔2022〕第007号" in words(open_page(PAGE, "demo-office", notice=notice_id))
    app = open_page(PAGE, "demo-leader", notice=ids["draft"])
    assert "下一步是「审核」，由监督室、县纪委办理" in words(app)
    assert not app.get("button_group")


@pytest.mark.parametrize("person", VIEWERS)
def test_each_role_sees_the_page_or_is_told_why_not(ids: dict[str, str], person: str) -> None:
    app = open_page(PAGE, person)
    if person == "demo-town":
        assert "您的角色不查看执法监督通知书" in words(app)
        return
    seen = {"demo-inspector": "ZF" in (INSPECTOR.domains or ()), "demo-liaison": False}.get(person, True)
    told = words(open_page(PAGE, person, notice=ids["close"]))
    assert ("关于close问题" in told) == seen and ("没有这条记录" in told) != seen


@pytest.fixture
def as_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    offered = [*personas(True), LIAISON]
    monkeypatch.setattr(session, "personas", lambda synthetic: offered)
    monkeypatch.setitem(session.PERSONA_TITLES, "p-unit", "某执法单位")


def test_the_unit_sees_what_was_delivered_and_nothing_from_before(ids: dict[str, str], as_unit: None) -> None:
    app = open_page(PAGE, "p-unit", n_part="all")
    assert {row["事项"] for row in _rows(app)} == {f"濮院镇综合行政执法队：关于{last}问题" for last in list(WAY)[2:]}
    assert "拟制" not in words(app)
    told = words(open_page(PAGE, "p-unit", notice=ids["deliver"]))
    assert "送达" in told and "县乙" not in told and "审核" not in told and "示范领导" not in told
    assert "没有这条记录" in words(open_page(PAGE, "p-unit", notice=ids["sign"]))
    assert "您的角色不拟制执法监督通知书" in words(open_page(PAGE, "p-unit", draft="own"))


def test_the_unit_confirms_and_answers(city, home: Path, as_unit: None) -> None:
    notice_id = build(home)["deliver"]
    app = open_page(PAGE, "p-unit", notice=notice_id)
    app.text_input(key=f"{notice_id}_receipt_received_by").set_value("某甲").run()
    app.button(key=f"{notice_id}_receipt_submit").click().run()
    assert "**已保存** 回执" in words(app), words(app)
    app = open_page(PAGE, "p-unit", notice=notice_id)
    app.session_state[f"{notice_id}_feed_back_text"] = "已全额缴库。"
    app.run()
    app.button(key=f"{notice_id}_feed_back_submit").click().run()
    assert "**已保存** 反馈" in words(app), words(app)


def test_from_a_warning_the_facts_are_filled_in_and_a_draft_is_kept_for_each_source(city, home: Path) -> None:
    register, warehouse = city
    found = visible_warnings(register, warehouse, OFFICE)
    first, second = found[found["org_name"].ne("")]["warning_id"].head(2)
    app = open_page(PAGE, "demo-office", draft=f"warning:{first}")
    key = f"new:warning:{first}_draft_"
    facts = app.session_state[f"{key}facts"]
    assert facts and app.session_state[f"{key}basis"] and "由预警拟制" in words(app)
    app.text_input(key=f"{key}contact").set_value("示范监督室甲，0573-82510001").run()
    assert load_draft(register, OFFICE, "notice", f"new:warning:{first}", "draft") is not None
    other = open_page(PAGE, "demo-office", draft=f"warning:{second}")
    assert other.text_input(key=f"new:warning:{second}_draft_contact").value == OFFICE.name
    app = open_page(PAGE, "demo-office", draft=f"warning:{first}")
    assert app.text_input(key=f"{key}contact").value == "示范监督室甲，0573-82510001"
    app.button(key=f"{key}submit").click().run()
    row = objects(register, OFFICE, warehouse, "notice").iloc[0]
    assert (row["origin"], row["source_id"], row["state"]) == ("warning", first, "拟稿")
    assert row["facts"].split() == facts.split()
    assert load_draft(register, OFFICE, "notice", f"new:warning:{first}", "draft") is None
    again = open_page(PAGE, "demo-office", draft=f"warning:{first}")
    assert any(
        label.startswith("同一来源已有：") and f"notice={row['notice_id']}" in query for label, _, query in links(again)
    )
    assert "没有这条记录" in words(open_page(PAGE, "demo-office", draft="warning:Wnone"))
    assert "没有这条记录" in words(open_page(PAGE, "demo-office", draft="officer:P1"))


def test_from_a_clue_and_by_hand(city, home: Path) -> None:
    register, warehouse = city
    created = register_clue(
        register, OFFICE, "grid", "D9", submission_id="g", at=now(warehouse), title="虚假办结", detail="现场未处置。",
        org_id="O0003", area_code="330483101", domain_code="ZF",
    ).created  # fmt: skip
    held = begins(register, warehouse, OFFICE, "clue", created)
    assert held is not None and held["title"] == "关于虚假办结问题" and "现场未处置。" in held["facts"]
    app = open_page("pages/clues/clues.py", "demo-office", clue=created)
    labels = {one.proto.label: one.proto.query_string for one in app.get("page_link")}
    assert f"draft=clue%3A{created}" in labels["拟制执法监督通知书"]
    app = open_page(PAGE, "demo-office", draft="own")
    app.button(key="new_draft_submit").click().run()
    assert "还不能提交：标题、主送单位、事实、" in words(app) or "还不能提交：标题、主送单位、事实" in words(app)


def test_from_a_clue_of_a_warning_the_unit_reads_what_was_found_not_what_the_clue_says(city, home: Path) -> None:
    register, warehouse = city
    found = visible_warnings(register, warehouse, OFFICE)
    number = found.loc[found["subject_type"].eq("penalty_case") & found["org_name"].ne(""), "warning_id"].iloc[0]
    for action, given in (("sign_start", {}), ("conclude", FOUND), ("to_clue", {"text": "涉嫌履职不力。"})):
        done = on_warning(action, register, OFFICE, number, submission_id=action, at=now(warehouse), **given)
    held = begins(register, warehouse, OFFICE, "clue", done.created)
    assert held == begins(register, warehouse, OFFICE, "warning", number)
    assert held is not None and FOUND["text"] in held["facts"] and "涉嫌" not in str(held)


def test_a_notice_from_a_complaint_gives_the_unit_nothing_of_it(city, home: Path) -> None:
    register, warehouse = city
    created = register_clue(
        register, OFFICE, "petition", "X9", submission_id="x", at=now(warehouse), title="信访反映执法人员",
        detail="来信称执法人员收受礼品。", org_id="O0003", area_code="330483101", domain_code="ZF",
    ).created  # fmt: skip
    held = begins(register, warehouse, OFFICE, "clue", created)
    assert held is not None and held["org_id"] == "O0003" and "来信" not in str(held) and "信访" not in str(held)
    app = open_page(PAGE, "demo-office", draft=f"clue:{created}")
    assert "不写从何处得知" in words(app) and "事实已填好" not in words(app)
    assert not app.session_state[f"new:clue:{created}_draft_facts"]


def test_a_notice_about_a_case_names_the_case(city, home: Path) -> None:
    register, warehouse = city
    found = visible_warnings(register, warehouse, OFFICE)
    row = found[found["subject_type"].eq("penalty_case") & found["org_name"].ne("")].iloc[0]
    number = warehouse.query(
        "select coalesce(doc_no, case_no) from penalty_case where case_id = $id", {"id": row["subject_id"]}
    )
    held = begins(register, warehouse, OFFICE, "warning", row["warning_id"])
    assert held is not None and held["title"] == f"关于{number.iloc[0, 0]}案件{row['rule_title']}问题"


def test_the_document_on_the_page_and_as_a_file(ids: dict[str, str]) -> None:
    app = open_page(PAGE, "demo-office", notice=ids["close"])
    told = words(app)
    assert "演示·非正式公文" in told and "未签发" not in told
    assert "关于close问题的" in told and "请自本通知书送达之日起10个工作日内" in told
    assert any(one.proto.label == "下载 Word" for one in app.get("download_button"))


def test_a_template_that_cannot_be_filled_is_said_on_the_page(city, home: Path) -> None:
    ids = build(home)
    (home / "templates").mkdir()
    made = Document()
    made.add_paragraph("收件：{{ recipient }}")
    out = io.BytesIO()
    made.save(out)
    (home / "templates" / "notice.docx").write_bytes(out.getvalue())
    app = open_page(PAGE, "demo-office", notice=ids["sign"])
    assert re.search(r"不认识的字段：\{\{ recipient \}\}（正文第 1 段「收件", words(app)), words(app)
    assert not any(one.proto.label == "下载 Word" for one in app.get("download_button"))
    assert len(events_of(*city[:1], OFFICE, city[1], "notice", ids["sign"])) == 3
