"""How what stands beside the warnings is getting on: lists, look-backs, the reform, motions, notices."""

from datetime import datetime
from typing import NamedTuple

from lib.access import Viewer, under
from lib.casework.store.register import Register
from lib.insight.due import LATE
from lib.insight.library import reform
from lib.insight.library.board import EVERYWHERE, cells, tally, usual
from lib.insight.library.indicators import ALL, figures_of
from lib.insight.library.lights import CLOSE, MISSED
from lib.insight.motions.listing import motion_list
from lib.insight.notices.listing import notice_list
from lib.insight.parts import part_of
from lib.insight.reviews.listing import lookback_list
from lib.rules.indicators import read_indicators
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
    if viewer.may("view", "indicator"):
        month = usual(warehouse.as_of)
        first = datetime.strptime(month, "%Y-%m").date()
        shown = figures_of(register, warehouse, viewer, list(read_indicators()), (ALL,), first)
        stand = tally(cells(shown, month, EVERYWHERE)["standing"])
        lights = tuple(Tally(light.word, stand[light.word], light.word) for light in (MISSED, CLOSE))
        found.append(Standing("indicator", "监督清单", lights))
    if viewer.may("view", "lookback"):
        running = int(lookback_list(register, warehouse, viewer, at)["open"].sum())
        found.append(Standing("lookback", "回头看", (Tally("进行中", running, OPEN),)))
    if viewer.may("view", "reform_task"):
        tasks = reform.task_list(register, warehouse, viewer, at)
        parts = ((reform.PARTS[part][0], part) for part in (OPEN, "missed"))
        tallies = (Tally(words, len(part_of(tasks, reform.PARTS, part)), part) for words, part in parts)
        found.append(Standing("reform_task", "改革任务", tuple(tallies)))
    lists = (("motion", "廉情动议", motion_list), ("notice", "监督通知书", notice_list))
    for kind, name, listed in lists:
        if viewer.may("view", kind):
            rows = listed(register, warehouse, viewer, at)
            running = rows[rows["open"]]
            late = Tally("超期", int(running["due_group"].eq(LATE).sum()), OPEN, LATE)
            found.append(Standing(kind, name, (Tally("在办", len(running), OPEN), late)))
    return found
