"""The printed manual: contents, chapters, pictures and dictionary, for those who may read them."""

import io
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as Opened

from lib.casework.store.register import open_register
from lib.cli import main
from lib.errors import UserError
from lib.insight.help.document import TITLE
from lib.ui.help.printed import word
from lib.warehouse.store import open_warehouse
from tests.cities import handmade


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return handmade.put(tmp_path_factory.mktemp("handmade"))


def made(home: Path, role: str) -> tuple[list[str], Opened, str]:
    name, content = word(open_register(home), open_warehouse(home), role)
    document = Document(io.BytesIO(content))
    texts = [paragraph.text for paragraph in document.paragraphs]
    texts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return texts, document, name


def test_it_has_contents_chapters_pictures_and_the_dictionary(home: Path):
    texts, document, name = made(home, "office")
    heads = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert heads[0] == "一、使用说明" and "四、数字口径" in heads and "六、模型" in heads
    # Every line of the contents names a place that is marked, once.
    every = list(document.element.iter())
    told = [str(one.text) for one in every if one.tag.endswith("}instrText")]
    codes = [text.split()[1] for text in told if text.startswith("PAGEREF")]
    starts = [one for one in every if one.tag.endswith("}bookmarkStart")]
    marks = [value for one in starts for key, value in one.attrib.items() if key.endswith("}name")]
    assert len(codes) > 30 and len(marks) == len(set(marks)) and set(codes) <= set(marks)
    assert len(document.inline_shapes) > 20
    assert any("坐收坐支" in text for text in texts) and "10 个工作日" in texts
    assert "演示·合成数据" in document.sections[0].header.paragraphs[0].text
    assert name == "执法监督舱使用手册（监督室）.docx"
    assert not [text for text in texts if "**" in text or "](" in text]


def test_what_a_unit_is_given_holds_nothing_of_models(home: Path):
    texts, document, _ = made(home, "liaison")
    assert "执法监督通知书的期限" in texts and "单位联络员" in texts
    assert not [text for text in texts if "罚缴不一致" in text or "人员排序" in text]
    assert len(document.inline_shapes) < 12


def test_a_role_that_is_none_is_refused_with_those_there_are(home: Path):
    with pytest.raises(UserError, match="liaison"):
        word(open_register(home), open_warehouse(home), "nobody")


def test_one_command_writes_it(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COCKPIT_HOME", str(home))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    place = tmp_path / "manual.docx"
    assert main(["manual", "--role", "town", "--out", str(place)]) == 0
    assert Document(str(place)).core_properties.title == TITLE
