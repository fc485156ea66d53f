"""What is sent of a message: that there is something to do, its number, its due day and a link. Nothing else.

What was written to a unit stays in the product: whoever reads a message in passing learns of no person and no case.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

import pandas as pd
from sqlalchemy import Connection, Row, Select, select

from lib.casework.deadlines import Calendar, calendar
from lib.casework.objects import KINDS, Kind
from lib.casework.store.register import Register
from lib.casework.store.schema import event
from lib.warehouse.store import Warehouse

PRODUCT = "执法监督舱"
_EVENT_COLUMNS = [column for column in event.c if column.name not in ("prev_hash", "hash", "submission_id")]


@dataclass(frozen=True)
class Letter:
    """key: the same however often it is sent, so that whoever gets it twice can tell. org_id: the unit it is for."""

    key: str
    org_id: str | None
    title: str
    body: str


class Stand(NamedTuple):
    """The short number that people say (1234号), and until when an object is due; None where there is none."""

    number: str | None
    due_at: datetime | None


def called(object_type: str) -> str:
    """What a unit is told that it has to do."""
    kind = KINDS.get(object_type)
    return "事项" if kind is None else kind.task


def written(key: str, row: Row, stand: Stand, link: str, synthetic: bool) -> Letter:
    """The letter of a row of the outbox. `link`: the address of the app, '' for none."""
    name, mark = called(row.object_type), "【演示】" if synthetic else ""
    lines = [f"您有一条{name}待办，请登录{PRODUCT}查看。", f"编号：{stand.number or row.object_id}"]
    if stand.due_at is not None:
        lines.append(f"办理期限：{stand.due_at:%Y-%m-%d}")
    if link:
        lines.append(_page(link, KINDS.get(row.object_type), row.object_id))
    return Letter(key, row.to_org_id, f"{mark}{PRODUCT}：{name}待办", mark + "\n".join(lines))


def _page(link: str, kind: Kind | None, object_id: str) -> str:
    if kind is None or kind.page is None:
        return link
    path, parameter = kind.page
    return f"{link}/{path}?{urlencode({parameter: object_id})}"


def compose(register: Register, warehouse: Warehouse, row: Row, key: str, link: str) -> Letter:
    """The letter of a row of the outbox as it is sent now: due as the object is due now."""
    with register.read() as connection:
        stand = standing(connection, calendar(warehouse), row.object_type, row.object_id)
    return written(key, row, stand, link, warehouse.synthetic)


def standing(connection: Connection, days: Calendar, object_type: str, object_id: str) -> Stand:
    """Number and due time of one object, from its own row and events."""
    kind = KINDS.get(object_type)
    table = None if kind is None else _frame(connection, select(kind.table).where(kind.table.c[kind.key] == object_id))
    if kind is None or table is None or table.empty:
        return Stand(None, None)
    own = select(*_EVENT_COLUMNS).where(event.c.object_type == object_type, event.c.object_id == object_id)
    events = _frame(connection, own.order_by(event.c.seq))
    events = events.astype({name: "str" for name in events if name not in ("seq", "at")})
    [stand] = kind.stand(table, events.assign(at=pd.to_datetime(events["at"])), days).to_dict("records")
    number, due = stand.get("number"), stand.get("due_at")
    return Stand(None if pd.isna(number) else str(number), None if pd.isna(due) else pd.Timestamp(due).to_pydatetime())


def _frame(connection: Connection, statement: Select) -> pd.DataFrame:
    result = connection.execute(statement)
    return pd.DataFrame(map(tuple, result), columns=list(result.keys()))
