"""Look-backs of the synthetic city: one of the whole city that is archived, one of a county whose units are answering,
one that is being scored."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random

from sqlalchemy import Row, select

from lib.access import Viewer
from lib.access.personas import personas
from lib.casework.deadlines import Calendar
from lib.casework.demo.people import Cast, Place
from lib.casework.demo.stories import Story, Timed, texts
from lib.casework.objects import KINDS
from lib.casework.record import number_of, take
from lib.casework.reviews.assigning import give_out, may_score
from lib.casework.reviews.design import rank
from lib.casework.reviews.drawing import draw_files, plan
from lib.casework.reviews.population import Scope, closed_cases, designed
from lib.casework.reviews.scoring import sheets
from lib.casework.reviews.states import DIFFERING, DISPUTED, GIVEN, SENT
from lib.casework.reviews.steps import (
    ANSWER,
    CORRECTED,
    DEDUCTIONS,
    LOOKBACK,
    REVIEW_CASE,
    REVIEW_SHEET,
    UPHELD,
    files_of,
    found_in,
    judged_by,
    state_of,
)
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.casework.store.transaction import Transaction
from lib.warehouse.store import Warehouse

COUNTY, DOMAIN = "330483", "ZF"
# How a file stands is seen by whoever scores it nine times in ten; what is not there hardly ever.
_SEEN, _MISTAKEN = 0.9, 0.015
_FOUND, _FATAL = 0.13, 0.012
# Of the objections that are answered, where there is something to take back.
_CORRECTED = 0.5


@dataclass(frozen=True)
class _Planned:
    """A look-back that is played: how many days ago it was planned, of how many days before that, what share of the
    sheets is handed in and how far it comes after that."""

    number: int
    ago: int
    span: int
    review_type: str
    area_code: str | None
    domain_code: str | None
    by: tuple[str, ...]
    error: int
    handed_in: float
    steps: tuple[str, ...]


_ALL = (
    _Planned(1, 420, 180, "案卷评查", None, None, ("band",), 12, 1.0, ("gather", "report", "tell", "archive")),
    _Planned(2, 42, 170, "案件回访", COUNTY, DOMAIN, ("org",), 15, 1.0, ("gather", "report", "tell")),
    _Planned(3, 16, 180, "案件审理", COUNTY, DOMAIN, ("band",), 13, 0.55, ()),
)  # fmt: skip

Take = Callable[[Register, str, datetime], Outcome]
_NOTHING = Outcome(recorded=False)


def look_backs(warehouse: Warehouse, people: Cast, days: Calendar, seed: int, end: datetime) -> list[Timed]:
    """Every step of every look-back up to the city's date; the same seed gives the same. None where nothing was closed
    in the days it is about."""
    known = {one.person_id: one for one in personas(synthetic=True)}
    steps: list[Timed] = []
    for one in _ALL:
        at = end - timedelta(days=one.ago)
        scope = Scope(
            (at - timedelta(days=one.span)).date(), (at - timedelta(days=2)).date(), one.area_code, one.domain_code
        )
        if len(closed_cases(warehouse, people.office[0], scope, one.by)):
            steps += _Played(one, scope, warehouse, people, known, days, seed, end).steps()
    return [step for step in steps if step.at < end]


class _Played:
    """One look-back, step by step; what lies with whom is seen when it comes to it."""

    def __init__(
        self,
        of: _Planned,
        scope: Scope,
        warehouse: Warehouse,
        people: Cast,
        known: dict[str, Viewer],
        days: Calendar,
        seed: int,
        end: datetime,
    ) -> None:
        self.of, self.scope, self.warehouse, self.people = of, scope, warehouse, people
        self.chance = Random(f"{seed}|lookback|{of.number}")
        self.label = f"lookback-{of.number}"
        self.number = number_of("lookback", f"played-{self.label}-0")
        self.place = Place(of.area_code, of.domain_code)
        self.story = Story(LOOKBACK, self.number, self.place, end - timedelta(days=of.ago), days, self.chance)
        counties = [one for one in people.counties if one.area_code == COUNTY]
        if of.area_code is None:
            self.owner, self.third = people.office[0], people.office[0]
            self.people_of: tuple[Viewer, ...] = (people.office[1], people.office[2], known["demo-office"])
        else:
            self.owner, self.third = counties[0], people.office[0]
            self.people_of = (counties[1], known["demo-county"], known["demo-office"], known["demo-inspector"])
        everybody = (*people.by_id.values(), *known.values())
        self.by_id = {one.person_id: one for one in everybody}
        self.told = texts()["lookbacks"]

    def steps(self) -> list[Timed]:
        """All of them, in order."""
        of, story = self.of, self.story
        found: list[Timed] = []

        def add(at: datetime, act: Take) -> None:
            story.now = max(at, story.now + timedelta(minutes=self.chance.randint(7, 40)))
            found.append(Timed(story.now, self.label, len(found), self.place, act))

        add(story.on_workday(1), self._plan)
        add(story.on_workday(1, story.now), self._draw)
        add(story.on_workday(1, story.now), self._give)
        count = self._sheets()
        began = story.now
        for number in range(round(count * of.handed_in)):
            on = 1 + number * 10 // max(count, 1)
            add(story.on_workday(on, began), self._hand_in)
        for action in of.steps:
            if action == "report":
                add(story.on_workday(2, story.now), self._adjudicate)
            add(story.on_workday(self.chance.randint(1, 3), story.now), self._step(action))
            if action == "tell":
                told = story.now
                for number in range(count // 2):
                    add(story.on_workday(2 + number // 4, told), self._reply)
                # Of those that are not archived one objection waits.
                add(story.on_workday(2, story.now), partial(self._answer, 0 if "archive" in of.steps else 1))
        return found

    def _sheets(self) -> int:
        """How many there will be: two of each file of the design."""
        cases = closed_cases(self.warehouse, self.people.office[0], self.scope, self.of.by)
        return 2 * designed(cases, self.of.error, 90).files

    def _plan(self, register: Register, key: str, moment: datetime) -> Outcome:
        given = {
            "title": self.told["titles"][self.of.review_type],
            "review_type": self.of.review_type,
            "from_day": self.scope.from_day,
            "to_day": self.scope.to_day,
            "area_code": self.of.area_code,
            "domain_code": self.of.domain_code,
            "by": list(self.of.by),
            "error": self.of.error,
            "expected": 90,
            "double_share": 100,
            "seed": self.chance.randint(1, 1_000_000),
        }
        return plan(register, self.owner, Submission(key, moment, text=self.told["purpose"], payload=given))

    def _draw(self, register: Register, key: str, moment: datetime) -> Outcome:
        return draw_files(register, self.owner, self.warehouse, self.number, Submission(key, moment))

    def _give(self, register: Register, key: str, moment: datetime) -> Outcome:
        people = {"people": [one.person_id for one in self.people_of]}
        return give_out(register, self.owner, self.number, Submission(key, moment, payload=people))

    def _step(self, action: str) -> Take:
        def act(register: Register, key: str, moment: datetime) -> Outcome:
            text = self.told["steps"].get(action, "")
            return take(register, self.owner, LOOKBACK, self.number, action, Submission(key, moment, text=text))

        return act

    def _hand_in(self, register: Register, key: str, moment: datetime) -> Outcome:
        """The next sheet that lies with somebody."""
        with register.transaction() as tx:
            waiting = _waiting(tx, self.number)
            if not waiting:
                return _NOTHING
            row = min(waiting, key=lambda one: rank(self.of.number, one.sheet_id))
            found = self._found(row.review_case_id, row.review_type, row.sheet_id)
            text = self.chance.choice(self.told["opinions"]["found" if found else "clean"])
            sent = Submission(key, moment, text=text, payload={"deductions": found})
            return take(register, self.by_id[row.reviewer_id], REVIEW_SHEET, row.sheet_id, "hand_in", sent)

    def _found(self, number: str, review_type: str, reader: str = "") -> list[str]:
        """What is wrong with a file, as a reader sees it; without one as it is."""
        true, eye = Random(f"{number}|file"), Random(f"{number}|{reader}")
        found = []
        for item in sheets()[review_type].items.values():
            there = true.random() < (_FATAL if item.fatal else _FOUND)
            seen = eye.random() < (_SEEN if there else 0 if item.fatal else _MISTAKEN)
            if seen if reader else there:
                found.append(item.id)
        return found

    def _adjudicate(self, register: Register, key: str, moment: datetime) -> Outcome:
        """A third person settles what differs, one after the other."""
        with register.transaction() as tx:
            done = _NOTHING
            for number, row in enumerate(_standing(tx, self.number, DIFFERING)):
                payload = {"deductions": self._found(row.review_case_id, row.review_type)}
                sent = Submission(f"{key}-{number}", moment, text=self.told["adjudicated"], payload=payload)
                done = take(register, self.third, REVIEW_CASE, row.review_case_id, "adjudicate", sent)
            return done

    def _reply(self, register: Register, key: str, moment: datetime) -> Outcome:
        """The next unit answers, but the one that the persona answers for."""
        with register.transaction() as tx:
            own = {one.org_id for one in personas(synthetic=True)}
            left = [one for one in _standing(tx, self.number, SENT) if one.org_id in self.people.liaisons]
            left = [one for one in left if one.org_id not in own or self.of.steps[-1] == "archive"]
            if not left:
                return _NOTHING
            row = min(left, key=lambda one: rank(self.of.number, one.review_case_id))
            stand = self.chance.choices(("认可", "有异议"), weights=(9, 1))[0]
            sent = Submission(key, moment, text=self.told["replies"][stand], payload={"stand": stand})
            return take(register, self.people.liaisons[row.org_id], REVIEW_CASE, row.review_case_id, "reply", sent)

    def _answer(self, left: int, register: Register, key: str, moment: datetime) -> Outcome:
        """The objections are answered by somebody who neither scored nor settled the file, all but so many."""
        chance = Random(f"{self.of.number}|objections")
        with register.transaction() as tx:
            done = _NOTHING
            waiting = sorted(_standing(tx, self.number, DISPUTED), key=lambda one: rank(1, one.review_case_id))
            for number, row in enumerate(waiting[left:]):
                judged = judged_by(tx, row.review_case_id)
                able = [one for one in (*self.people_of, self.owner, self.third) if one.person_id not in judged]
                able = [one for one in able if may_score(one, row) and one.may("review", REVIEW_CASE.object_type)]
                if not able:
                    continue
                found = found_in(tx, row.review_case_id)
                said = CORRECTED if found and chance.random() < _CORRECTED else UPHELD
                payload = {ANSWER: said, DEDUCTIONS: found[1:] if said == CORRECTED else []}
                sent = Submission(f"{key}-{number}", moment, text=self.told["answers"][said], payload=payload)
                done = take(register, able[0], REVIEW_CASE, row.review_case_id, ANSWER, sent)
            return done


def _waiting(tx: Transaction, lookback_id: str) -> list[Row]:
    table = KINDS["review_sheet"].table
    tx.flush()
    rows = tx.connection.execute(select(table).where(table.c.lookback_id == lookback_id)).all()
    return [row for row in rows if (last := tx.last_event("review_sheet", row.sheet_id)) and last.to_state == GIVEN]


def _standing(tx: Transaction, lookback_id: str, state: str) -> list[Row]:
    return [row for row in files_of(tx, lookback_id) if state_of(tx, row.review_case_id) == state]
