"""Messages that wait are sent by a process beside the server, whether or not a page is open."""

import logging
import os
import subprocess
import sys
import threading

from lib.casework.demo.build import is_building
from lib.casework.messages.worker import waiting
from lib.casework.store.register import open_register
from lib.catalog.dataset import ROOT
from lib.errors import UserError
from lib.warehouse.generation import current
from lib.warehouse.home import home

log = logging.getLogger(__name__)

_SECONDS = 15.0


def _post(over: threading.Event) -> None:
    said = ""
    while not over.wait(_SECONDS):
        place = home()
        if current(place) is None or is_building(place):
            continue
        try:
            if waiting(open_register(place), place):
                with open(place / "messages.log", "ab") as told:
                    subprocess.run(
                        [sys.executable, "-m", "lib", "messages", "--once"],
                        cwd=ROOT,
                        env={**os.environ, "COCKPIT_HOME": str(place)},
                        stdin=subprocess.DEVNULL,
                        stdout=told,
                        stderr=told,
                        check=False,
                    )
        except UserError as refused:
            # What is wrong stays so until somebody mends it: once is enough.
            if refused.sentence != said:
                said = refused.sentence
                log.error("no messages are sent: %s", said)
        except OSError:
            log.exception("no messages were sent")


def start() -> threading.Event:
    """Start looking for messages that are due; set the event to end it."""
    over = threading.Event()
    threading.Thread(target=_post, args=(over,), name="posting", daemon=True).start()
    return over
