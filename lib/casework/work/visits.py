"""When a person was last at their work, so that what came since can be told."""

from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from lib.access import Viewer, under
from lib.casework.deadlines import settings
from lib.casework.store.register import Register
from lib.casework.store.schema import work_visit

# So often a visit that goes on is noted.
_NOTED = timedelta(minutes=5)
# What is new to whoever comes for the first time.
_FIRST = timedelta(days=1)


@under("view", "work")
def visit_since(register: Register, viewer: Viewer, at: datetime, wall: datetime) -> datetime:
    """Note that the viewer is at their work; what happened after the moment returned is new to them.

    A visit goes on while the person comes back within `away_hours` of data/deadlines.yaml and on the same day, both by
    the clock on the `wall`: a synthetic city's day (`at`) never moves on. What is returned is by the city's clock, a
    visit of the day before on the city's day before.
    """
    own = work_visit.c.person_id == viewer.person_id
    with register.read() as connection:
        held = connection.execute(select(work_visit.c.at, work_visit.c.since).where(own)).one_or_none()
    if held is None:
        since = at - _FIRST
    elif held.at.date() != wall.date() or wall - held.at > timedelta(hours=settings()["work"]["away_hours"]):
        since = held.at + (at.date() - wall.date())
    else:
        since = held.since
        if held.at <= wall < held.at + _NOTED:
            return since
    with register.transaction() as tx:
        tx.require_standing(viewer)
        told = {"at": wall, "since": since}
        if tx.connection.execute(update(work_visit).where(own).values(**told)).rowcount == 0:
            tx.connection.execute(insert(work_visit).values(person_id=viewer.person_id, **told))
    return since
