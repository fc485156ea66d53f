"""What indicators read beside the warehouse, put beside it: casework, and what the models in force find."""

import json
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from lib.access import SYSTEM
from lib.casework.clock import EXTEND, PAUSE, RESUME
from lib.casework.deadlines import Calendar, calendar
from lib.casework.motions.limits import FIVE, limit
from lib.casework.motions.states import CLOSED, WITHDRAWN
from lib.casework.reading.snapshot import Snapshot, snapshot
from lib.casework.rules.versions import live_versions
from lib.casework.store.register import Register
from lib.engines import Session
from lib.insight.library.reform import reform_task_facts
from lib.insight.reviews.results import lookback_facts
from lib.rules.facts import CASEWORK
from lib.rules.indicators import Indicator, models_of, put_findings, rules_of, tuned
from lib.rules.variant import Variant
from lib.warehouse.store import Warehouse

# The kind of object behind each table: whoever may not see it is told no figure of it. What look-backs found is told
# with what was gathered of other reviews, to whoever sees those.
KIND_OF = {
    "notice_facts": "notice",
    "motion_facts": "motion",
    "reform_task_facts": "reform_task",
    "lookback_facts": "review_case",
}


def variants(register: Register, indicators: Iterable[Indicator]) -> dict[str, Variant]:
    """The versions in force of the models whose findings or limits these indicators have."""
    indicators = list(indicators)
    wanted = set(rules_of(indicators)).union(*map(models_of, indicators))
    live = live_versions(register) if wanted else {}
    return {rule_id: Variant(one.rule, one.params) for rule_id, one in live.items() if rule_id in wanted}


def as_counted(register: Register, indicator: Indicator) -> Indicator:
    """The indicator with the limits of the models in force, in place of those that their files began with."""
    return tuned(indicator, variants(register, [indicator])) if indicator.borrowed else indicator


def put_facts(session: Session, indicators: Iterable[Indicator], register: Register, warehouse: Warehouse) -> None:
    """Make the tables that these indicators read beside datasets, as tables of a session: of the whole city,
    to be cut down to what a viewer may see by whoever reads what is counted."""
    indicators = list(indicators)
    for name in sorted({name for one in indicators for name in one.facts if name in CASEWORK}):
        session.put(name, _typed(CASEWORK[name], facts(name, register, warehouse)))
    put_findings(session, indicators, variants(register, indicators), warehouse.as_of)


def _typed(columns: Mapping[str, str], frame: pd.DataFrame) -> pa.Table:
    arrays = {}
    for name, kind in columns.items():
        arrays[name] = pa.array(frame[name], from_pandas=True).cast(_ARROW[kind])
    return pa.table(arrays)


def facts(name: str, register: Register, warehouse: Warehouse) -> pd.DataFrame:
    """One of the tables of casework, the columns of lib.rules.facts, of the whole city."""
    return _FACTS[name](register, warehouse)[list(CASEWORK[name])]


def _notices(register: Register, warehouse: Warehouse) -> pd.DataFrame:
    held = snapshot(register, warehouse).objects["notice"]
    frame = held.assign(
        delivered_on=held["delivered_at"],
        due_on=held["first_due_at"],
        answered_on=held["answered_at"],
        closed_on=held["closed_at"],
    )
    return frame[held["delivered_at"].notna()]


def _motions(register: Register, warehouse: Warehouse) -> pd.DataFrame:
    found = snapshot(register, warehouse)
    held = found.objects["motion"]
    ended = held["state_at"].where(held["state"].eq(CLOSED))
    due = _due(held["motion_id"].tolist(), found, calendar(warehouse))
    frame = held.assign(proposed_on=held["opened_at"], due_on=due, closed_on=ended)
    return frame[held["state"].ne(WITHDRAWN)]


def _due(keys: list[str], found: Snapshot, days: Calendar) -> np.ndarray:
    """Until when all five steps of each motion were to be taken."""
    whole = sum(limit(action) for action in FIVE)
    place = {key: number for number, key in enumerate(keys)}
    since, stopped = (np.full(len(keys), np.datetime64("NaT", "us")) for _ in range(2))
    count = np.full(len(keys), whole)
    own = found.event[found.event["object_type"].eq("motion")]
    for key, action, at, payload in zip(*(own[one] for one in ("object_id", "action", "at", "payload")), strict=True):
        one = place.get(key, -1)
        if one < 0:
            continue
        if np.isnat(since[one]):
            since[one] = at
        elif action == EXTEND:
            count[one] += json.loads(payload)["more"]
        elif action == PAUSE:
            stopped[one] = at
        elif action == RESUME and not np.isnat(stopped[one]):
            count[one] += int(days.between(stopped[[one]], np.array([at], dtype="datetime64[us]"))[0])
            stopped[one] = np.datetime64("NaT", "us")
    return np.where(np.isnat(stopped), days.after(since, count), np.datetime64("NaT", "D")).astype("datetime64[us]")


def _tasks(register: Register, warehouse: Warehouse) -> pd.DataFrame:
    return reform_task_facts(register, warehouse, SYSTEM)


def _lookbacks(register: Register, warehouse: Warehouse) -> pd.DataFrame:
    return lookback_facts(register, SYSTEM, warehouse)


_ARROW = {"VARCHAR": pa.string(), "DATE": pa.date32(), "BOOLEAN": pa.bool_()}
_FACTS: dict[str, Callable[[Register, Warehouse], pd.DataFrame]] = {
    "notice_facts": _notices,
    "motion_facts": _motions,
    "reform_task_facts": _tasks,
    "lookback_facts": _lookbacks,
}
