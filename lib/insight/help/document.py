"""The manual on paper: contents, chapters, pages with their pictures, and the dictionary."""

import io
from collections.abc import Iterable
from datetime import datetime

from docx.document import Document as Opened
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt

from lib.insight.help.entry import CHAPTERS, GROUPS, PAGES
from lib.insight.help.manual import Manual
from lib.insight.help.pictures import DESK, picture
from lib.insight.help.text import Block, Paragraph, Picture, Points, pieces, plain
from lib.insight.report import paper

TITLE = "执法监督舱使用手册"
_NUMBERS = "一二三四五六七八九十"
_SIZE, _WIDTH = 10.5, 16.0
_WIDTHS = {2: (9.5, 6.5), 3: (6.0, 6.5, 3.5)}
# What stands in the contents one by one; of the others the group is enough.
_LISTED = (CHAPTERS, PAGES)


def document(held: Manual, role: str, secrecy: str, watermark: str, at: datetime, synthetic: bool) -> bytes:
    """The manual as .docx, as somebody of a role (its name) may read it."""
    made = paper.page(secrecy, watermark, synthetic)
    _title(made, role, at)
    groups = [(name, held.group(name)) for name in GROUPS]
    groups = [(name, entries) for name, entries in groups if entries]
    for place, (name, entries) in enumerate(groups):
        paper.content(made, _headed(place, name), f"group_{place}", deep=False)
        for number, entry in enumerate(entries if name in _LISTED else ()):
            paper.content(made, entry.title, f"entry_{place}_{number}", deep=True)
    marks = 0
    for place, (name, entries) in enumerate(groups):
        made.add_page_break()
        paper.mark(paper.heading(made, _headed(place, name)), f"group_{place}", marks)
        for number, entry in enumerate(entries):
            marks += 2
            paper.mark(paper.heading(made, entry.title, 2), f"entry_{place}_{number}", marks + 1)
            _body(made, entry.blocks)
            for part in held.parts(entry):
                if held.parent(part) is entry:
                    paper.heading(made, part.title, 3)
                    _body(made, part.blocks)
        marks += 2
    return paper.written(made, TITLE, watermark, at)


def _headed(place: int, name: str) -> str:
    return f"{_NUMBERS[place]}、{name}"


def _title(made: Opened, role: str, at: datetime) -> None:
    for text, size in ((TITLE, 22.0), (f"供{role}使用　{at:%Y年%-m月%-d日}", 11.0)):
        place = made.add_paragraph()
        place.alignment = WD_ALIGN_PARAGRAPH.CENTER
        place.paragraph_format.space_after = Pt(10)
        paper.small(place, text, size, paper.HEAD if size > 12 else paper.TABLE)
    _line(made, "口径、指标、模型和期限取自印制时系统正在用的定义；以后改了定义，以系统里的「帮助」为准。")


def _body(made: Opened, blocks: Iterable[Block]) -> None:
    for block in blocks:
        if isinstance(block, Paragraph):
            _line(made, block.words)
        elif isinstance(block, Points):
            for number, item in enumerate(block.items, 1):
                _line(made, f"{number}. {item}" if block.numbered else f"· {item}", hang=0.5)
        elif isinstance(block, Picture):
            place = made.add_paragraph()
            place.alignment = WD_ALIGN_PARAGRAPH.CENTER
            place.paragraph_format.line_spacing = 1.0
            place.paragraph_format.space_before = Pt(6)
            place.add_run().add_picture(io.BytesIO(picture(block.name, DESK)), width=Cm(_WIDTH))
            paper.note(made, block.words)
        else:
            rows = [[plain(cell) for cell in row] for row in block.rows]
            left = range(len(block.heads))
            paper.table(made, block.heads, rows, _WIDTHS[len(block.heads)], size=9, left=left)


def _line(made: Opened, words: str, hang: float = 0.0) -> None:
    place = made.add_paragraph()
    place.paragraph_format.left_indent = Cm(hang)
    place.paragraph_format.first_line_indent = Cm(-hang) if hang else None
    for piece in pieces(words):
        paper.small(place, piece.words, _SIZE, paper.TABLE, piece.strong)
    place.paragraph_format.line_spacing = 1.35
    place.paragraph_format.space_after = Pt(3)
