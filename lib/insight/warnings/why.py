"""Why a warning fired, in words: the sentence, the facts behind it, and what it is compared with."""

import json
import math
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from lib.access import SYSTEM, Viewer, under
from lib.access.masking import PERSON, mask_free_text
from lib.casework.reading.visible import signals
from lib.casework.rules.due import day_of_run
from lib.casework.rules.versions import live_version
from lib.casework.store.register import Register
from lib.casework.warnings.platforms import ORIGIN as EXTERNAL
from lib.catalog.lists import domain_names
from lib.insight.kept.sums import kept_sums
from lib.insight.names import noun, subject_titles
from lib.insight.wording import SHARE, number, plain, quantity
from lib.rules import Peers, Rule, default_params, group_peers, groups_at_work, peers, read_rules
from lib.rules.grounds import MOST_PEERS
from lib.rules.levels import SPOT_CHECK, level_name
from lib.warehouse.store import Warehouse

GROUPS = {"officer": "人员", "org": "单位"}
_COUNT = re.compile(r"(.+)([件人次个项])数")
# What models call the work that subjects are compared within.
_WORK = "work_kind"


def params_in_force(register: Register, rule: Rule) -> dict[str, Any]:
    """The thresholds of the version in force; the file's defaults for a rule that has none."""
    live = live_version(register, rule.id)
    return default_params(rule) if live is None else live.params


def rule_in_force(register: Register, rule_id: str) -> Rule | None:
    """The model as it runs now, or as its file says when no version is in force; None when there is no such model."""
    live = live_version(register, rule_id)
    return read_rules().get(rule_id) if live is None else live.rule


def is_group(row: pd.Series | dict[str, Any], evidence: dict[str, Any]) -> bool:
    """Whether the warning stands for many signals of one officer or unit."""
    return row["subject_type"] in GROUPS and "signals" in evidence


def branch_words(evidence: dict[str, Any], rule: Rule | None) -> str:
    """The branches that fired, in the rule's own words."""
    titles = rule.branches if rule else {}
    return "、".join(titles.get(branch, branch) for branch in evidence.get("branches", []))


def sentence(row: pd.Series, evidence: dict[str, Any], rule: Rule | None) -> str:
    """One sentence saying who or what, which branches fired, and the value against its threshold.

    Branches that the value does not measure come with the figures the evidence has of them. `row` is a row of the
    warning list, `evidence` its evidence parsed.
    """
    if row.get("origin") == EXTERNAL:
        return f"{_lead(row)}：{row['title']}标为{level_name(row['level'])}预警。"
    if row["level"] == SPOT_CHECK:
        return f"{_lead(row)}：抽查，请核查有没有「{row['title']}」的情形，没有的结论为不属实。"
    words = branch_words(evidence, rule) or str(row["title"])
    if is_group(row, evidence):
        return f"{_lead(row)}，{_group_words(row, evidence, rule, words)}"
    parts = [f"{_lead(row)}：{words}"]
    if not measures(row, evidence, rule):
        counted = _branch_figures(evidence, rule)
        return "，".join([*parts, counted] if counted else parts) + "。"
    parts.append(f"{_value_name(row, evidence, rule)} {quantity(row['value'], row['unit'])}")
    if not pd.isna(row["threshold"]):
        parts.append(f"阈值 {quantity(row['threshold'], row['unit'])}")
    return "，".join(parts) + "。"


def measures(row: pd.Series | dict[str, Any], evidence: dict[str, Any], rule: Rule | None) -> bool:
    """Whether the value is what fired: of a rule with several branches it may measure only one.

    It is not where it stays below a threshold that is the model's own line (a record's own, like the number of officers
    a case needs or the lower bound of a tier, may be undershot), nor where the evidence leaves empty the figure the
    value is named after.
    """
    if pd.isna(row["value"]):
        return False
    if is_group(row, evidence):
        return True
    if not pd.isna(row["threshold"]) and row["value"] < row["threshold"]:
        return _line_of_record(rule)
    name = rule.value_title.split("（")[0] if rule else ""
    empty = [key for key, held in evidence.items() if held is None]
    return rule is None or name not in [rule.evidence.get(key) for key in empty]


def _line_of_record(rule: Rule | None) -> bool:
    """Whether the rule compares with bounds each record brings along, not with a parameter of its own."""
    limits = rule.peers.limits if rule and rule.peers else ()
    return bool(limits) and all(limit == "threshold" or not isinstance(limit, str) for limit in limits)


def _branch_figures(evidence: dict[str, Any], rule: Rule | None) -> str:
    """The evidence's figures of the branches that fired: 查实投诉信访 2 件."""
    if rule is None:
        return ""
    found = []
    for key in _branch_keys(evidence, rule):
        held, title = evidence.get(key), rule.evidence[key]
        if isinstance(held, int | float):
            counted = _COUNT.fullmatch(title)
            name, unit = counted.groups() if counted else (title.split("（")[0], "")
            found.append(f"{name} {quantity(held, unit)}")
    return "、".join(found)


def _branch_keys(evidence: dict[str, Any], rule: Rule) -> list[str]:
    """The evidence named after the branches that fired (overturned: overturned_count), in their order."""
    return [key for branch in evidence.get("branches", []) for key in rule.evidence if key.startswith(f"{branch}_")]


def _group_words(row: pd.Series, evidence: dict[str, Any], rule: Rule | None, words: str) -> str:
    year, month = str(row["period"]).split("-")
    kind = GROUPS[row["subject_type"]]
    text = (
        f"{year}年{int(month)}月办理 {number(evidence['exposure'])} 项，"
        f"有 {number(evidence['signal_count'])} 条信号（{words}），占 {evidence['rate']:.1%}；"
        f"同期做同类工作的其他{kind}为 {evidence['peer_rate']:.1%}"
    )
    if evidence.get("peer_ratio") is None:
        return f"{text}。"
    limit = f"（阈值 {number(rule.aggregation.min_peer_ratio)} 倍）" if rule else ""
    return f"{text}，是其 {number(evidence['peer_ratio'])} 倍{limit}。"


def _lead(row: pd.Series) -> str:
    org, officer, title = row["org_name"], row["officer_name"], row["subject_title"]
    match row["subject_type"]:
        case "penalty_case":
            return f"{org}办理的案件 {title}" + (f"（主办 {officer}）" if officer else "")
        case "officer":
            return f"{org}执法人员 {title}"
        case "enterprise":
            lead = title if title.startswith(PERSON) else f"企业 {title}"
            return lead + (f"（主要涉及 {org}）" if org else "")
        case "grid_dispatch":
            return f"{org}{officer and f' {officer} '}承接的网格派单 {title}"
        case "org":
            return org
        case kind:
            return f"{org}的{noun(kind)} {title}"


def _value_name(row: pd.Series, evidence: dict[str, Any], rule: Rule | None) -> str:
    """What the value measures: the evidence that equals it, since a rule with several branches has several measures.

    Figures of the branches that fired come first.
    """
    if rule is None:
        return "判断值"
    for key in [*_branch_keys(evidence, rule), *rule.evidence]:
        held = evidence.get(key)
        if isinstance(held, int | float) and abs(held) == abs(row["value"]):
            return rule.evidence[key].split("（")[0]
    return rule.value_title.split("（")[0]


def facts(evidence: dict[str, Any], rule: Rule | None) -> list[tuple[str, str]]:
    """(title, value) of everything the evidence holds that the rule names, missing values left out."""
    titles = rule.evidence if rule else {}
    return [
        (title, _kind_of_work(evidence[key]) if key == _WORK else _fact(title, evidence[key]))
        for key, title in titles.items()
        if evidence.get(key) not in (None, "", [])
    ]


def _kind_of_work(held: str) -> str:
    """A kind of work as the models write it, 案件·SC, with its domain by name."""
    return "·".join(domain_names().get(part, part) for part in held.split("·"))


def _fact(title: str, held: Any) -> str:
    in_time = title.startswith("超期") and isinstance(held, int | float) and held < 0
    return "未超期" if in_time else mask_free_text(plain(held))


def day_of(register: Register, warehouse: Warehouse, row: pd.Series) -> date:
    """The day the rows behind a warning are looked up for: today's data while it fires, else those of its last hit.

    A subject drawn by chance never fires: its day is that of the draw.
    """
    if row["firing"]:
        return warehouse.as_of
    day = day_of_run(register, row["run_id"])
    return min(day or row["last_seen_at"].date(), warehouse.as_of)


@dataclass(frozen=True)
class Comparison:
    """The distribution a subject belongs to.

    values: value, is_subject. own: the subject's value, None when it is not among them. among: who is compared. title,
    unit: of the values. limits: where the rule draws its lines on them. sampled: whether the values are a random sample
    of the peers. silent: why the comparison says nothing about the warning, empty when it does. downward: whether low
    values are what the rule warns about.
    """

    values: pd.DataFrame
    own: float | None
    among: str
    title: str
    unit: str
    limits: tuple[float, ...]
    sampled: bool = False
    silent: str = ""
    downward: bool = False

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
        """Where the subject stands, as a sentence; a sample gives a share, no rank."""
        if self.own is None:
            return f"同类 {self.size:,} 个，本对象没有可比的数值"
        others, word = self.values.loc[~self.values["is_subject"], "value"], "低" if self.downward else "高"
        passed, ahead = (others.gt, others.lt) if self.downward else (others.lt, others.gt)
        # Rounded down: who has one above it is not higher than 100%.
        share = "全部" if passed(self.own).all() else f"{math.floor(passed(self.own).mean() * 100 + 1e-9)}%"
        lead = f"本对象 {quantity(self.own, self.unit)}"
        if self.sampled:
            return f"{lead}，与随机抽取的 {self.size:,} 个同类相比，{word}于其中 {share}"
        rank = int(ahead(self.own).sum()) + 1
        told = f"{word}于其余{share}" if share == "全部" else f"{word}于 {share} 的同类"
        return f"{lead}，在 {self.size:,} 个同类中第 {rank:,} {word}，{told}"


def at_work(register: Register, warehouse: Warehouse, rule: Rule, day: date) -> pd.DataFrame:
    """What the groups of a grouped rule did by a day (`lib.rules.groups_at_work`), under the thresholds in force."""
    params = params_in_force(register, rule)

    def count() -> pd.DataFrame:
        return groups_at_work(warehouse, rule, day, params)

    if day != warehouse.as_of:
        return count()
    return kept_sums(warehouse, ("groups at work", rule.hash, sorted(params.items())), count)


def comparison(
    register: Register, warehouse: Warehouse, rule: Rule, row: pd.Series, evidence: dict[str, Any]
) -> Comparison:
    """What the subject is compared with on the warning's day (`day_of`), under the thresholds in force.

    Raises RuleError when the query fails.
    """
    group = is_group(row, evidence)
    params, day = params_in_force(register, rule), day_of(register, warehouse, row)
    if group:
        found = group_peers(at_work(register, warehouse, rule, day), row["subject_id"], row["period"])
    else:
        found = peers(warehouse, rule, row["subject_id"], day, params)
    values = found.dropna(subset=["value"]).reset_index(drop=True)
    own = values.loc[values["is_subject"], "value"]
    own_value = float(own.iloc[0]) if len(own) else None
    absent = "" if len(own) else "本对象不在可比的同类之中。"
    threshold = None if pd.isna(row["threshold"]) else float(row["threshold"])
    if group:
        who = f"{row['period']} 有办理量的{GROUPS[row['subject_type']]}"
        limits: tuple[float, ...] = () if threshold is None else (threshold,)
        return Comparison(values, own_value, who, "信号数占办理量", SHARE, limits, silent=absent)
    words = rule.peers or Peers("同类对象", "同类对比值")
    known = {**params, "threshold": threshold}
    drawn = [known[limit] if isinstance(limit, str) else limit for limit in words.limits]
    bounds = tuple(float(limit) for limit in drawn if isinstance(limit, int | float))
    silent = absent or _silent(row, evidence, rule, own_value or 0.0, words.title, bounds)
    downward = threshold is not None and bool(row["value"] < threshold)
    return Comparison(
        values, own_value, words.among, words.title, words.unit, bounds, len(found) >= MOST_PEERS, silent, downward
    )


def _silent(
    row: pd.Series, evidence: dict[str, Any], rule: Rule, own: float, title: str, limits: tuple[float, ...]
) -> str:
    """Why the peers' values are not what fired: the subject crosses none of the lines drawn on them."""
    if row["level"] == SPOT_CHECK:
        return "" if rule.peers and rule.peers.limits else f"这个模型不以「{title}」判断。"
    value, threshold = row["value"], row["threshold"]
    if limits and not pd.isna(threshold) and measures(row, evidence, rule):
        crossed = own >= min(limits) if value >= threshold else own <= max(limits)
        if crossed:
            return ""
    return f"命中的情形不以「{title}」衡量。"


@under("view", "warning")
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


@under("view", "warning")
def members_outside(
    register: Register, warehouse: Warehouse, viewer: Viewer, row: pd.Series, evidence: dict[str, Any]
) -> int:
    """How many of a group warning's signals that still fire lie outside the viewer's scope."""
    every, own = (signals(register, one, warehouse, row["rule_id"])["subject_id"] for one in (SYSTEM, viewer))
    return int(every.isin(evidence["signals"]).sum() - own.isin(evidence["signals"]).sum())


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
