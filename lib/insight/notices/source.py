"""What a notice begins with when it is drafted from a warning, a prompt, a clue or a task of the reform."""

import json
from functools import lru_cache
from typing import Any

import pandas as pd

from lib import yamltext
from lib.access import Viewer, under
from lib.access.masking import mask_free_text
from lib.access.scope import visible
from lib.casework.clues.states import PETITION
from lib.casework.notices.matter import case_of
from lib.casework.reading.visible import events_of, objects
from lib.casework.store.register import Register
from lib.catalog.dataset import ROOT
from lib.insight.clues.rates import clue_list
from lib.insight.library.reform import told_of
from lib.insight.names import every_unit
from lib.insight.warnings import why
from lib.insight.warnings.listing import warning_list
from lib.insight.wording import moment
from lib.rules import Rule
from lib.rules.citation import citation
from lib.warehouse.store import Warehouse

_LONGEST = 60


@under("draft", "notice")
def addressees(warehouse: Warehouse, viewer: Viewer) -> pd.DataFrame:
    """The units a viewer may address a notice to: org_id, org_name, area_code, domain_code, by name."""
    return visible(viewer, every_unit(warehouse)).reset_index(drop=True)


@lru_cache(maxsize=1)
def usual() -> dict[str, str]:
    """What stands in every draft until somebody writes otherwise (data/notices/words.yaml)."""
    return yamltext.parse((ROOT / "data" / "notices" / "words.yaml").read_text(encoding="utf-8"))


@under("draft", "notice")
def begins(
    register: Register, warehouse: Warehouse, viewer: Viewer, origin: str, source_id: str | None
) -> dict[str, Any] | None:
    """What the fields of a draft hold at first, by their names; None for a source that the viewer does not see."""
    told: dict[str, Any] = {**usual(), "contact": viewer.name}
    if source_id is None:
        return told
    found = _OF[origin](register, warehouse, viewer, source_id) if origin in _OF else None
    if found is None:
        return None
    return told | {name: mask_free_text(held) for name, held in found.items() if held}


def _basis(rule: Rule | None) -> str:
    return "" if rule is None else citation(rule.law)


def _of_warning(register: Register, warehouse: Warehouse, viewer: Viewer, source_id: str) -> dict[str, Any] | None:
    frame = warning_list(register, warehouse, viewer, spot_checks=True)
    rows = frame[frame["warning_id"].eq(source_id)]
    if rows.empty:
        return None
    row = rows.iloc[0]
    rule, evidence = why.rule_in_force(register, row["rule_id"]), json.loads(row["evidence"])
    said = [f"经对执法数据比对和核查，{why.sentence(row, evidence, rule)}"]
    events = events_of(register, viewer, warehouse, "warning", source_id)
    concluded = events[events["action"].eq("conclude")]
    if len(concluded):
        last = concluded.iloc[-1]
        said.append(f"核查结论为{last['payload']['conclusion']}：{last['text']}")
    about = case_of(warehouse, viewer, row["subject_type"], row["subject_id"])
    return {
        # A platform's alert has no model: what it is called is the platform.
        "title": f"关于{about}{row['rule_title']}{'' if rule else '提示的'}问题",
        "org_id": None if pd.isna(row["org_id"]) else row["org_id"],
        "facts": "\n".join(said),
        "basis": _basis(rule),
    }


def _of_clue(register: Register, warehouse: Warehouse, viewer: Viewer, source_id: str) -> dict[str, Any] | None:
    frame = clue_list(register, warehouse, viewer)
    rows = frame[frame["clue_id"].eq(source_id)]
    if rows.empty:
        return None
    row = rows.iloc[0]
    rule = None if pd.isna(row["rule_id"]) else why.rule_in_force(register, row["rule_id"])
    if row["origin"] == PETITION:
        # A unit must not learn that somebody complained, nor of what in which words.
        return {"org_id": None if pd.isna(row["org_id"]) else row["org_id"]}
    # What was written of a warning when it became a clue is for the clue alone: the unit reads what was found.
    known = None if pd.isna(row["warning_id"]) else _of_warning(register, warehouse, viewer, str(row["warning_id"]))
    if known is not None:
        return known
    return {
        "title": f"关于{row['title']}"[: _LONGEST - 2] + ("" if str(row["title"]).endswith("问题") else "问题"),
        "org_id": None if pd.isna(row["org_id"]) else row["org_id"],
        "facts": f"{row['matter']}。\n{row['detail']}".strip(),
        "basis": _basis(rule),
    }


def _of_prompt(register: Register, warehouse: Warehouse, viewer: Viewer, source_id: str) -> dict[str, Any] | None:
    frame = objects(register, viewer, warehouse, "prompt")
    rows = frame[frame["prompt_id"].eq(source_id)]
    if rows.empty:
        return None
    row = rows.iloc[0]
    events = events_of(register, viewer, warehouse, "prompt", source_id)
    said = [f"{moment(row['opened_at'])[:10]} 向你单位发出工作提示：{row['asked']}"]
    replies = events[events["action"].eq("reply")]
    if len(replies):
        last = replies.iloc[-1]
        said.append(f"你单位回复核实结果为{last['payload']['found']}：{last['text']}")
    visits = events[events["action"].eq("visited")]
    if len(visits):
        said.append(f"现场核查：{visits.iloc[-1]['text']}")
    # What was found out about the warning is known of it.
    known = _of_warning(register, warehouse, viewer, str(row["warning_id"])) or {}
    return {
        "title": known.get("title") or f"关于{row['title']}"[:_LONGEST],
        "org_id": None if pd.isna(row["org_id"]) else row["org_id"],
        "facts": "\n".join(said),
        "basis": known.get("basis", ""),
    }


def _of_reform_task(register: Register, warehouse: Warehouse, viewer: Viewer, source_id: str) -> dict[str, Any] | None:
    told = told_of(register, warehouse, viewer, source_id) if viewer.may("view", "reform_task") else None
    return None if told is None else {**told, "title": f"关于{told['title']}问题"[:_LONGEST]}


_OF = {"warning": _of_warning, "clue": _of_clue, "prompt": _of_prompt, "reform_task": _of_reform_task}
