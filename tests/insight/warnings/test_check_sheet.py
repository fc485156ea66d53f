"""The sheet to take along: what stands on it, in which fonts, for whom, and that it is one page."""

import io
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from docx import Document
from docx.document import Document as Opened
from docx.oxml.ns import qn

from lib.access import Forbidden, Viewer
from lib.errors import UserError
from lib.insight.warnings import check_sheet
from lib.insight.warnings.listing import warning_list
from tests.cities import handmade

OFFICE = Viewer("p", "示范员", "office")
MARK = "内部资料 · 导出人 示范员（监督室）"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return handmade.put(tmp_path_factory.mktemp("city"))


def row_of(home: Path, subject_id: str) -> pd.Series:
    register, warehouse = handmade.opened(home)
    found = warning_list(register, warehouse, OFFICE)
    return found[found["subject_id"].eq(subject_id)].iloc[0]


def made(home: Path, row: pd.Series, viewer: Viewer = OFFICE) -> Opened:
    register, warehouse = handmade.opened(home)
    return Document(io.BytesIO(check_sheet.check_sheet(home, register, warehouse, viewer, row, MARK)))


def cells(sheet: Opened) -> dict[str, str]:
    return {row.cells[0].text: row.cells[1].text for row in sheet.tables[0].rows}


def test_it_says_why_it_fired_what_it_rests_on_and_what_to_check(home: Path):
    sheet = made(home, row_of(home, "CA3"))
    told = cells(sheet)
    assert "超期天数 100" in told["为什么预警"] and told["为什么预警"].startswith("桐乡市综合行政执法局办理的案件")
    assert "处罚案件 1 行：CA3" in told["来源数据"]
    assert told["核查什么"].startswith("1. ") and "\n2. " in told["核查什么"]
    assert told["核查情况"] == "" and "同行人" in told["签　　名"]
    assert "红色" in sheet.paragraphs[1].text and "M01" in sheet.paragraphs[1].text
    assert sheet.sections[0].footer.paragraphs[0].text == MARK
    assert "演示·非正式" in "".join(one.text for one in sheet.sections[0].header.paragraphs)


def test_every_letter_has_an_east_asian_font(home: Path):
    sheet = made(home, row_of(home, "CA3"))
    texts = [one for one in sheet.element.body.iter(qn("w:r")) if any(part.text for part in one.iter(qn("w:t")))]
    fonts = {one.find(qn("w:rPr")).find(qn("w:rFonts")).get(qn("w:eastAsia")) for one in texts}
    assert len(texts) > 20 and fonts == {"仿宋", "宋体"}


def test_who_may_not_export_gets_none(home: Path):
    with pytest.raises(Forbidden):
        made(home, row_of(home, "CA3"), Viewer("p", "某", "town", area_code="330483101"))
    with pytest.raises(Forbidden):
        made(home, row_of(home, "CA3"), Viewer("p", "某", "liaison", org_id="O0002"))


def test_rows_outside_the_scope_are_not_told(home: Path):
    elsewhere = Viewer("p", "某", "county", area_code="330482")
    assert "CA3" not in cells(made(home, row_of(home, "CA3"), elsewhere))["来源数据"]


def test_an_office_puts_its_own_template_beside_the_data_and_an_unknown_field_is_named(tmp_path: Path):
    own = tmp_path / "templates"
    own.mkdir()
    shutil.copy(check_sheet.DELIVERED_WITH, own / check_sheet.TEMPLATE)
    check_sheet.check_template(tmp_path)
    spoilt = Document(str(own / check_sheet.TEMPLATE))
    spoilt.add_paragraph("{{ suspect }}")
    spoilt.save(str(own / check_sheet.TEMPLATE))
    with pytest.raises(UserError, match="suspect"):
        check_sheet.check_template(tmp_path)


@pytest.mark.scale
def test_it_is_one_page_with_the_longest_that_can_stand_on_it(home: Path, tmp_path: Path, monkeypatch):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("没有 LibreOffice")
    monkeypatch.setattr(check_sheet, "_why", lambda *_: "原因" * 400)
    monkeypatch.setattr(check_sheet, "_sources", lambda *_: [check_sheet._short("来源" * 99, 56)] * 5)
    register, warehouse = handmade.opened(home)
    row = row_of(home, "CA3")
    row["subject_title"], row["org_name"] = (
        "嘉综执罚决字〔2022〕第000123号 " + "违法行为" * 20,
        "某某综合行政执法队" * 3,
    )
    sheet = check_sheet.check_sheet(home, register, warehouse, OFFICE, row, MARK)
    (tmp_path / "sheet.docx").write_bytes(sheet)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        [office, "--headless", profile, "--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "sheet.docx")],
        check=True, capture_output=True,
    )  # fmt: skip
    assert (tmp_path / "sheet.pdf").read_bytes().count(b"/Type/Page\n") + (tmp_path / "sheet.pdf").read_bytes().count(
        b"/Type/Page/"
    ) == 1
