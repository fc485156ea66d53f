"""What another version of a model would change, as far as the viewer may see: today, and over the past months."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from lib.access import Viewer, under
from lib.access.scope import visible
from lib.casework.deadlines import calendar
from lib.casework.reading import visible as reading
from lib.casework.store.register import Register
from lib.insight.rules.difference import by_level, by_officer, by_town, by_unit, examples
from lib.insight.rules.verified import verified_of
from lib.insight.rules.workload import Workload, workload
from lib.insight.warnings.kpi import false_alarms
from lib.insight.warnings.names import places
from lib.progress import Progress
from lib.rules import Variant, backtest, complete_params, monthly, preview
from lib.warehouse.store import Warehouse

MOVED = ("added", "lost", "changed")


class Tried(NamedTuple):
    """A version as it was tried: the sha256 of its file, its parameters, and what the whole city gave on the day."""

    rule_hash: str
    params: dict[str, Any]
    signals: int
    tested: int


@dataclass(frozen=True, eq=False)
class Tuning:
    """The proposed version of a model against the live one (None: nothing is in force) on `as_of`, in a scope.

    counts: warnings live, proposed, added, lost, changed (at another level), kept. by_*: the same by level, town,
    unit and officer (see lib.insight.rules.difference); by_officer is None without the right to the ranking. examples:
    by added, lost, changed. verified: of what fires on the day, by live, proposed, added, lost. Only with a
    back-test: months (MONTHLY_COLUMNS), verified_months (as `verified`, of all that fired on any of the days) and
    workload. parts: the warnings behind the counts, none in a stored report. `scope` is what the viewer saw: area_code,
    domains, officer_id.
    """

    rule_id: str
    title: str
    as_of: date
    scope: dict[str, Any]
    live: Tried | None
    proposed: Tried
    counts: dict[str, int]
    by_level: pd.DataFrame = field(repr=False)
    by_town: pd.DataFrame = field(repr=False)
    by_unit: pd.DataFrame = field(repr=False)
    by_officer: pd.DataFrame | None = field(repr=False)
    examples: dict[str, pd.DataFrame] = field(repr=False)
    verified: pd.DataFrame = field(repr=False)
    months: pd.DataFrame | None = field(default=None, repr=False)
    verified_months: pd.DataFrame | None = field(default=None, repr=False)
    workload: Workload | None = None
    parts: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)


@under("preview", "rule")
def try_out(
    register: Register, warehouse: Warehouse, viewer: Viewer, live: Variant | None, proposed: Variant
) -> Tuning:
    """Both versions on the warehouse's day, without the past months. Raises RuleError."""
    rule, as_of = proposed.rule, warehouse.as_of
    found = preview(warehouse, live, proposed, as_of)
    none = found.proposed.candidates.iloc[:0]
    whole = {
        "live": none if found.live is None else found.live.candidates,
        "proposed": found.proposed.candidates,
        **{name: getattr(found.comparison, name) for name in MOVED},
    }
    parts = {name: _visible(viewer, warehouse, frame) for name, frame in whole.items()}
    moved = {*parts["added"]["warning_id"], *parts["changed"]["warning_id"]}
    parts["kept"] = parts["proposed"][~parts["proposed"]["warning_id"].isin(moved)]
    counts = {name: len(frame) for name, frame in parts.items()}
    named = viewer.may("view", "ranking")
    live_rule = rule if live is None else live.rule
    return Tuning(
        rule_id=rule.id,
        title=rule.title,
        as_of=as_of,
        scope=scope_of(viewer),
        live=None if live is None or found.live is None else _tried(live, found.live.signals, found.live.tested),
        proposed=_tried(proposed, found.proposed.signals, found.proposed.tested),
        counts=counts,
        by_level=by_level(parts),
        by_town=by_town(parts, warehouse),
        by_unit=by_unit(parts, warehouse),
        by_officer=by_officer(parts, warehouse) if named else None,
        examples={
            name: examples(parts[name], live_rule if name == "lost" else rule, warehouse, named) for name in MOVED
        },
        verified=_verified(register, warehouse, viewer, parts["live"], parts["proposed"]),
        parts=parts,
    )


@under("backtest", "rule")
def back_test(
    register: Register,
    warehouse: Warehouse,
    viewer: Viewer,
    live: Variant | None,
    proposed: Variant,
    months: int = 12,
    progress: Progress | None = None,
) -> Tuning:
    """What `try_out` gives, and the same for the past months. Raises RuleError, Forbidden."""
    today = try_out(register, warehouse, viewer, live, proposed)
    past = backtest(warehouse, live, proposed, warehouse.as_of, months, progress)
    after = _visible(viewer, warehouse, past.proposed)
    before = after.iloc[:0] if past.live is None else _visible(viewer, warehouse, past.live)
    table = monthly(past.days, before, after)
    warnings = reading.warnings(register, viewer, warehouse)
    return replace(
        today,
        months=table,
        verified_months=_verified(register, warehouse, viewer, before, after),
        workload=workload(table, live is not None, warnings, proposed.rule.id, calendar(warehouse)),
    )


def behind(found: Tuning, part: str, by: str = "", value: str = "") -> pd.DataFrame:
    """The warnings behind a count: of a part, with a value in the column `by` ('' where there is none)."""
    rows = found.parts[part]
    return rows[rows[by].astype("object").fillna("").eq(value)] if by else rows


def scope_of(viewer: Viewer) -> dict[str, Any]:
    """What decides visibility, as a record."""
    domains = None if viewer.domains is None else sorted(viewer.domains)
    return {"area_code": viewer.area_code, "domains": domains, "officer_id": viewer.officer_id}


def _tried(variant: Variant, signals: int, tested: int) -> Tried:
    params = complete_params(variant.rule, variant.params)
    texts = {name: str(value) if isinstance(value, date) else value for name, value in params.items()}
    return Tried(variant.rule.hash, texts, signals, tested)


def _visible(viewer: Viewer, warehouse: Warehouse, frame: pd.DataFrame) -> pd.DataFrame:
    return visible(viewer, frame, places(warehouse)[0].set_index("org_id")["org_domain_code"])


def _verified(
    register: Register, warehouse: Warehouse, viewer: Viewer, live: pd.DataFrame, proposed: pd.DataFrame
) -> pd.DataFrame:
    """The verified shares of the warnings of both versions, and of those only one of them gives."""
    before, after = (frame["warning_id"].drop_duplicates() for frame in (live, proposed))
    groups = {
        "live": before,
        "proposed": after,
        "added": after[~after.isin(before)],
        "lost": before[~before.isin(after)],
    }
    held = reading.warnings(register, viewer, warehouse)
    return verified_of(groups, held, false_alarms(reading.current(register, warehouse).event))
