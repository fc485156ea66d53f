"""Signing in with a password on one machine, where no identity provider is: hashed, counted, locked, logged."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from lib.access import Viewer
from lib.casework import audit
from lib.casework.accounts.people import GRANTED, PERSON, giver
from lib.casework.accounts.signed_in import end_all
from lib.casework.store.chain import moment_after
from lib.casework.store.entered import entered
from lib.casework.store.register import Register
from lib.casework.store.schema import credential
from lib.errors import UserError

LEAST = 10
MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
# scrypt as OWASP has it (2^15, 8, 3): 32 MB and about a quarter of a second for each try.
_N, _R, _P, _MEMORY = 2**15, 8, 3, 64 * 1024 * 1024


class SignInRefused(UserError):
    """Account or password wrong, or the account is locked; which of the two is not told."""


def _hashed(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, maxmem=_MEMORY)


def _record(password: str) -> str:
    salt = secrets.token_bytes(16)
    return f"scrypt${_N}${_R}${_P}${salt.hex()}${_hashed(password, salt, _N, _R, _P).hex()}"


def _fits(password: str, record: str) -> bool:
    _, n, r, p, salt, held = record.split("$")
    return hmac.compare_digest(_hashed(password, bytes.fromhex(salt), int(n), int(r), int(p)), bytes.fromhex(held))


# Checked against when there is no such account, so that the answer takes as long.
_NOBODY = f"scrypt${_N}${_R}${_P}${'00' * 16}${'00' * 64}"


def require_strong(person_id: str, password: str) -> None:
    """Raise UserError for a password that is short or easily guessed."""
    if len(password) < LEAST or password.strip() != password or len(set(password)) < 4 or password == person_id:
        raise UserError(f"密码至少 {LEAST} 位，首尾不留空格，不能与账号相同或只用几个字符。", "请另设一个。")


def set_password(register: Register, person_id: str, password: str, at: datetime) -> None:
    """Give an entered person a password, which ends a lock and every sign-in. Its event has a digest of what is stored.

    Raises UserError for a short or guessable one and for an account that is not entered.
    """
    require_strong(person_id, password)
    record = _record(password)
    with register.transaction() as tx:
        if entered(tx.connection, person_id) is None:
            raise UserError(f"没有登记过账号 {person_id}。", "请先登记人员。")
        tx.connection.execute(delete(credential).where(credential.c.person_id == person_id))
        end_all(tx.connection, person_id)
        tx.connection.execute(
            insert(credential).values(person_id=person_id, password=record, failures=0, locked_until=None)
        )
        last = tx.last_event(PERSON, person_id)
        sealed = {"password": hashlib.sha256(record.encode()).hexdigest()}
        at = moment_after(at, last)
        tx.append(giver(), at, PERSON, person_id, "password", GRANTED, GRANTED, "", sealed)


def any_passwords(register: Register) -> bool:
    """Whether anybody may sign in with a password."""
    with register.read() as connection:
        return connection.execute(select(credential.c.person_id).limit(1)).first() is not None


def sign_in(register: Register, person_id: str, password: str, at: datetime) -> Viewer:
    """The person, when the password is right. Raises SignInRefused; both are in the audit log before this returns.

    MOST_FAILURES wrong tries in a row lock the account for LOCKED_FOR, whoever tries, and sign it out everywhere.
    """
    with register.read() as connection:
        held = connection.execute(select(credential).where(credential.c.person_id == person_id)).one_or_none()
    if held is not None and held.locked_until is not None and at < held.locked_until:
        _log_failure(register, person_id, at, "锁定期内")
        raise _locked(held.locked_until)
    fits = _fits(password[:1000], _NOBODY if held is None else held.password)
    with register.transaction() as tx:
        viewer = entered(tx.connection, person_id)
        if held is not None and fits and viewer is not None:
            tx.connection.execute(
                update(credential).where(credential.c.person_id == person_id).values(failures=0, locked_until=None)
            )
            audit.log(register, viewer, "sign_in", "session", at=at, detail={"by": "password"})
            return viewer
        until = _count(tx.connection, person_id, at)
        _log_failure(register, person_id, at, "连续失败，锁定" if until else "账号或密码不对")
    if until is not None:
        raise _locked(until)
    hint = f"连续 {MOST_FAILURES} 次不对将锁定 {_minutes()} 分钟；忘记密码请联系系统管理员。"
    raise SignInRefused("账号或密码不对。", hint)


def _count(connection: Connection, person_id: str, at: datetime) -> datetime | None:
    """One more failure; until when the account is locked by it."""
    own = credential.c.person_id == person_id
    connection.execute(update(credential).where(own).values(failures=credential.c.failures + 1))
    failures = connection.execute(select(credential.c.failures).where(own)).scalar_one_or_none()
    if failures is None or failures < MOST_FAILURES:
        return None
    connection.execute(update(credential).where(own).values(failures=0, locked_until=at + LOCKED_FOR))
    end_all(connection, person_id)
    return at + LOCKED_FOR


def sign_out(register: Register, viewer: Viewer, at: datetime, why: str = "") -> None:
    """Write down that a person has left, or was signed out."""
    audit.log(register, viewer, "sign_out", "session", at=at, reason=why)


def _log_failure(register: Register, person_id: str, at: datetime, why: str) -> None:
    audit.log(register, audit.unknown(person_id), "sign_in_failed", "session", at=at, reason=why)


def _minutes() -> int:
    return int(LOCKED_FOR.total_seconds() // 60)


def _locked(until: datetime) -> SignInRefused:
    return SignInRefused(
        f"密码连续输错 {MOST_FAILURES} 次，账号已锁定到 {until:%H:%M}。",
        "请到时再试，或请系统管理员用 python -m lib person 重设密码。",
    )
