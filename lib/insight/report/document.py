"""The monthly report as a Word document: summary in sentences, KPIs, charts, places, models, definitions."""

from collections.abc import Sequence
from datetime import datetime

from docx.document import Document as Opened
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt

from lib.insight.movement import BEFORE, YEAR_AGO
from lib.insight.report import charts, paper, pictures
from lib.insight.report.month import TITLE, Report, made_of, moved, summary
from lib.insight.share import Share, percent

_WIDTH = Cm(16)


def document(report: Report, secrecy: str, watermark: str, at: datetime) -> bytes:
    """The report as .docx: A4, fonts for East Asian text, on every page its class, what it is not, and who took it."""
    made = paper.page(secrecy, watermark, report.synthetic)
    _title(made, report)
    paper.heading(made, "一、概述")
    for sentence in summary(report):
        paper.paragraph(made, sentence)
    paper.heading(made, "二、指标")
    notes = _kpis(made, report)
    paper.heading(made, "三、图示")
    for number, chart in enumerate(pictures.all_of(report), start=1):
        place = made.add_paragraph()
        place.paragraph_format.first_line_indent = Pt(0)
        place.paragraph_format.line_spacing = 1.0
        place.alignment = WD_ALIGN_PARAGRAPH.CENTER
        height = Cm(6.4 if not chart.lying else 2.4 + 0.58 * len(chart.categories))
        charts.draw(made, place, chart, number, _WIDTH, height)
    paper.heading(made, "四、各地情况")
    _places(made, report)
    paper.heading(made, "五、模型误报率")
    _verified(made, report)
    paper.heading(made, "六、口径")
    _definitions(made, report, notes)
    return paper.written(made, f"{TITLE}（{report.month}）", watermark, at)


def _title(made: Opened, report: Report) -> None:
    for text, font, size in ((TITLE, paper.HEAD, 22), (f"（{report.month}）", paper.HEAD, 16)):
        place = made.add_paragraph()
        place.alignment = WD_ALIGN_PARAGRAPH.CENTER
        place.paragraph_format.line_spacing = 1.2
        paper.font(place.add_run(text), font, size)
    about = made.add_paragraph()
    about.alignment = WD_ALIGN_PARAGRAPH.CENTER
    about.paragraph_format.space_after = Pt(6)
    paper.small(about, report.about, 10.5, paper.TABLE)


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
    paper.table(made, heads, rows, (3.3, 1.8, 5.3, 2.8, 2.8), size=9, left=(0, 2))
    told = "［ ］内为口径编号，见第六部分。环比、同比按相同天数比较，比率相差以百分点（点）计；分母为零记“—”。"
    paper.note(made, told)
    return notes


def _places(made: Opened, report: Report) -> None:
    if not report.places:
        paper.paragraph(made, "当月各地都没有可比的数。")
        return
    heads = ["地区", *(one.title.removeprefix("预警").removeprefix("线索") for one in report.ratios)]
    rows = [[row.name, *(_share(one) for one in row.shares)] for row in report.places]
    each = (16 - 1.7) / (len(heads) - 1)
    paper.table(made, heads, rows, [1.7, *[each] * (len(heads) - 1)], size=8, left=(0,))
    paper.note(made, "第二行为分子/分母，按预警、线索和通知书所在地计。")


def _share(share: Share) -> str:
    return f"{percent(share)}\n{share.part:,}/{share.whole:,}" if share.whole else percent(share)


def _verified(made: Opened, report: Report) -> None:
    table = report.verified
    if table.empty:
        paper.paragraph(made, "当月没有反馈核查结论的预警。")
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
    paper.table(made, heads, rows, (5.2, 1.5, 1.4, 1.7, 1.5, 1.4, 1.6, 1.7), size=9, left=(0,))
    paper.note(made, "件数少的模型，误报率只作参考；「属实」含部分属实。")


def _definitions(made: Opened, report: Report, notes: dict[str, int]) -> None:
    for group in report.groups:
        for one in group.figures:
            place = made.add_paragraph()
            place.paragraph_format.left_indent, place.paragraph_format.first_line_indent = Pt(24), Pt(-24)
            place.paragraph_format.space_after = Pt(2)
            paper.small(place, f"［{notes[one.title]}］{one.title}：", 9.5, paper.TABLE, bold=True)
            paper.small(place, one.meaning, 9.5, paper.TABLE)
    paper.note(made, "本报告由执法监督舱按制表时登记的情况生成。预警是核查提示，不是认定结论；以核查、处置结果为准。")
