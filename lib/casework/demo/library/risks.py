"""Integrity registers of the synthetic city: one or two risks of units of the counties and of the city, reviewed twice
a year; of some the review is due, of a few the text was revised."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from lib.access import Viewer
from lib.casework.deadlines import Calendar
from lib.casework.demo.people import Cast, Place
from lib.casework.demo.stories import Story, Timed, texts
from lib.casework.record import number_of
from lib.casework.risks.entering import enter_risk
from lib.casework.risks.states import EFFECTS, LEVELS
from lib.casework.risks.steps import EFFECT, LEVEL, REGISTERED, REVIEW_ON, RISK, WRITTEN
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.warehouse.store import Warehouse

_UNITS = """
select org_id, area_code, domain_code
from org
where org_level in ('县', '市') and domain_code in ('ZF', 'JS', 'JT', 'SC', 'ST')
order by org_id
"""
# Days from one review to the next.
_EVERY = 182


def risks(warehouse: Warehouse, people: Cast, days: Calendar, seed: int, end: datetime) -> list[Timed]:
    """Every step of every risk up to the city's date; the same seed gives the same."""
    units = warehouse.query(_UNITS).to_dict("records")
    # Of every third unit two.
    matters = list(enumerate(units))
    matters += [(number + 3, unit) for number, unit in enumerate(units) if number % 3 == 0]
    held = [_one(number, unit, people, days, seed, end) for number, unit in matters]
    return [step for steps in held for step in steps]


def _one(number: int, unit: dict[str, Any], people: Cast, days: Calendar, seed: int, end: datetime) -> list[Timed]:
    chance, words = Random(f"{seed}|risk|{unit['org_id']}|{number}"), texts()["risks"]
    place, matter = Place(unit["area_code"], unit["domain_code"]), words["matters"][number % len(words["matters"])]
    person, label = people.clue_handler(place, chance), f"risk-{unit['org_id']}-{number}"
    story = Story(
        REGISTERED,
        number_of(RISK, f"played-{label}-0"),
        place,
        end - timedelta(days=chance.randint(90, 520)),
        days,
        chance,
    )
    at, level = story.on_workday(1), chance.choice(LEVELS)
    first = Timed(at, label, 0, place, _entering(unit, person, matter, level))
    story.now, due, revised = at, at + timedelta(days=_EVERY), False
    while due < end:
        # The last one may still be due.
        reviewed = story.on_workday(1, due - timedelta(days=chance.randint(2, 12)))
        if reviewed >= end or (end - due < timedelta(days=40) and chance.random() < 0.4):
            break
        effect = chance.choices(EFFECTS, weights=(6, 3, 1))[0]
        level = LEVELS[max(LEVELS.index(level), 1)] if effect == EFFECTS[0] else level
        due = reviewed + timedelta(days=_EVERY)
        given: dict[str, Any] = {EFFECT: effect, LEVEL: level, REVIEW_ON: due.date()}
        story.add(reviewed, person, "review", chance.choice(words["reviews"][effect]), **given)
        if effect != EFFECTS[0] and not revised:
            text = {name: matter[name] for name in WRITTEN}
            text["controls"] += f"\n{words['added']}"
            story.add(story.on_workday(3, story.now), person, "revise", words["revisions"], **text)
            revised = True
    return [first, *story.steps]


def _entering(
    unit: dict[str, Any], person: Viewer, matter: dict[str, str], level: str
) -> Callable[[Register, str, datetime], Outcome]:
    def take(register: Register, submission_id: str, moment: datetime) -> Outcome:
        given = {
            "org_id": unit["org_id"],
            "point": matter["point"],
            **{name: matter[name] for name in WRITTEN},
            LEVEL: level,
            REVIEW_ON: (moment + timedelta(days=_EVERY)).date(),
        }
        sent = Submission(submission_id, moment, payload=given)
        return enter_risk(register, person, sent, unit["area_code"], unit["domain_code"])

    return take
