"""What a day brings is done by whatever serves the app, should no run of the models have done it."""

import logging
import threading

from lib.casework.daily.day import pass_day
from lib.casework.demo.build import is_building
from lib.casework.store.register import open_register
from lib.warehouse.clock import now
from lib.warehouse.generation import current
from lib.warehouse.home import home
from lib.warehouse.store import open_warehouse

log = logging.getLogger(__name__)

_FIRST_SECONDS, _SECONDS = 120.0, 1800.0


def _look(over: threading.Event) -> None:
    wait = _FIRST_SECONDS
    while not over.wait(wait):
        wait, place = _SECONDS, home()
        if current(place) is None or is_building(place):
            continue
        try:
            warehouse = open_warehouse(place)
            pass_day(open_register(place), warehouse, place, now(warehouse), now())
        except Exception:  # there is another look in half an hour, whatever this one met
            log.exception("the day's work was not done")


def start() -> threading.Event:
    """Start looking every half hour; set the event to end it."""
    over = threading.Event()
    threading.Thread(target=_look, args=(over,), name="daily", daemon=True).start()
    return over
