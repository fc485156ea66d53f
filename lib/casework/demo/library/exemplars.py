"""Exemplars of the synthetic city, from case reviews and from closed warnings: one edition is out, others are on their
way."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

import pandas as pd
from sqlalchemy import select

from lib.access import Viewer
from lib.casework.deadlines import Calendar
from lib.casework.demo.notices import LEADER
from lib.casework.demo.people import Cast, Place
from lib.casework.demo.stories import Story, Timed, texts
from lib.casework.exemplars.known import known_of
from lib.casework.exemplars.redaction import redacted
from lib.casework.exemplars.states import BAD, GOOD, REVIEW
from lib.casework.exemplars.steps import ABSTAINED, AGAINST, BODY, CLEARED, COMMENT, EXEMPLAR, EXEMPLARS, FOR, HEADING
from lib.casework.exemplars.working import compile_edition, nominate, publish, redact
from lib.casework.objects import KINDS
from lib.casework.record import number_of
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.casework.store.schema import event, warning
from lib.warehouse.store import Warehouse

# How many days ago each was nominated, how far it came (steps), whether it is one for good: of reviews, of warnings.
_OF_REVIEWS = (
    (330, 4, True), (310, 4, True), (290, 4, False), (260, 3, False), (90, 4, True), (40, 2, False), (15, 0, True),
)  # fmt: skip
_OF_WARNINGS = ((270, 4, False), (75, 3, False), (25, 1, False))
# Chosen and nominated before then: in the edition that was put together and came out so many days ago.
_EDITED, _COMPILED, _OUT = 200, 192, 182
_OF_WARNING = "预警核查发现的程序问题"
_REVIEWS = """
select review_id, illegal_fact, item_name, coalesce(penalty_case.area_code, org.area_code) as area_code,
    org.domain_code
from case_review
inner join penalty_case using (case_id)
inner join org using (org_id)
left join power_item using (item_code)
where illegal_fact is not null and org.domain_code is not null and review_date < $before
    and (exemplar_type = '正面' or grade_type in ('合格', '不合格') and issue_text is not null)
order by (exemplar_type = '正面') is not true, md5(review_id)
"""
_FACT = """
select illegal_fact, item_name from penalty_case left join power_item using (item_code) where case_id = $case_id
"""


class _One(NamedTuple):
    """What one exemplar is, and how far it comes."""

    key: str
    ago: int
    steps: int
    polarity: str
    place: Place
    title: str
    source: Callable[[Register, datetime], tuple[str, str]]


def exemplars(warehouse: Warehouse, people: Cast, days: Calendar, seed: int, end: datetime) -> list[Timed]:
    """Every step of every exemplar and of the edition; the same seed gives the same."""
    found = list(_chosen(warehouse, end))
    steps: list[Timed] = []
    for one in found:
        steps += _one(warehouse, one, people, days, seed, end)
    edited = [number_of("exemplar", f"played-{one.key}-0") for one in found if one.ago > _EDITED and one.steps == 4]
    return [*steps, *_edition(warehouse, edited, people, end)] if edited else steps


def _chosen(warehouse: Warehouse, end: datetime) -> list[_One]:
    rows = warehouse.query(_REVIEWS, {"before": (end - timedelta(days=340)).date()})
    good, bad = rows.iloc[:0], rows
    if len(rows):
        good, bad = rows.head(len(rows) // 2), rows.tail(len(rows) - len(rows) // 2)
    taken = {True: 0, False: 0}
    found = []
    for ago, steps, is_good in _OF_REVIEWS:
        among = good if is_good else bad
        if taken[is_good] >= len(among):
            continue
        row = among.iloc[taken[is_good]]
        taken[is_good] += 1
        place = Place(row["area_code"], row["domain_code"])
        title = f"{_matter(row['item_name'])}案"
        source = _review(str(row["review_id"]))
        found.append(_One(f"exemplar-{ago}", ago, steps, GOOD if is_good else BAD, place, title, source))
    for turn, (ago, steps, is_good) in enumerate(_OF_WARNINGS):
        polarity = GOOD if is_good else BAD
        # A city too small for reviews to fall back on has none of these.
        if len(bad) - taken[False] <= turn:
            break
        other = str(bad.iloc[-1 - turn]["review_id"])
        found.append(
            _One(f"exemplar-{ago}", ago, steps, polarity, Place(None, None), _OF_WARNING, _warning(turn, other))
        )
    return found


def _matter(item: object) -> str:
    return "执法" if pd.isna(item) else str(item).removeprefix("对").removesuffix("的行政处罚")  # type: ignore[call-overload]


def _review(review_id: str) -> Callable[[Register, datetime], tuple[str, str]]:
    return lambda _register, _moment: (REVIEW, review_id)


def _warning(turn: int, other: str) -> Callable[[Register, datetime], tuple[str, str]]:
    """A warning about a case that had been closed by then; the review where there is none."""

    def found(register: Register, moment: datetime) -> tuple[str, str]:
        closed = (
            select(event.c.object_id)
            .join(warning, warning.c.warning_id == event.c.object_id)
            .where(event.c.object_type == "warning", event.c.action == "close", event.c.at < moment)
            .where(warning.c.subject_type == "penalty_case")
            .order_by(event.c.seq)
            .offset(turn * 3)
            .limit(1)
        )
        with register.read() as connection:
            row = connection.execute(closed).first()
        return (REVIEW, other) if row is None else ("warning", str(row[0]))

    return found


def _one(warehouse: Warehouse, one: _One, people: Cast, days: Calendar, seed: int, end: datetime) -> list[Timed]:
    chance, words = Random(f"{seed}|{one.key}"), texts()["exemplars"]
    exemplar_id = number_of("exemplar", f"played-{one.key}-0")
    story = Story(EXEMPLAR, exemplar_id, one.place, end - timedelta(days=one.ago), days, chance)
    writer, judge, chair = people.office[0], people.office[1], people.office[2]
    at = story.on_workday(1)
    first = Timed(at, one.key, 0, one.place, _nominating(warehouse, one, writer, words))
    story.now = at
    if one.steps >= 1:
        written = story.on_workday(chance.randint(3, 8), story.now)
        story.now = written
        story.steps.append(Timed(written, exemplar_id, 1, one.place, _redacting(warehouse, one, writer, words)))
    if one.steps >= 2:
        jury, said = chance.choice(words["juries"]), chance.choice(words["opinions"])
        story.add(story.on_workday(chance.randint(3, 9), story.now), judge, "review", said, jury=jury)
    if one.steps >= 3:
        passed = one.steps == 4
        votes: dict[str, Any] = {FOR: 6 if passed else 2, AGAINST: 0 if passed else 4, ABSTAINED: 1}
        story.add(story.on_workday(chance.randint(3, 9), story.now), chair, "vote", **votes)
    return [first, *story.steps]


def _nominating(warehouse: Warehouse, one: _One, person: Viewer, words: dict) -> Callable[..., Outcome]:
    def play(register: Register, submission_id: str, moment: datetime) -> Outcome:
        origin, source_id = one.source(register, moment)
        given = {"title": one.title, "polarity": one.polarity}
        sent = Submission(submission_id, moment, text=words["reasons"][one.polarity], payload=given)
        return nominate(register, warehouse, person, sent, origin, source_id)

    return play


def _redacting(warehouse: Warehouse, one: _One, person: Viewer, words: dict) -> Callable[..., Outcome]:
    def play(register: Register, submission_id: str, moment: datetime) -> Outcome:
        exemplar_id = number_of("exemplar", f"played-{one.key}-0")
        with register.read() as connection:
            row = KINDS["exemplar"].row(connection, exemplar_id)
            assert row is not None
            known = known_of(connection, warehouse, dict(row._mapping))
        found = warehouse.query(_FACT, {"case_id": row.case_id}).to_dict("records")
        case = found[0] if found else {"illegal_fact": None, "item_name": None}
        fact = "" if pd.isna(case["illegal_fact"]) else f"【基本案情】{case['illegal_fact']}。"
        told = {
            HEADING: f"某执法单位办理的{_matter(case['item_name'])}案",
            BODY: f"{fact}\n【办理情况】{words['facts'][one.polarity]}",
            COMMENT: words["comments"][one.polarity],
        }
        given = {name: redacted(text, known) for name, text in told.items()}
        sent = Submission(submission_id, moment, payload={**given, CLEARED: []})
        return redact(register, warehouse, person, exemplar_id, sent)

    return play


def _edition(warehouse: Warehouse, edited: list[str], people: Cast, end: datetime) -> list[Timed]:
    words, place = texts()["exemplars"], Place(None, None)
    edition_id = number_of("edition", "played-edition-0")

    def compiling(register: Register, submission_id: str, moment: datetime) -> Outcome:
        given = {"title": words["edition"], EXEMPLARS: edited}
        sent = Submission(submission_id, moment, text=words["preface"], payload=given)
        return compile_edition(register, people.office[0], sent)

    def publishing(register: Register, submission_id: str, moment: datetime) -> Outcome:
        sent = Submission(submission_id, moment, text=words["approved"])
        return publish(register, warehouse, LEADER, edition_id, sent)

    return [
        Timed((end - timedelta(days=_COMPILED)).replace(hour=10), "edition", 0, place, compiling),
        Timed((end - timedelta(days=_OUT)).replace(hour=15), "edition", 1, place, publishing),
    ]
