"""What is done every day by whatever serves the app, should no run of the models have done it: the checkpoint is
written, deadlines are counted anew when days have been announced, what is late for too long goes up."""

import logging
import threading

from lib.access import SYSTEM
from lib.casework.custody.checkpoint import write_daily
from lib.casework.demo.build import is_building
from lib.casework.escalation import escalate_late
from lib.casework.recount import recount
from lib.casework.store.register import open_register
from lib.errors import UserError
from lib.warehouse.clock import now
from lib.warehouse.generation import current
from lib.warehouse.home import home
from lib.warehouse.store import open_warehouse

log = logging.getLogger(__name__)

_FIRST_SECONDS, _SECONDS = 120.0, 1800.0


def _seal(over: threading.Event) -> None:
    wait = _FIRST_SECONDS
    while not over.wait(wait):
        wait, place = _SECONDS, home()
        if current(place) is None or is_building(place):
            continue
        try:
            register, warehouse = open_register(place), open_warehouse(place)
            recount(register, warehouse, now(warehouse))
            escalate_late(register, warehouse, now(warehouse))
            write_daily(register, place, now(), SYSTEM)
        except (UserError, OSError):
            log.exception("what is late did not go up, or the heads of the chains were not sealed today")


def start() -> threading.Event:
    """Start looking every half hour; set the event to end it."""
    over = threading.Event()
    threading.Thread(target=_seal, args=(over,), name="sealing", daemon=True).start()
    return over
