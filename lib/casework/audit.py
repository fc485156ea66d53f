"""Who looked at, searched for, exported or unmasked what: sealed like the events (网络安全法 21: kept six months)."""

import json
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import insert, select, update

from lib.access import Forbidden, Viewer, require
from lib.casework.store.chain import by_the_wall, canonical, seal
from lib.casework.store.register import AUDIT_CHAIN, Register
from lib.casework.store.schema import audit_log, chain
from lib.errors import UserError
from lib.warehouse.clock import now

ACTIONS = {
    "view": "查看",
    "search": "查询",
    "export": "导出",
    "take": "下载",
    "reveal": "查看脱敏前信息",
    "sign_in": "登录",
    "sign_in_failed": "登录失败",
    "sign_out": "退出",
    "confirm": "确认",
}
# What the seal of a line covers, in this order.
SEALED = ("seq", "at", "person_id", "person_name", "role", "action", "object_type", "object_id", "reason", "detail")


def unknown(person_id: str) -> Viewer:
    """Whoever gave this account without being let in, as the log names them."""
    return Viewer(person_id[:128], "", "unknown")


def log(
    register: Register,
    viewer: Viewer,
    action: str,
    object_type: str,
    object_id: str = "",
    *,
    at: datetime,
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> int:
    """Write one line and return its number; on disk when this returns, so it comes before what it is about.

    Raises Forbidden when the role may not export or reveal, UserError when a reveal has no reason.
    """
    if action not in ACTIONS:
        raise ValueError(f"unknown audit action: {action}")
    if action in ("export", "reveal"):
        require(viewer, action, object_type)
    if action == "reveal" and not reason.strip():
        raise UserError("查看脱敏前信息须填写理由。", "请写明用途，例如核查的预警编号。")
    with register.transaction() as tx:
        connection = tx.connection
        head = connection.execute(select(chain).where(chain.c.name == AUDIT_CHAIN).with_for_update()).one()
        row = {
            "seq": head.seq + 1,
            "at": at,
            "person_id": viewer.person_id,
            "person_name": viewer.name,
            "role": viewer.role,
            "action": action,
            "object_type": object_type,
            "object_id": object_id,
            "reason": reason.strip(),
            "detail": canonical(by_the_wall(detail or {}, viewer.in_class, now())),
            "prev_hash": head.hash,
        }
        row["hash"] = seal(head.hash, row, SEALED)
        connection.execute(insert(audit_log).values(**row))
        tx.logged = (row["seq"], row["hash"])
        connection.execute(
            update(chain)
            .where(chain.c.name == AUDIT_CHAIN)
            .values(seq=row["seq"], hash=row["hash"], revision=head.revision + 1)
        )
    return row["seq"]


def entries(register: Register, viewer: Viewer, *, limit: int = 2000, person_id: str | None = None) -> pd.DataFrame:
    """The newest lines first: seq, at, person_id, person_name, role, action, object_type, object_id, reason, detail.

    Only 市纪委监督室 and leaders read everybody's; others read their own. Raises Forbidden otherwise.
    """
    if not viewer.may("view", "audit"):
        if person_id not in (None, viewer.person_id):
            raise Forbidden("只能查看本人的操作日志。", "如需他人的日志，请联系市纪委监督室。")
        person_id = viewer.person_id
    columns = [audit_log.c[name] for name in SEALED]
    statement = select(*columns).order_by(audit_log.c.seq.desc()).limit(limit)
    if person_id is not None:
        statement = statement.where(audit_log.c.person_id == person_id)
    with register.read() as connection:
        frame = pd.DataFrame(map(tuple, connection.execute(statement)), columns=list(SEALED))
    return frame.assign(detail=[json.loads(text) for text in frame["detail"]])
