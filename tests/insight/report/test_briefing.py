"""The briefing on the handmade city: the numbers of the overview on one A4 page, for those who may take it."""

import io
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from docx import Document

from lib.access import Forbidden, Viewer
from lib.casework import audit
from lib.casework.store.register import Register
from lib.insight.period import period
from lib.insight.report.briefing import Briefing, briefing, document
from lib.insight.report.standing import Standing, Tally
from lib.ui.overview.briefing import word
from lib.ui.overview.view import overview
from lib.warehouse.store import Warehouse
from tests.cities import handmade

LEADER = Viewer("l1", "领导", "leader")
COUNTY = Viewer("c2", "县丁", "county", area_code="330482")
TOWN = Viewer("t1", "镇丙", "town", area_code="330483101")
AT = datetime(2022, 9, 25, 12)
City = tuple[Register, Warehouse]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    return handmade.opened(handmade.put(tmp_path_factory.mktemp("briefing")))


def _made(city: City, viewer: Viewer = LEADER) -> Briefing:
    return briefing(*city, viewer, period("year", city[1].as_of), "全市", AT)


def _told(content: bytes) -> str:
    opened = Document(io.BytesIO(content))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in opened.paragraphs), *cells])


def test_its_numbers_are_those_of_the_overview(city: City) -> None:
    register, warehouse = city
    made = _made(city)
    shown = overview(register, warehouse, LEADER, period("year", warehouse.as_of))
    assert [one.value for one in made.figures] == [one.value for one in shown.figures]
    assert made.told[0] == shown.sentences.counties.text and made.told[1] == shown.sentences.rules.text
    pd.testing.assert_frame_equal(made.counties, shown.rates)
    told = _told(document(made, "内部资料", "导出人 领导", AT))
    assert made.about in told and "预警是核查提示" in told
    assert all(one.value in told for one in made.figures)
    assert "廉情动议在办 0 件、超期 0 件" in told


def test_a_reader_elsewhere_counts_nothing_and_a_town_takes_none(city: City) -> None:
    made = _made(city, COUNTY)
    assert made.figures[0].value == "0" and made.pressing.empty
    assert "没有超过期限的预警。" in _told(document(made, "内部资料", "", AT))
    with pytest.raises(Forbidden):
        _made(city, TOWN)


def test_whoever_takes_it_is_logged_and_stands_in_it(city: City) -> None:
    register, warehouse = city
    content = word(register, warehouse, LEADER, period("year", warehouse.as_of))
    last = audit.entries(register, LEADER, person_id=LEADER.person_id).iloc[0]
    assert (last["action"], last["object_type"]) == ("export", "report")
    opened = Document(io.BytesIO(content))
    section = opened.sections[0]
    assert "演示·合成数据" in section.header.paragraphs[0].text and LEADER.name in section.footer.paragraphs[0].text


@pytest.mark.skipif(shutil.which("soffice") is None, reason="需要 LibreOffice（Debian：libreoffice-writer）")
def test_the_fullest_is_one_page(city: City, tmp_path: Path) -> None:
    made = _made(city)
    names = ["嘉善县", "南湖区", "秀洲区", "海盐县", "海宁市", "平湖市", "桐乡市", "市本级", "经开区"]
    counties = pd.concat([made.counties.head(1)] * len(names), ignore_index=True)
    late = {"name": "尚无人签收", "place": "海宁市", "count": 5, "days": 54.0, "red": 1}
    full = Briefing(
        **{
            **{name: getattr(made, name) for name in made.__dataclass_fields__},
            "counties": counties.assign(name=names),
            "pressing": pd.DataFrame([late] * 12),
            "told": ["本年预警海宁市最多，乡镇中丁桥镇居首" * 2] * 3,
            "standings": [Standing("", "一项工作", (Tally("在办", 1234, ""), Tally("超期", 123, "")))] * 6,
        }
    )
    (tmp_path / "briefing.docx").write_bytes(document(full, "内部资料", "导出人 领导 2022-09-25 12:00 10.0.0.1", AT))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    done = ["soffice", profile, "--headless", "--convert-to", "pdf", "briefing.docx"]
    subprocess.run(done, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    assert (tmp_path / "briefing.pdf").read_bytes().count(b"/Type/Page\n") + (
        tmp_path / "briefing.pdf"
    ).read_bytes().count(b"/Type/Page/") == 1
