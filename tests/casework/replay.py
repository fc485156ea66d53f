"""Whether what events tell of every object is a life its workflow allows."""

from collections.abc import Iterable

from sqlalchemy import Row, select

from lib.casework.objects import KINDS, Kind
from lib.casework.store.register import Register
from lib.casework.store.schema import event


def illegal(register: Register) -> list[str]:
    """One line for every event that its object's workflow does not allow where it stands."""
    last: dict[tuple[str, str], str | None] = {}
    faults = []
    columns = (
        event.c.seq,
        event.c.object_type,
        event.c.object_id,
        event.c.action,
        event.c.from_state,
        event.c.to_state,
    )
    with register.read() as connection:
        for row in connection.execute(select(*columns).order_by(event.c.seq), execution_options={"yield_per": 2000}):
            kind = KINDS.get(row.object_type)
            if kind is None:
                continue
            key = (row.object_type, row.object_id)
            faults += [f"{row.seq} {row.object_type} {row.action}: {fault}" for fault in _faults(kind, row, key, last)]
            last[key] = row.to_state
    return faults


def _faults(kind: Kind, row: Row, key: tuple[str, str], last: dict[tuple[str, str], str | None]) -> Iterable[str]:
    if key not in last:
        if row.action not in kind.first or row.from_state is not None:
            yield "begins an object otherwise than by its first step"
        return
    if row.from_state != last[key]:
        yield f"from {row.from_state}, which stood at {last[key]}"
    step = kind.workflow.steps.get(row.action)
    if step is None:
        if row.action not in kind.noted:
            yield "no step of the workflow"
    elif row.from_state not in step.sources:
        yield f"not possible from {row.from_state}"
    elif step.to is None and row.to_state != (step.target or row.from_state):
        yield f"leads to {row.to_state}"
