"""The password of one machine: right lets in, wrong is counted, locked and logged."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from lib.casework.accounts import people, sign_in
from lib.casework.store.register import Register
from lib.casework.store.schema import audit_log, credential
from lib.errors import UserError

AT = datetime(2022, 9, 6, 9, 0)
PASSWORD = "correct horse battery"


@pytest.fixture
def entered(register: Register) -> Register:
    people.enter_person(register, person_id="admin", name="某甲", role="office", area_code=None, list_ids=[], at=AT)
    sign_in.set_password(register, "admin", PASSWORD, AT)
    return register


def _logged(register: Register) -> list[tuple[str, str]]:
    with register.read() as connection:
        rows = connection.execute(select(audit_log.c.action, audit_log.c.reason).order_by(audit_log.c.seq))
        return [tuple(row) for row in rows]


def _wrong(register: Register, at: datetime, person_id: str = "admin") -> str:
    with pytest.raises(sign_in.SignInRefused) as refused:
        sign_in.sign_in(register, person_id, "wrong", at)
    return refused.value.message


def test_the_right_password_gives_the_person_and_a_line_in_the_log(entered: Register) -> None:
    assert sign_in.sign_in(entered, "admin", PASSWORD, AT).person_id == "admin"
    assert _logged(entered) == [("sign_in", "")]


def test_nothing_readable_is_stored(entered: Register) -> None:
    with entered.read() as connection:
        stored = connection.execute(select(credential.c.password)).scalar_one()
    assert stored.startswith("scrypt$") and PASSWORD not in stored


def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour(entered: Register) -> None:
    said = [_wrong(entered, AT) for _ in range(5)]
    assert [("锁定到 09:15" in text) for text in said] == [False, False, False, False, True]
    with pytest.raises(sign_in.SignInRefused, match="锁定"):
        sign_in.sign_in(entered, "admin", PASSWORD, AT + timedelta(minutes=14))
    assert sign_in.sign_in(entered, "admin", PASSWORD, AT + timedelta(minutes=16)).person_id == "admin"
    assert [action for action, _ in _logged(entered)] == ["sign_in_failed"] * 6 + ["sign_in"]


def test_the_right_password_ends_the_count(entered: Register) -> None:
    for _ in range(3):
        [_wrong(entered, AT) for _ in range(4)]
        sign_in.sign_in(entered, "admin", PASSWORD, AT)


def test_who_is_not_entered_is_told_the_same_and_logged(entered: Register) -> None:
    assert _wrong(entered, AT, "nobody") == _wrong(entered, AT)
    assert _logged(entered)[0][0] == "sign_in_failed"


def test_a_revoked_person_has_no_password_either(entered: Register) -> None:
    people.revoke_person(entered, "admin", AT)
    with pytest.raises(sign_in.SignInRefused):
        sign_in.sign_in(entered, "admin", PASSWORD, AT)
    assert not sign_in.any_passwords(entered)


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaa", " spaced out  "])
def test_guessable_passwords_are_refused(entered: Register, password: str) -> None:
    with pytest.raises(UserError, match="密码至少"):
        sign_in.set_password(entered, "admin", password, AT)
