"""The integrity file's page: who opens it, that the opening is logged before anything shows, and empty sections."""

import sys
from pathlib import Path

import pytest

from lib.access.personas import personas
from lib.casework import audit
from lib.casework.store.register import open_register
from tests.pages.opening import figures, open_page, warning_rows, words

PAGE = "pages/officers/officer.py"
MAY = [viewer.person_id for viewer in personas(True) if viewer.may("view", "officer")]
# P0001 belongs to 综合行政执法局, which every persona of MAY supervises.
OFFICER = "P0001"


def _openings(home: Path) -> list[tuple[str, str]]:
    log = audit.entries(open_register(home), personas(True)[1])
    own = log[log["object_type"].eq("officer")]
    return list(zip(own["person_id"], own["object_id"], strict=True))


def test_four_roles_may() -> None:
    assert MAY == ["demo-leader", "demo-office", "demo-inspector", "demo-county"]


@pytest.mark.parametrize("person", MAY)
def test_the_file_shows_and_its_opening_is_logged_once(home: Path, person: str) -> None:
    app = open_page(PAGE, person, officer=OFFICER)
    text = words(app)
    assert "张* P0001" in text and "档案供核查参考，不是结论；查看已留痕" in text
    assert figures(app) == {
        "近 12 个月预警": "3 件",
        "属实或部分属实": "0 件",
        "投诉·信访": "0 件",
        "复议诉讼改变": "0 件",
        "有效证件": "0 本",
    }
    assert sorted(row["等级"] for row in warning_rows(app)) == ["▲ 红", "◆ 橙", "● 黄"]
    app.run()
    assert not app.exception
    assert _openings(home) == [(person, OFFICER)]


def test_every_empty_section_says_so(home: Path) -> None:
    text = words(open_page(PAGE, "demo-county", officer="P0002"))
    for sentence in (
        "没有此人的预警",
        "没有可以查看的反映此人的工单或信访",
        "主办案件没有被撤销",
        "没有此人的任职记录",
        "没有执法证件记录",
        "没有申报或比对发现的亲属经商记录",
        "没有可以查看的教育、表彰、谈话等条目",
        "没有带日期的记录",
    ):
        assert sentence in text
    assert "只由市纪委领导和监督室查看" in text
    assert "只由市纪委领导和监督室查看" not in words(open_page(PAGE, "demo-leader", officer="P0002"))


def test_the_town_is_told_who_may(home: Path) -> None:
    app = open_page(PAGE, "demo-town", officer="P0002")
    assert "市纪委领导、监督室、派驻组、县纪委" in words(app)
    assert not figures(app) and not app.dataframe and not app.selectbox(key="as").disabled
    assert not any(box.key == "integrity_search" for box in app.selectbox)
    assert _openings(home) == []


def test_an_unknown_officer_reads_as_one_outside_the_scope(home: Path) -> None:
    app = open_page(PAGE, "demo-county", officer="P9999")
    assert "没有这条记录，或不在您的权限范围内" in words(app)
    assert not figures(app) and _openings(home) == []


def test_an_officer_is_found_by_searching_and_left_again(home: Path) -> None:
    app = open_page(PAGE, "demo-county")
    box = app.selectbox(key="integrity_search")
    assert box.options[0] == "张* P0001 · 桐乡市综合行政执法局" and box.value is None
    assert _openings(home) == []
    box.set_value(OFFICER).run()
    assert app.query_params["officer"] in (OFFICER, [OFFICER]) and "张* P0001" in words(app)
    assert _openings(home) == [("demo-county", OFFICER)]
    next(button for button in app.button if button.label == "另选人员").click().run()
    assert not figures(app) and app.selectbox(key="integrity_search").value is None


def test_nothing_shows_when_the_opening_cannot_be_logged(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from lib.errors import UserError

    def refuse(*_args: object, **_named: object) -> None:
        raise UserError("操作日志暂时不能写入。", "请稍后再试。")

    monkeypatch.setattr(sys.modules["lib.casework.audit"], "log", refuse)
    app = open_page(PAGE, "demo-leader", officer=OFFICER)
    assert "操作日志暂时不能写入" in words(app)
    assert not figures(app) and "张* P0001" not in words(app)
