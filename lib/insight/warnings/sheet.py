"""Warnings as rows of a table: what the workbench shows and what an export holds."""

import json
from typing import Any

import pandas as pd

from lib.casework.warnings.states import CHECKING, NEW, RETURNED, SIGNED
from lib.insight.due import left_words
from lib.insight.warnings.why import measures
from lib.insight.wording import NONE, day, moment, number, quantity
from lib.rules import Rule, read_rules

# Export column → column of the warning list.
_EXPORTED = {
    "预警编号": "number",
    "等级": "level_zh",
    "模型": "rule_label",
    "对象": "subject_title",
    "期间": "period",
    "数值": "value",
    "阈值": "threshold",
    "计量单位": "unit",
    "单位": "org_name",
    "执法人员": "officer_label",
    "区县": "county_name",
    "镇街": "town_name",
    "首次发现": "first_seen_at",
    "最近命中": "last_seen_at",
    "状态": "state",
    "经办": "handler_name",
    "期限": "due_at",
    "期限情况": "due_words",
    "签收期限": "sign_due_at",
    "签收情况": "签收",
    "核查期限": "verify_due_at",
    "核查情况": "核查",
    "核查结论": "conclusion",
}
_MEASURED = ["rule_id", "subject_type", "value", "threshold", "unit", "evidence"]


def deadlines(frame: pd.DataFrame) -> pd.DataFrame:
    """签收 and 核查 in words: 剩 n 工作日, 今日到期, 超期 n 天 while it waits; 按期 or 迟 n 天 once it is done."""
    waiting = {"sign": frame["state"].eq(NEW), "verify": frame["state"].isin([NEW, SIGNED, CHECKING, RETURNED])}
    done = {"sign": frame["signed_at"].notna(), "verify": frame["concluded_at"].notna()}
    return pd.DataFrame(
        {
            title: [
                _due_words(*each)
                for each in zip(waiting[name], done[name], frame[f"{name}_late"], frame[f"{name}_left"], strict=True)
            ]
            for title, name in (("签收", "sign"), ("核查", "verify"))
        },
        index=frame.index,
    )


def _due_words(waiting: bool, done: bool, late: float, left: float) -> str:
    if waiting:
        return left_words(late, left)
    if not done:
        return NONE
    return "按期" if pd.isna(late) else f"迟 {late:.0f} 天" if late else "迟，不足 1 天"


def measured(frame: pd.DataFrame) -> list[str]:
    """The value of each warning or signal, and the threshold it is held against: '1,200 元(阈值 1)'.

    A dash where the value is not what fired; nothing is held against zero.
    """
    rules = read_rules()
    return [_measured(row, rules.get(row["rule_id"])) for row in frame[_MEASURED].to_dict("records")]


def _measured(row: dict[str, Any], rule: Rule | None) -> str:
    if not measures(row, json.loads(row["evidence"]), rule):
        return NONE
    limit = row["threshold"]
    beside = "" if pd.isna(limit) or limit == 0 else f"（阈值 {number(limit, row['unit'])}）"
    return quantity(row["value"], row["unit"]) + beside


def for_screen(frame: pd.DataFrame, level_text: pd.Series) -> pd.DataFrame:
    """One row per warning of a warning list in the columns of the workbench; `level_text` says how levels look."""
    return pd.DataFrame(
        {
            "等级": level_text,
            **deadlines(frame),
            "状态": frame["state"],
            "模型": frame["rule_label"],
            "对象": frame["subject_title"],
            "数值": measured(frame),
            "单位": frame["org_name"],
            "人员": frame["officer_name"],
            "经办": frame["handler_name"].fillna(""),
            "区域": frame["area_label"],
            "首次发现": frame["first_seen_at"].map(day),
        },
        index=frame.index,
    )


def for_export(frame: pd.DataFrame) -> pd.DataFrame:
    """The same rows with every column an export holds, numbers as numbers, times as text."""
    full = frame.assign(**deadlines(frame))
    sheet = pd.DataFrame({title: full[column] for title, column in _EXPORTED.items()})
    for title in ("首次发现", "最近命中", "期限", "签收期限", "核查期限"):
        sheet[title] = sheet[title].map(moment)
    return sheet
