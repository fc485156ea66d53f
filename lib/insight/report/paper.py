"""A document on paper: A4, fonts for East Asian text, headings, paragraphs and tables of one kind in all of them."""

import io
from collections.abc import Sequence
from datetime import datetime

from docx import Document
from docx.document import Document as Opened
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

BODY, HEAD, TABLE = "仿宋", "黑体", "宋体"
# What every page of an invented city says.
DEMO = "演示·合成数据"
_LIGHT = "EEF3F8"
# The sizes of headings by rank.
_RANKS = (15, 13, 11.5)


def page(secrecy: str, watermark: str, synthetic: bool) -> Opened:
    """A new A4 document; on every page its class, what it is not, who took it and the page's number."""
    made = Document()
    section = made.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin, section.bottom_margin = Cm(2.8), Cm(2.4)
    normal = made.styles["Normal"]
    assert isinstance(normal, ParagraphStyle)
    font(normal, BODY, 14)
    normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.line_spacing = Pt(26)
    for rank, size in enumerate(_RANKS, 1):
        heading = made.styles[f"Heading {rank}"]
        assert isinstance(heading, ParagraphStyle)
        font(heading, HEAD, size)
        heading.font.italic = False
        heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(12), Pt(6)
        heading.paragraph_format.keep_with_next = True
    head = section.header.paragraphs[0]
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    small(head, "　　".join([secrecy, *([DEMO] if synthetic else [])]), 10.5, HEAD)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    small(foot, watermark, 8, TABLE)
    number = section.footer.add_paragraph()
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    small(number, "— ", 9, TABLE)
    _page_number(number)
    small(number, " —", 9, TABLE)
    return made


def font(run: Run | ParagraphStyle, name: str, size: float, bold: bool = False) -> None:
    """Set a font for letters of every script."""
    run.font.name, run.font.size, run.font.bold = name, Pt(size), bold
    run.font.color.rgb = RGBColor(0x1C, 0x27, 0x33)
    # A name alone is that of Latin letters: Chinese ones are set by eastAsia.
    fonts = run.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:eastAsia", "w:hAnsi", "w:cs"):
        fonts.set(qn(script), name)


def small(place: Paragraph, text: str, size: float, named: str, bold: bool = False) -> Run:
    """Text in single spacing, in a font of that name and size."""
    place.paragraph_format.line_spacing = 1.0
    run = place.add_run(text)
    font(run, named, size, bold)
    return run


def _page_number(place: Paragraph) -> None:
    _field(place, "PAGE", 9)


def _field(place: Paragraph, code: str, size: float) -> None:
    """What the word processor works out, anew whenever the document is opened."""
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("end", "")):
        run = small(place, "", size, TABLE)
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
            if kind == "begin":
                part.set(qn("w:dirty"), "true")
        else:
            part = OxmlElement("w:instrText")
            part.text = text
        run._r.append(part)


def heading(made: Opened, text: str, rank: int = 1) -> Paragraph:
    """A heading of a rank, the first being the highest."""
    return made.add_paragraph(text, style=f"Heading {rank}")


def paragraph(made: Opened, text: str) -> None:
    """A paragraph of the body, its first line set in by two letters."""
    place = made.add_paragraph(text)
    place.paragraph_format.first_line_indent = Pt(28)
    place.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY


def paragraphs(made: Opened, text: str) -> None:
    """A paragraph of the body for each line of a text; empty ones are left out."""
    for line in text.splitlines():
        if line.strip():
            paragraph(made, line.strip())


def mark(place: Paragraph, name: str, number: int) -> None:
    """Name a place of the document, so that contents can tell its page."""
    for tag, end in (("w:bookmarkStart", False), ("w:bookmarkEnd", True)):
        part = OxmlElement(tag)
        part.set(qn("w:id"), str(number))
        if not end:
            part.set(qn("w:name"), name)
        place._p.append(part)


def content(made: Opened, text: str, name: str, deep: bool) -> None:
    """A line of the contents: what stands at a marked place, and on which page."""
    place = made.add_paragraph()
    place.paragraph_format.left_indent = Cm(0.8 if deep else 0)
    place.paragraph_format.tab_stops.add_tab_stop(Cm(16), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    size = 10 if deep else 11.5
    small(place, f"{text}\t", size, TABLE if deep else HEAD)
    _field(place, f"PAGEREF {name} \\h", size)


def note(made: Opened, text: str) -> None:
    """A small line under a table."""
    place = made.add_paragraph()
    place.paragraph_format.space_before = Pt(3)
    small(place, text, 9, TABLE)


def table(
    made: Opened,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    size: float,
    left: Sequence[int],
) -> None:
    """Rows under heads that are repeated on each page; a row of one text heads those under it. Widths in cm."""
    drawn = made.add_table(rows=0, cols=len(heads))
    drawn.alignment, drawn.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    drawn._tbl.tblPr.append(_borders())
    for column, width in zip(drawn.columns, widths, strict=True):
        column.width = Cm(width)
    for number, texts in enumerate((heads, *rows)):
        row = drawn.add_row()
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        if number == 0:
            row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        cells = row.cells
        for cell, width in zip(cells, widths, strict=True):
            cell.width = Cm(width)
        if len(texts) == 1:
            _cell(cells[0].merge(cells[-1]), texts[0], size, True, shaded=True)
            _with_next(cells[0])
            continue
        for place, (cell, text) in enumerate(zip(cells, texts, strict=True)):
            _cell(cell, text, size, place in left and number > 0, bold=number == 0, shaded=number == 0)
            if number == 0:
                _with_next(cell)


def _with_next(cell: _Cell) -> None:
    """A head is never the last on a page."""
    cell.paragraphs[0].paragraph_format.keep_with_next = True


def _cell(cell: _Cell, text: str, size: float, left: bool, bold: bool = False, shaded: bool = False) -> None:
    place = cell.paragraphs[0]
    place.alignment = WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.CENTER
    place.paragraph_format.space_before = place.paragraph_format.space_after = Pt(1.5)
    for number, line in enumerate(text.split("\n")):
        run = small(place, line, size, TABLE, bold)
        if number < text.count("\n"):
            run.add_break()
    if shaded:
        cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:fill="{_LIGHT}"/>'))


def _borders() -> BaseOxmlElement:
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="9AA8B8"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return parse_xml(f"<w:tblBorders {nsdecls('w')}>{sides}</w:tblBorders>")


def written(made: Opened, title: str, watermark: str, at: datetime) -> bytes:
    """The document as .docx, its properties saying what it is and who took it when."""
    made.core_properties.title, made.core_properties.author = title, "执法监督舱"
    made.core_properties.comments = watermark
    made.core_properties.created = made.core_properties.modified = at
    made.core_properties.last_modified_by = ""
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()
