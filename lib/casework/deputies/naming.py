"""Naming one's deputy, and who can be named."""

from datetime import datetime

import pandas as pd
from sqlalchemy import or_, select

from lib.access import Viewer, under
from lib.access.scope import sees_area
from lib.casework.accounts.colleagues import colleague, colleagues
from lib.casework.deputies.steps import DEPUTY, standing_in_for
from lib.casework.objects import KINDS
from lib.casework.record import enter
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.casework.store.schema import deputy, event
from lib.errors import UserError


def _can(viewer: Viewer, other: Viewer) -> bool:
    inside = viewer.area_code is None or (other.area_code is not None and sees_area(viewer, other.area_code))
    return other.person_id != viewer.person_id and other.may("record", "deputy") and inside


@under("record", "deputy")
def possible_deputies(register: Register, viewer: Viewer) -> dict[str, str]:
    """Name and role by account of those a viewer can name, those of the same role and domains first."""
    with register.read() as connection:
        found = [one for one in colleagues(connection).values() if _can(viewer, one)]
    near = viewer.role_name, viewer.domains
    nearest = sorted(found, key=lambda one: ((one.role_name, one.domains) != near, one.role, one.person_id))
    return {one.person_id: f"{one.name}（{one.role_name}）" for one in nearest}


@under("record", "deputy")
def name_deputy(register: Register, viewer: Viewer, sent: Submission) -> Outcome:
    """Name a deputy from a day to a day. Raises UserError for somebody who cannot be named and for days that are past
    or in the wrong order."""
    assert DEPUTY.opening is not None
    DEPUTY.opening.require(sent)
    first, last = sent.payload["from_day"], sent.payload["to_day"]
    if last < first or last < sent.at.date():
        raise UserError("代理的起止日期不对。", "止日不早于起日，也不早于今天。")
    with register.read() as connection:
        other = colleague(connection, sent.payload["to_id"])
    if other is None or not _can(viewer, other):
        raise UserError("不能指定这个人为代理人。", "请在名单中选择。")
    values = {"person_id": viewer.person_id, "person_name": viewer.name, "to_name": other.name}
    return enter(register, viewer, KINDS["deputy"], values, sent)


@under("view", "deputy")
def principals(register: Register, viewer: Viewer, at: datetime) -> dict[str, str]:
    """Whose deputy the viewer is at a moment: account and name."""
    with register.read() as connection:
        return standing_in_for(connection, viewer, at)


@under("view", "deputy")
def deputies(register: Register, viewer: Viewer, at: datetime) -> pd.DataFrame:
    """The deputies a viewer has named, and whose deputy the viewer is, today or later and not ended: columns of the
    table and last_seq."""
    ended = select(event.c.object_id).where(event.c.object_type == deputy.name, event.c.action == "end")
    own = or_(deputy.c.person_id == viewer.person_id, deputy.c.to_id == viewer.person_id)
    named = select(event.c.seq).where(event.c.object_type == deputy.name, event.c.object_id == deputy.c.deputy_id)
    query = select(deputy, named.scalar_subquery().label("last_seq")).where(
        own, deputy.c.to_day >= at.date(), deputy.c.deputy_id.not_in(ended)
    )
    with register.read() as connection:
        rows = connection.execute(query.order_by(deputy.c.from_day, deputy.c.deputy_id)).all()
    columns = [*(column.name for column in deputy.c), "last_seq"]
    return pd.DataFrame(map(tuple, rows), columns=columns)
