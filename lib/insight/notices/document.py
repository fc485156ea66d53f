"""A supervision notice as a Word document: the elements of GB/T 9704-2012 filled into the office's template."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from lib.access import Viewer, under
from lib.casework.notices.states import NOTICE_NAME, WITHDRAWN
from lib.catalog.dataset import ROOT
from lib.insight.template import check, marked, of_home, render
from lib.insight.wording import NONE
from lib.warehouse.store import Warehouse

TEMPLATE = "notice.docx"
DELIVERED_WITH = ROOT / "data" / "notices" / TEMPLATE
# 内部资料 stands where a state secret would have its class: there are none on this network.
FIELDS = {
    "copy_no": "份号",
    "secrecy": "密级",
    "urgency": "紧急程度",
    "number": "发文字号",
    "title": "标题",
    "addressee": "主送机关",
    "facts": "基本事实",
    "basis": "依据",
    "requirement": "整改要求",
    "workdays": "整改期限（工作日）",
    "feedback": "反馈形式",
    "contact": "联系人及电话",
    "annex": "附件说明",
    "date": "成文日期",
    "copies": "抄送机关",
    "printed_on": "印发日期",
}
DEMO, UNSIGNED, TAKEN_BACK = "演示·非正式公文", "未签发", "已撤回"
# Letters of its size that one line holds.
_TITLE_LINE = 20
_UNNUMBERED = "监督通知〔　　〕第　　号"


def template(home: Path) -> Path:
    """The template of this home, or the one that comes with the code."""
    return of_home(home, DELIVERED_WITH)


def check_template(home: Path) -> None:
    """Raise UserError for a template that cannot be filled."""
    check(template(home), tuple(FIELDS))


def values(row: Mapping[str, Any], secrecy: str) -> dict[str, str]:
    """What stands in the fields for a row of the notice list."""
    signed = _said(row["serial"])
    dated = row["signed_on"]
    return {
        "copy_no": "000001",
        "secrecy": secrecy,
        "urgency": _said(row["urgency"]),
        "number": signed or _UNNUMBERED,
        "title": heading(_said(row["title"])),
        "addressee": _said(row["org_name"]) or NONE,
        "facts": _said(row["facts"]),
        "basis": _said(row["basis"]),
        "requirement": _said(row["requirement"]),
        "workdays": str(row["days"]),
        "feedback": _said(row["feedback"]).rstrip("。"),
        "contact": _said(row["contact"]).rstrip("。"),
        "annex": _said(row["annex"]),
        "date": "　　年　月　日" if dated is None else in_figures(dated),
        "copies": _said(row["copies"]) or "无",
        "printed_on": "　　年　月　日" if dated is None else in_figures(dated),
    }


def heading(title: str) -> str:
    """The title of the document: 关于……的执法监督通知书, a long one in two lines."""
    about = f"{title.removesuffix(NOTICE_NAME).removesuffix('的')}的"
    return f"{about}{'' if len(about) + len(NOTICE_NAME) <= _TITLE_LINE else chr(10)}{NOTICE_NAME}"


def in_figures(day: date) -> str:
    """A date as documents have it: 2022年9月5日."""
    return f"{day.year}年{day.month}月{day.day}日"


def _said(held: Any) -> str:
    return "" if held is None or (not isinstance(held, str) and pd.isna(held)) else str(held)


@under("view", "notice")
def document(
    home: Path, warehouse: Warehouse, viewer: Viewer, row: Mapping[str, Any], secrecy: str, watermark: str
) -> bytes:
    """The notice of a row that the viewer was shown, as .docx; on every page what it is not, in its properties who took
    it when. Raises UserError for a template that cannot be filled."""
    made = render(template(home), values(row, secrecy))
    return marked(made, marks(warehouse.synthetic, row), watermark)


def marks(synthetic: bool, row: Mapping[str, Any]) -> str:
    """What a notice is not, in words: of an invented city, not signed, taken back."""
    told = [DEMO] if synthetic else []
    told += [] if _said(row["serial"]) else [UNSIGNED]
    return "　".join([*told, TAKEN_BACK] if row["state"] == WITHDRAWN else told)
