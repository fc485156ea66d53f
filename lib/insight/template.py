"""Documents from a template that an office writes in Word: fields in double braces, nothing else is run.

What is filled in stays text, whatever stands in it; a template with a field that nobody fills, or that is no Word
document, is refused, the field and where it stands named.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from docx import Document
from docx.document import Document as Opened
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from lib.errors import UserError, system_says
from lib.text import seen

_MOST_BYTES = 50_000_000
_FIELD = re.compile(r"{[{%][^{}]*[%}]}")
_EXTERNAL = re.compile(r'<Relationship\s[^>]*TargetMode="External"[^>]*>')
_LONGEST = 30
# What the library would turn into braces after it has filled in the values.
_BRACES = re.compile(r"{_(?=[{%])|[}%]_(?=})")


def of_home(home: Path, delivered: Path) -> Path:
    """The template of this home under the name of the one that comes with the code, or that one."""
    own = home / "templates" / delivered.name
    return own if own.exists() else delivered


def render(path: Path, values: Mapping[str, str]) -> bytes:
    """The document of a template with its fields filled in; a break in a value begins a paragraph.

    Raises UserError for a file that is no Word document, an unknown field or a way of writing that is not run.
    """
    content = _content(path)
    _refuse_strange(path, content)
    opened = DocxTemplate(io.BytesIO(content))
    _refuse_unknown(path, content, tuple(sorted(values)))
    filled = {name: _text(value) for name, value in values.items()}
    try:
        opened.render(filled, jinja_env=_environment())
    except Exception as wrong:  # a template can go wrong in more ways than its language has errors
        raise _wrong(path, content, filled, wrong) from None
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def check(path: Path, fields: tuple[str, ...]) -> None:
    """Raise UserError for a template that cannot be filled with these fields."""
    render(path, dict.fromkeys(fields, "某"))


def marked(made: bytes, mark: str, watermark: str) -> bytes:
    """A document with a mark in whatever header a page may have, also in those that the template leaves out; who took
    it when stands in its properties."""
    opened = Document(io.BytesIO(made))
    opened.core_properties.comments = watermark
    for section in opened.sections if mark else ():
        headers = [section.header, section.even_page_header]
        headers += [section.first_page_header] if section.different_first_page_header_footer else []
        for header in headers:
            # One that follows the section before is marked there.
            header.is_linked_to_previous = False
            line = header.paragraphs[0] if not header.paragraphs[0].text else header.add_paragraph()
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run = line.add_run(mark)
            run.font.size, run.font.bold = Pt(12), True
            run.font.name = "黑体"
            run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "黑体")
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def _environment() -> ImmutableSandboxedEnvironment:
    # Values are escaped and never read as a template; a template reaches nothing but them.
    made = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    made.globals.clear()
    return made


def _text(value: str) -> str:
    lines = [seen(line) for line in value.splitlines()]
    # The library reads \a as the end of a paragraph.
    return "\a".join(_BRACES.sub(r"\g<0> ", line) for line in lines if line)


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(content)) as held:
            size = sum(one.file_size for one in held.infolist())
        if size > _MOST_BYTES:
            raise _refused(path, "太大")
        Document(io.BytesIO(content))
    except OSError as missing:
        raise _refused(path, f"读不出来（{system_says(missing)}）") from None
    except UserError:
        raise
    except Exception:  # zip, package and XML each fail in their own way
        raise _refused(path, "不是完好的 Word 文档（.docx）") from None
    return content


def _refuse_strange(path: Path, content: bytes) -> None:
    """No macros, and nothing that a reader's computer would fetch from elsewhere on opening it."""
    with zipfile.ZipFile(io.BytesIO(content)) as held:
        for name in held.namelist():
            if "vbaproject" in name.lower():
                raise _refused(path, "带有宏")
            if name.endswith(".rels"):
                for found in _EXTERNAL.findall(held.read(name).decode("utf-8", errors="replace")):
                    if "/hyperlink" not in found:
                        raise _refused(path, f"引用了文档以外的内容（{name}）")


def _refuse_unknown(path: Path, content: bytes, known: tuple[str, ...]) -> None:
    try:
        unknown = DocxTemplate(io.BytesIO(content)).get_undeclared_template_variables(_environment()) - set(known)
    except TemplateError as wrong:
        raise _wrong(path, content, dict.fromkeys(known, "某"), wrong) from None
    if unknown:
        told = "；".join(f"{{{{ {name} }}}}（{_place(content, name)}）" for name in sorted(unknown))
        raise UserError(
            f"模板 {path.name} 里有不认识的字段：{told}。",
            f"可用的字段：{'、'.join(known)}。请在 Word 中改正模板后重试。",
        )


def _place(content: bytes, name: str) -> str:
    """Where a field stands: the paragraph or cell, with the words around it."""
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    for where, text in _paragraphs(Document(io.BytesIO(content))):
        if any(word.search(field) for field in _FIELD.findall(text)):
            return f"{where}「{text[:_LONGEST]}」"
    return "位置不明"


def _paragraphs(document: Opened) -> Iterator[tuple[str, str]]:
    for number, paragraph in enumerate(document.paragraphs, start=1):
        yield f"正文第 {number} 段", paragraph.text
    for number, table in enumerate(document.tables, start=1):
        for line, row in enumerate(table.rows, start=1):
            for cell in row.cells:
                yield f"表格 {number} 第 {line} 行", cell.text
    for section in document.sections:
        for where, part in (
            ("页眉", section.header),
            ("页脚", section.footer),
            ("双页页眉", section.even_page_header),
            ("双页页脚", section.even_page_footer),
            ("首页页眉", section.first_page_header),
            ("首页页脚", section.first_page_footer),
        ):
            for paragraph in part.paragraphs:
                yield where, paragraph.text


def _wrong(path: Path, content: bytes, filled: Mapping[str, str], wrong: Exception) -> UserError:
    said = "写法不对" if isinstance(wrong, TemplateSyntaxError) else "用了不允许的写法"
    where = _failing(content, filled)
    return _refused(path, f"{said}{f'：{where}' if where else ''}")


def _failing(content: bytes, filled: Mapping[str, str]) -> str:
    """The first field that cannot be filled by itself or does not end, and where it stands; empty when each can."""
    for where, text in _paragraphs(Document(io.BytesIO(content))):
        if text.count("{{") != text.count("}}") or text.count("{%") != text.count("%}"):
            return f"{where}「{text[:_LONGEST]}」"
        for field in _FIELD.findall(text):
            try:
                _environment().from_string(field if field.startswith("{{") else "").render(filled)
            except Exception:
                return f"{field[:_LONGEST]}（{where}）"
    return ""


def _refused(path: Path, why: str) -> UserError:
    return UserError(f"模板 {path.name} {why}。", "请用 Word 另存为 .docx 后替换，或删去它，改用随系统交付的模板。")
