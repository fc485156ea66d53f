"""From signals to the warnings a person would handle."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from lib.rules.levels import ORDER
from lib.rules.rule import Rule

CANDIDATE_COLUMNS = [
    "warning_id",
    "rule_id",
    "subject_type",
    "subject_id",
    "period",
    "level",
    "officer_id",
    "org_id",
    "area_code",
    "occurred_on",
    "value",
    "threshold",
    "signal_count",
    "evidence",
]
MOST_SUBJECTS = 200


def warning_id(rule_id: str, subject_type: str, subject_id: str, period: str) -> str:
    """The number of the warning about this subject in this period: the same on every run."""
    key = f"{rule_id}|{subject_type}|{subject_id}|{period}"
    return "W" + hashlib.sha256(key.encode()).hexdigest()[:16]


def period_of(occurred_on: date, kind: str) -> str:
    """'' (none), '2022H1' (half_year) or '2022-03' (month)."""
    if kind == "month":
        return f"{occurred_on:%Y-%m}"
    if kind == "half_year":
        return f"{occurred_on.year}H{1 if occurred_on.month <= 6 else 2}"
    return ""


def _periods(days: pd.Series, kind: str) -> pd.Series:
    names = {day: period_of(day, kind) for day in days.unique()}
    return days.map(names).astype(object)


def _direct(signals: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Each signal as a warning of its own."""
    found = signals.copy()
    found["period"] = _periods(found["occurred_on"], rule.period)
    found["signal_count"] = 1
    return found


WORK_KIND = "work_kind"
TEAM = "org"


def _owned(signals: pd.DataFrame, group: str) -> pd.DataFrame:
    """The signals that count in a group, with `owner` and `owner_type`: one without an officer is its unit's."""
    counted = signals[signals["level"].ne("red")].copy()
    own, unit = counted[f"{group}_id"], counted["org_id"]
    counted["owner"] = own.fillna(unit)
    counted["owner_type"] = np.where(own.notna(), group, TEAM)
    counted["month"] = _periods(counted["occurred_on"], "month")
    return counted[counted["owner"].notna()]


def _work_kinds(signals: pd.DataFrame) -> pd.Series:
    """The kind of work of each signal, as its evidence says; '' when the rule knows none."""
    kinds = [json.loads(text).get(WORK_KIND) or "" for text in signals["evidence"]]
    return pd.Series(kinds, signals.index, dtype=object)


def group_rates(signals: pd.DataFrame, exposure: pd.DataFrame, group: str, least: int = 0) -> pd.DataFrame:
    """Signals per exposure by group and month, and what the others would have had at the same kinds of work.

    Columns group_id, month ('2022-03'), signals, exposure, expected, rate, peer_rate. Work is compared by its
    kind (`work_kind` of the exposure and of the signals' evidence) as the officer ranking does: what is expected of a
    group is, over the kinds, its exposure times the signals per exposure of all others in that month; a kind of work
    that nobody else did compares with nobody and counts in neither rate (of a group that did nothing else it is the
    rate). Red signals do not count, and a signal without an officer counts for its unit. A rate over nothing is NaN.
    Groups with fewer than `least` signals in the month are left out; among the others they count all the same.
    """
    counted = _owned(signals, group)
    work = exposure.assign(month=_periods(exposure["month"], "month"))
    if WORK_KIND not in work:
        work[WORK_KIND], kinds = "", pd.Series("", counted.index, dtype=object)
    else:
        work[WORK_KIND], kinds = work[WORK_KIND].fillna(""), _work_kinds(counted)
    hits = counted.groupby([counted["owner"], counted["month"], kinds.rename("kind")]).size()
    drawn, done = hits.groupby(level=["month", "kind"]).sum(), work.groupby(["month", WORK_KIND])["exposure"].sum()
    whole = pd.DataFrame({"signals": drawn, "exposure": done}).fillna(0).astype("int64")
    if least:
        months = hits.groupby(level=["owner", "month"]).sum()
        busy = months.index[months.ge(least)]
        hits = hits[hits.index.droplevel("kind").isin(busy)]
        work = work[work["group_id"].isin(busy.get_level_values("owner"))]
        work = work[pd.MultiIndex.from_frame(work[["group_id", "month"]]).isin(busy)]
    handled = work.groupby(["group_id", "month", WORK_KIND])["exposure"].sum()
    cells = pd.DataFrame({"signals": hits, "exposure": handled}).fillna(0).astype("int64")
    cells.index.names = ["group_id", "month", "kind"]
    cells = cells.reset_index()
    together = whole.reindex(pd.MultiIndex.from_frame(cells[["month", "kind"]])).reset_index(drop=True)
    others = together - cells[["signals", "exposure"]]
    fair = cells["exposure"].gt(0) & others["exposure"].gt(0)
    cells["expected"] = (cells["exposure"] * others["signals"] / others["exposure"].where(fair)).fillna(0.0)
    cells["compared"], cells["drawn"] = cells["exposure"].where(fair, 0), cells["signals"].where(fair, 0)
    table = (
        cells.groupby(["group_id", "month"])
        .agg(
            signals=("signals", "sum"),
            handled=("exposure", "sum"),
            exposure=("compared", "sum"),
            drawn=("drawn", "sum"),
            expected=("expected", "sum"),
        )
        .reset_index()
    )
    own = table["exposure"].replace(0, np.nan)
    alone = table["signals"] / table["handled"].replace(0, np.nan)
    return table.assign(rate=(table["drawn"] / own).fillna(alone), peer_rate=table["expected"] / own)


def _standing_out(rates: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Groups with enough signals at min_peer_ratio times what the others would have had at their work."""
    wanted = rule.aggregation
    high = rates["drawn"].ge(wanted.min_peer_ratio * rates["expected"] * (1 - 1e-12))
    return rates[rates["exposure"].gt(0) & rates["signals"].ge(wanted.min_signals) & high]


def _most_common(values: Iterable[Any]) -> str | None:
    counts = Counter(value for value in values if pd.notna(value))
    most = max(counts.values(), default=0)
    return min((value for value, count in counts.items() if count == most), default=None)


def _group_warning(group: list[dict], rates: pd.Series, rule: Rule) -> dict:
    """The warning about a group from its signals, the gravest and first one first."""
    kind = group[0]["owner_type"]
    peer_rate = float(rates["peer_rate"])
    evidence = {
        "branches": sorted({branch for one in group for branch in json.loads(one["evidence"])["branches"]}),
        "signals": [one["subject_id"] for one in group[:MOST_SUBJECTS]],
        "signal_count": len(group),
        "orange_count": sum(one["level"] == "orange" for one in group),
        "exposure": int(rates["exposure"]),
        "rate": round(float(rates["rate"]), 4),
        "peer_rate": round(peer_rate, 4),
        "peer_ratio": round(float(rates["rate"]) / peer_rate, 2) if peer_rate else None,
    }
    return {
        "rule_id": rule.id,
        "subject_type": kind,
        "subject_id": rates["group_id"],
        "period": rates["month"],
        "level": group[0]["level"],
        "officer_id": rates["group_id"] if kind == "officer" else _most_common(one["officer_id"] for one in group),
        "org_id": rates["group_id"] if kind == TEAM else _most_common(one["org_id"] for one in group),
        "area_code": _most_common(one["area_code"] for one in group),
        "occurred_on": max(one["occurred_on"] for one in group),
        "value": float(rates["rate"]),
        "threshold": rule.aggregation.min_peer_ratio * peer_rate,
        "signal_count": len(group),
        "evidence": json.dumps(evidence, ensure_ascii=False),
    }


def _grouped(signals: pd.DataFrame, exposure: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """One warning for each group and month that stands out among its peers."""
    group, least = str(rule.aggregation.group), rule.aggregation.min_signals
    rates = _standing_out(group_rates(signals, exposure, group, least), rule)
    rest = _owned(signals, group)
    rest = rest[rest["owner"].isin(rates["group_id"])]
    rest = rest.assign(order=rest["level"].map(ORDER)).sort_values(["order", "occurred_on", "subject_id"])
    members: dict[tuple[str, str], list[dict]] = {}
    for one in rest.to_dict("records"):
        members.setdefault((one["owner"], one["month"]), []).append(one)
    rows = [_group_warning(members[row["group_id"], row["month"]], row, rule) for _, row in rates.iterrows()]
    return pd.DataFrame(rows, columns=CANDIDATE_COLUMNS[1:])


def aggregate(signals: pd.DataFrame, exposure: pd.DataFrame | None, rule: Rule) -> pd.DataFrame:
    """Candidate warnings (CANDIDATE_COLUMNS), one per (rule, subject, period).

    direct: each signal. grouped: each red signal, and of the rest one warning per group (an officer, or the unit for
    signals without one) and month with at least min_signals signals and min_peer_ratio times the rate of the others at
    the same kinds of work (`group_rates`); `value` is then signals per exposure, `threshold` the ratio times the peers'
    rate, evidence.signals lists at most 200 subjects. A group without exposure or without peers cannot be compared and
    raises no warning.
    """
    if not rule.grouped:
        found = _direct(signals, rule)
    else:
        if exposure is None:
            raise ValueError(f"{rule.id} is grouped and needs its exposure")
        parts = [_direct(signals[signals["level"].eq("red")], rule), _grouped(signals, exposure, rule)]
        found = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    columns = ("rule_id", "subject_type", "subject_id", "period")
    found["warning_id"] = [warning_id(*key) for key in zip(*(found[name] for name in columns), strict=True)]
    return found[CANDIDATE_COLUMNS].reset_index(drop=True)
