"""The motion page: how far each one is, the form by hand and from a warning, one motion, what each role sees."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from lib.access.personas import personas
from lib.casework.motions.limits import FIVE
from lib.casework.reading.visible import objects
from lib.warehouse.clock import now
from tests.casework.motions.test_steps import PROPOSAL, made, step
from tests.cities import handmade
from tests.pages.opening import due_groups, links, narrows, open_page, warning_rows, words

PAGE = "pages/motions/motions.py"
OFFICE = next(viewer for viewer in personas(True) if viewer.person_id == "demo-office")


def _build(home: Path) -> dict[str, str]:
    """A motion that has come to each of the five steps, proposed 60 days ago, by the step it waits for."""
    register, warehouse = handmade.opened(handmade.put(home))
    ids = {}
    for number, waits in enumerate((*FIVE, "nothing")):
        at = now(warehouse) - timedelta(days=60)
        more = {"on": at.date(), "title": f"事项{number}", "org_id": "O0003"}
        ids[waits] = made(register, OFFICE, at, key=f"m-{number}", **more)
        for turn, action in enumerate(FIVE[:number], start=1):
            step(register, OFFICE, ids[waits], action, at + timedelta(days=turn))
    fresh = now(warehouse) - timedelta(days=1)
    ids["fresh"] = made(
        register, OFFICE, fresh, key="fresh", **{"on": fresh.date(), "title": "新提议", "org_id": "O0004"}
    )
    return ids


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    place = tmp_path_factory.mktemp("motion-page")
    return place, _build(place)


@pytest.fixture
def ids(shared: tuple[Path, dict[str, str]], monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    monkeypatch.setenv("COCKPIT_HOME", str(shared[0]))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    yield shared[1]


def _parts(app: AppTest) -> dict[str, tuple[int, str]]:
    told = [(label, parse_qs(query).get("mo_part")) for label, _, query in links(app)]
    return {label.partition(" ")[0]: (int(re.findall(r"\d+", label)[0]), part[0]) for label, part in told if part}


def test_every_number_opens_as_many_rows_and_every_row_says_how_far_it_is(ids: dict[str, str]) -> None:
    for person in ("demo-office", "demo-leader", "demo-county"):
        parts = _parts(open_page(PAGE, person))
        assert {name: count for name, (count, _) in parts.items()} == {
            "在办": 6, "已了结": 1, "全部": 7,
        }  # fmt: skip
        for count, part in parts.values():
            assert len(warning_rows(open_page(PAGE, person, mo_part=part), "动议清单")) == count
    rows = {row["动议事项"]: row for row in warning_rows(open_page(PAGE, mo_part="all"), "动议清单")}
    assert rows["事项0"]["进度"] == "○○○○○ 待书记问询" and rows["事项4"]["进度"] == "●●●●○ 待报告了结"
    assert rows["事项5"]["进度"] == "●●●●● 已了结" and rows["事项5"]["期限"] == "—"
    assert rows["事项0"]["期限"].startswith("超期 ") and rows["新提议"]["期限"].endswith("剩 5 工作日")


def test_the_list_narrows_by_deadline(ids: dict[str, str]) -> None:
    assert due_groups(open_page(PAGE, mo_part="all")) == {"超期": 5, "期限内": 1, "无期限": 1}
    narrows(PAGE, "动议清单", "demo-office", mo_part="all")


def test_who_only_looks_is_offered_no_step_and_a_town_is_told_so(ids: dict[str, str]) -> None:
    for person in ("demo-leader", "demo-inspector"):
        assert not any("提出廉情动议" in label for label, _, _ in links(open_page(PAGE, person)))
        told = words(open_page(PAGE, person, motion=ids["claim"]))
        assert "下一步是「问题认领」，由监督室、县纪委记录。" in told
    for query in ({}, {"motion": ids["claim"]}, {"propose": "own"}):
        told = words(open_page(PAGE, "demo-town", **query))
        assert "您的角色不查看廉情动议" in told and "事项" not in told


def test_one_motion_shows_its_way_and_records_the_next_step(ids: dict[str, str]) -> None:
    one = ids["discuss"]
    app = open_page(PAGE, motion=one)
    told = words(app)
    assert "✓**书记问询**2022-07-28" in told and "2**集体商议**" in told and "5**报告了结**未开始" in told
    facts = str(app.table[0].value.to_dict())
    assert "甲*" in facts.replace("\\", "") and "甲一" not in told + facts
    app.button(key=f"{one}_discuss_submit").click().run()
    assert "还不能提交：日期、责任人、商议纪要、附件" in words(app)
    offered = open_page(PAGE, "demo-leader", motion=one).get("button_group")
    assert not any("集体商议" in group.options for group in offered)


def test_the_report_says_first_what_is_still_open(ids: dict[str, str]) -> None:
    assert "了结时还没有办完的：没有" in words(open_page(PAGE, motion=ids["report"]))
    assert "这件动议已了结，没有后续步骤" in words(open_page(PAGE, motion=ids["nothing"]))


def test_it_is_proposed_from_a_warning_with_what_is_known(ids: dict[str, str], shared: tuple[Path, dict]) -> None:
    register, warehouse = handmade.opened(shared[0])
    warning = objects(register, OFFICE, warehouse, "warning").query("org_id == 'O0002'").iloc[0]["warning_id"]
    page = open_page("pages/warnings/warning.py", id=warning)
    assert any("提出廉情动议" in label for label, _, _ in links(page))
    app = open_page(PAGE, propose=f"warning:{warning}")
    assert app.selectbox(key=f"new:warning:{warning}_propose_org_id").options == ["桐乡市综合行政执法局"]
    assert app.text_input(key=f"new:warning:{warning}_propose_title").value.startswith("桐乡市综合行政执法局：")
    app.text_input(key=f"new:warning:{warning}_propose_recipient").set_value(PROPOSAL["recipient"]).run()
    app.button(key=f"new:warning:{warning}_propose_submit").click().run()
    assert "还不能提交：提议日期、动议理由" in words(app)
    assert "没有这条记录" in words(open_page(PAGE, propose="warning:W0"))
    assert "没有这条记录" in words(open_page(PAGE, propose="nobody:x"))
