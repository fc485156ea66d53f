"""The monthly report as a Word document: summary in sentences, KPIs, charts, places, models, definitions."""

import io
from collections.abc import Sequence
from datetime import datetime

from docx import Document
from docx.document import Document as Opened
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from lib.insight.movement import BEFORE, YEAR_AGO
from lib.insight.report import charts, pictures
from lib.insight.report.month import TITLE, Report, made_of, moved, summary
from lib.insight.share import Share, percent

_BODY, _HEAD, _TABLE = "仿宋", "黑体", "宋体"
_DEMO = "演示·合成数据"
_WIDTH = Cm(16)
_LIGHT = "EEF3F8"


def document(report: Report, secrecy: str, watermark: str, at: datetime) -> bytes:
    """The report as .docx: A4, fonts for East Asian text, on every page its class, what it is not, and who took it."""
    made = Document()
    _page(made, report, secrecy, watermark)
    _title(made, report)
    _heading(made, "一、概述")
    for sentence in summary(report):
        _paragraph(made, sentence)
    _heading(made, "二、指标")
    notes = _kpis(made, report)
    _heading(made, "三、图示")
    for number, chart in enumerate(pictures.all_of(report), start=1):
        place = made.add_paragraph()
        place.paragraph_format.first_line_indent = Pt(0)
        place.paragraph_format.line_spacing = 1.0
        place.alignment = WD_ALIGN_PARAGRAPH.CENTER
        height = Cm(6.4 if not chart.lying else 2.4 + 0.58 * len(chart.categories))
        charts.draw(made, place, chart, number, _WIDTH, height)
    _heading(made, "四、各地情况")
    _places(made, report)
    _heading(made, "五、模型误报率")
    _verified(made, report)
    _heading(made, "六、口径")
    _definitions(made, report, notes)
    made.core_properties.title = f"{TITLE}（{report.month}）"
    made.core_properties.author = "执法监督舱"
    made.core_properties.comments = watermark
    made.core_properties.created = made.core_properties.modified = at
    made.core_properties.last_modified_by = ""
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _font(run: Run | ParagraphStyle, name: str, size: float, bold: bool = False) -> None:
    run.font.name, run.font.size, run.font.bold = name, Pt(size), bold
    run.font.color.rgb = RGBColor(0x1C, 0x27, 0x33)
    # A name alone is that of Latin letters: Chinese ones are set by eastAsia.
    fonts = run.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:eastAsia", "w:hAnsi", "w:cs"):
        fonts.set(qn(script), name)


def _page(made: Opened, report: Report, secrecy: str, watermark: str) -> None:
    section = made.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin, section.bottom_margin = Cm(2.8), Cm(2.4)
    normal = made.styles["Normal"]
    assert isinstance(normal, ParagraphStyle)
    _font(normal, _BODY, 14)
    normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.line_spacing = Pt(26)
    heading = made.styles["Heading 1"]
    assert isinstance(heading, ParagraphStyle)
    _font(heading, _HEAD, 15)
    heading.font.italic = False
    heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(12), Pt(6)
    heading.paragraph_format.keep_with_next = True
    head = section.header.paragraphs[0]
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _small(head, "　　".join([secrecy, *([_DEMO] if report.synthetic else [])]), 10.5, _HEAD)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _small(foot, watermark, 8, _TABLE)
    number = section.footer.add_paragraph()
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _small(number, "— ", 9, _TABLE)
    _page_number(number)
    _small(number, " —", 9, _TABLE)


def _small(place: Paragraph, text: str, size: float, font: str, bold: bool = False) -> Run:
    place.paragraph_format.line_spacing = 1.0
    run = place.add_run(text)
    _font(run, font, size, bold)
    return run


def _page_number(place: Paragraph) -> None:
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = _small(place, "", 9, _TABLE)
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.text = text
        run._r.append(part)


def _title(made: Opened, report: Report) -> None:
    for text, font, size in ((TITLE, _HEAD, 22), (f"（{report.month}）", _HEAD, 16)):
        place = made.add_paragraph()
        place.alignment = WD_ALIGN_PARAGRAPH.CENTER
        place.paragraph_format.line_spacing = 1.2
        _font(place.add_run(text), font, size)
    about = made.add_paragraph()
    about.alignment = WD_ALIGN_PARAGRAPH.CENTER
    about.paragraph_format.space_after = Pt(6)
    _small(about, report.about, 10.5, _TABLE)


def _heading(made: Opened, text: str) -> None:
    made.add_paragraph(text, style="Heading 1")


def _paragraph(made: Opened, text: str) -> None:
    place = made.add_paragraph(text)
    place.paragraph_format.first_line_indent = Pt(28)
    place.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY


def _note(made: Opened, text: str) -> None:
    place = made.add_paragraph()
    place.paragraph_format.space_before = Pt(3)
    _small(place, text, 9, _TABLE)


def _kpis(made: Opened, report: Report) -> dict[str, int]:
    """The table of all KPIs; gives each title the number of its definition."""
    notes: dict[str, int] = {}
    rows: list[Sequence[str]] = []
    for group in report.groups:
        rows.append((group.name,))
        for one in group.figures:
            notes[one.title] = len(notes) + 1
            made_up = made_of(one) + (f"；{one.detail}" if one.detail else "")
            rows.append(
                (f"{one.title}［{notes[one.title]}］", one.value, made_up, moved(one, BEFORE), moved(one, YEAR_AGO))
            )
    heads = ("指标", "本月", "构成", "环比", "同比")
    _table(made, heads, rows, (3.3, 1.8, 5.3, 2.8, 2.8), size=9, left=(0, 2))
    _note(made, "［ ］内为口径编号，见第六部分。环比、同比按相同天数比较，比率相差以百分点（点）计；分母为零记“—”。")
    return notes


def _places(made: Opened, report: Report) -> None:
    if not report.places:
        _paragraph(made, "当月各地都没有可比的数。")
        return
    heads = ["地区", *(one.title.removeprefix("预警").removeprefix("线索") for one in report.ratios)]
    rows = [[row.name, *(_share(one) for one in row.shares)] for row in report.places]
    each = (16 - 1.7) / (len(heads) - 1)
    _table(made, heads, rows, [1.7, *[each] * (len(heads) - 1)], size=8, left=(0,))
    _note(made, "第二行为分子/分母，按预警、线索和通知书所在地计。")


def _share(share: Share) -> str:
    return f"{percent(share)}\n{share.part:,}/{share.whole:,}" if share.whole else percent(share)


def _verified(made: Opened, report: Report) -> None:
    table = report.verified
    if table.empty:
        _paragraph(made, "当月没有反馈核查结论的预警。")
        return
    rows = [
        (
            str(row["label"]),
            f"{row['concluded']:,}",
            f"{row['untrue']:,}",
            percent(Share(row["untrue"], row["concluded"])),
            f"{row['judged']:,}",
            f"{row['true']:,}",
            f"{row['strict']:,}",
            percent(Share(row["true"], row["judged"])),
        )
        for row in table.to_dict("records")
    ]
    heads = ("模型", "有结论", "误报", "误报率", "已判定", "属实", "仅属实", "核实率")
    _table(made, heads, rows, (5.2, 1.5, 1.4, 1.7, 1.5, 1.4, 1.6, 1.7), size=9, left=(0,))
    _note(made, "件数少的模型，误报率只作参考；「属实」含部分属实。")


def _definitions(made: Opened, report: Report, notes: dict[str, int]) -> None:
    for group in report.groups:
        for one in group.figures:
            place = made.add_paragraph()
            place.paragraph_format.left_indent, place.paragraph_format.first_line_indent = Pt(24), Pt(-24)
            place.paragraph_format.space_after = Pt(2)
            _small(place, f"［{notes[one.title]}］{one.title}：", 9.5, _TABLE, bold=True)
            _small(place, one.meaning, 9.5, _TABLE)
    _note(made, "本报告由执法监督舱按制表时登记的情况生成。预警是核查提示，不是认定结论；以核查、处置结果为准。")


def _table(
    made: Opened,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    size: float,
    left: Sequence[int],
) -> None:
    """Rows under heads that are repeated on each page; a row of one text heads those under it. Widths in cm."""
    table = made.add_table(rows=0, cols=len(heads))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    table._tbl.tblPr.append(_borders())
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for number, texts in enumerate((heads, *rows)):
        row = table.add_row()
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
        run = _small(place, line, size, _TABLE, bold)
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
