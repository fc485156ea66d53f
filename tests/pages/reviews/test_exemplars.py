"""The exemplars' page: readers search and read, those who work on them nominate and redact; what is left is shown in
its place."""

import io
from pathlib import Path

import pytest
from docx import Document

from lib.access.personas import personas
from lib.casework import audit
from lib.casework.exemplars.working import compile_edition, publish
from lib.casework.steps import Submission
from lib.casework.store.register import open_register
from lib.ui.exemplars import one as book
from tests.casework.exemplars.test_steps import AT, OFFICE, chosen, nominated
from tests.cities import handmade
from tests.pages.opening import links, open_page, warning_rows, words

PAGE = "pages/reviews/exemplars.py"
LEADER = next(one for one in personas(True) if one.person_id == "demo-leader")


@pytest.fixture
def edition(home: Path) -> str:
    """A published edition of one exemplar."""
    city = handmade.opened(home)
    one = chosen(city)
    given = {"title": "典型案例汇编", "exemplars": [one]}
    made = compile_edition(city[0], OFFICE, Submission("c1", AT, None, "供学习使用。", given)).created
    assert made is not None
    assert publish(*city, LEADER, made, Submission("p1", AT, None, "同意。")).recorded
    return made


def test_readers_find_and_read_what_was_published_and_nothing_of_where_it_comes_from(edition: str) -> None:
    app = open_page(PAGE, "demo-town")
    assert [row["书名"] for row in warning_rows(app, "汇编清单")] == ["典型案例汇编"]
    assert [row["案例"] for row in warning_rows(app, "案例清单")] == ["某执法单位办理的占用道路案"]
    assert warning_rows(app, "推荐的案例") == [] and "推荐和办理" not in words(app)
    assert "没有这样的案例" in words(open_page(PAGE, "demo-town", ex_words="没有的词"))
    assert len(warning_rows(open_page(PAGE, "demo-town", ex_words="超期 占用"), "案例清单")) == 1
    book = open_page(PAGE, "demo-town", edition=edition)
    text = words(book)
    assert "2022 年第 1 期 · 1 个案例" in text and "延期须有审批" in text
    assert "CA3" not in text and "桐乡" not in text.partition("典型案例汇编")[2] and "**办理**" not in text
    assert "您的角色不" in words(open_page(PAGE, "demo-town", exemplar="E1"))
    assert "您的角色不推荐典型案例" in words(open_page(PAGE, "demo-town", nominate="warning:W1"))
    assert "您的角色不" in words(open_page(PAGE, "demo-inspector", compile="new"))
    assert "没有这条记录" in words(open_page(PAGE, "demo-inspector", exemplar="E1"))


def test_the_liaison_is_told_who_may(home: Path) -> None:
    assert "镇监察办" in words(open_page(PAGE, "demo-liaison")) and warning_rows(open_page(PAGE, "demo-liaison")) == []


def test_what_is_left_is_shown_in_its_place_with_why(home: Path) -> None:
    city = handmade.opened(home)
    one = nominated(city)
    app = open_page(PAGE, "demo-office", exemplar=one)
    assert "脱敏核对：没有发现要改的内容" in words(app)
    key = f"{one}_redact_heading"
    app.text_input(key=key).set_value("当事人张建国在濮院镇占用道路案").run()
    text = words(app)
    assert "脱敏核对：还有 2 处" in text
    assert "标题第 4 字 · 姓名 · 前面是「当事人」" in text and "可写明理由放行" in text
    assert "标题第 8 字 · 地名地址 · 本案或本市的地名地址 · 必须改写" in text
    next(button for button in app.button if button.key == f"{one}_redact_submit").click().run()
    assert "还有没有脱敏的内容" in words(app)
    app.text_input(key=key).set_value("某执法单位办理的占用道路案").run()
    next(button for button in app.button if button.key == f"{one}_redact_submit").click().run()
    assert "已脱敏" in words(app) and not app.exception


def test_a_concluded_warning_leads_to_its_nomination(home: Path) -> None:
    city = handmade.opened(home)
    one = nominated(city)
    source = next(
        query for label, path, query in links(open_page(PAGE, "demo-office", exemplar=one)) if path == "warning"
    )
    warning = source.partition("id=")[2].partition("&")[0]
    told = links(open_page("pages/warnings/warning.py", "demo-inspector", id=warning))
    assert any(label == "推荐为典型案例" and f"nominate=warning%3A{warning}" in query for label, _, query in told)
    form = open_page(PAGE, "demo-inspector", nominate=f"warning:{warning}")
    assert "推荐后脱敏、会审、表决" in words(form)
    assert form.text_input(key=f"new:warning:{warning}_nominate_title").value == "擅自占用城市道路案"


def test_an_edition_is_taken_as_a_word_document_and_that_is_logged(
    edition: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: dict[str, bytes] = {}

    def download(viewer, action: str, kind: str, label: str, make, name: str, **_: object) -> None:
        assert viewer.may(action, kind)
        taken[name] = make()

    monkeypatch.setattr(book, "download", download)
    open_page(PAGE, "demo-town", edition=edition)
    [(name, content)] = taken.items()
    assert name == "典型案例汇编_2022 年第 1 期.docx"
    text = [paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs]
    told = "1．某执法单位办理的占用道路案（反面）"
    assert text.count(told) == 2, "in the contents and as a heading"
    assert "点评" in text and "供学习使用。" in text and not any("CA3" in line or "桐乡" in line for line in text)
    log = audit.entries(open_register(home), OFFICE)
    assert (log["object_id"].eq(edition) & log["detail"].map(lambda held: held.get("file") == "docx")).sum() == 1
