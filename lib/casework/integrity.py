"""Whether the register is what its events say: the seals hold, and no row was changed, added or removed beside them."""

import json

from sqlalchemy import Connection, select

from lib.casework.audit import verify_audit
from lib.casework.chain import verify_chain
from lib.casework.register import Register
from lib.casework.schema import clue, event, warning


def verify_register(register: Register) -> list[str]:
    """What is wrong with events, audit log, warnings and clues: one Chinese line per fault, empty when all is well."""
    faults = verify_chain(register) + verify_audit(register)
    with register.read() as connection:
        return faults + _rows_without_events(connection) + _levels(connection)


def _rows_without_events(connection: Connection) -> list[str]:
    faults = []
    for name, key, action, zh in (
        ("warning", warning.c.warning_id, "generate", "预警"),
        ("clue", clue.c.clue_id, "register", "线索"),
    ):
        begun = select(event.c.object_id).where(event.c.object_type == name, event.c.action == action)
        told = set(connection.execute(begun).scalars())
        stored = set(connection.execute(select(key)).scalars())
        faults += [f"{zh} {one} 有登记事件而没有记录" for one in sorted(told - stored)]
        faults += [f"{zh} {one} 有记录而没有登记事件" for one in sorted(stored - told)]
    return faults


def _levels(connection: Connection) -> list[str]:
    """A warning's level is what its newest level event says."""
    levels: dict[str, str] = {}
    told = select(event.c.object_id, event.c.payload).where(
        event.c.object_type == "warning", event.c.action.in_(("generate", "raise", "reopen"))
    )
    for row in connection.execute(told.order_by(event.c.seq)):
        payload = json.loads(row.payload)
        levels[row.object_id] = payload.get("to") or payload["level"]
    stored = connection.execute(select(warning.c.warning_id, warning.c.level).order_by(warning.c.warning_id))
    return [
        f"预警 {row.warning_id} 的级别与事件不一致"
        for row in stored
        if levels.get(row.warning_id, row.level) != row.level
    ]
