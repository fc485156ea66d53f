"""Whether the casework is what was written: by its events, its checkpoints and the warehouse beside it; the seats of
classes by their own events."""

from pathlib import Path

from sqlalchemy import func, select

from lib.casework.custody.checkpoint import lines, verify_checkpoints
from lib.casework.custody.seats import verify_seats
from lib.casework.store.register import Register
from lib.casework.store.schema import attachment, audit_log, event
from lib.casework.store.verify import verify_generations, verify_register
from lib.casework.training.seats import stores


def verify_all(register: Register, home: Path) -> list[str]:
    """What is wrong with the register by its events, its checkpoints and the warehouse beside it, chains first; then
    with the seats of classes."""
    faults = verify_register(register) + verify_checkpoints(register, home) + verify_generations(register, home)
    return faults + verify_seats(register, home)


def account(register: Register, home: Path) -> dict[str, int]:
    """How much there is to verify, by name."""
    counted = {"事件": event, "操作日志": audit_log, "附件": attachment}
    with register.read() as connection:
        found = {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in counted.items()
        }
    return {**found, "封存": len(lines(home)), "座位": len({one.seat for one in stores(home)})}
