"""The notice as a Word document: the elements of GB/T 9704-2012, read back out of the file, and its looks."""

import io
import shutil
import subprocess
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from docx import Document
from docx.document import Document as Opened
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm

from lib.access import Forbidden, Viewer
from lib.insight.notices.document import DELIVERED_WITH, FIELDS, check_template, document, heading, template
from lib.insight.template import check

OFFICE = Viewer("p-office", "示范员02", "office")
ROW: dict[str, Any] = {
    "serial": "监督通知〔2022〕第001号", "state": "整改", "signed_on": date(2022, 9, 6), "urgency": "加急",
    "title": "关于罚没款未及时缴库问题", "org_name": "濮院镇综合行政执法队",
    "facts": "有3件案件的罚没款未在期限内缴库。\n承办人对事实无异议。", "basis": "《行政处罚法》第六十七条（已核）。",
    "requirement": "一是立即缴库。\n二是查明原因。", "days": 10, "feedback": "书面整改报告",
    "contact": "示范员01，0573-82510001", "annex": "1. 问题清单", "copies": "市司法局",
}  # fmt: skip


def _made(home: Path, synthetic: bool = True, **changed: Any) -> bytes:
    city: Any = SimpleNamespace(synthetic=synthetic)
    return document(home, city, OFFICE, ROW | changed, "内部资料", "导出人 示范员02")


def _opened(home: Path, **changed: Any) -> Opened:
    return Document(io.BytesIO(_made(home, **changed)))


def _headers(opened: Opened) -> str:
    [section] = opened.sections
    return "".join(one.text for part in (section.header, section.even_page_header) for one in part.paragraphs)


def test_every_element_stands_in_its_place(tmp_path: Path) -> None:
    opened = _opened(tmp_path)
    told = [paragraph.text for paragraph in opened.paragraphs if paragraph.text.strip()]
    assert told == [
        "000001", "内部资料", "加急", "嘉兴市纪委监委文件", "监督通知〔2022〕第001号",
        "关于罚没款未及时缴库问题的执法监督通知书", "濮院镇综合行政执法队：",
        "根据监督工作安排，现就查明的情况和整改要求通知如下。",
        "一、基本事实", "有3件案件的罚没款未在期限内缴库。", "承办人对事实无异议。",
        "二、依据", "《行政处罚法》第六十七条（已核）。",
        "三、整改要求", "一是立即缴库。", "二是查明原因。", "四、期限和反馈",
        "请自本通知书送达之日起10个工作日内完成整改，以下列形式反馈整改情况：书面整改报告。",
        "联系人及电话：示范员01，0573-82510001。", "附件：1. 问题清单", "嘉兴市纪委监委", "2022年9月6日",
        "（请收到后在系统中确认回执。）",
    ]  # fmt: skip
    [table] = opened.tables
    assert [row.cells[0].text for row in table.rows] == ["抄送：市司法局", "嘉兴市纪委监委办公室\t2022年9月6日印发"]
    # No 签发人: that stands on what goes up, and no seal.
    assert "签发人" not in "".join(told) and not opened.inline_shapes


def test_the_page_is_that_of_the_standard(tmp_path: Path) -> None:
    opened = _opened(tmp_path)
    [section] = opened.sections
    lengths = (section.page_width, section.page_height, section.top_margin, section.left_margin)
    assert [round(length / Mm(1)) for length in lengths if length is not None] == [210, 297, 37, 28]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid is not None and grid.get(qn("w:linePitch")) == "579"
    # 22 lines of 579 twips fill the 225 mm, 28 letters of three (16 pt, closed up by a quarter) the 156 mm.
    assert (
        pytest.approx(225, abs=1) == 22 * 579 / 20 / 72 * 25.4 and pytest.approx(156, abs=1) == 28 * 15.75 / 72 * 25.4
    )
    assert section.page_width is not None and section.right_margin is not None and section.left_margin is not None
    assert round((section.page_width - section.left_margin - section.right_margin) / Mm(1)) == 156
    codes = [one.text for one in section.footer._element.iter(qn("w:instrText"))]
    assert codes == [" PAGE "] and opened.settings.odd_and_even_pages_header_footer
    sides = [part.paragraphs[0].alignment for part in (section.footer, section.even_page_footer)]
    assert sides == [WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT]


def test_every_letter_has_a_font_for_east_asian_text(tmp_path: Path) -> None:
    opened = _opened(tmp_path)
    runs = list(opened.element.body.iter(qn("w:r"))) + list(opened.sections[0].header._element.iter(qn("w:r")))
    fonts = set()
    for run in runs:
        if any(one.text for one in run.iter(qn("w:t"))):
            held = run.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
            assert held is not None and held.get(qn("w:eastAsia")), "".join(
                one.text or "" for one in run.iter(qn("w:t"))
            )
            fonts.add(held.get(qn("w:eastAsia")))
    assert fonts == {"仿宋", "黑体", "方正小标宋简体"}
    normal = opened.styles["Normal"].element.rPr
    assert (
        normal.find(qn("w:rFonts")).get(qn("w:eastAsia")) == "仿宋" and normal.find(qn("w:sz")).get(qn("w:val")) == "32"
    )


def test_what_is_not_given_takes_no_room(tmp_path: Path) -> None:
    told = [one.text for one in _opened(tmp_path, urgency=float("nan"), annex="", copies="").paragraphs]
    assert "加急" not in told and not any(text.startswith("附件") for text in told)
    assert not any("{" in text or "nan" in text for text in told)


@pytest.mark.parametrize(
    ("synthetic", "serial", "mark"),
    [
        (True, ROW["serial"], "演示·非正式公文"),
        (True, None, "演示·非正式公文　未签发"),
        (False, None, "未签发"),
        (False, ROW["serial"], ""),
    ],
)
def test_what_it_is_not_stands_on_every_page(tmp_path: Path, synthetic: bool, serial: str | None, mark: str) -> None:
    signed_on = None if serial is None else ROW["signed_on"]
    opened = _opened(tmp_path, synthetic=synthetic, serial=serial, signed_on=signed_on)
    assert _headers(opened) == mark * 2
    assert opened.core_properties.comments == "导出人 示范员02"
    told = "".join(paragraph.text for paragraph in opened.paragraphs)
    assert ("第001号" in told) == (serial is not None) and ("2022年9月6日" in told) == (serial is not None)


def test_one_that_was_taken_back_says_so(tmp_path: Path) -> None:
    assert _headers(_opened(tmp_path, synthetic=False, state="撤回")) == "已撤回" * 2


def test_an_office_has_a_template_of_its_own_and_it_is_marked_all_the_same(tmp_path: Path) -> None:
    assert template(tmp_path) == DELIVERED_WITH
    (tmp_path / "templates").mkdir()
    made = Document()
    made.add_paragraph("某市通知 {{ number }}")
    made.add_section()
    made.sections[0].different_first_page_header_footer = True
    made.save(str(tmp_path / "templates" / "notice.docx"))
    opened = _opened(tmp_path)
    assert opened.paragraphs[0].text == "某市通知 监督通知〔2022〕第001号"
    for section in opened.sections:
        assert "演示·非正式公文" in section.header.paragraphs[0].text
    assert "演示·非正式公文" in opened.sections[0].first_page_header.paragraphs[0].text


def test_the_template_that_comes_with_the_code_knows_every_field(tmp_path: Path) -> None:
    check_template(tmp_path)
    check(DELIVERED_WITH, tuple(FIELDS))
    held = Document(str(DELIVERED_WITH))
    told = "".join(one.text for one in held.paragraphs) + "".join(
        cell.text for table in held.tables for row in table.rows for cell in row.cells
    )
    assert [name for name in FIELDS if name not in told] == []


def test_the_right_to_see_a_notice_is_asked_for(tmp_path: Path) -> None:
    city: Any = SimpleNamespace(synthetic=True)
    with pytest.raises(Forbidden):
        document(tmp_path, city, Viewer("p", "某", "town", area_code="330483101"), ROW, "内部资料", "")


def test_a_long_title_breaks_before_what_it_is() -> None:
    assert heading("关于罚没款未及时缴库问题") == "关于罚没款未及时缴库问题的执法监督通知书"
    assert (
        heading("关于单人执法、无证执法和执法记录缺失问题")
        == "关于单人执法、无证执法和执法记录缺失问题的\n执法监督通知书"
    )
    assert heading("关于某事的执法监督通知书") == "关于某事的执法监督通知书"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="需要 LibreOffice（Debian：libreoffice-writer）")
def test_it_opens_clean_in_libreoffice(tmp_path: Path) -> None:
    made = tmp_path / "通知书.docx"
    made.write_bytes(_made(tmp_path))
    done = subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf", made.name],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=180,
    )  # fmt: skip
    assert done.returncode == 0 and (tmp_path / "通知书.pdf").read_bytes()[:5] == b"%PDF-", done.stderr
