"""Everything open that a viewer may see, of every kind: where it stands, what it waits for, and for whom."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import pandas as pd

from lib.access import Viewer, under
from lib.access.policy import policy
from lib.casework.accounts.colleagues import colleagues
from lib.casework.clock import APPLY, ASSIGN, EXTEND, REMIND
from lib.casework.clues.states import REGISTERED
from lib.casework.objects import KINDS, Kind
from lib.casework.reading.snapshot import snapshot
from lib.casework.reading.visible import objects
from lib.casework.store.register import Register
from lib.warehouse.store import Warehouse

# What sends something back says so in its name.
BACK = "退回"
# What is to be done with an application of the unit.
DECIDE = "决定延期"
_OWN = (
    "number",
    "title",
    "level",
    "rule_id",
    "warning_id",
    "officer_id",
    "org_id",
    "area_code",
    "state",
    "state_at",
    "last_seq",
    "due_at",
    "paused_at",
    "extended",
    "asked_more",
    "provisional",
    "handler_id",
    "handler_name",
)
_TIMES = ("state_at", "due_at", "paused_at", "changed_at", "reminded_at")
_FLAGS = ("provisional", "mine", "of_unit", "returned", "may_remind")


@under("view", "work")
def open_work(
    register: Register, viewer: Viewer, warehouse: Warehouse | None, principals: Mapping[str, str]
) -> pd.DataFrame:
    """The open objects that a viewer may see, one row each; `principals`: whose deputy the viewer is.

    kind, kind_name, object_id; of the object number, title, level, rule_id, warning_id, officer_id, org_id, area_code,
    state, state_at, last_seq, due_at, paused_at, extended, asked_more, provisional, handler_id, handler_name (missing
    where its kind has no such column); action and step (the step it waits for, and its name); whose and whose_name
    (the person it waits for, None when it is for whoever has the right), roles (the names of the roles that have it, 、
    between), of_unit (they are all of supervised units); mine (it waits for the viewer), for_name (for whom, when as a
    deputy); returned (the event that brought it where it is sent it back); changed_at, changed_by (when, and by whom,
    it was last moved, assigned, reminded of or applied for more time); reminded_at, reminded_by (the newest reminder
    since it was moved); may_remind.
    """
    with register.read() as connection:
        people = colleagues(connection)
    events = snapshot(register, warehouse).event
    parts = [
        _of_kind(register, viewer, warehouse, kind, people, principals, events)
        for kind in KINDS.values()
        if kind.page is not None and kind.workflow.usual and viewer.may("view", kind.name)
    ]
    parts = [part for part in parts if len(part)]
    if not parts:
        return _typed(pd.DataFrame(columns=[*_OWN, *_TIMES, *_FLAGS, *_TEXTS]))
    return _typed(pd.concat([part.astype("object") for part in parts], ignore_index=True))


_TEXTS = (
    "kind",
    "kind_name",
    "object_id",
    "action",
    "step",
    "whose",
    "whose_name",
    "roles",
    "for_name",
    "changed_by",
    "reminded_by",
)


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.loc[:, ~frame.columns.duplicated()]
    times = {name: pd.to_datetime(frame[name]).astype("datetime64[us]") for name in _TIMES}
    flags = {name: frame[name].eq(True) for name in _FLAGS}
    return frame.assign(**times, **flags)


def _of_kind(
    register: Register,
    viewer: Viewer,
    warehouse: Warehouse | None,
    kind: Kind,
    people: Mapping[str, Viewer],
    principals: Mapping[str, str],
    events: pd.DataFrame,
) -> pd.DataFrame:
    found = objects(register, viewer, warehouse, kind.name)
    found = found[found["state"].isin(kind.workflow.usual)].reset_index(drop=True)
    if found.empty:
        return found
    ids = found[kind.key]
    frame = found.reindex(columns=list(_OWN)).assign(
        kind=kind.name, kind_name=kind.title, object_id=ids, **_moved(kind, ids, events)
    )
    if kind.name == "clue":
        # The opinion's deadline runs until the opinion is given.
        frame["due_at"] = pd.to_datetime(frame["due_at"]).where(frame["state"].eq(REGISTERED))
    frame = _waiting(frame, viewer, kind, people, principals)
    frame["may_remind"] = ("remind", kind.name) in policy().rights and viewer.may("remind", kind.name)
    return frame.drop(columns=["moved_by", "moved_at", "moved_how"])


def _moved(kind: Kind, ids: pd.Series, events: pd.DataFrame) -> dict[str, np.ndarray]:
    """Of each object who brought it where it is, by which step; its newest change; the newest reminder since."""
    own = events[events["object_type"].eq(kind.name)]
    own = own[own["object_id"].isin(ids)]
    moves = own["from_state"].fillna("").ne(own["to_state"].fillna(""))
    own = own[["object_id", "seq", "at", "actor_id", "actor_name", "action"]]

    def newest(which: pd.Series) -> pd.DataFrame:
        return own[which].drop_duplicates("object_id", keep="last").set_index("object_id").reindex(ids)

    moved, reminded = newest(moves), newest(own["action"].eq(REMIND))
    changed = newest(moves | own["action"].isin([ASSIGN, REMIND, APPLY]))
    since = reminded["seq"].gt(moved["seq"])
    steps = {action: step.name for action, step in kind.workflow.steps.items()}
    return {
        "moved_by": moved["actor_id"].to_numpy(),
        "moved_at": moved["at"].to_numpy(),
        "moved_how": moved["action"].map(steps).fillna("").to_numpy(),
        "changed_at": changed["at"].to_numpy(),
        "changed_by": changed["actor_id"].to_numpy(),
        "reminded_at": reminded["at"].where(since).to_numpy(),
        "reminded_by": reminded["actor_name"].where(since).to_numpy(),
    }


def _waiting(
    frame: pd.DataFrame, viewer: Viewer, kind: Kind, people: Mapping[str, Viewer], principals: Mapping[str, str]
) -> pd.DataFrame:
    """What each waits for, and for whom: its handler where that is whose step it is, else whoever has the right.

    Where the unit applied for more time it waits, for whoever may grant it, for that."""
    steps = [kind.workflow.steps[kind.workflow.usual[state]] for state in frame["state"]]
    decides = kind.workflow.steps.get(EXTEND)
    if decides is not None and viewer.may(decides.right, kind.name):
        # For whoever may decide it, what the unit has applied for comes first.
        steps = [decides if asked else step for step, asked in zip(steps, frame["asked_more"].gt(0), strict=True)]
    roles, unit, whose, mine, stands_for = [], [], [], [], []
    for step, handler, mover, rule_id in zip(
        steps, frame["handler_id"], frame["moved_by"], frame["rule_id"], strict=True
    ):
        held = people.get(handler) if isinstance(handler, str) else None
        able = held is not None and held.may(step.right, kind.name) and not step.another
        who = handler if able else None
        may = viewer.may(step.right, kind.name)
        if kind.name == "warning" and step.right == "record":
            may = may and viewer.may_record_on(str(rule_id))
        own = who is None and not (step.another and mover == viewer.person_id)
        whose.append(who)
        mine.append(may and (own or who == viewer.person_id or who in principals))
        stands_for.append(principals.get(who) if may and who is not None and who != viewer.person_id else None)
        names, every_unit = holders(step.right, kind.name, str(rule_id) if kind.name == "warning" else None)
        roles.append(names)
        unit.append(every_unit)
    return frame.assign(
        action=[step.action for step in steps],
        step=[DECIDE if step is decides else step.name for step in steps],
        whose=pd.Series(whose, dtype="object"),
        whose_name=pd.Series([None if who is None else people[who].name for who in whose], dtype="object"),
        roles=roles,
        of_unit=unit,
        mine=mine,
        for_name=pd.Series(stands_for, dtype="object"),
        returned=[BACK in how for how in frame["moved_how"]],
    )


@lru_cache(maxsize=1024)
def holders(right: str, kind: str, rule_id: str | None) -> tuple[str, bool]:
    """The names of the roles that have a right, on warnings of a rule, and whether they are all of supervised units."""
    table = policy()
    held = [role for code, role in table.people.items() if table.allows(code, right, kind) and not role.synthetic]
    if right == "record" and rule_id is not None:
        held = [role for role in held if role.record_rules is None or rule_id in role.record_rules]
    return "、".join(role.name for role in held), bool(held) and all(role.scope == "unit" for role in held)
