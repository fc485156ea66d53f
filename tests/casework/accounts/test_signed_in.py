"""A browser stays signed in for a working day, with a token that only it holds."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from lib.casework.accounts import people, signed_in
from lib.casework.accounts.signed_in import IDLE, LONGEST, WALL_LONGEST
from lib.casework.store.register import Register
from lib.casework.store.schema import signed_in as table

AT = datetime(2022, 9, 6, 8, 30)
KEY = b"k" * 32
MINUTE = timedelta(minutes=1)


@pytest.fixture
def entered(register: Register) -> Register:
    for account in ("admin", "other"):
        people.enter_person(register, person_id=account, name="某甲", role="office", area_code=None, list_ids=[], at=AT)
    return register


def _who(register: Register, token: str, at: datetime, key: bytes = KEY) -> str | None:
    viewer = signed_in.held(register, key, token, at).viewer
    return None if viewer is None else viewer.person_id


def test_a_working_day_with_its_breaks_needs_one_sign_in(entered: Register) -> None:
    token = signed_in.begin(entered, KEY, "admin", AT)
    seen = [AT + timedelta(hours=hours) for hours in (0, 3, 6, 9.5, 12)]
    assert [_who(entered, token, at) for at in seen] == ["admin"] * 5
    assert signed_in.held(entered, KEY, token, AT + LONGEST + MINUTE) == (None, "登录已满 12 小时")
    assert _who(entered, token, AT) is None, "what is over stays over"


def test_a_screen_left_alone_is_signed_out(entered: Register) -> None:
    token = signed_in.begin(entered, KEY, "admin", AT)
    assert signed_in.held(entered, KEY, token, AT + IDLE + MINUTE) == (None, "长时间没有操作")


def test_a_page_that_looks_by_itself_keeps_nobody_signed_in(entered: Register) -> None:
    token = signed_in.begin(entered, KEY, "admin", AT)
    for minutes in range(0, 240, 30):
        looked = signed_in.held(entered, KEY, token, AT + minutes * MINUTE, attended=False)
        assert looked.viewer is not None
    assert signed_in.held(entered, KEY, token, AT + IDLE + MINUTE) == (None, "长时间没有操作")


def test_a_screen_on_a_wall_stays_signed_in_for_a_year_whoever_comes_and_goes(entered: Register) -> None:
    people.enter_person(entered, person_id="hall", name="大屏", role="wall", area_code=None, list_ids=[], at=AT)
    token = signed_in.begin(entered, KEY, "hall", AT)
    for days in (1, 30, 200):
        signed_in.begin(entered, KEY, "admin", AT + timedelta(days=days))
        assert _who(entered, token, AT + timedelta(days=days)) == "hall"
    with entered.read() as connection:
        left = connection.execute(select(table.c.person_id)).scalars().all()
    assert sorted(left) == ["admin", "hall"], "sign-ins of people that are over are cleared away"
    assert signed_in.held(entered, KEY, token, AT + WALL_LONGEST + MINUTE) == (None, "登录已满一年")


def test_a_wall_that_is_revoked_shows_nothing_any_more(entered: Register) -> None:
    people.enter_person(entered, person_id="hall", name="大屏", role="wall", area_code=None, list_ids=[], at=AT)
    token = signed_in.begin(entered, KEY, "hall", AT)
    people.revoke_person(entered, "hall", AT)
    assert _who(entered, token, AT) is None


def test_signing_out_ends_one_browser_and_no_other(entered: Register) -> None:
    here, there = (signed_in.begin(entered, KEY, "admin", AT) for _ in range(2))
    assert signed_in.end(entered, here) and not signed_in.end(entered, here)
    assert (_who(entered, here, AT), _who(entered, there, AT)) == (None, "admin")


def test_revoking_ends_all_of_a_person_even_when_entered_again(entered: Register) -> None:
    own, others = signed_in.begin(entered, KEY, "admin", AT), signed_in.begin(entered, KEY, "other", AT)
    people.revoke_person(entered, "admin", AT)
    people.enter_person(entered, person_id="admin", name="某甲", role="office", area_code=None, list_ids=[], at=AT)
    assert (_who(entered, own, AT), _who(entered, others, AT)) == (None, "other")


@pytest.mark.parametrize("token", ["", "x", "0" * 43])
def test_a_token_nobody_was_given_is_worth_nothing(entered: Register, token: str) -> None:
    signed_in.begin(entered, KEY, "admin", AT)
    assert _who(entered, token, AT) is None


@pytest.mark.parametrize("change", [{"person_id": "other"}, {"since": AT + timedelta(hours=3)}, {"seal": "0" * 64}])
def test_a_row_changed_in_the_store_signs_nobody_in(entered: Register, change: dict) -> None:
    token = signed_in.begin(entered, KEY, "admin", AT)
    with entered.transaction() as tx:
        tx.connection.execute(update(table).values(**change))
    assert _who(entered, token, AT) is None


def test_another_secret_ends_every_sign_in(entered: Register) -> None:
    assert _who(entered, signed_in.begin(entered, KEY, "admin", AT), AT, b"l" * 32) is None


def test_the_store_holds_no_token(entered: Register) -> None:
    token = signed_in.begin(entered, KEY, "admin", AT)
    with entered.read() as connection:
        assert token not in [str(value) for row in connection.execute(select(table)) for value in row]


def test_the_secret_is_the_homes_own_and_for_its_owner_only(tmp_path: Path) -> None:
    made = signed_in.secret(tmp_path)
    assert len(made) == 32 and signed_in.secret(tmp_path) == made
    assert [path.name for path in tmp_path.iterdir()] == ["sign_in.key"]
    (tmp_path / "sign_in.key").chmod(0o644)
    signed_in.secret(tmp_path)
    assert (tmp_path / "sign_in.key").stat().st_mode & 0o777 == 0o600
