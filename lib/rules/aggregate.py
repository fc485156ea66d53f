"""From signals to the warnings a person would handle."""

import hashlib
import json
from datetime import date

import numpy as np
import pandas as pd

from lib.rules.rule import Rule
from lib.rules.run import LEVELS

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


def group_rates(signals: pd.DataFrame, exposure: pd.DataFrame, group: str) -> pd.DataFrame:
    """Signals per exposure by group and month, and the same of all other groups in that month.

    Columns group_id, month ('2022-03'), signals, exposure, rate, peer_signals, peer_exposure, peer_rate; red signals
    do not count. A rate over nothing is NaN.
    """
    counted = signals[signals["level"].ne("red") & signals[f"{group}_id"].notna()]
    hits = counted.groupby([counted[f"{group}_id"], _periods(counted["occurred_on"], "month")]).size()
    handled = exposure.groupby([exposure["group_id"], _periods(exposure["month"], "month")])["exposure"].sum()
    table = pd.DataFrame({"signals": hits, "exposure": handled}).fillna(0).astype("int64")
    table.index.names = ["group_id", "month"]
    table = table.reset_index()
    totals = table.groupby("month")[["signals", "exposure"]].transform("sum")
    table["peer_signals"] = totals["signals"] - table["signals"]
    table["peer_exposure"] = totals["exposure"] - table["exposure"]
    table["rate"] = table["signals"] / table["exposure"].replace(0, np.nan)
    table["peer_rate"] = table["peer_signals"] / table["peer_exposure"].replace(0, np.nan)
    return table


def _standing_out(rates: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Groups with enough signals at min_peer_ratio times their peers' rate; compared without division."""
    wanted = rule.aggregation
    own = rates["signals"] * rates["peer_exposure"]
    peers = wanted.min_peer_ratio * rates["peer_signals"] * rates["exposure"]
    comparable = rates["exposure"].gt(0) & rates["peer_exposure"].gt(0)
    return rates[comparable & rates["signals"].ge(wanted.min_signals) & own.ge(peers)]


def _most_common(values: pd.Series) -> str | None:
    counts = values.dropna().value_counts()
    return min(counts.index[counts.eq(counts.max())]) if len(counts) else None


def _group_warning(group: pd.DataFrame, rates: pd.Series, rule: Rule) -> dict:
    kind = rule.aggregation.group
    group = group.sort_values(["severity", "occurred_on", "subject_id"], ascending=[False, True, True])
    branches = sorted({branch for text in group["evidence"] for branch in json.loads(text)["branches"]})
    peer_rate = float(rates["peer_rate"])
    evidence = {
        "branches": branches,
        "signals": group["subject_id"].head(MOST_SUBJECTS).tolist(),
        "signal_count": len(group),
        "orange_count": int(group["level"].eq("orange").sum()),
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
        "level": LEVELS[group["severity"].max()],
        "officer_id": rates["group_id"] if kind == "officer" else _most_common(group["officer_id"]),
        "org_id": rates["group_id"] if kind == "org" else _most_common(group["org_id"]),
        "area_code": _most_common(group["area_code"]),
        "occurred_on": group["occurred_on"].max(),
        "value": float(rates["rate"]),
        "threshold": rule.aggregation.min_peer_ratio * peer_rate,
        "signal_count": len(group),
        "evidence": json.dumps(evidence, ensure_ascii=False),
    }


def _grouped(signals: pd.DataFrame, exposure: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """One warning for each group and month that stands out among its peers."""
    key = f"{rule.aggregation.group}_id"
    rates = _standing_out(group_rates(signals, exposure, str(rule.aggregation.group)), rule)
    rest = signals[signals["level"].ne("red") & signals[key].isin(rates["group_id"])].copy()
    rest["severity"] = rest["level"].map(LEVELS.index)
    rest["month"] = _periods(rest["occurred_on"], "month")
    members = dict(list(rest.groupby([key, "month"])))
    rows = [_group_warning(members[row["group_id"], row["month"]], row, rule) for _, row in rates.iterrows()]
    return pd.DataFrame(rows, columns=CANDIDATE_COLUMNS[1:])


def aggregate(signals: pd.DataFrame, exposure: pd.DataFrame | None, rule: Rule) -> pd.DataFrame:
    """Candidate warnings (CANDIDATE_COLUMNS), one per (rule, subject, period).

    direct: each signal. grouped: each red signal, and of the rest one warning per group and month with at least
    min_signals signals and min_peer_ratio times the rate of all other groups; `value` is then signals per exposure,
    `threshold` the ratio times the peers' rate, evidence.signals lists at most 200 subjects. A group without exposure
    or without peers cannot be compared and raises no warning.
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
