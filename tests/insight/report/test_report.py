"""The monthly report on the handmade city: what it says, read back from both files, for whom, of what."""

import io
import re
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from lib.access import SYSTEM, Forbidden, Viewer
from lib.casework import audit
from lib.casework.store.register import Register
from lib.errors import UserError
from lib.insight.report.document import document
from lib.insight.report.month import Report, made_of, months, moved, report, summary, usual
from lib.insight.report.workbook import workbook
from lib.insight.warnings.listing import warning_list
from lib.ui.kpi import monthly
from lib.warehouse.store import Warehouse
from tests.casework.stepping import on_warning
from tests.cities import handmade

OFFICE = Viewer("o1", "室甲", "office")
SECOND = Viewer("o2", "室乙", "office")
LEADER = Viewer("l1", "领导", "leader")
COUNTY = Viewer("c1", "县乙", "county", area_code="330483")
ELSEWHERE = Viewer("c2", "县丁", "county", area_code="330482")
TOWN = Viewer("t1", "镇丙", "town", area_code="330483101")
MARK = "内部资料 · 导出人 室甲"
AT = datetime(2022, 9, 25, 12)
CHARTS = {"c": "http://schemas.openxmlformats.org/drawingml/2006/chart"}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> tuple[Register, Warehouse]:
    """CA1 found true, CA2 untrue, CA3 unclear; CA4 and the grid's warning are open."""
    register, warehouse = handmade.opened(handmade.put(tmp_path_factory.mktemp("report")))
    frame = warning_list(register, warehouse, OFFICE).set_index("subject_id")
    for subject, conclusion in (("CA1", "属实"), ("CA2", "不属实"), ("CA3", "无法查实")):
        row = frame.loc[subject]
        at = row["first_seen_at"].to_pydatetime() + timedelta(hours=1)
        sent = {"submission_id": subject, "at": at}
        on_warning("sign_start", register, COUNTY, row["warning_id"], **sent)
        told = {"text": "核查说明", "checked": ["调阅案卷"], "conclusion": conclusion}
        on_warning("conclude", register, COUNTY, row["warning_id"], submission_id=f"{subject}2", at=at, **told)
    return register, warehouse


@pytest.fixture(scope="module")
def made(city: tuple[Register, Warehouse]) -> Report:
    return report(*city, OFFICE, "2022-09", "全市")


def _tables(content: bytes) -> list[list[list[str]]]:
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in Document(io.BytesIO(content)).tables]


def test_each_kpi_has_the_value_worked_by_hand(made: Report):
    values = {one.title: (one.value, made_of(one)) for group in made.groups for one in group.figures}
    assert values["预警核实率"] == ("50.0%", "属实 1、已判定 2、仅属实 1")
    assert values["误报率"] == ("33.3%", "误报 1、有结论 3")
    assert values["转线索率"] == ("0.0%", "转线索 0、有结论 3")
    assert values["复发率"] == ("0.0%", "再次预警 0、生成 5")
    assert values["线索处置率"] == ("—", "已处置 0、收到 0、已了结 0")
    assert values["整改率"] == ("—", "已销号 0、到期 0")
    assert values["预警处置时长"][0] == "—" and values["预警处置时长"][1] == "已办结 0、期末未办结 5"
    # The first record is of this month: what was before is unknown, not nought.
    assert moved(made.figure("误报率"), "环比") == "—，上期无记录"
    sentences = summary(made)
    assert sentences[0].startswith("2022年9月，全市首次生成预警 5 件（红色 1 件、橙色 ")
    assert any("反馈结论 3 件，核实率 50.0%（仅属实 50.0%）；误报率 33.3%" in one for one in sentences)
    assert any("当月没有收到问题线索" in one for one in sentences)


def test_the_word_file_says_what_the_report_says(made: Report):
    content = document(made, "内部资料", MARK, AT)
    opened = Document(io.BytesIO(content))
    assert opened.paragraphs[0].text == "执法监督工作月报" and opened.paragraphs[1].text == "（2022年9月）"
    assert "范围：全市" in opened.paragraphs[2].text and "当月未结束" in opened.paragraphs[2].text
    texts = [one.text for one in opened.paragraphs]
    assert all(sentence in texts for sentence in summary(made))
    kpis = {row[0].split("［")[0]: row[1:] for row in _tables(content)[0]}
    for group in made.groups:
        for one in group.figures:
            assert kpis[one.title][0] == one.value and kpis[one.title][1].startswith(made_of(one))
            assert any(one.meaning in text for text in texts), one.title
    section = opened.sections[0]
    assert (section.page_width.cm, section.page_height.cm) == (
        pytest.approx(21, abs=0.01),
        pytest.approx(29.7, abs=0.01),
    )
    assert section.header.paragraphs[0].text == "内部资料　　演示·合成数据"
    assert section.footer.paragraphs[0].text == MARK == opened.core_properties.comments


def test_every_chinese_text_of_the_word_file_names_a_font_for_it(made: Report):
    opened = Document(io.BytesIO(document(made, "内部资料", MARK, AT)))
    body = opened.styles["Normal"].element.rPr.rFonts.get(qn("w:eastAsia"))
    assert body == "仿宋"
    tables = [p for table in opened.tables for row in table.rows for cell in row.cells for p in cell.paragraphs]
    runs = [run for place in tables for run in place.runs if run.text.strip()]
    assert runs and {run._r.rPr.rFonts.get(qn("w:eastAsia")) for run in runs} == {"宋体"}


def test_charts_of_the_word_file_are_words_own_and_carry_their_numbers(made: Report):
    with zipfile.ZipFile(io.BytesIO(document(made, "内部资料", MARK, AT))) as package:
        names = package.namelist()
        drawn = [etree.fromstring(package.read(name)) for name in names if name.startswith("word/charts/chart")]
        books = [package.read(name) for name in names if name.startswith("word/embeddings/")]
        assert package.read("[Content_Types].xml").count(b"drawingml.chart+xml") == len(drawn)
    assert len(drawn) == len(books) >= 2
    # The months by level, the same numbers in the picture and in the sheet under it.
    series = drawn[0].findall(".//c:ser", CHARTS)
    shown = [[float(value.text) for value in one.findall(".//c:val//c:v", CHARTS)] for one in series]
    assert shown == [made.months[level].tolist() for level in ("red", "orange", "yellow")]
    sheet = openpyxl.load_workbook(io.BytesIO(books[0]))["数据"]
    held = [list(row) for row in sheet.iter_rows(min_row=2, min_col=2, values_only=True)]
    assert [list(column) for column in zip(*held, strict=True)] == shown
    assert all(one.find("c:externalData", CHARTS) is not None for one in drawn)


def test_the_workbook_lists_as_many_rows_as_each_number_says(made: Report):
    book = openpyxl.load_workbook(io.BytesIO(workbook(made, MARK)))
    assert {"概述", "预警指标", "线索指标", "整改指标", "数据指标", "预警清单", "线索清单", "口径"} <= set(
        book.sheetnames
    )
    checked = 0
    for group in made.groups:
        rows = {row[0]: row for row in book[f"{group.name}指标"].iter_rows(min_row=6, values_only=True) if row[0]}
        for one in group.figures:
            assert rows[one.title][1] == one.value
            for part in one.parts:
                title = f"{one.title}·{part.words}"
                [sheet] = [
                    page for page in book.worksheets if title in [cell.value for cell in page[5]]
                ]  # fmt: skip
                column = [cell.value for cell in sheet[5]].index(title)
                ticks = [row[column] for row in sheet.iter_rows(min_row=6, values_only=True)]
                assert ticks.count("√") == part.number, title
                checked += part.number
    assert checked > 20
    assert book["预警指标"]._charts == [] or len(book["预警指标"]._charts) >= 2
    assert all(page["A3"].value == MARK for page in book.worksheets if page.sheet_state == "visible")


def test_nothing_in_the_workbook_is_a_formula_or_a_link(made: Report):
    with zipfile.ZipFile(io.BytesIO(workbook(made, MARK))) as package:
        sheets = [package.read(name) for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)


def test_a_county_counts_the_county_and_another_nothing(city: tuple[Register, Warehouse]):
    own, other = (report(*city, viewer, "2022-09", "某地") for viewer in (COUNTY, ELSEWHERE))
    assert own.figure("误报率").value == "33.3%" and other.figure("误报率").value == "—"
    assert other.generated.parts[0].number == 0 and other.places == []
    assert len(own.lists["预警清单"]) == 5 and len(other.lists["预警清单"]) == 0
    for one in (own, other):
        assert summary(one)[0].startswith("2022年9月，某地首次生成预警")
        assert document(one, "内部资料", MARK, AT) and workbook(one, MARK)


def test_a_role_without_the_lists_gets_the_report_without_them(city: tuple[Register, Warehouse]):
    made = report(*city, LEADER, "2022-09", "全市")
    assert made.lists == {} and made.figure("误报率").value == "33.3%"
    book = openpyxl.load_workbook(io.BytesIO(workbook(made, MARK)))
    assert not [name for name in book.sheetnames if name.endswith("清单")]
    assert "您的角色不导出清单" in "".join(str(row[0]) for row in book["概述"].iter_rows(values_only=True))


def test_who_may_not_export_gets_nothing(city: tuple[Register, Warehouse]):
    with pytest.raises(Forbidden, match="导出月报"):
        report(*city, TOWN, "2022-09", "濮院镇")
    with pytest.raises(Forbidden):
        monthly.word(*city, TOWN, "2022-09")


@pytest.mark.parametrize("month", ["2022-10", "2022-13", "8月", "1999-01", ""])
def test_a_month_that_cannot_be_reported_says_which_can(city: tuple[Register, Warehouse], month: str):
    with pytest.raises(UserError) as refused:
        report(*city, OFFICE, month, "全市")
    assert "2022-09" in refused.value.sentence


def test_the_usual_month_is_the_last_that_has_ended():
    held = months(datetime(2022, 6, 30), datetime(2022, 9, 25).date())
    assert held == ["2022-09", "2022-08", "2022-07", "2022-06"]
    assert usual(held, datetime(2022, 9, 25).date()) == "2022-08"
    assert usual(held, datetime(2022, 9, 30).date()) == "2022-09"
    assert usual(held[:1], datetime(2022, 9, 25).date()) == "2022-09"


def test_both_files_are_logged_and_marked_with_who_took_them(tmp_path: Path):
    register, warehouse = handmade.opened(handmade.put(tmp_path))
    name, word = monthly.word(register, warehouse, COUNTY, "2022-09")
    assert name == "执法监督工作月报_桐乡市_2022-09.docx"
    assert "县乙" in Document(io.BytesIO(word)).sections[0].footer.paragraphs[0].text
    name, book = monthly.excel(register, warehouse, SYSTEM, None)
    assert name == "执法监督工作月报_全市_2022-09.xlsx" and book[:2] == b"PK"
    logged = audit.entries(register, OFFICE)
    logged = logged[logged["object_type"].eq("report")]
    assert logged[["person_id", "action", "object_id"]].to_numpy().tolist() == [
        ["system", "export", "2022-09"],
        ["c1", "export", "2022-09"],
    ]
    assert [one["file"] for one in logged["detail"]] == ["xlsx", "docx"]


def test_real_data_carries_no_mark_of_a_demo(made: Report):
    from dataclasses import replace

    real = Document(io.BytesIO(document(replace(made, synthetic=False), "内部资料", MARK, AT)))
    assert real.sections[0].header.paragraphs[0].text == "内部资料"
    assert not re.search("演示|合成", "".join(one.text for one in real.paragraphs))
