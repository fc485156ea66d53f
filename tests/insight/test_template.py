"""Documents from a template: fields filled in as text whatever they hold, faulty templates refused, the place named."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as Opened
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.errors import UserError
from lib.insight.template import check, render

Write = Callable[[Opened], None]


@pytest.fixture
def template(tmp_path: Path) -> Callable[..., Path]:
    def write(*paragraphs: str, more: Write | None = None) -> Path:
        made = Document()
        for text in paragraphs:
            made.add_paragraph(text)
        if more is not None:
            more(made)
        made.save(str(tmp_path / "own.docx"))
        return tmp_path / "own.docx"

    return write


def _paragraphs(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs]


def test_fields_are_filled_in_and_a_break_begins_a_paragraph(template: Callable[..., Path]) -> None:
    path = template("致 {{ who }}：", "{%p if extra %}", "另：{{ extra }}", "{%p endif %}", "{{ body }}")
    assert _paragraphs(render(path, {"who": "某队", "extra": "", "body": "一\n\n二"})) == ["致 某队：", "一", "二"]
    assert _paragraphs(render(path, {"who": "某队", "extra": "三", "body": "一"})) == ["致 某队：", "另：三", "一"]


HOSTILE = [
    "<w:p/>", "</w:t></w:r></w:p>", "&lt;", "a & b < c > d", "{{ 7 * 7 }}", "{% for x in y %}", "{_{ who }_}",
    "\x00\x07\x0b\x0c",
    "{{ who.__class__.__mro__ }}", "\u202eabc", "]]>", '"quoted"', "{#", "{_% if x %_}",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_what_stands_in_a_value_is_text(template: Callable[..., Path], text: str) -> None:
    [told] = _paragraphs(render(template("「{{ who }}」"), {"who": text}))
    seen = "".join(sign for sign in text if sign.isprintable())
    # Where the library would read braces of its own, a space stands between.
    assert told.replace(" ", "") == f"「{seen}」".replace(" ", "")
    assert "49" not in told


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40))
def test_no_text_breaks_a_document(tmp_path: Path, text: str) -> None:
    path = tmp_path / "any.docx"
    if not path.exists():
        made = Document()
        made.add_paragraph("「{{ who }}」")
        made.save(str(path))
    told = "".join(_paragraphs(render(path, {"who": text})))
    assert told.startswith("「") and told.endswith("」")


def _footer(made: Opened) -> None:
    made.sections[0].footer.paragraphs[0].text = "{{ page_of }}"


def _table(made: Opened) -> None:
    made.add_table(rows=2, cols=1).cell(1, 0).text = "抄送 {{ copy }}"


@pytest.mark.parametrize(
    ("paragraphs", "more", "told"),
    [
        (("第一段", "收件：{{ recipient }}"), None, "{{ recipient }}（正文第 2 段「收件：{{ recipient }}」）"),
        (("{{ who }}",), _footer, "{{ page_of }}（页脚「{{ page_of }}」）"),
        (("{{ who }}",), _table, "{{ copy }}（表格 1 第 2 行「抄送 {{ copy }}」）"),
        (("{%p if urgent %}", "急", "{%p endif %}"), None, "{{ urgent }}（正文第 1 段"),
    ],
)
def test_an_unknown_field_is_refused_with_its_name_and_where_it_stands(
    template: Callable[..., Path], paragraphs: tuple[str, ...], more: Write | None, told: str
) -> None:
    with pytest.raises(UserError, match=r"own\.docx 里有不认识的字段") as refused:
        check(template(*paragraphs, more=more), ("who", "body"))
    assert told in refused.value.message and "可用的字段：body、who" in refused.value.sentence


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{{ who", "写法不对：正文第 1 段「{{ who」"),
        ("{% if who %}", "写法不对"),
        ("{{ who.__class__ }}", "用了不允许的写法：{{ who.__class__ }}（正文第 1 段）"),
        ("{{ who.nothing }}", "用了不允许的写法：{{ who.nothing }}（正文第 1 段）"),
        ("{{ who|nosuch }}", "写法不对：{{ who|nosuch }}（正文第 1 段）"),
        ("{{ ().__class__.__bases__[0].__subclasses__() }}", "用了不允许的写法"),
        ("{{ cycler.__init__.__globals__ }}", "不认识的字段：{{ cycler }}"),
        ("{% include '/etc/passwd' %}", "用了不允许的写法"),
        ("{% for n in range(99999999) %}{{ n }}{% endfor %}", "不认识的字段：{{ range }}"),
        ("{{ who.format(who) }}{{ lipsum() }}", "不认识的字段：{{ lipsum }}"),
    ],
)
def test_a_way_of_writing_that_is_not_run_is_refused(template: Callable[..., Path], text: str, told: str) -> None:
    with pytest.raises(UserError, match=r"own\.docx") as refused:
        check(template(text), ("who",))
    assert told in refused.value.sentence
    assert "Traceback" not in refused.value.sentence


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:400])


def _text(path: Path) -> None:
    path.write_text("不是文档")


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _no_body(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as held:
        held.writestr("hello.txt", "x")


def _broken_xml(path: Path) -> None:
    _rewritten(path, "word/document.xml", lambda held: held[: len(held) // 2])


def _gone(path: Path) -> None:
    path.unlink()


def _macro(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as held:
        held.writestr("word/vbaProject.bin", b"x")


def _fetches(path: Path) -> None:
    link = b'<Relationship Id="rX" Type="http://x/attachedTemplate" Target="http://x/t.dotm" TargetMode="External"/>'
    _rewritten(
        path, "word/_rels/document.xml.rels", lambda held: held.replace(b"</Relationships>", link + b"</Relationships>")
    )


def _rewritten(path: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(path) as held:
        parts = {one: held.read(one) for one in held.namelist()}
    parts[name] = change(parts[name])
    with zipfile.ZipFile(path, "w") as held:
        for one, content in parts.items():
            held.writestr(one, content)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_cut, "不是完好的 Word 文档"),
        (_text, "不是完好的 Word 文档"),
        (_empty, "不是完好的 Word 文档"),
        (_no_body, "不是完好的 Word 文档"),
        (_broken_xml, "不是完好的 Word 文档"),
        (_gone, "读不出来"),
        (_macro, "带有宏"),
        (_fetches, "文档以外的内容"),
    ],
)
def test_a_file_that_is_no_sound_document_is_refused(
    template: Callable[..., Path], spoil: Callable[[Path], None], told: str
) -> None:
    path = template("{{ who }}")
    spoil(path)
    with pytest.raises(UserError, match=told) as refused:
        check(path, ("who",))
    assert "own.docx" in refused.value.message and ".docx" in refused.value.sentence
