"""Files that belong to a record: kept in the store, sealed through their sha256 in the event."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import Connection, insert, select

from lib.access import OBJECT, NotVisible, Viewer, under
from lib.access.scope import of_unit
from lib.casework.objects import KINDS
from lib.casework.sight import require_object
from lib.casework.steps import Upload
from lib.casework.store.register import Register
from lib.casework.store.schema import attachment, event
from lib.casework.store.transaction import Transaction
from lib.errors import UserError
from lib.text import seen

MAX_MB = 10

_TOLD = ("attachment_id", "name", "size", "sha256", "person_id", "at")


def store(
    tx: Transaction, viewer: Viewer, object_type: str, object_id: str, upload: Upload, at: datetime
) -> dict[str, Any]:
    """Keep a file and return what its event says about it: id, name, size, sha256, whose it is and since when.

    The same file on the same object is kept once. Raises UserError for an empty, nameless or too large file.
    """
    if isinstance(upload, str):
        return _kept(tx, object_type, object_id, upload)
    name, content = _name(upload[0]), upload[1]
    wrong = fault(name, content)
    if wrong is not None:
        raise wrong
    digest = hashlib.sha256(content).hexdigest()
    attachment_id = "A" + hashlib.sha256(f"{object_type}|{object_id}|{name}|{digest}".encode()).hexdigest()[:20]
    known = _row(tx, object_type, object_id, attachment_id)
    if known is not None:
        return known
    about = {
        "attachment_id": attachment_id,
        "name": name,
        "size": len(content),
        "sha256": digest,
        "person_id": viewer.person_id,
        "at": at.isoformat(),
    }
    tx.connection.execute(
        insert(attachment).values(**{**about, "at": at}, object_type=object_type, object_id=object_id, content=content)
    )
    return about


def store_all(
    tx: Transaction, viewer: Viewer, object_type: str, object_id: str, uploads: Mapping[str, Upload], at: datetime
) -> dict[str, dict[str, Any]]:
    """Keep several files; what `store` returns of each, by the name of its field."""
    return {name: store(tx, viewer, object_type, object_id, upload, at) for name, upload in uploads.items()}


def told_of(payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What an event's payload says about the files that came with it."""
    return [held for held in payload.values() if isinstance(held, dict) and "attachment_id" in held]


def fault(name: str, content: bytes) -> UserError | None:
    """Why a file is not kept, None when it is."""
    if not name or not content:
        return UserError("附件是空的，请重新选择文件。")
    if len(content) > MAX_MB * 1024 * 1024:
        return UserError(f"附件「{name}」超过 {MAX_MB} MB，请压缩或拆分后再上传。")
    return None


def _name(given: str) -> str:
    """A file's own name in at most 200 characters, without a folder; its ending stays what it is read as."""
    path = PurePosixPath(seen(given.replace("\\", "/")))
    return f"{path.stem[: 200 - len(path.suffix[:20])]}{path.suffix[:20]}"


def _row(tx: Transaction, object_type: str, object_id: str, attachment_id: str) -> dict[str, Any] | None:
    row = tx.connection.execute(
        select(*(attachment.c[name] for name in _TOLD)).where(
            attachment.c.attachment_id == attachment_id,
            attachment.c.object_type == object_type,
            attachment.c.object_id == object_id,
        )
    ).one_or_none()
    return None if row is None else {**row._mapping, "at": row.at.isoformat()}


def _kept(tx: Transaction, object_type: str, object_id: str, attachment_id: str) -> dict[str, Any]:
    row = _row(tx, object_type, object_id, attachment_id)
    if row is None:
        raise UserError("找不到这个附件。", "请重新上传文件。")
    return row


def _of_unit(connection: Connection, object_type: str, object_id: str) -> set[str]:
    """The files of an object that came with events meant for its unit."""
    own = select(event.c.action, event.c.payload).where(
        event.c.object_type == object_type, event.c.object_id == object_id
    )
    rows = connection.execute(own.order_by(event.c.seq)).all()
    shown = KINDS[object_type].to_unit(row.action for row in rows)
    files = [told_of(json.loads(row.payload)) for row, one in zip(rows, shown, strict=True) if one]
    return {str(held["attachment_id"]) for each in files for held in each}


@under("view", OBJECT)
def read(register: Register, viewer: Viewer, object_type: str, object_id: str, attachment_id: str) -> tuple[str, bytes]:
    """(name, content) of a file of a visible object. Raises NotVisible otherwise."""
    with register.read() as connection:
        require_object(connection, viewer, object_type, object_id)
        if of_unit(viewer) and attachment_id not in _of_unit(connection, object_type, object_id):
            raise NotVisible()
        row = connection.execute(
            select(attachment.c.name, attachment.c.content).where(
                attachment.c.attachment_id == attachment_id,
                attachment.c.object_type == object_type,
                attachment.c.object_id == object_id,
            )
        ).one_or_none()
    if row is None:
        raise NotVisible()
    return row.name, bytes(row.content)
