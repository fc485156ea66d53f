"""Tasks of the reform of the synthetic city: one for a unit of every county and some of the city's own; most keep to
their plan, some fall behind, and one that did has become a motion."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

import pandas as pd

from lib.access import Viewer
from lib.access.personas import personas
from lib.casework.deadlines import Calendar
from lib.casework.demo.people import Cast, Place, invented_name
from lib.casework.demo.stories import Story, Timed, texts
from lib.casework.motions.proposing import propose
from lib.casework.motions.steps import MOTION
from lib.casework.record import number_of
from lib.casework.reform import plan as plans
from lib.casework.reform.course import AS_OF, MILESTONES, SHARE
from lib.casework.reform.issuing import issue
from lib.casework.reform.plan import WHOLE, Milestone, Plan
from lib.casework.reform.steps import REFORM_TASK, START, TASK
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.warehouse.store import Warehouse

# Of every county four tasks, of the city's own five: how many days ago each was issued.
_OF_COUNTY, _OF_CITY = (560, 330, 190, 80), (480, 360, 270, 180, 120)
# Milestones: after how many days, what share of the whole.
_STEPS = ((80, 30), (170, 65), (260, WHOLE))
# How far behind the plan those in hand are (percentage points), in turn.
_BEHIND = (0, 8, 0, 22, 0, 3, 12, 0, 30)
# After how many days the unit reports: at the end just before it is due.
_REPORTS = (35, 85, 135, 185, 235, 256, *range(285, 700, 50))
# The last report of what is in hand was made so many days ago.
_LATELY = 6
# Whoever is that near says that it is done.
_NEAR = 8
_UNITS = """
select org_id, org_name, area_code, domain_code, org_level
from org
where org_level in ('县', '市') or org_id in (select unnest($own))
order by area_code, org_id
"""


class _Task(NamedTuple):
    """What one task is, and how it goes."""

    unit: dict[str, Any]
    ago: int
    turn: int
    behind: int


def tasks(warehouse: Warehouse, people: Cast, days: Calendar, seed: int, end: datetime) -> list[Timed]:
    """Every step of every task, each report with its evidence; the same seed gives the same."""
    own = [one.org_id for one in personas(synthetic=True) if one.org_id]
    units = warehouse.query(_UNITS, {"own": own})
    found = list(_chosen(units, seed))
    worst = max((task for task in found if task.ago < 300), key=lambda task: task.behind, default=None)
    steps: list[Timed] = []
    for task in found:
        steps += _one(task, people, days, seed, end)
        if task is worst:
            steps += _motion(task, people, days, seed, end)
    return steps


def _chosen(units: pd.DataFrame, seed: int) -> list[_Task]:
    found: list[_Task] = []

    def take(rows: pd.DataFrame, since: tuple[int, ...], place: int) -> None:
        for number, ago in enumerate(since if len(rows) else ()):
            unit = rows.iloc[(number * 3 + place + seed) % len(rows)].to_dict()
            turn = len(found)
            found.append(_Task(unit, ago - turn, turn, _BEHIND[turn % len(_BEHIND)]))

    counties = units[units["org_level"].eq("县")]
    for place, (_, rows) in enumerate(counties.groupby("area_code", sort=True)):
        take(rows, _OF_COUNTY, place)
    take(units[units["org_level"].eq("市")], _OF_CITY, 0)
    # Of the persona's own unit.
    take(units[~units["org_level"].isin(["县", "市"])], (120,), 0)
    return found


def _key(task: _Task) -> str:
    return f"reform-{task.unit['org_id']}-{task.ago}"


def _matter(task: _Task) -> dict[str, Any]:
    held: list[dict[str, Any]] = texts()["reform"]["tasks"]
    return held[task.turn % len(held)]


def _plan(task: _Task, start: datetime) -> Plan:
    names = _matter(task)["milestones"]
    return tuple(
        Milestone((start + timedelta(days=after)).date(), share, name)
        for (after, share), name in zip(_STEPS, names, strict=True)
    )


def _one(task: _Task, people: Cast, days: Calendar, seed: int, end: datetime) -> list[Timed]:
    chance, words = Random(f"{seed}|{_key(task)}"), texts()["reform"]
    place = Place(task.unit["area_code"], task.unit["domain_code"])
    person, unit = people.proposer(place, chance), people.liaisons[task.unit["org_id"]]
    number = number_of(REFORM_TASK, f"played-{_key(task)}-0")
    story = Story(TASK, number, place, end - timedelta(days=task.ago), days, chance)
    at = story.on_workday(1)
    plan = _plan(task, at)
    first = Timed(at, _key(task), 0, place, _issuing(task, person, plan, chance))
    story.now = at
    done = _reports(story, task, unit, person, plan, end)
    if done and task.turn % 7 == 3:
        story.add(story.on_workday(3, story.now), person, "send_back", words["send_back"], **_said(story, 1, 90))
        done = _whole(story, unit, story.on_workday(12, story.now), words)
    if done:
        judge = people.reviewer(person, place, chance)
        story.add(story.on_workday(chance.randint(2, 8), story.now), judge, "accept", chance.choice(words["accepted"]))
    return [first, *story.steps]


def _reports(story: Story, task: _Task, unit: Viewer, person: Viewer, plan: Plan, end: datetime) -> bool:
    """What the unit reports until it is done or the story stops; whether it is done."""
    chance, words, start = story.chance, texts()["reform"], story.start.date()
    stated = 0
    for turn, after in enumerate(sorted({*_REPORTS, task.ago - _LATELY})):
        at = story.on_workday(1, story.start + timedelta(days=after))
        if at >= end:
            return False
        # What fell behind is made up for after the end of the plan.
        behind = max(task.behind - max((at.date() - plan[-1].day).days, 0) / 3, 0)
        share = plans.planned(start, plan, at.date()) - behind - chance.uniform(0, 3)
        if share >= WHOLE - _NEAR:
            return _whole(story, unit, at, words)
        stated = max(stated, min(round(share), WHOLE - 1))
        late = turn == 2 and task.turn % 6 == 1
        told = words["late"] if late else chance.choice(words["slow" if task.behind > 5 else "reports"])
        paper = ("佐证材料.txt", told.encode())
        story.add(at, unit, "report", told, attachment=paper, **_said(story, 30 if late else 1, stated, at))
        if turn == 1 and task.turn % 5 == 3:
            stated = max(stated - 12, 0)
            at = story.on_workday(4, story.now)
            story.add(at, person, "verify", words["verified"], **_said(story, 1, stated, at))
    return False


def _whole(story: Story, unit: Viewer, at: datetime, words: dict) -> bool:
    paper = ("成果.txt", words["whole"].encode())
    story.add(at, unit, "report", words["whole"], attachment=paper, **_said(story, 1, WHOLE, at))
    return True


def _said(story: Story, before: int, share: int, at: datetime | None = None) -> dict[str, Any]:
    """What states progress, of some days before."""
    day = ((at or story.now) - timedelta(days=before)).date()
    return {AS_OF: max(day, story.start.date() + timedelta(days=2)), SHARE: share}


def _issuing(task: _Task, person: Viewer, plan: Plan, chance: Random) -> Callable[[Register, str, datetime], Outcome]:
    matter, unit = _matter(task), task.unit
    post = chance.choice(texts()["reform"]["posts"])

    def take(register: Register, submission_id: str, moment: datetime) -> Outcome:
        given = {
            "title": matter["title"],
            "org_id": unit["org_id"],
            "responsible": post,
            START: moment.date(),
            "goal": matter["goal"],
            MILESTONES: plans.written(plan),
        }
        return issue(
            register, person, Submission(submission_id, moment, payload=given), unit["area_code"], unit["domain_code"]
        )

    return take


def _motion(task: _Task, people: Cast, days: Calendar, seed: int, end: datetime) -> list[Timed]:
    """The motion that a task became which fell behind."""
    chance, unit = Random(f"{seed}|{_key(task)}|motion"), task.unit
    place, said = Place(unit["area_code"], unit["domain_code"]), texts()["reform"]["motion"]
    person, recipient = people.proposer(place, chance), invented_name(chance.randint(100, 999))
    label, source = f"{_key(task)}-motion", number_of(REFORM_TASK, f"played-{_key(task)}-0")
    story = Story(MOTION, number_of("motion", f"played-{label}-0"), place, end - timedelta(days=21), days, chance)
    at = story.on_workday(1)

    def take(register: Register, submission_id: str, moment: datetime) -> Outcome:
        given = {
            "on": moment.date(),
            "title": f"{_matter(task)['title']}推进落后",
            "org_id": unit["org_id"],
            "recipient": recipient,
        }
        sent = Submission(submission_id, moment, text=said, payload=given)
        return propose(register, person, sent, unit["area_code"], unit["domain_code"], REFORM_TASK, source)

    story.now = at
    told = texts()["motions"]
    paper = ("书记问询纪要.txt", told["minutes"]["inquire"].encode())
    on = story.on_workday(3, at)
    given = {"on": on.date(), "responsible": f"{recipient} {told['posts']['inquire']}"}
    story.add(on, person, "inquire", told["minutes"]["inquire"], attachment=paper, **given)
    return [Timed(at, label, 0, place, take), *story.steps]
