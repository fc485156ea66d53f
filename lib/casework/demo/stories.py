"""What becomes of one matter of the synthetic city, and when: timed steps, drawn from the seed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import lru_cache
from random import Random
from typing import Any

import numpy as np

from lib import yamltext
from lib.access import Viewer
from lib.casework.clues.states import FORMS, NO_FORM, SHELVED
from lib.casework.clues.steps import CLUE
from lib.casework.deadlines import Calendar, settings
from lib.casework.demo.people import Cast, Place
from lib.casework.record import take
from lib.casework.steps import Outcome, Submission, Upload, Workflow
from lib.casework.store.register import Register
from lib.casework.warnings.states import CONCLUSIONS, PARTLY, TRUE, UNCLEAR, UNTRUE, WITHDRAW_REASONS
from lib.casework.warnings.steps import WARNING
from lib.catalog.dataset import ROOT
from lib.rules.levels import SPOT_CHECK

# Shares of 属实, 部分属实, 不属实, 无法查实 by level: 45, 20, 25, 10 overall.
_FOUND = {"red": (62, 18, 13, 7), "orange": (50, 20, 21, 9), "yellow": (39, 20, 30, 11), SPOT_CHECK: (1, 1, 95, 3)}
_TO_CLUE = {"red": 0.50, "orange": 0.34, "yellow": 0.22, SPOT_CHECK: 0.0}
_DISPOSED = ((28, "初步核实"), (25, "谈话函询"), (35, "予以了结"), (12, "暂存待查"))
# Whatever is older is done: the frozen past and the live period of the demonstration.
LIVE_DAYS = 60


@dataclass(frozen=True, order=True)
class Timed:
    """One step: when, which matter, its number in the matter's story, where it belongs, and how to take it."""

    at: datetime
    object_id: str
    number: int
    place: Place = field(compare=False)
    take: Callable[[Register, str, datetime], Outcome] = field(compare=False)

    def run(self, register: Register) -> Outcome:
        """Take the step as its person, at its time."""
        return self.take(register, f"played-{self.object_id}-{self.number}", self.at)


class Story:
    """Builds the steps of one matter, each later than the one before."""

    def __init__(
        self,
        workflow: Workflow,
        object_id: str,
        place: Place,
        start: datetime,
        days: Calendar,
        chance: Random,
        after: int = 0,
    ) -> None:
        self.workflow = workflow
        self.object_id, self.place, self.start, self.now = object_id, place, start, start
        self.days, self.chance = days, chance
        # A story told again, after that event, needs steps that are not taken for the first ones.
        self.after = after
        self.steps: list[Timed] = []

    def on_workday(self, count: int, since: datetime | None = None) -> datetime:
        """Some time in office hours `count` workdays after a moment."""
        day = self.days.after(np.array([since or self.start], dtype="datetime64[D]"), max(count, 1))[0]
        minute = self.chance.randint(8 * 60 + 35, 17 * 60 + 20)
        return datetime.combine(day.item(), time(minute // 60, minute % 60))

    def add(
        self, at: datetime, person: Viewer, action: str, text: str = "", attachment: Upload | None = None, **given: Any
    ) -> None:
        """Add a step of the workflow, taken by `person`, with the values of its fields and its file."""
        self.now = max(at, self.now + timedelta(minutes=self.chance.randint(7, 90)))

        def play(register: Register, submission_id: str, moment: datetime) -> Outcome:
            sent = Submission(submission_id, moment, text=text, payload=given, attachment=attachment)
            return take(register, person, self.workflow, self.object_id, action, sent)

        self.steps.append(Timed(self.now, self.object_id, 100 * self.after + len(self.steps) + 1, self.place, play))


@lru_cache(maxsize=1)
def texts() -> dict:
    """The sentences people write, by rule and conclusion."""
    return yamltext.parse((ROOT / "data" / "demo_texts.yaml").read_text(encoding="utf-8"))


def _sentence(rule_id: str, conclusion: str, chance: Random) -> str:
    own = texts()["conclusions"]
    return chance.choice(own.get(rule_id, own["default"])[conclusion])


def _advice(about: str, chance: Random) -> str:
    told = chance.choice(texts()["advice"])
    return f"关于{about}：{told}" if about else told


def _pick(shares: tuple[int, ...], chance: Random) -> str:
    return chance.choices(CONCLUSIONS, weights=shares)[0]


def warning_story(
    *,
    warning_id: str,
    rule_id: str,
    level: str,
    checks: tuple[str, ...],
    place: Place,
    first_seen_at: datetime,
    live: bool,
    people: Cast,
    days: Calendar,
    seed: int,
    about: str = "",
    unit: bool = True,
    after: int = 0,
) -> list[Timed]:
    """The steps of one warning (opened again `after` an event): signed mostly in time, verified, reviewed, closed; some
    late, some left lying.

    Only a `live` warning may be left unsigned or unverified. Prompts go to a `unit`, where one is known.
    """
    chance = Random(f"{seed}|{warning_id}" + (f"|{first_seen_at}" if after else ""))
    story = Story(WARNING, warning_id, place, first_seen_at, days, chance, after)
    handler = people.handler(place, rule_id, chance)
    reviewer = people.reviewer(handler, place, chance)
    limit = settings()["warning"][level]
    if live and chance.random() < 0.10:
        return []
    story.add(_sign_at(story, limit), handler, "sign")
    story.add(story.on_workday(chance.randint(1, 2), story.now), handler, "start")
    if chance.random() < 0.55 and unit:
        asked = chance.choice(texts()["prompts"])
        story.add(story.now, handler, "prompt", text=f"关于{about}：{asked}" if about else asked)
    if live and chance.random() < 0.12:
        return story.steps
    wanted = limit["verify_workdays"]
    late = chance.random() < 0.13
    verify_in = wanted + chance.randint(1, 5) if late else max(2, round(wanted * chance.uniform(0.35, 0.95)))
    if chance.random() < 0.03:
        given = {"reason": chance.choice(WITHDRAW_REASONS), "text": chance.choice(texts()["withdrawals"])}
        story.add(story.on_workday(verify_in), reviewer, "withdraw", **given)
        return story.steps
    conclusion = _pick(_FOUND[level], chance)
    checked = chance.sample(checks, k=min(len(checks), chance.randint(1, 3))) or ["调阅案卷"]

    def concluded(at: datetime) -> None:
        story.add(
            at,
            handler,
            "conclude",
            conclusion=conclusion,
            text=_sentence(rule_id, conclusion, chance),
            checked=checked,
            work_prompt=(advised := conclusion != "属实" and chance.random() < 0.25 and unit),
            work_prompt_text=_advice(about, chance) if advised else "",
        )

    concluded(story.on_workday(verify_in))
    if chance.random() < 0.09:
        story.add(story.on_workday(1, story.now), reviewer, "send_back", text=chance.choice(texts()["returns"]))
        concluded(story.on_workday(chance.randint(2, 4), story.now))
    story.add(story.on_workday(chance.randint(1, 3), story.now), reviewer, "review")
    share = {"属实": _TO_CLUE[level], "部分属实": 0.08}.get(conclusion, 0.0)
    if chance.random() < share:
        text = chance.choice(texts()["to_clue"])
        able = handler if handler.may("to_clue", "warning") else reviewer
        story.add(story.on_workday(chance.randint(1, 2), story.now), able, "to_clue", text=text)
    else:
        story.add(story.on_workday(chance.randint(1, 3), story.now), reviewer, "close")
        if conclusion == UNTRUE and chance.random() < 0.06:
            at = story.on_workday(1, story.now)
            until = at.date() + timedelta(days=chance.choice([60, 90, 180]))
            story.add(at, reviewer, "suppress", until=until, text=chance.choice(texts()["suppressions"]))
    return story.steps


def _sign_at(story: Story, limit: dict) -> datetime:
    late = story.chance.random() < 0.12
    if "sign_hours" in limit:
        # Red ones are signed by whoever is on duty, weekends too.
        hours = limit["sign_hours"] * (story.chance.uniform(1.1, 2.5) if late else story.chance.uniform(0.33, 0.9))
        return story.start + timedelta(hours=hours)
    wanted = limit["sign_workdays"]
    return story.on_workday(wanted + story.chance.randint(1, 2) if late else story.chance.randint(1, wanted))


def clue_story(
    *, clue_id: str, place: Place, received_at: datetime, live: bool, people: Cast, days: Calendar, seed: int
) -> list[Timed]:
    """The steps of one clue after its registration; disposed within 58 days unless `live` leaves it lying."""
    chance = Random(f"{seed}|{clue_id}")
    story = Story(CLUE, clue_id, place, received_at, days, chance)
    handler = people.clue_handler(place, chance)
    approver = people.reviewer(handler, place, chance)
    disposition = chance.choices([name for _, name in _DISPOSED], weights=[share for share, _ in _DISPOSED])[0]
    lying = live and chance.random() < 0.10
    if lying and chance.random() < 0.4:
        return []
    late = chance.random() < 0.10
    assess_in = chance.randint(23, 26) if late else chance.randint(2, 15)
    proposal = chance.choice(texts()["assessments"])
    story.add(story.on_workday(assess_in), handler, "assess", proposed=disposition, text=proposal)
    if chance.random() < 0.05:
        story.add(story.on_workday(1, story.now), approver, "reject", text="依据不充分，请补充后重新研判。")
        story.add(story.on_workday(2, story.now), handler, "assess", proposed=disposition, text=proposal)
    story.add(story.on_workday(1, story.now), approver, "approve", text="同意。")
    story.add(story.on_workday(chance.randint(1, 2), story.now), handler, "undertake")
    if lying:
        return story.steps
    least = received_at + timedelta(days=57)
    disposed_at = min(story.on_workday(chance.randint(3, 14), story.now), max(least, story.now + timedelta(hours=1)))
    text = chance.choice(texts()["dispositions"][disposition])
    story.add(disposed_at, handler, "dispose", disposition=disposition, text=text)
    if disposition == "初步核实" and chance.random() < 0.25:
        story.add(
            story.on_workday(chance.randint(1, 4), story.now),
            approver,
            "file_case",
            text="经集体研究并报批，予以立案审查调查。",
        )
    form = _form(disposition, chance)
    story.add(
        story.on_workday(chance.randint(2, 8), story.now),
        handler,
        "report",
        found=_found(form, disposition, chance),
        form=form,
        people_cnt=0 if form == "未追究责任" else 1,
        text=chance.choice(texts()["reports"][form]),
    )
    story.add(story.on_workday(chance.randint(1, 5), story.now), approver, "archive")
    return story.steps


def _found(form: str, disposition: str, chance: Random) -> str:
    if form != NO_FORM:
        return chance.choice([TRUE, PARTLY])
    return UNCLEAR if disposition == SHELVED else chance.choice([UNTRUE, UNTRUE, PARTLY])


def _form(disposition: str, chance: Random) -> str:
    if disposition in ("予以了结", SHELVED):
        return NO_FORM
    return chance.choices(FORMS, weights=(68, 16, 3, 1, 12))[0]
