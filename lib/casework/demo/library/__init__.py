"""What the supervision library holds of the synthetic city: tasks of the reform, cases of political discipline,
integrity registers of units, exemplars."""

from datetime import datetime

from lib.casework.deadlines import Calendar
from lib.casework.demo.library.discipline import cases
from lib.casework.demo.library.exemplars import exemplars
from lib.casework.demo.library.reform import tasks
from lib.casework.demo.library.risks import risks
from lib.casework.demo.people import Cast
from lib.casework.demo.stories import Timed
from lib.warehouse.store import Warehouse


def stories(warehouse: Warehouse, people: Cast, days: Calendar, seed: int, end: datetime) -> list[Timed]:
    """Every step of all of it up to the city's date; the same seed gives the same."""
    every = (tasks, cases, risks, exemplars)
    return [step for play in every for step in play(warehouse, people, days, seed, end) if step.at < end]
