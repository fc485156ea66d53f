"""Numbers of a kind of document, one after the other in each year, without gaps.

The next one is found and kept inside the one writing transaction, which holds the head of the chain: two that ask at
once come one after the other, and what is not committed takes no number with it.
"""

from typing import Any

from sqlalchemy import func, insert, select

from lib.casework.store.schema import serial
from lib.casework.store.transaction import Transaction

# Where an event says which number it gave.
SERIAL = "serial"


def following(tx: Transaction, kind: str, year: int) -> int:
    """The first number of a kind and year that is not given yet."""
    highest = select(func.max(serial.c.number)).where(serial.c.kind == kind, serial.c.year == year)
    return int(tx.connection.execute(highest).scalar_one() or 0) + 1


def keep(tx: Transaction, held: dict[str, Any], object_id: str) -> None:
    """Note to which object an event gave the number it says."""
    tx.connection.execute(insert(serial).values(**held, object_id=object_id))
