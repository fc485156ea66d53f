"""The certificate of whoever has finished a course: a page for each, with what was reached in which exercise."""

from collections.abc import Sequence
from datetime import datetime

from docx.document import Document as Opened
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.shared import Pt

from lib.errors import UserError
from lib.insight.report import paper
from lib.insight.training.course.board import PASS, Board, best
from lib.insight.wording import number

TITLE = "结业证书"


def certificates(held: Board, wanted: Sequence[int], secrecy: str, watermark: str, at: datetime) -> bytes:
    """A .docx with a page for each of the seats that have passed. Raises UserError when none of them has."""
    table = best(held)
    passed = table[table["passed"] & table["seat"].isin(wanted)]
    if passed.empty:
        raise UserError("还没有人结业。", f"每个练习都交卷，最好成绩都不低于 {PASS} 分，才能结业。")
    made = paper.page(secrecy, watermark, True)
    for place, row in enumerate(passed.to_dict("records")):
        if place:
            made.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        _one(made, held, row, at)
    return paper.written(made, f"{held.held.title}{TITLE}", watermark, at)


def _one(made: Opened, held: Board, row: dict, at: datetime) -> None:
    head = made.add_paragraph()
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    head.paragraph_format.space_before, head.paragraph_format.space_after = Pt(72), Pt(36)
    head.paragraph_format.line_spacing = 1.2
    paper.font(head.add_run(TITLE), paper.HEAD, 32)
    paper.paragraph(
        made,
        f"{row['name']} 在「{held.held.title}」学习期间，完成全部 {len(held.course)} 个练习，"
        f"各项最好成绩均不低于 {PASS} 分，平均 {number(row['mean'])} 分，准予结业。",
    )
    rows = [(one.title, one.objective, number(row[one.title])) for one in held.course]
    paper.table(made, ("练习", "训练目标", "最好成绩"), rows, (5.0, 8.4, 2.4), size=10.5, left=(0, 1))
    paper.note(made, "练习用合成城市的虚构数据进行，成绩只说明在练习中的表现，不是执法监督资格。")
    end = made.add_paragraph()
    end.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    end.paragraph_format.space_before = Pt(48)
    end.add_run(f"{at:%Y 年 %-m 月 %-d 日}")
