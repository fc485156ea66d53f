"""How right a model is: by version from verification, and what it misses from spot checks (抽查)."""

import json
from dataclasses import dataclass

import pandas as pd

from lib.access import SYSTEM, Viewer, under
from lib.casework.reading import visible
from lib.casework.rules.versions import live_versions
from lib.casework.store.register import Register
from lib.casework.warnings.states import PARTLY, TRUE, UNCLEAR
from lib.insight.figure import NO_VERSION
from lib.insight.interval import wilson
from lib.insight.rules.verified import verified_of
from lib.insight.warnings.kpi import counted, false_alarms
from lib.insight.warnings.names import rule_label
from lib.warehouse.store import Warehouse

# Fewer judged warnings say nothing of a version.
LEAST_JUDGED = 10
# Fewer judged spot checks give no number of missed subjects, only how high their share may be.
LEAST_CHECKED = 30
ALL = "合计"


@under("view", "rule")
def by_version(register: Register, viewer: Viewer, warehouse: Warehouse, rule_id: str) -> pd.DataFrame:
    """VERIFIED_COLUMNS, `group` the number of the version under which the warnings first came, and 合计 last.

    Warnings merged into another count with that one.
    """
    held = visible.warnings(register, viewer, warehouse)
    return _by_version(held, _false_alarms(register, warehouse), rule_id)


def _by_version(held: pd.DataFrame, alarms: pd.Index, rule_id: str) -> pd.DataFrame:
    own = held[held["rule_id"].eq(rule_id) & held["merged_into"].isna()]
    groups = {str(version): frame["warning_id"] for version, frame in own.groupby(own["version_id"].fillna(NO_VERSION))}
    return verified_of({**groups, ALL: own["warning_id"]}, held, alarms)


def _false_alarms(register: Register, warehouse: Warehouse) -> pd.Index:
    return false_alarms(visible.current(register, warehouse).event)


@under("view", "rule")
def together(register: Register, viewer: Viewer, warehouse: Warehouse, rule_id: str) -> pd.DataFrame:
    """Other models that warn about the same officers, the most shared first.

    rule_id, rule_label, shared (warnings of this model whose officer also has one of the other), share (of this
    model's warnings with an officer), n, rate, low, high (verified share of the shared ones, as in VERIFIED_COLUMNS).
    """
    held = counted(visible.warnings(register, viewer, warehouse))
    named = held[held["officer_id"].notna() & held["origin"].eq("model")]
    own = named[named["rule_id"].eq(rule_id)]
    others = named[named["rule_id"].ne(rule_id)].groupby("rule_id")["officer_id"].unique()
    groups = {other: own.loc[own["officer_id"].isin(people), "warning_id"] for other, people in others.items()}
    table = verified_of({str(other): ids for other, ids in groups.items()}, held, _false_alarms(register, warehouse))
    table = table[table["warnings"].gt(0)].rename(columns={"group": "rule_id", "warnings": "shared"})
    table["rule_label"] = table["rule_id"].map(rule_label)
    table["share"] = table["shared"] / max(len(own), 1)
    table = table.sort_values(["shared", "rule_id"], ascending=[False, True]).reset_index(drop=True)
    return table[["rule_id", "rule_label", "shared", "share", "n", "rate", "low", "high"]]


@dataclass(frozen=True)
class Missed:
    """What spot checks say about a model.

    drawn, judged (concluded, 无法查实 left out), found (属实 or 部分属实), rate with its 95 % interval, unflagged
    (tested subjects of the city without a signal now), and the missed subjects that this means, with the interval. The
    rate is None where nothing has been judged.
    """

    drawn: int
    judged: int
    found: int
    unflagged: int
    rate: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def estimate(self) -> tuple[float, float, float] | None:
        """Subjects missed: the estimate, low and high; None with fewer than LEAST_CHECKED judged."""
        if self.judged < LEAST_CHECKED or self.rate is None or self.low is None or self.high is None:
            return None
        return self.rate * self.unflagged, self.low * self.unflagged, self.high * self.unflagged


@under("view", "rule")
def missed(register: Register, viewer: Viewer, warehouse: Warehouse, rule_id: str) -> Missed:
    """The spot checks of a model that the viewer may see, and what they mean for what it leaves unflagged."""
    drawn = visible.spot_checks(register, viewer, warehouse)
    own = drawn[drawn["rule_id"].eq(rule_id)]
    judged = own[own["concluded_at"].notna() & own["conclusion"].ne(UNCLEAR)]
    found = int(judged["conclusion"].isin([TRUE, PARTLY]).sum())
    runs = visible.current(register, warehouse).rule_run.set_index("rule_id")
    unflagged = 0
    if rule_id in runs.index and pd.notna(runs.loc[rule_id, "tested"]):
        unflagged = int(runs.loc[rule_id, "tested"]) - int(runs.loc[rule_id, "signals"])
    low, high = wilson(found, len(judged)) or (None, None)
    rate = found / len(judged) if len(judged) else None
    return Missed(len(own), len(judged), found, max(unflagged, 0), rate, low, high)


# What a field check of a dispatch says of M16: whether the model flagged it, and whether something was wrong.
HIT_TRUE, HIT_UNTRUE, MISSED, UNMISSED = "hit_true", "hit_untrue", "missed", "unmissed"
OF_GRID = "M16"
# Lateness is read off a clock: two people on site neither prove nor refute it.
_SIGNS = frozenset({"reopened", "fast_close", "reused_photo", "false_close"})
_ASSIGNED = "select dispatch_id, assigned_at from grid_dispatch where dispatch_id in (select unnest($ids))"


@dataclass(frozen=True)
class OnSite:
    """What two people found on site of dispatches that M16 flagged for a sign (reopened, closed at once, used photo,
    found false) and of others: how many of each had something wrong, how many had not. `rate` is the verified share of
    the flagged, with its 95 % interval; None where none was checked."""

    hit_true: int
    hit_untrue: int
    missed: int
    unmissed: int
    rate: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def checked(self) -> int:
        return self.hit_true + self.hit_untrue + self.missed + self.unmissed


@under("view", "grid_check")
def checked_on_site(register: Register, viewer: Viewer, warehouse: Warehouse) -> pd.Series:
    """By check_id what it says of M16: HIT_TRUE … UNMISSED. Left out: 无法查实, checks before a finding, and dispatches
    of before the time that the model looks at."""
    frame = visible.objects(register, viewer, warehouse, "grid_check")
    # What was found before the unit did it again: that is what the model had judged.
    frame = frame[frame["first_finding"].notna() & frame["first_finding"].ne(UNCLEAR)]
    ids = frame["dispatch_id"].unique().tolist()
    assigned = warehouse.query(_ASSIGNED, {"ids": ids}).set_index("dispatch_id")["assigned_at"] if ids else pd.Series()
    live = live_versions(register).get(OF_GRID)
    months = 12 if live is None else int(live.params["window_months"])  # type: ignore[arg-type]
    since = pd.Timestamp(warehouse.as_of) - pd.DateOffset(months=months)
    frame = frame[frame["dispatch_id"].map(assigned).ge(since + pd.Timedelta(days=1))]
    hits = visible.signals(register, viewer, warehouse, OF_GRID)
    hits = hits[hits["subject_id"].isin(ids)]
    flagged = {
        subject
        for subject, evidence in zip(hits["subject_id"], hits["evidence"], strict=True)
        if _SIGNS & set(json.loads(evidence)["branches"])
    }
    hit, wrong = frame["dispatch_id"].isin(flagged), frame["first_finding"].ne(TRUE)
    names = {(True, True): HIT_TRUE, (True, False): HIT_UNTRUE, (False, True): MISSED, (False, False): UNMISSED}
    said = [names[bool(one), bool(other)] for one, other in zip(hit, wrong, strict=True)]
    return pd.Series(said, index=frame["check_id"], dtype="object")


@under("view", "grid_check")
def on_site(register: Register, viewer: Viewer, warehouse: Warehouse) -> OnSite:
    """What field checks say of M16, as far as the viewer sees them."""
    said = checked_on_site(register, viewer, warehouse).value_counts()
    found = [int(said.get(name, 0)) for name in (HIT_TRUE, HIT_UNTRUE, MISSED, UNMISSED)]
    hit = found[0] + found[1]
    low, high = wilson(found[0], hit) or (None, None)
    rate = found[0] / hit if hit else None
    return OnSite(found[0], found[1], found[2], found[3], rate, low, high)


def below_floor(register: Register, warehouse: Warehouse) -> list[tuple[str, str, str]]:
    """The versions in force whose verified share is below their floor: rule, version, and what to say of it."""
    found = []
    held = visible.warnings(register, SYSTEM, warehouse)
    versions = {version.version_id: version for version in live_versions(register).values()}
    own = held[held["merged_into"].isna() & held["version_id"].isin(versions)]
    groups = {str(version): frame["warning_id"] for version, frame in own.groupby("version_id")}
    for row in verified_of(groups, held, _false_alarms(register, warehouse)).itertuples():
        version = versions[row.group]
        floor = version.rule.precision_floor
        if row.n < LEAST_JUDGED or row.rate >= floor:
            continue
        unsure = "，区间仍含下限，判定多了再下结论" if row.high >= floor else ""
        text = (
            f"{version.name}已判定 {row.n} 条，核实率 {row.rate:.0%}，低于下限 {floor:.0%}"
            f"（95% 区间 {row.low:.0%}–{row.high:.0%}{unsure}），请检查阈值和排除情形。"
        )
        found.append((version.rule_id, version.version_id, text))
    return found
