"""Prompts of the synthetic city: answered by invented liaisons, mostly in time, accepted, returned, gone to see."""

from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from sqlalchemy import Row, select

from lib.access import Viewer
from lib.casework.deadlines import Calendar
from lib.casework.demo.people import Cast, Place
from lib.casework.demo.stories import Story, Timed, texts
from lib.casework.prompts.states import AGREES, FOUND
from lib.casework.prompts.steps import PROMPT, limit, prompt_id, reply_within
from lib.casework.store.chain import Event
from lib.casework.store.schema import prompt
from lib.casework.store.transaction import Transaction
from lib.warehouse.store import Warehouse

# 属实, 部分属实, 不属实, 无法查实: a unit finds less in its own house than an inspector.
_FOUND = (34, 24, 34, 8)
# What a matter is called by its own number, where that is no person's.
_NUMBERS = {
    "penalty_case": ("案件", "select coalesce(doc_no, case_no, case_id) from penalty_case where case_id = $id"),
    "grid_dispatch": ("网格派单", "select dispatch_id from grid_dispatch where dispatch_id = $id"),
    "violation_lead": ("违法线索", "select lead_id from violation_lead where lead_id = $id"),
    "sunshine_record": ("监管记录", "select record_id from sunshine_record where record_id = $id"),
}


class Matter(NamedTuple):
    """What a warning is about."""

    subject_type: str
    subject_id: str


def named(warehouse: Warehouse, matter: Matter) -> str:
    """What to call the matter when writing to a unit (案件 嘉综执罚决字〔2022〕第000123号); empty for a person."""
    word, query = _NUMBERS.get(matter.subject_type, ("", ""))
    if not query:
        return ""
    found = warehouse.query(query, {"id": matter.subject_id})
    return f"{word} {found.iloc[0, 0]}" if len(found) else ""


def sent_by(tx: Transaction, event: Event) -> Row | None:
    """The prompt that an event has sent, None when it has sent none."""
    if event.object_type != "warning" or "asked" not in event.payload:
        return None
    tx.flush()
    return tx.connection.execute(select(prompt).where(prompt.c.prompt_id == prompt_id(event))).one_or_none()


def prompt_story(
    sent: Row, *, sender: Viewer, sent_at: datetime, live: bool, people: Cast, days: Calendar, seed: int
) -> list[Timed]:
    """The steps of one prompt: replied to, mostly in time, then accepted, returned, or gone to see; closed.

    Only a `live` one may be left without a reply, or its reply lying.
    """
    chance = Random(f"{seed}|{sent.prompt_id}")
    liaison = people.liaisons.get(sent.org_id or "")
    if liaison is None:
        return []
    story = Story(PROMPT, sent.prompt_id, Place(sent.area_code, sent.domain_code), sent_at, days, chance)
    written, wanted = texts()["replies"], reply_within(sent.level)
    if live and chance.random() < 0.14:
        return []
    if chance.random() < 0.03:
        story.add(story.on_workday(1), sender, "withdraw", text=chance.choice(written["withdrawn"]))
        return story.steps
    if chance.random() < 0.07:
        story.add(story.on_workday(1), sender, "extend", more=chance.randint(1, 3), text=chance.choice(written["more"]))
        wanted += 2

    def replied(at: datetime) -> None:
        found = chance.choices(FOUND, weights=_FOUND)[0]
        story.add(
            at,
            liaison,
            "reply",
            text=chance.choice(written["found"][found]),
            found=found,
            verified=chance.sample(written["verified"], k=chance.randint(1, 3)),
            measures=chance.choice(written["measures"]) if found in FOUND[:2] else "",
        )

    late = chance.random() < 0.12
    replied(story.on_workday(wanted + chance.randint(1, 3) if late else chance.randint(1, wanted)))
    if live and chance.random() < 0.20:
        return story.steps
    if chance.random() < 0.12:
        story.add(story.on_workday(1, story.now), sender, "send_back", text=chance.choice(written["returned"]))
        if live and chance.random() < 0.5:
            return story.steps
        replied(story.on_workday(chance.randint(1, limit("return")), story.now))
    if chance.random() < 0.15:
        checker, companion = _two(people, sender, chance)
        at = story.on_workday(chance.randint(1, 2), story.now)
        story.add(at, sender, "visit", text="", checker=checker, companion=companion)
        if live and chance.random() < 0.5:
            return story.steps
        at = story.on_workday(chance.randint(1, limit("visit")), story.now)
        agrees = chance.choices(AGREES, weights=(7, 2, 1))[0]
        story.add(
            at, sender, "visited", text=chance.choice(written["seen"][agrees]), visited_on=at.date(), agrees=agrees
        )
    else:
        story.add(story.on_workday(chance.randint(1, limit("accept")), story.now), sender, "accept")
    story.add(max(story.on_workday(chance.randint(1, 4), story.now), story.now + timedelta(hours=1)), sender, "close")
    return story.steps


def _two(people: Cast, sender: Viewer, chance: Random) -> tuple[str, str]:
    """The names of the two who go: not whoever handles the matter, who may be the second."""
    others = [one.name for one in (*people.inspectors, *people.counties) if one != sender]
    return chance.choice(others), sender.name
