"""Saved views of the workbench: what somebody filters by again and again, under a name, one's own or for everybody.

A view is the address of the workbench, nothing else: whoever opens one sees what the filters leave of their own scope.
"""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, insert, or_, select

from lib.access import Viewer, under
from lib.casework.store.register import Register
from lib.casework.store.schema import saved_view
from lib.errors import UserError

_LONGEST, _MOST = 20, 12


class View(NamedTuple):
    """A saved view: `query` are the parameters of the address, `person_name` whose it is, `own`: the reader's."""

    view_id: str
    name: str
    query: dict[str, list[str]]
    shared: bool
    person_name: str
    own: bool


@under("view", "warning")
def views(register: Register, viewer: Viewer) -> list[View]:
    """The viewer's own views and those that others share, by name, one's own first."""
    table = saved_view.c
    visible = or_(table.person_id == viewer.person_id, table.shared)
    with register.read() as connection:
        rows = connection.execute(select(saved_view).where(visible).order_by(table.name, table.view_id)).all()
    found = [
        View(
            row.view_id, row.name, json.loads(row.query), row.shared, row.person_name, row.person_id == viewer.person_id
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: not one.own)


@under("view", "warning")
def save_view(
    register: Register, viewer: Viewer, name: str, query: Mapping[str, list[str]], shared: bool, at: datetime
) -> str:
    """Keep a view under a name; one's own of the same name is replaced. Returns its number.

    Raises UserError for a name that is missing, too long or not one's first dozen.
    """
    called = " ".join(name.split())
    if not called or len(called) > _LONGEST:
        raise UserError(f"请给视图起一个 1 至 {_LONGEST} 个字的名称。", "")
    table = saved_view.c
    own = table.person_id == viewer.person_id
    with register.transaction() as tx:
        tx.require_standing(viewer)
        tx.connection.execute(delete(saved_view).where(own, table.name == called))
        if len(tx.connection.execute(select(table.view_id).where(own)).all()) >= _MOST:
            raise UserError(f"一个人至多保存 {_MOST} 个视图。", "请先删除不用的视图。")
        number = uuid.uuid4().hex
        tx.connection.execute(
            insert(saved_view).values(
                view_id=number,
                person_id=viewer.person_id,
                person_name=viewer.name,
                name=called,
                query=json.dumps(dict(query), ensure_ascii=False, sort_keys=True),
                shared=shared,
                at=at,
            )
        )
    return number


@under("view", "warning")
def drop_view(register: Register, viewer: Viewer, view_id: str) -> None:
    """Delete one of the viewer's own views; anybody else's stays."""
    with register.transaction() as tx:
        tx.require_standing(viewer)
        own = (saved_view.c.view_id == view_id) & (saved_view.c.person_id == viewer.person_id)
        tx.connection.execute(delete(saved_view).where(own))
