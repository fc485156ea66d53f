"""How what stands beside the warnings is getting on: tasks of the reform, motions, notices."""

from datetime import datetime
from typing import NamedTuple

from lib.access import Viewer, under
from lib.casework.store.register import Register
from lib.insight.due import LATE
from lib.insight.library import reform
from lib.insight.motions.listing import motion_list
from lib.insight.notices.listing import notice_list
from lib.warehouse.store import Warehouse

OPEN = "open"


class Tally(NamedTuple):
    """A count in a word, the part of the list that it opens, and the group of deadlines that this is narrowed to."""

    words: str
    number: int
    part: str
    due: str = ""


class Standing(NamedTuple):
    """One subject: its kind, its name and its numbers, first how much is in hand."""

    kind: str
    name: str
    tallies: tuple[Tally, ...]


@under("view", "report")
def standings(register: Register, warehouse: Warehouse, viewer: Viewer, at: datetime) -> list[Standing]:
    """Each subject that the viewer's role sees, as it stands at a moment."""
    found = []
    if viewer.may("view", "reform_task"):
        tasks = reform.task_list(register, warehouse, viewer, at)
        parts = ((reform.PARTS[part][0], part) for part in (OPEN, "missed"))
        tallies = (Tally(words, len(reform.part_of(tasks, part)), part) for words, part in parts)
        found.append(Standing("reform_task", "改革任务", tuple(tallies)))
    lists = (("motion", "廉情动议", motion_list), ("notice", "监督通知书", notice_list))
    for kind, name, listed in lists:
        if viewer.may("view", kind):
            rows = listed(register, warehouse, viewer, at)
            running = rows[rows["open"]]
            late = Tally("超期", int(running["due_group"].eq(LATE).sum()), OPEN, LATE)
            found.append(Standing(kind, name, (Tally("在办", len(running), OPEN), late)))
    return found
