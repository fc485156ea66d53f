"""The grid loop of the synthetic city: dispatches that two people checked on site, most of them in Puyuan."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from lib.access import Viewer
from lib.casework.deadlines import Calendar
from lib.casework.demo.people import Cast, Place
from lib.casework.demo.stories import LIVE_DAYS, Story, Timed, texts
from lib.casework.grid.sending import send_out
from lib.casework.grid.states import (
    BOTH,
    FALSE_CLOSE,
    NOT_FOUND,
    REOPENED,
    SENT,
    SOLVED,
    TRUE,
    UNSOLVABLE,
    UNSOLVED,
    UNTRUE,
)
from lib.casework.grid.steps import GRID_CHECK, limit
from lib.casework.record import number_of
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.warehouse.store import Warehouse

PUYUAN = "330483101"
# Checks in Puyuan and elsewhere: of dispatches that look odd, and of others.
_HERE, _ELSEWHERE = (9, 6), (8, 3)
# The newest in Puyuan is still to be checked at the city's date; the newest of before that has been opened again.
_SETTLED = timedelta(days=26)
# The odd: found untrue by the platform, closed at once or late.
_DRAWN = """
with finished as (
    select
        dispatch_id,
        to_org_id as org_id,
        officer_id,
        grid_dispatch.area_code,
        org.domain_code,
        finished_at,
        verify_result,
        coalesce(
            verify_result in ('不属实', '虚假办结')
            or finished_at < assigned_at + interval 5 minute
            or finished_at > due_at,
            false
        ) as is_odd,
        coalesce(verify_result = '虚假办结' or finished_at < assigned_at + interval 5 minute, false) as is_sign
    from grid_dispatch
    left join org on org.org_id = to_org_id
    where finished_at > $since and finished_at < $until and (grid_dispatch.area_code = $town) = $here
),

drawn as (
    select
        *,
        row_number() over (
            partition by is_odd order by is_sign desc, md5(dispatch_id || '|' || $seed)
        ) as place,
        $here
            and row_number() over (partition by finished_at < $settled order by finished_at desc, dispatch_id) = 1
            as is_newest
    from finished
),

final as (
    select * exclude (place)
    from drawn
    where is_newest or place <= case when is_odd then $odd else $others end
    order by finished_at, dispatch_id
)

select * from final
"""


def checks(warehouse: Warehouse, people: Cast, days: Calendar, seed: int, end: datetime) -> list[Timed]:
    """Every step of every field check up to the city's date, with its photo; the same seed gives the same."""
    steps: list[Timed] = []
    for here, (odd, others) in ((True, _HERE), (False, _ELSEWHERE)):
        settled = end - _SETTLED
        bound = {"town": PUYUAN, "here": here, "odd": odd, "others": others, "seed": str(seed), "settled": settled}
        span = {"since": end - timedelta(days=365), "until": end - timedelta(days=3)}
        found = warehouse.query(_DRAWN, bound | span)
        rows = found.astype("object").where(found.notna(), None).to_dict("records")
        for row in rows:
            left = (REOPENED if row["finished_at"] < settled else SENT) if row["is_newest"] else ""
            steps += _one(warehouse, row, left, people, days, seed, end)
    return [step for step in steps if step.at < end]


def _one(
    warehouse: Warehouse, row: dict, left: str, people: Cast, days: Calendar, seed: int, end: datetime
) -> list[Timed]:
    """The steps of one check; `left`: where the story stops whatever chance says."""
    chance = Random(f"{seed}|check|{row['dispatch_id']}")
    place = Place(row["area_code"], row["domain_code"])
    checker, closer = people.handler(place, "M16", chance), people.proposer(place, chance)
    if closer == checker:
        closer = people.office[1]
    label = f"check-{row['dispatch_id']}"
    finished = row["finished_at"].to_pydatetime()
    story = Story(GRID_CHECK, number_of("grid_check", f"played-{label}-0"), place, finished, days, chance)
    at = story.on_workday(chance.randint(1, 4))
    first = Timed(at, label, 0, place, _sending(warehouse, row["dispatch_id"], checker, closer, chance))
    story.now, live = at, finished > end - timedelta(days=LIVE_DAYS)
    left = left if live else ""
    if left == SENT or (live and not left and chance.random() < 0.3):
        return [first]
    told = texts()["checks"]
    finding, result = (FALSE_CLOSE, UNSOLVED) if left == REOPENED else _found(row, chance)
    _checked(story, checker, finding, result, chance)
    liaison = people.liaisons.get(str(row["org_id"]))
    if result == UNSOLVED:
        reason = "照片或记录不实" if finding == FALSE_CLOSE else "现场仍未解决"
        asked = chance.choice(told["reopened"])
        story.add(story.on_workday(1, story.now), closer, "reopen", asked, reason=reason)
        if left == REOPENED or (live and chance.random() < 0.5):
            return [first, *story.steps]
        if liaison is not None:
            redone = chance.choice(told["redone"])
            story.add(story.on_workday(chance.randint(1, 3), story.now), liaison, "redo", redone)
        _checked(story, checker, TRUE, SOLVED, chance)
    story.add(story.on_workday(chance.randint(1, 3), story.now), closer, "close", "情况清楚，予以办结。")
    return [first, *story.steps]


def _found(row: dict, chance: Random) -> tuple[str, str]:
    """What the two find: bad where the platform found so, mostly where it was closed at once, seldom elsewhere."""
    if row["verify_result"] == FALSE_CLOSE:
        return FALSE_CLOSE, UNSOLVED
    if row["verify_result"] == UNTRUE:
        return chance.choice((UNTRUE, FALSE_CLOSE)), UNSOLVED
    if chance.random() < (0.8 if row["is_sign"] else 0.4 if row["is_odd"] else 0.12):
        return chance.choice(((UNTRUE, UNSOLVED), (FALSE_CLOSE, UNSOLVED), (UNTRUE, NOT_FOUND)))
    return TRUE, chance.choice((SOLVED, SOLVED, SOLVED, UNSOLVABLE))


def _checked(story: Story, person: Viewer, finding: str, result: str, chance: Random) -> None:
    """File and site seen by two, and what they found fed back."""
    told = texts()["checks"]
    given = {"seen": list(BOTH), "finding": finding, "end": result}
    at = story.on_workday(max(1, round(limit("check") * chance.uniform(0.2, 0.9))), story.now)
    # In place of a photo: there is none of an invented street.
    photo = b"\xff\xd8\xff\xe0" + story.object_id.encode() + b"\xff\xd9"
    seen = chance.choice(told["seen"][finding])
    story.add(at, person, "check", seen, attachment=("现场照片.jpg", photo), **given)
    story.add(story.on_workday(1, story.now), person, "feed_back", chance.choice(told["feedback"]))


def _sending(
    warehouse: Warehouse, dispatch_id: str, checker: Viewer, other: Viewer, chance: Random
) -> Callable[[Register, str, datetime], Outcome]:
    asked = chance.choice(texts()["checks"]["sent"])

    def take(register: Register, submission_id: str, moment: datetime) -> Outcome:
        given = {"checker": checker.name, "companion": other.name}
        sent = Submission(submission_id, moment, text=asked, payload=given)
        return send_out(register, checker, warehouse, sent, dispatch_id)

    return take
