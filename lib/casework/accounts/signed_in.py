"""Who is signed in on which browser with a password: for a working day, ended by whoever leaves or is let in no more.
A screen on a wall stays signed in, since nobody is there in the morning; it shows nothing else.

A browser holds a random token, the store its digest, sealed with a secret that lies beside the store: who can write to
the store alone signs nobody in, who can read it learns no token.
"""

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, Row, and_, delete, insert, or_, select, update

from lib.access import Viewer
from lib.access.policy import policy
from lib.casework import audit
from lib.casework.store.entered import entered
from lib.casework.store.register import Register
from lib.casework.store.schema import person
from lib.casework.store.schema import signed_in as table

# A working day with its meetings; nobody stays signed in overnight, nor on a screen left alone for half a day.
LONGEST = timedelta(hours=12)
IDLE = timedelta(hours=4)
# A screen on a wall; no browser keeps a cookie for much longer.
WALL_LONGEST = timedelta(days=366)
# Seen is written down no more often than this.
_GLANCE = timedelta(minutes=1)


class Held(NamedTuple):
    """What a token is worth: the person, or None and, where that is known, why no more."""

    viewer: Viewer | None
    why: str = ""


def secret(home: Path) -> bytes:
    """The secret of this home, made at its first use, for the owner's eyes only."""
    path = home / "sign_in.key"
    if not path.exists():
        made = home / f"sign_in.key.{secrets.token_hex(8)}"
        with open(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
        # Whoever is first is first: the file is never seen half written, nor replaced.
        with suppress(FileExistsError):
            os.link(made, path)
        made.unlink()
    path.chmod(0o600)
    return path.read_bytes()


def begin(register: Register, key: bytes, person_id: str, at: datetime) -> str:
    """Sign a person in on one more browser; the token it is to hold. `key` is the home's `secret`."""
    token = secrets.token_urlsafe(32)
    row = {
        "browser": _digest(token),
        "person_id": person_id,
        "since": at,
        "seen": at,
        "seal": _seal(key, token, person_id, at),
    }
    walls = select(person.c.person_id).where(
        person.c.role.in_([code for code, role in policy().roles.items() if role.wall])
    )
    with register.transaction() as tx:
        over = or_(table.c.since < at - LONGEST, table.c.seen < at - IDLE)
        stale = or_(and_(table.c.person_id.not_in(walls), over), table.c.since < at - WALL_LONGEST)
        tx.connection.execute(delete(table).where(stale))
        tx.connection.execute(insert(table).values(**row))
    return token


def longest(viewer: Viewer) -> timedelta:
    """How long a sign-in of this person holds."""
    return WALL_LONGEST if policy().roles[viewer.role].wall else LONGEST


def held(register: Register, key: bytes, token: str, at: datetime, attended: bool = True) -> Held:
    """Whom a token signs in at this moment; looking at it keeps it from falling idle, unless it looks by itself."""
    with register.read() as connection:
        row = connection.execute(select(table).where(table.c.browser == _digest(token))).one_or_none()
        viewer = None if row is None else entered(connection, row.person_id)
    if row is None or viewer is None or not hmac.compare_digest(row.seal, _seal(key, token, row.person_id, row.since)):
        return Held(None)
    if why := _over(row, viewer, at):
        if end(register, token):
            audit.log(register, viewer, "sign_out", "session", at=at, reason=why)
        return Held(None, why)
    if attended:
        _seen(register, row, at)
    return Held(viewer)


def whose(register: Register, key: bytes, token: str, at: datetime) -> str:
    """The account that a token stands for at this moment, entered or not; empty for none, or no longer.

    Looking at it keeps it from falling idle.
    """
    with register.read() as connection:
        row = connection.execute(select(table).where(table.c.browser == _digest(token))).one_or_none()
    if row is None or not hmac.compare_digest(row.seal, _seal(key, token, row.person_id, row.since)):
        return ""
    if _over(row, None, at):  # of no wall
        return ""
    _seen(register, row, at)
    return str(row.person_id)


def _seen(register: Register, row: Row, at: datetime) -> None:
    if at - row.seen > _GLANCE:
        with register.transaction() as tx:
            tx.connection.execute(update(table).where(table.c.browser == row.browser).values(seen=at))


def _over(row: Row, viewer: Viewer | None, at: datetime) -> str:
    if viewer is not None and policy().roles[viewer.role].wall:
        return "登录已满一年" if at - row.since > WALL_LONGEST else ""
    if at - row.since > LONGEST:
        return f"登录已满 {LONGEST // timedelta(hours=1)} 小时"
    return "长时间没有操作" if at - row.seen > IDLE else ""


def end(register: Register, token: str) -> bool:
    """Sign out the browser with this token, in all its windows; whether it still was signed in."""
    with register.transaction() as tx:
        return bool(tx.connection.execute(delete(table).where(table.c.browser == _digest(token))).rowcount)


def end_all(connection: Connection, person_id: str) -> None:
    """A person is signed out everywhere, within the transaction that took the right away."""
    connection.execute(delete(table).where(table.c.person_id == person_id))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _seal(key: bytes, token: str, person_id: str, since: datetime) -> str:
    return hmac.new(key, f"{token}\n{person_id}\n{since.isoformat()}".encode(), hashlib.sha256).hexdigest()
