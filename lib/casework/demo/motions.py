"""Integrity motions of the synthetic city: most of them in Haiyan, where the way was tried first."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from lib.access import Viewer
from lib.casework.deadlines import Calendar
from lib.casework.demo.people import Cast, Place, invented_name
from lib.casework.demo.stories import LIVE_DAYS, Story, Timed, texts
from lib.casework.motions.limits import FIVE, limit
from lib.casework.motions.proposing import propose
from lib.casework.motions.steps import MOTION
from lib.casework.record import number_of
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.warehouse.store import Warehouse

HAIYAN = "330424"
# How long ago each was proposed, in days, by where: the last three are in hand when the story stops.
_HERE = (640, 520, 410, 330, 240, 170, 48, 26)
_ELSEWHERE = (460, 280, 12)
# Of those in hand, the one that nobody took up.
_LYING = 48
_UNITS = "select org_id, area_code, domain_code from org where org_level = '县' order by org_id"


def motions(warehouse: Warehouse, people: Cast, days: Calendar, seed: int, end: datetime) -> list[Timed]:
    """Every step of every motion up to the city's date, each with its paper; the same seed gives the same."""
    units = warehouse.query(_UNITS)
    here = units["area_code"].str.startswith(HAIYAN)
    steps: list[Timed] = []
    for ago_of, found in ((_HERE, units[here]), (_ELSEWHERE, units[~here])):
        for number, ago in enumerate(ago_of if len(found) else ()):
            row = found.iloc[(number * 3 + seed) % len(found)]
            steps += _one(row.to_dict(), ago, people, days, seed, end)
    return [step for step in steps if step.at < end]


def _one(unit: dict, ago: int, people: Cast, days: Calendar, seed: int, end: datetime) -> list[Timed]:
    chance = Random(f"{seed}|motion|{unit['org_id']}|{ago}")
    told = texts()["motions"]
    matter = chance.choice(told["matters"])
    place = Place(unit["area_code"], unit["domain_code"])
    person = people.proposer(place, chance)
    label = f"motion-{unit['org_id']}-{ago}"
    story = Story(MOTION, number_of("motion", f"played-{label}-0"), place, end - timedelta(days=ago), days, chance)
    at = story.on_workday(1)
    first = Timed(at, label, 0, place, _proposing(unit, person, matter, chance))
    story.now, since = at, at
    lying, live = ago == _LYING, ago < LIVE_DAYS
    for action in FIVE[: 1 if lying else len(FIVE)]:
        within = limit(action)
        late = not live and chance.random() < 0.1
        took = within + chance.randint(1, 4) if late else max(1, round(within * chance.uniform(0.4, 0.9)))
        since = story.on_workday(took, since)
        held = _given(action, matter, chance)
        paper = (f"{MOTION.steps[action].name}{told['papers'][action]}.txt", told["minutes"][action].encode())
        responsible = f"{invented_name(chance.randint(100, 999))} {told['posts'][action]}"
        given = {"on": since.date(), "responsible": responsible, **held}
        story.add(since, person, action, told["minutes"][action], attachment=paper, **given)
        since = story.now
    return [first, *story.steps]


def _proposing(
    unit: dict, person: Viewer, matter: dict, chance: Random
) -> Callable[[Register, str, datetime], Outcome]:
    recipient = invented_name(chance.randint(100, 999))

    def take(register: Register, submission_id: str, moment: datetime) -> Outcome:
        given = {"on": moment.date(), "title": matter["title"], "org_id": unit["org_id"], "recipient": recipient}
        sent = Submission(submission_id, moment, text=matter["why"], payload=given)
        return propose(register, person, sent, unit["area_code"], unit["domain_code"])

    return take


def _given(action: str, matter: dict, chance: Random) -> dict:
    problems = matter["problems"]
    if action == "claim":
        return {"problems": problems}
    if action == "rectify":
        return {"remaining": problems[-1:] if chance.random() < 0.3 else []}
    return {"follow_up": "驻点监督人员每月跟踪一次"} if action == "report" else {}
