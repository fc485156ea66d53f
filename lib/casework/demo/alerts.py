"""What another platform files about the unit whose liaison the demonstration has: a few alerts, each with its prompt at
another stage, so that the unit finds something to answer, something late and something returned."""

from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple

import pandas as pd
from sqlalchemy import Row

from lib.access import Viewer
from lib.casework.deadlines import Calendar
from lib.casework.demo.people import Cast, Place
from lib.casework.demo.stories import Story, Timed, texts
from lib.casework.prompts.steps import PROMPT
from lib.casework.warnings.platforms import PLATFORMS, candidates
from lib.casework.warnings.steps import WARNING
from lib.rules import warning_id
from lib.warehouse.store import Warehouse

UNIT = "O0134"
PLATFORM = PLATFORMS["四平台"]


class Filed(NamedTuple):
    """An alert: days before the city's date, colour, what about, and the steps of its prompt as (action, workdays after
    it was sent)."""

    days: int
    colour: str
    matter: str
    course: tuple[tuple[str, int], ...]


FILED = (
    Filed(46, "黄", "占道经营处置后一小时内再次上报", (("reply", 2), ("accept", 4), ("close", 6))),
    Filed(25, "橙", "两次办结上传同一张照片", (("reply", 2), ("send_back", 12))),
    Filed(24, "黄", "派单三日未签收", ()),
    Filed(16, "黄", "流动摊贩聚集点一周内重复上报", (("reply", 6),)),
    Filed(7, "黄", "渣土车遗撒事件未在时限内到场", ()),
)


def _number(one: Filed, end: date) -> str:
    return f"YSPY{end - timedelta(days=one.days):%Y%m%d}"


def filed(warehouse: Warehouse, since: date, until: date) -> pd.DataFrame:
    """The alerts filed after one day and up to another, as `platforms.take_in` takes them; none without the unit."""
    end = warehouse.as_of
    unit = warehouse.query("select org_id, area_code, domain_code from org where org_id = $id", {"id": UNIT})
    rows = [
        {
            "subject_id": _number(one, end), "officer_id": None, "occurred_on": end - timedelta(days=one.days),
            "colour": one.colour, "matter": one.matter, **unit.iloc[0].to_dict(),
        }
        for one in FILED
        if len(unit) and since < end - timedelta(days=one.days) <= until
    ]  # fmt: skip
    names = ["subject_id", "officer_id", "org_id", "area_code", "domain_code", "occurred_on", "colour", "matter"]
    return candidates(PLATFORM, pd.DataFrame(rows, columns=names))


def of_warning(warehouse: Warehouse, number: str) -> Filed | None:
    """The alert that a warning is of."""
    keys = {warning_id(PLATFORM.id, PLATFORM.subject_type, _number(one, warehouse.as_of), ""): one for one in FILED}
    return keys.get(number)


def alert_story(row: Row, one: Filed, *, people: Cast, days: Calendar, seed: int) -> list[Timed]:
    """Signed, taken up and sent to the unit the next workday."""
    chance = Random(f"{seed}|{row.warning_id}")
    place = Place(row.area_code, row.domain_code)
    story = Story(WARNING, row.warning_id, place, row.first_seen_at, days, chance)
    handler = people.handler(place, row.rule_id, chance)
    story.add(story.on_workday(1), handler, "sign")
    story.add(story.now, handler, "start")
    asked = f"关于{one.matter}（{row.subject_id}）：{chance.choice(texts()['prompts'])}"
    story.add(story.now, handler, "prompt", text=asked)
    return story.steps


def reply_story(
    sent: Row, one: Filed, *, sender: Viewer, sent_at: datetime, people: Cast, days: Calendar, seed: int
) -> list[Timed]:
    """The steps of the alert's prompt."""
    chance, written = Random(f"{seed}|{sent.prompt_id}"), texts()["replies"]
    story = Story(PROMPT, sent.prompt_id, Place(sent.area_code, sent.domain_code), sent_at, days, chance)
    for action, after in one.course:
        at = story.on_workday(after)
        if action == "reply":
            text, measures = written["found"]["部分属实"][0], written["measures"][0]
            given = {"found": "部分属实", "verified": written["verified"][:2], "measures": measures}
            story.add(at, people.liaisons[UNIT], action, text=text, **given)
        else:
            story.add(at, sender, action, text=written["returned"][1] if action == "send_back" else "")
    return story.steps
