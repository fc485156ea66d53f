"""An edition of exemplars as a Word document: cover, preface and contents from the office's template, then every
exemplar with its commentary."""

import io
from datetime import datetime
from pathlib import Path

import pandas as pd
from docx import Document
from docx.document import Document as Opened
from docx.enum.text import WD_BREAK
from docx.shared import Pt

from lib.access import Viewer, under
from lib.casework.exemplars.states import PUBLISHED
from lib.casework.exemplars.steps import BODY, COMMENT, HEADING
from lib.catalog.dataset import ROOT
from lib.insight.report import paper
from lib.insight.template import check, marked, of_home, render
from lib.warehouse.store import Warehouse

TEMPLATE = "edition.docx"
DELIVERED_WITH = ROOT / "data" / "exemplars" / TEMPLATE
FIELDS = {
    "secrecy": "密级",
    "title": "书名",
    "number": "期号",
    "publisher": "编印单位",
    "date": "编印日期",
    "preface": "前言",
    "contents": "目录",
}
PUBLISHER, DRAFT = "中共嘉兴市纪律检查委员会", "未发布"


def template(home: Path) -> Path:
    """The template of this home, or the one that comes with the code."""
    return of_home(home, DELIVERED_WITH)


def check_template(home: Path) -> None:
    """Raise UserError for a template that cannot be filled."""
    check(template(home), tuple(FIELDS))


@under("take", "edition")
def document(
    home: Path,
    warehouse: Warehouse,
    viewer: Viewer,
    edition: pd.Series,
    preface: str,
    found: pd.DataFrame,
    secrecy: str,
    watermark: str,
) -> bytes:
    """An edition of `edition_list` with its `entries` as .docx; on every page what it is not.

    Raises UserError for a template that cannot be filled."""
    published = None if pd.isna(edition["published_at"]) else pd.Timestamp(edition["published_at"])
    values = {
        "secrecy": secrecy,
        "title": str(edition["title"]),
        "number": str(edition["label"]) or DRAFT,
        "publisher": PUBLISHER,
        "date": "" if published is None else _month(published),
        "preface": preface,
        "contents": "\n".join(_line(row.place, getattr(row, HEADING), row.polarity) for row in found.itertuples()),
    }
    made = Document(io.BytesIO(render(template(home), values)))
    for row in found.itertuples():
        _exemplar(made, row)
    out = io.BytesIO()
    made.save(out)
    marks = [paper.DEMO] if warehouse.synthetic else []
    marks += [] if edition["state"] == PUBLISHED else [DRAFT]
    return marked(out.getvalue(), "　".join(marks), watermark)


def _line(place: int, heading: str, polarity: str) -> str:
    return f"{place}．{heading}（{polarity}）"


def _month(at: datetime) -> str:
    return f"{at.year}年{at.month}月"


def _exemplar(made: Opened, row: tuple) -> None:
    held = row._asdict()  # type: ignore[attr-defined]
    if held["place"] == 1:
        made.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    paper.heading(made, _line(held["place"], held[HEADING], held["polarity"]))
    about = "　".join(part for part in (held["item_name"] and f"事项：{held['item_name']}",
                                        held["risk"] and f"风险：{held['risk']}") if part)  # fmt: skip
    if about:
        paper.note(made, about)
        made.paragraphs[-1].paragraph_format.keep_with_next = True
    paper.paragraphs(made, str(held[BODY]))
    label = made.add_paragraph()
    label.paragraph_format.space_before = Pt(6)
    paper.font(label.add_run("点评"), paper.HEAD, 14)
    paper.paragraphs(made, str(held[COMMENT]))
