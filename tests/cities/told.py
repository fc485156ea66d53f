"""People who have been told about every page: no test meets the hints of a first visit without asking for them."""

from pathlib import Path

from lib.access.personas import personas
from lib.casework.help.hints import tell
from lib.casework.store.register import open_register
from lib.ui.paths import RIGHTS
from lib.warehouse.clock import now
from lib.warehouse.store import open_warehouse


def told_everything(home: Path) -> None:
    """Note it for the people of a synthetic city."""
    register, at = open_register(home), now(open_warehouse(home))
    for person in personas(True):
        tell(register, person, RIGHTS, at)
