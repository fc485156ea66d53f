"""Why a warning fired, in words: the sentence, the facts behind it, and what it is compared with."""

import json
import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lib.access import Viewer
from lib.casework.deadlines import SPOT_CHECK
from lib.casework.reading import signals
from lib.casework.register import Register
from lib.casework.versions import live_versions
from lib.insight.figures import SHARE, number, plain, quantity
from lib.insight.subject import noun, subject_titles
from lib.rules import Peers, Rule, default_params, peers, read_rules
from lib.warehouse.store import Warehouse

GROUPS = {"officer": "人员", "org": "单位"}


def params_in_force(register: Register, rule: Rule) -> dict[str, Any]:
    """The thresholds of the version in force; the file's defaults for a rule that has none."""
    live = live_versions(register).get(rule.id)
    return default_params(rule) if live is None else live.params


def rule_in_force(register: Register, rule_id: str) -> Rule | None:
    """The model as it runs now, or as its file says when no version is in force; None when there is no such model."""
    live = live_versions(register).get(rule_id)
    return read_rules().get(rule_id) if live is None else live.rule


def is_group(row: pd.Series, evidence: dict[str, Any]) -> bool:
    """Whether the warning stands for many signals of one officer or unit."""
    return row["subject_type"] in GROUPS and "signals" in evidence


def branch_words(evidence: dict[str, Any], rule: Rule | None) -> str:
    """The branches that fired, in the rule's own words."""
    titles = rule.branches if rule else {}
    return "、".join(titles.get(branch, branch) for branch in evidence.get("branches", []))


def sentence(row: pd.Series, evidence: dict[str, Any], rule: Rule | None) -> str:
    """One sentence saying who or what, which branches fired, and the value against its threshold.

    `row` is a row of the warning list, `evidence` its evidence parsed.
    """
    if row["level"] == SPOT_CHECK:
        return f"{_lead(row)}：随机抽查，请核查有没有「{row['title']}」的情形，没有的结论为不属实。"
    words = branch_words(evidence, rule) or str(row["title"])
    if is_group(row, evidence):
        return f"{_lead(row)}，{_group_words(row, evidence, rule, words)}"
    parts = [f"{_lead(row)}：{words}"]
    if not pd.isna(row["value"]):
        parts.append(f"{_value_name(row, evidence, rule)} {quantity(row['value'], row['unit'])}")
    if not pd.isna(row["threshold"]):
        parts.append(f"界限 {quantity(row['threshold'], row['unit'])}")
    return "，".join(parts) + "。"


def _group_words(row: pd.Series, evidence: dict[str, Any], rule: Rule | None, words: str) -> str:
    year, month = str(row["period"]).split("-")
    kind = GROUPS[row["subject_type"]]
    text = (
        f"{year}年{int(month)}月办理 {number(evidence['exposure'])} 项，"
        f"有 {number(evidence['signal_count'])} 条信号（{words}），占 {evidence['rate']:.1%}；"
        f"同期其他{kind}为 {evidence['peer_rate']:.1%}"
    )
    if evidence.get("peer_ratio") is None:
        return f"{text}。"
    limit = f"（界限 {number(rule.aggregation.min_peer_ratio)} 倍）" if rule else ""
    return f"{text}，是其 {number(evidence['peer_ratio'])} 倍{limit}。"


def _lead(row: pd.Series) -> str:
    org, officer, title = row["org_name"], row["officer_name"], row["subject_title"]
    match row["subject_type"]:
        case "penalty_case":
            return f"{org}办理的案件 {title}" + (f"（主办 {officer}）" if officer else "")
        case "officer":
            return f"{org}执法人员 {title}"
        case "enterprise":
            return f"企业 {title}" + (f"（主要涉及 {org}）" if org else "")
        case "grid_dispatch":
            return f"{org}{officer and f' {officer} '}承接的网格派单 {title}"
        case "org":
            return org
        case kind:
            return f"{org}的{noun(kind)} {title}"


def _value_name(row: pd.Series, evidence: dict[str, Any], rule: Rule | None) -> str:
    """What the value measures: the evidence that equals it, since a rule with several branches has several measures."""
    if rule is None:
        return "判断值"
    for key, title in rule.evidence.items():
        held = evidence.get(key)
        if isinstance(held, int | float) and abs(held) == abs(row["value"]):
            return title.split("（")[0]
    return rule.value_title.split("（")[0]


def facts(evidence: dict[str, Any], rule: Rule | None) -> list[tuple[str, str]]:
    """(title, value) of everything the evidence holds that the rule names, missing values left out."""
    titles = rule.evidence if rule else {}
    return [(title, plain(evidence[key])) for key, title in titles.items() if evidence.get(key) not in (None, "", [])]


@dataclass(frozen=True)
class Comparison:
    """The distribution a subject belongs to.

    values: value, is_subject. own: the subject's value, None when it is not among them. among: who is compared. title,
    unit: of the values. limits: where the rule draws its lines on them.
    """

    values: pd.DataFrame
    own: float | None
    among: str
    title: str
    unit: str
    limits: tuple[float, ...]

    @property
    def size(self) -> int:
        """How many subjects are compared, this one included."""
        return len(self.values)

    @property
    def whole(self) -> bool:
        """Whether the values are counts or days, whole numbers by nature."""
        return self.unit != SHARE and bool((self.values["value"] == self.values["value"].round()).all())

    def bins(self, most: int = 30) -> pd.DataFrame:
        """from, to, n: the distribution in equal steps; what lies beyond the shown end is in the last step.

        Steps of whole numbers have the number in their middle.

        The end is the highest of the 99th percentile, the subject and the limits, so that a few extremes do not
        press all others into one bar.
        """
        values = self.values["value"]
        marks = [float(values.quantile(0.99)), *self.limits, *([] if self.own is None else [self.own])]
        low, high = float(values.min()), max(marks)
        step = (high - low) / most or (0.01 if self.unit == SHARE else 1.0)
        if self.whole:
            step = math.ceil(step)
        place = ((values.clip(upper=high) - low) / step + 1e-9).astype("int64")
        counted = place.value_counts().sort_index()
        start = low + counted.index.to_numpy() * step - (0.5 if self.whole else 0.0)
        return pd.DataFrame({"from": start, "to": start + step, "n": counted.to_numpy()})

    def position(self) -> str:
        """Where the subject stands, as a sentence."""
        if self.own is None:
            return f"同类 {self.size} 个，本对象没有可比的数值"
        below = self.values.loc[~self.values["is_subject"], "value"].lt(self.own).mean()
        rank = int(self.values["value"].gt(self.own).sum()) + 1
        return f"本对象 {quantity(self.own, self.unit)}，在 {self.size} 个同类中第 {rank} 高，高于 {below:.0%} 的同类"


def comparison(
    register: Register, warehouse: Warehouse, rule: Rule, row: pd.Series, evidence: dict[str, Any]
) -> Comparison:
    """What the subject is compared with on the warehouse's day, under the thresholds in force.

    Raises RuleError when the query fails.
    """
    group = is_group(row, evidence)
    params = params_in_force(register, rule)
    period = row["period"] if group else None
    values = peers(warehouse, rule, row["subject_id"], warehouse.as_of, params, period)
    values = values.dropna(subset=["value"]).reset_index(drop=True)
    own = values.loc[values["is_subject"], "value"]
    own_value = float(own.iloc[0]) if len(own) else None
    threshold = None if pd.isna(row["threshold"]) else float(row["threshold"])
    if group:
        who = f"{row['period']} 有办理量的{GROUPS[row['subject_type']]}"
        limits: tuple[float, ...] = () if threshold is None else (threshold,)
        return Comparison(values, own_value, who, "信号数占办理量", SHARE, limits)
    words = rule.peers or Peers("同类对象", "同类对比值")
    known = {**params, "threshold": threshold}
    drawn = [known[limit] if isinstance(limit, str) else limit for limit in words.limits]
    bounds = tuple(float(limit) for limit in drawn if isinstance(limit, int | float))
    return Comparison(values, own_value, words.among, words.title, words.unit, bounds)


def members(
    register: Register, warehouse: Warehouse, viewer: Viewer, rule: Rule, row: pd.Series, evidence: dict[str, Any]
) -> pd.DataFrame:
    """The signals a group warning stands for: subject_id, subject_title, level, occurred_on, value, threshold, unit,
    words (the branches that fired).

    Those that no longer fire are left out: they are still in the evidence, and counted there.
    """
    found = signals(register, viewer, warehouse, row["rule_id"])
    own = found[found["subject_id"].isin(evidence["signals"])].copy()
    own["subject_title"] = subject_titles(own, warehouse)
    own["unit"] = rule.unit
    own["words"] = [branch_words(json.loads(text), rule) for text in own["evidence"]]
    return own.sort_values(["occurred_on", "subject_id"], ascending=[False, True]).reset_index(drop=True)


def others(frame: pd.DataFrame, row: pd.Series) -> pd.DataFrame:
    """The other warnings of a warning list about the same officer, subject or unit, nearest first.

    Adds `why`: 同一对象, 同一人员 or 同一单位.
    """
    rest = frame[frame["warning_id"] != row["warning_id"]]
    subject = rest["subject_id"].eq(row["subject_id"]) & rest["subject_type"].eq(row["subject_type"])
    officer = rest["officer_id"].eq(row["officer_id"]) & bool(row["officer_label"])
    unit = rest["org_id"].eq(row["org_id"])
    why = pd.Series("", index=rest.index).mask(unit, "同一单位").mask(officer, "同一人员").mask(subject, "同一对象")
    nearest = why.map({"同一对象": 0, "同一人员": 1, "同一单位": 2})
    found = rest.assign(why=why, near=nearest)[why.ne("")]
    return found.sort_values(["near", "level_order", "first_seen_at"], kind="stable").drop(columns="near")
