"""Supervision notices of the synthetic city: 32 in two years, drafted from what was found, all but the last closed.

When each is drafted is known beforehand; what it is drafted from is whatever had been verified by then. The last ones
stand at every stage: to be reviewed, to be signed, delivered, being rectified, late and gone up, to be re-checked.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

import numpy as np
from sqlalchemy import Table, select

from lib.access import Viewer
from lib.access.personas import personas
from lib.casework.clues.states import PETITION
from lib.casework.daily.escalation import send_up
from lib.casework.deadlines import Calendar, calendar, end_of_day, settings
from lib.casework.demo.clue_sources import FULL_ROWS
from lib.casework.demo.people import Cast, Place
from lib.casework.demo.stories import Story, Timed, texts
from lib.casework.notices.drafting import draft_notice
from lib.casework.notices.matter import case_of
from lib.casework.notices.steps import NOTICE, hidden, workdays
from lib.casework.objects import SCOPE
from lib.casework.objects.notice import notice
from lib.casework.sight import in_scope
from lib.casework.steps import Outcome, Submission
from lib.casework.store.chain import Event
from lib.casework.store.register import Register
from lib.casework.store.schema import clue, event, warning
from lib.casework.warnings.platforms import PLATFORMS
from lib.rules import read_rules
from lib.rules.citation import citation
from lib.warehouse.store import Warehouse

# In the full city; a smaller one has fewer in proportion, at least LEAST.
FULL, LEAST = 32, 10
LEADER = Viewer("played-leader-1", "壬九", "leader")
# How many workdays before the end the last ones were drafted, and how far they came.
_OPEN = ((19, "answered"), (24, "late"), (11, "rectifying"), (6, "delivered"), (3, "reviewed"), (1, "drafted"))
_WITH_PERSONA = ("rectifying", "delivered")
# Among the finished ones, by their place from the last: what went another way.
_RETURNED, _SENT_BACK, _EXTENDED = 2, 3, 1
# What was verified so long ago is no longer taken up.
_FRESH = timedelta(days=60)
# Of which table, by which step and with what in it.
_FOUND: tuple[tuple[Table, str, str], ...] = ((warning, "conclude", '%"conclusion":"属实"%'), (clue, "dispose", "%"))


class Notices:
    """All notices of a city, by the number of their slot."""

    def __init__(self, warehouse: Warehouse, people: Cast, seed: int, since: datetime, end: datetime) -> None:
        self.warehouse, self.people, self.seed, self.since, self.end = warehouse, people, seed, since, end
        self.days = calendar(warehouse)
        self._had: Counter[str] = Counter()
        rows = int(warehouse.meta.get("rows", FULL_ROWS))
        self.count = max(LEAST, round(FULL * rows / FULL_ROWS))
        units = warehouse.query("select org_id, org_name, area_code, domain_code from org order by org_id")
        self._units = {
            row["org_id"]: row for row in units.astype("object").where(units.notna(), None).to_dict("records")
        }

    def slots(self) -> list[Timed]:
        """The drafting of every notice, numbered from the first; nobody knows yet where it will belong."""
        finished = self.count - len(_OPEN)
        # The first comes when something has been verified; they come closer together in the later year.
        first, last = self.since + timedelta(days=75), self.end - timedelta(days=75)
        share = [1 - (1 - number / max(finished - 1, 1)) ** 1.5 for number in range(finished)]
        chance = Random(f"{self.seed}|notices")
        moments = [_in_office(self.days, first + one * (last - first), 0, chance) for one in share]
        moments += [_in_office(self.days, self.end, -before, chance) for before, _ in _OPEN]
        return [
            Timed(at, "notice", number, Place(None, None), partial(self._draft, number))
            for number, at in enumerate(moments)
        ]

    def _stage(self, number: int) -> str:
        """How far a notice comes: closed, or where one of the last ones stands."""
        from_last = self.count - 1 - number
        return _OPEN[len(_OPEN) - 1 - from_last][1] if from_last < len(_OPEN) else "closed"

    def _addressees(self, number: int) -> set[str]:
        """Whom it may go to: what lies with units lies with that of the persona, if the city has it."""
        own = {one.org_id for one in personas(synthetic=True) if one.org_id in self._units}
        return {str(one) for one in own} if own and self._stage(number) in _WITH_PERSONA else set(self._units)

    def _rank(self, number: int, row: Mapping[str, Any]) -> tuple[int, str]:
        drawn = hashlib.sha256(f"{self.seed}|{number}|{row['id']}".encode()).hexdigest()
        return self._had[_matter(row)], drawn

    def _place(self, org_id: str) -> Place:
        return Place(self._units[org_id]["area_code"], self._units[org_id]["domain_code"])

    def _author(self, found: Mapping[str, Any], place: Place, chance: Random) -> Viewer:
        """Somebody near to the unit who sees what it is drafted from."""
        one = self.people.clue_handler(place, chance)
        whose = [found.get(name) for name in SCOPE]
        return one if in_scope(one, *whose) else self.people.office[1]

    def _draft(self, number: int, register: Register, key: str, at: datetime) -> Outcome:
        """Draft the notice of one slot from what was verified lately, or by hand."""
        chance = Random(f"{self.seed}|notice|{number}")
        origin, found = "own", None
        units = self._addressees(number)
        for kind in _FOUND if chance.random() < 0.6 else _FOUND[::-1]:
            rows = _verified(register, *kind, at, units)
            if rows:
                # A matter that has had few notices comes first.
                found = min(rows, key=partial(self._rank, number))
                origin, self._had[_matter(found)] = kind[0].name, self._had[_matter(found)] + 1
                break
        if found is None:
            own = texts()["notices"]["own"][number % len(texts()["notices"]["own"])]
            found = {"org_id": chance.choice(sorted(units)), "title": own["title"], "text": own["said"]}
        elif origin == "warning":
            about = case_of(self.warehouse, self.people.office[1], found["subject_type"], found["subject_id"])
            found = {**found, "title": f"{about}{found['title']}"}
        place, source = self._place(found["org_id"]), None if origin == "own" else str(found["id"])
        settled = number < self.count - len(_OPEN)
        sent = Submission(key, at, payload=_content(origin, found, settled and chance.random() < 0.2, chance))
        author = self._author(found, place, chance) if source else self.people.office[1]
        return draft_notice(register, author, sent, place.area_code, place.domain_code, origin, source)

    def story(self, drafted: Event, number: int) -> list[Timed]:
        """What becomes of the notice of a slot after it was drafted."""
        chance, words, days = Random(f"{self.seed}|{drafted.object_id}"), texts()["notices"], self.days
        stage, org_id = self._stage(number), drafted.payload["org_id"]
        finished = self.count - 1 - number - len(_OPEN)
        told = Story(NOTICE, drafted.object_id, self._place(org_id), drafted.at, days, chance)
        author, unit = self.people.by_id[drafted.actor_id], self.people.liaisons[org_id]
        reviewer = self.people.reviewer(author, told.place, chance)

        def soon(most: int = 2) -> datetime:
            return told.on_workday(chance.randint(1, most), told.now)

        if stage == "drafted":
            return told.steps
        if finished == _RETURNED:
            told.add(soon(1), reviewer, "return", text=words["returns"])
            kept = {name: held for name, held in drafted.payload.items() if name in _WRITTEN}
            told.add(soon(1), author, "revise", **kept)
        told.add(soon(1), reviewer, "review", text=chance.choice(words["reviews"]))
        if stage == "reviewed":
            return told.steps
        told.add(soon(1), LEADER, "sign", text="同意。")
        told.add(told.on_workday(1, told.now), author, "deliver", by=chance.choice(("浙政钉", "公文交换")))
        delivered, limit = told.now, workdays(bool(drafted.payload["complex"]))
        if stage == "delivered":
            return told.steps
        told.add(soon(2), unit, "receipt", received_by=unit.name)
        told.add(told.on_workday(2, told.now), unit, "rectify", text=chance.choice(words["progress"]))
        if stage == "rectifying":
            return told.steps
        if stage == "late":
            told.steps.append(_goes_up(told, delivered, limit, days))
            return told.steps
        extended = 5 if stage == "answered" or finished == _EXTENDED else 0
        if extended:
            told.add(told.on_workday(limit - 3, delivered), reviewer, "extend", more=extended, text=words["extensions"])
        answer_in = limit + extended - chance.randint(1, 3)
        told.add(told.on_workday(answer_in, delivered), unit, "feed_back", text=chance.choice(words["answers"]))
        if stage == "answered":
            return told.steps
        if finished == _SENT_BACK:
            told.add(soon(2), author, "send_back", text=words["send_backs"])
            told.add(told.on_workday(3, told.now), unit, "feed_back", text=words["answers"][0])
        how = chance.choice(("书面复核", "现场复核"))
        told.add(soon(3), author, "recheck", how=how, text=chance.choice(words["rechecks"]))
        told.add(soon(2), reviewer, "close")
        return told.steps


def _in_office(days: Calendar, moment: datetime, count: int, chance: Random) -> datetime:
    """Some time in office hours, that many workdays on from a day, or on the first workday from then on."""
    day = days.after(np.array([moment - timedelta(days=1)], dtype="datetime64[D]"), count + 1)[0]
    return datetime.combine(day.item(), datetime.min.time()) + timedelta(minutes=chance.randint(8 * 60 + 35, 16 * 60))


def _content(origin: str, found: Mapping[str, Any], intricate: bool, chance: Random) -> dict[str, Any]:
    words, title = texts()["notices"], str(found["title"]).removesuffix("问题")
    said = found["detail"] if origin == "clue" else found["text"]
    rule = read_rules().get(str(found.get("rule_id")))
    content = {
        "title": f"关于{title}问题"[:64],
        "org_id": found["org_id"],
        "urgency": "加急" if chance.random() < 0.15 else None,
        "complex": intricate,
        "facts": words["facts"][origin].format(title=title, said=said),
        "basis": citation(rule.law) if rule else words["basis"],
        "requirement": chance.choice(words["requirements"]),
        "feedback": words["feedback"],
        "contact": words["contact"],
        "annex": "",
        "copies": "",
    }
    # What was said of it may name what a notice does not.
    if hidden(content) is not None:
        content["facts"] = words["facts"][origin].format(title=title, said="")
    return content


def _matter(row: Mapping[str, Any]) -> str:
    return str(row["rule_id"] or row["title"])


def _verified(
    register: Register, table: Table, action: str, like: str, at: datetime, known: set[str]
) -> list[dict[str, Any]]:
    """The objects that something was found in lately and no notice has come of; what other platforms tell of, their
    own people mend, and what somebody complained of is told to no unit."""
    [column] = (one.name for one in table.primary_key.columns)
    used = select(notice.c.source_id).where(notice.c.source_id.is_not(None))
    query = (
        select(table, event.c.text)
        .join(event, event.c.object_id == table.c[column])
        .where(
            event.c.object_type == table.name,
            event.c.action == action,
            event.c.at.between(at - _FRESH, at),
            event.c.payload.like(like),
            table.c.org_id.is_not(None),
            table.c[column].not_in(used),
        )
        .order_by(event.c.seq)
    )
    with register.read() as connection:
        rows = [{**row, "id": row[column]} for row in connection.execute(query).mappings()]
    rows = [row for row in rows if row.get("origin") != PETITION]
    return [row for row in rows if row["org_id"] in known and row["rule_id"] not in PLATFORMS]


_WRITTEN = ("title", "urgency", "complex", "facts", "basis", "requirement", "feedback", "contact", "annex", "copies")


def _goes_up(told: Story, delivered: datetime, limit: int, days: Calendar) -> Timed:
    """The step by which a late notice goes up to the leader, as the daily run would have taken it."""
    start = np.array([delivered], dtype="datetime64[D]")
    due = end_of_day(days.after(start, limit))[0].item()
    beyond = days.after(start, limit + settings()["notice"]["escalate_workdays"] + 1)[0].item()
    at = datetime.combine(beyond, datetime.min.time()) + timedelta(hours=5, minutes=40)

    def take(register: Register, _key: str, moment: datetime) -> Outcome:
        with register.transaction() as tx:
            return Outcome(recorded=send_up(tx, "notice", told.object_id, due, moment))

    return Timed(at, told.object_id, len(told.steps) + 1, told.place, take)
