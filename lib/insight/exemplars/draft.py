"""The first text of an exemplar: what the data say of its case, with everybody's name already put away."""

from typing import Any

import pandas as pd

from lib.access import Viewer, under
from lib.casework.exemplars.redaction import redacted
from lib.casework.exemplars.states import GOOD, REVIEW
from lib.casework.exemplars.steps import BODY, COMMENT, HEADING
from lib.casework.exemplars.working import known
from lib.casework.reading.visible import events_of, objects
from lib.casework.reviews.scoring import sheets
from lib.casework.store.register import Register
from lib.insight.exemplars.source import matter
from lib.insight.wording import quantity
from lib.rules import read_rules
from lib.warehouse.store import Warehouse

_CASE = """
select
    party_type, procedure_type, filed_date, decision_date, closed_date, illegal_fact, penalty_types, fine_amt,
    result_type, mitigate_type, item_name
from penalty_case
left join power_item using (item_code)
where case_id = $case_id
"""
_EVENTS = """
select event_type, min(event_at) as first_at
from case_event where case_id = $case_id
group by event_type order by first_at
"""
_REVIEW = "select review_type, score, grade_type, issue_text from case_review where review_id = $review_id"
_PARTIES = {"自然人": "某人", "个体工商户": "某个体工商户"}


@under("redact", "exemplar")
def draft(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> dict[str, Any]:
    """What the fields of 脱敏 hold at first for an exemplar of the list, by their names. Raises NotVisible."""
    case = warehouse.query(_CASE, {"case_id": row["case_id"]}).to_dict("records") if row["case_id"] else []
    told = [*_of_case(warehouse, str(row["case_id"]), case[0])] if case else []
    told += _found(register, warehouse, viewer, row)
    left = known(register, warehouse, viewer, str(row["exemplar_id"]))
    title = matter(str(case[0]["item_name"])) if case and case[0]["item_name"] else str(row["title"])
    whose = "某执法单位办理的"
    return {
        HEADING: redacted(f"{whose}{title}", left),
        BODY: redacted("\n".join(part for part in told if part), left),
        COMMENT: redacted(_comment(row), left),
    }


def _of_case(warehouse: Warehouse, case_id: str, case: dict[str, Any]) -> list[str]:
    party = _PARTIES.get(str(case["party_type"]), "某公司")
    fact = "" if pd.isna(case["illegal_fact"]) else str(case["illegal_fact"]).replace("当事人", party)
    events = warehouse.query(_EVENTS, {"case_id": case_id})
    first = pd.Timestamp(case["filed_date"])
    steps = [
        f"{name}（第 {(pd.Timestamp(at).normalize() - first).days + 1} 日）"
        for name, at in zip(events["event_type"], events["first_at"], strict=True)
        if pd.Timestamp(at) >= first
    ]
    decided = "" if pd.isna(case["decision_date"]) else f"，第 {(case['decision_date'] - first).days + 1} 日作出决定"
    types = [] if case["penalty_types"] is None else list(case["penalty_types"])
    fine = "" if pd.isna(case["fine_amt"]) or not case["fine_amt"] else f"，罚款 {quantity(case['fine_amt'], '元')}"
    return [
        f"【基本案情】{fact}。".replace("。。", "。") if fact else "",
        f"【办理经过】按{case['procedure_type']}程序立案{decided}。"
        + (f"依次为：{'、'.join(steps)}。" if steps else ""),
        f"【处理结果】{case['result_type']}" + (f"：{'、'.join(types)}" if types else "") + f"{fine}。",
    ]


def _found(register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series) -> list[str]:
    """What the warning or the review says."""
    if row["origin"] == "warning":
        events = events_of(register, viewer, warehouse, "warning", str(row["source_id"]))
        said = events.loc[events["action"].eq("conclude")]
        rule = read_rules().get(str(row["rule_id"]))
        risk = "" if rule is None else f"监督模型提示「{rule.title}」。"
        if said.empty:
            return [f"【监督发现】{risk}"]
        last = said.iloc[-1]
        return [f"【监督发现】{risk}核查结论：{last['payload'].get('conclusion', '')}。{last['text']}"]
    if row["origin"] == REVIEW:
        held = warehouse.query(_REVIEW, {"review_id": row["source_id"]}).to_dict("records")
        if held:
            one = held[0]
            issue = "未发现问题" if pd.isna(one["issue_text"]) else str(one["issue_text"])
            return [
                f"【评查情况】{one['review_type']}评为{one['grade_type']}（{quantity(one['score'])} 分）：{issue}。"
            ]
    if row["origin"] == "review_case":
        files = objects(register, viewer, warehouse, "review_case")
        held = files[files["review_case_id"].eq(row["source_id"]) & files["grade"].notna()]
        for one in held.to_dict("records"):
            items = sheets()[one["review_type"]].items
            issue = "；".join(items[found].name for found in one["deductions"]) or "没有扣分"
            score = quantity(one["score"])
            return [f"【评查情况】回头看（{one['review_type']}）评为{one['grade']}（{score} 分）：{issue}。"]
    return []


def _comment(row: pd.Series) -> str:
    return "本案程序规范、说理充分，可供同类案件参照。" if row["polarity"] == GOOD else "本案反映的问题应当引以为戒："
