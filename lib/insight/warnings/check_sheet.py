"""核查单: a warning on one page to take along: why it fired, what it rests on, what to check, room for findings."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from lib.access import Viewer, under
from lib.casework.store.register import Register
from lib.casework.warnings.alert_files import COLUMNS
from lib.casework.warnings.platforms import ORIGIN as EXTERNAL
from lib.casework.warnings.platforms import PLATFORMS
from lib.catalog.dataset import ROOT
from lib.errors import UserError
from lib.insight.row_scope import scoped
from lib.insight.template import check, marked, of_home, render
from lib.insight.warnings import why
from lib.insight.wording import NONE, day, moment
from lib.rules import Rule, sources
from lib.rules.levels import level_name
from lib.warehouse.store import Warehouse

TEMPLATE = "check_sheet.docx"
DELIVERED_WITH = ROOT / "data" / "warnings" / TEMPLATE
FIELDS = (
    "number", "level", "origin", "org", "area", "officer", "handler", "first_seen", "due", "subject", "why", "sources",
    "checks", "watermark",
)  # fmt: skip
DEMO = "演示·非正式"
# What fits on one page beside the room for what is found.
_LONGEST_WHY, _LONGEST_LINE, _MOST_SOURCES, _MOST_CHECKS, _MOST_NUMBERS = 240, 56, 5, 6, 4
_USUAL = ("调阅案卷并核对原始记录", "询问承办人和当事人", "到现场查看并拍照")


def template(home: Path) -> Path:
    """The template of this home, or the one that comes with the code."""
    return of_home(home, DELIVERED_WITH)


def check_template(home: Path) -> None:
    """Raise UserError for a template that cannot be filled."""
    check(template(home), FIELDS)


@under("export", "warning")
def check_sheet(
    home: Path, register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series, watermark: str
) -> bytes:
    """The sheet of a row of the warning list, as .docx of one page.

    Raises UserError for a template that cannot be filled.
    """
    rule, evidence = why.rule_in_force(register, row["rule_id"]), json.loads(row["evidence"])
    origin = row["title"] if row["origin"] == EXTERNAL else row["rule_label"]
    held = {
        "number": f"预警 {row['number']}",
        "level": level_name(row["level"]),
        "origin": str(origin),
        "org": row["org_name"] or NONE,
        "area": row["area_label"],
        "officer": row["officer_label"] or NONE,
        "handler": NONE if pd.isna(row["handler_name"]) else str(row["handler_name"]),
        "first_seen": moment(row["first_seen_at"]),
        "due": day(row["verify_due_at"]),
        "subject": str(row["subject_title"]),
        "why": _short(_why(row, evidence, rule), _LONGEST_WHY),
        "sources": "\n".join(_sources(register, warehouse, viewer, row, evidence, rule)) or NONE,
        "checks": _numbered(rule.offline_check if rule is not None else _USUAL),
        "watermark": watermark,
    }
    return marked(render(template(home), held), DEMO if warehouse.synthetic else "", watermark)


def _why(row: pd.Series, evidence: dict[str, Any], rule: Rule | None) -> str:
    """The sentence, and what else the evidence says, in words."""
    told = "；".join(f"{title} {value}" for title, value in why.facts(evidence, rule))
    return why.sentence(row, evidence, rule) + (f"（{told}）" if told else "")


def _numbered(lines: tuple[str, ...]) -> str:
    return "\n".join(
        f"{number}. {_short(line, _LONGEST_LINE)}" for number, line in enumerate(lines[:_MOST_CHECKS], start=1)
    )


def _sources(
    register: Register,
    warehouse: Warehouse,
    viewer: Viewer,
    row: pd.Series,
    evidence: dict[str, Any],
    rule: Rule | None,
) -> list[str]:
    """A line a table: how many rows, and the numbers of the first of them, of those that the viewer may see."""
    if row["origin"] == EXTERNAL:
        return _record(warehouse, row, evidence)
    if rule is None:
        return []
    several = list(evidence["signals"]) if why.is_group(row, evidence) else None
    params, as_of = why.params_in_force(register, rule), why.day_of(register, warehouse, row)
    try:
        found = sources(warehouse, rule, row["subject_id"], as_of, params, several)
    except UserError:
        return ["来源数据现在查不出来，请在系统中核对。"]
    lines = []
    for title, rows in found:
        own = scoped(viewer, warehouse, rows).rows
        if len(own):
            numbers = own.iloc[:, 0].drop_duplicates().astype("str").tolist()
            more = f" 等 {len(numbers)} 个" if len(numbers) > _MOST_NUMBERS else ""
            lines.append(
                _short(f"{title} {len(own)} 行：{'、'.join(numbers[:_MOST_NUMBERS])}{more}", 2 * _LONGEST_LINE)
            )
    return lines[:_MOST_SOURCES]


def _record(warehouse: Warehouse, row: pd.Series, evidence: dict[str, Any]) -> list[str]:
    platform = PLATFORMS.get(str(row["rule_id"]))
    if platform is None or platform.dataset:
        return [f"记录编号：{row['subject_id']}"]
    titles = {name: title for title, name in COLUMNS.items()}
    return [f"{titles.get(name, name)}：{held}" for name, held in evidence.items()][:_MOST_SOURCES]


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def file_name(row: pd.Series, at: datetime) -> str:
    """What the file is called: 核查单_1234号_20220925.docx."""
    return f"核查单_{row['number']}_{at:%Y%m%d}.docx"
