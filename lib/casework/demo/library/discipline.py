"""The cases of political discipline of the synthetic city: 16 of 16 people in two years, as the account has them; fewer
only where a city has no units."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from lib.access import Viewer
from lib.casework.deadlines import Calendar
from lib.casework.demo.people import Cast, Place, invented_name
from lib.casework.demo.stories import Story, Timed, texts
from lib.casework.discipline.entering import enter_case
from lib.casework.discipline.steps import CASE, DISCIPLINE_CASE, FILED_ON, NAMES, RANKS, SANCTIONS
from lib.casework.record import number_of
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.warehouse.store import Warehouse

COUNT = 16
_UNITS = "select org_id, area_code, domain_code from org where org_level in ('县', '市') order by org_id"


def cases(warehouse: Warehouse, people: Cast, days: Calendar, seed: int, end: datetime) -> list[Timed]:
    """Every step of every case; all are decided by the city's date, the same seed gives the same."""
    units = warehouse.query(_UNITS).to_dict("records")
    steps: list[Timed] = []
    for number in range(COUNT if units else 0):
        chance = Random(f"{seed}|discipline|{number}")
        unit, ago = chance.choice(units), 690 - number * 38
        place, person = Place(unit["area_code"], unit["domain_code"]), people.office[number % 2]
        label = f"discipline-{number}"
        key = number_of(DISCIPLINE_CASE, f"played-{label}-0")
        story = Story(CASE, key, place, end - timedelta(days=ago), days, chance)
        at = story.on_workday(1)
        first = Timed(at, label, 0, place, _entering(unit, person, chance))
        story.now = at
        on = story.on_workday(chance.randint(25, 45), at)
        sanction = chance.choice(SANCTIONS[:4])
        story.add(on, person, "decide", texts()["discipline"]["decided"], on=on.date(), sanction=sanction)
        if ago > 200:
            story.add(story.on_workday(20, story.now), person, "archive")
        steps += [first, *story.steps]
    return steps


def _entering(unit: dict[str, Any], person: Viewer, chance: Random) -> Callable[[Register, str, datetime], Outcome]:
    matter, name = chance.choice(texts()["discipline"]["matters"]), invented_name(chance.randint(100, 999))
    rank = chance.choice(RANKS[:2])

    def take(register: Register, submission_id: str, moment: datetime) -> Outcome:
        given = {"title": matter, NAMES: [name], "org_id": unit["org_id"], "rank": rank, FILED_ON: moment.date()}
        sent = Submission(submission_id, moment, payload=given)
        return enter_case(register, person, sent, unit["area_code"], unit["domain_code"])

    return take
