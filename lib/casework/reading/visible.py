"""Reading the casework as a viewer: frames and records inside the viewer's scope."""

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
from sqlalchemy import select

from lib.access import OBJECT, NotVisible, Viewer, under
from lib.access.masking import mask_free_text
from lib.access.scope import of_unit, visible
from lib.casework.accounts.colleagues import colleagues, named
from lib.casework.attachments import told_of
from lib.casework.objects import KINDS, SCOPE, Kind
from lib.casework.reading.snapshot import Snapshot, snapshot
from lib.casework.sight import require_object
from lib.casework.steps import Step
from lib.casework.store.register import Register
from lib.casework.store.schema import signal
from lib.warehouse.store import Warehouse

# Of an event's payload: numbers and digests, not words.
_SEALS = ("created", "into", "sha256", "row", "made", "facts", "rule_hash", "run_id")


def called(object_type: str, action: str) -> str:
    """What a step of a kind of object is called, or what else happened to one."""
    kind = KINDS[object_type]
    step = kind.workflow.steps.get(action)
    return step.name if step else kind.noted.get(action, action)


def awaited(object_type: str, state: str) -> str:
    """What the step is called that an object waits for in a state; empty where it waits for none."""
    action = KINDS[object_type].workflow.usual.get(state)
    return called(object_type, action) if action else ""


@under("view", "warning")
def warnings(register: Register, viewer: Viewer, warehouse: Warehouse | None) -> pd.DataFrame:
    """The visible warnings, columns as in `Snapshot.warning`."""
    return visible(viewer, snapshot(register, warehouse).warning).reset_index(drop=True)


@under("view", "warning")
def spot_checks(register: Register, viewer: Viewer, warehouse: Warehouse | None) -> pd.DataFrame:
    """The visible subjects drawn by chance (抽查), columns as in `Snapshot.warning`."""
    return visible(viewer, snapshot(register, warehouse).spot_check).reset_index(drop=True)


@under("view", OBJECT)
def objects(register: Register, viewer: Viewer, warehouse: Warehouse | None, object_type: str) -> pd.DataFrame:
    """The visible objects of a kind, columns as in `Snapshot.objects`, what was written masked."""
    kind, held = KINDS[object_type], snapshot(register, warehouse)
    found = held.objects[object_type]
    if found.empty:
        return found.copy()
    found = _scoped(viewer, found, kind) if kind.scope else found
    if kind.own is not None:
        found = found[found[kind.own].eq(viewer.person_id)]
    if of_unit(viewer):
        found = _of_unit(found, held.event, kind)
    found = found.reset_index(drop=True)
    return found.assign(**{name: found[name].map(mask_free_text) for name in kind.words})


def _scoped(viewer: Viewer, held: pd.DataFrame, kind: Kind) -> pd.DataFrame:
    """The rows in the viewer's scope; a column that the kind does not have is unknown of all of them."""
    whose = held.reindex(columns=list(SCOPE)) if len(kind.scope) < len(SCOPE) else held
    if kind.of_list is not None and viewer.domains is not None:
        own = [kind.whose(viewer.domains, row) for row in held.to_dict("records")]
        whose = pd.DataFrame(own, columns=list(SCOPE), index=held.index, dtype="str")
    return held.loc[visible(viewer, whose).index]


def _of_unit(found: pd.DataFrame, events: pd.DataFrame, kind: Kind) -> pd.DataFrame:
    """What of these has reached the unit, without what is kept from it."""
    reached = events.loc[events["object_type"].eq(kind.name) & events["action"].isin(kind.reaches), "object_id"]
    sent = found[found[kind.key].isin(reached)]
    return sent.assign(**dict.fromkeys(kind.kept))


@under("view", "clue")
def clues(register: Register, viewer: Viewer, warehouse: Warehouse | None) -> pd.DataFrame:
    """The visible clues, columns as in `Snapshot.clue`, what was written masked."""
    return objects(register, viewer, warehouse, "clue")


@under("view", "warning")
def warning(register: Register, viewer: Viewer, warehouse: Warehouse | None, warning_id: str) -> dict[str, Any]:
    """One warning or spot check as a dict, evidence parsed, missing values None. Raises NotVisible."""
    frames = [warnings(register, viewer, warehouse), spot_checks(register, viewer, warehouse)]
    return _one(pd.concat(frames, ignore_index=True), "warning_id", warning_id)


@under("view", "clue")
def clue(register: Register, viewer: Viewer, warehouse: Warehouse | None, clue_id: str) -> dict[str, Any]:
    """One clue as a dict, missing values None. Raises NotVisible."""
    return _one(clues(register, viewer, warehouse), "clue_id", clue_id)


def _one(frame: pd.DataFrame, key: str, value: str) -> dict[str, Any]:
    found = frame[frame[key] == value]
    if found.empty:
        raise NotVisible()
    record = {name: None if pd.isna(item) else item for name, item in found.iloc[0].items()}
    if "evidence" in record:
        record["evidence"] = json.loads(str(record["evidence"]))
    return {str(name): item for name, item in record.items()}


@under("view", OBJECT)
def events_of(
    register: Register, viewer: Viewer, warehouse: Warehouse | None, object_type: str, object_id: str
) -> pd.DataFrame:
    """The events of a visible object, oldest first: seq, at, actor_*, action, states, text, payload (dict).

    Whoever is of a unit sees those meant for it. Accounts that a step names are names and roles for whoever may take
    that step, roles for others: who scores does not know who else does. Raises NotVisible.
    """
    with register.read() as connection:
        require_object(connection, viewer, object_type, object_id)
        people = colleagues(connection)
    events = snapshot(register, warehouse).event
    own = events[(events["object_type"] == object_type) & (events["object_id"] == object_id)]
    if of_unit(viewer):
        own = own[KINDS[object_type].to_unit(own["action"])]
    own = own.reset_index(drop=True)
    steps = KINDS[object_type].workflow.steps
    payloads = [
        _with_names(viewer, people, object_type, steps.get(action), masked_payload(json.loads(text)))
        for action, text in zip(own["action"], own["payload"], strict=True)
    ]
    return own.assign(text=own["text"].map(mask_free_text), payload=payloads)


def _with_names(
    viewer: Viewer, people: Mapping[str, Viewer], object_type: str, step: Step | None, payload: dict[str, Any]
) -> dict[str, Any]:
    accounts = [one.name for one in step.asked if one.people and payload.get(one.name)] if step else []
    by_name = step is not None and viewer.may(step.right, object_type)
    return payload | {name: named(people, payload[name], by_name) for name in accounts}


@under("view", OBJECT)
def events(register: Register, viewer: Viewer, warehouse: Warehouse | None, object_type: str) -> pd.DataFrame:
    """The events of all visible objects of a kind in order, columns as in `events_of`, payload as masked text."""
    kind = KINDS[object_type]
    own = objects(register, viewer, warehouse, object_type)[kind.key]
    held = snapshot(register, warehouse).event
    held = held[held["object_type"].eq(object_type) & held["object_id"].isin(own)]
    if of_unit(viewer) and not held.empty:
        held = held[held.groupby("object_id")["action"].transform(lambda actions: kind.to_unit(actions)).astype(bool)]
    payloads = [
        json.dumps(masked_payload(json.loads(text)), ensure_ascii=False, sort_keys=True) for text in held["payload"]
    ]
    return held.assign(text=held["text"].map(mask_free_text), payload=payloads).reset_index(drop=True)


def masked_payload(payload: dict[str, Any]) -> dict[str, Any]:
    """What somebody wrote into a form, masked; numbers and seals of the record as they are."""
    files = [id(held) for held in told_of(payload)]
    return {key: held if key in _SEALS or id(held) in files else _masked(held) for key, held in payload.items()}


def _masked(held: Any) -> Any:
    return [mask_free_text(one) for one in held] if isinstance(held, list) else mask_free_text(held)


@under("view", "warning")
def signals(register: Register, viewer: Viewer, warehouse: Warehouse | None, rule_id: str) -> pd.DataFrame:
    """The raw hits of a rule's last run that the viewer may see (columns of a signals file)."""
    with register.read() as connection:
        rows = connection.execute(select(signal).where(signal.c.rule_id == rule_id).order_by(signal.c.subject_id)).all()
    frame = pd.DataFrame(rows, columns=[column.name for column in signal.c])
    return visible(viewer, frame, None if warehouse is None else _domains(warehouse))


_HIT = ("rule_id", "subject_type", "subject_id", "level", "officer_id", "org_id", "area_code", "occurred_on")


@under("view", "warning")
def hits(register: Register, viewer: Viewer, warehouse: Warehouse) -> pd.DataFrame:
    """The raw hits of all models' last runs that the viewer may see: rule_id, subject_type, subject_id, level,
    officer_id, org_id, area_code, occurred_on."""
    query = select(*(signal.c[name] for name in _HIT)).order_by(signal.c.rule_id, signal.c.subject_id)
    with register.read() as connection:
        frame = pd.DataFrame(map(tuple, connection.execute(query)), columns=list(_HIT))
    return visible(viewer, frame, _domains(warehouse)).reset_index(drop=True)


def _domains(warehouse: Warehouse) -> pd.Series:
    """The domain of every unit, by its number: signals carry the unit only."""
    return warehouse.query("select org_id, domain_code from org").set_index("org_id")["domain_code"]


def current(register: Register, warehouse: Warehouse | None) -> Snapshot:
    """The unscoped snapshot, for computations that mask or aggregate for themselves."""
    return snapshot(register, warehouse)
