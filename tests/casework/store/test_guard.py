"""Events are only added to, whoever is connected: the app's own account changes and removes none."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from lib.access import SYSTEM
from lib.casework import audit
from lib.casework.custody.backup import backup
from lib.casework.store.guard import KEPT
from lib.casework.store.register import Register, forget_register, open_register
from lib.casework.store.verify import verify_register
from lib.casework.warnings.ingest import ingest
from lib.cli import main
from lib.errors import UserError
from tests.casework import tampering
from tests.casework.conftest import RULE, candidates
from tests.casework.stepping import on_warning

AT = datetime(2022, 9, 6, 9, 0)
ATTEMPTS = (
    "update event set text = 'x'",
    "update event set seq = seq + 100",
    "delete from event",
    "update audit_log set reason = 'x'",
    "delete from audit_log",
    "update clue set title = 'x'",
    "delete from clue",
    "update rule_version set params = '{}'",
)


def work(register: Register, office, inspector) -> None:
    """What people do every day, up to a clue."""
    frame = candidates({})
    ingest(register, RULE, "hash-1", frame.drop(columns=["period", "signal_count", "domain_code"]), frame, AT, "M05-1")
    with register.read() as connection:
        first = connection.execute(text("select warning_id from warning")).scalar_one()
    on_warning("sign", register, inspector, first, submission_id="1", at=AT)
    on_warning("start", register, inspector, first, submission_id="2", at=AT)
    found = {"conclusion": "属实", "checked": ["核对票据"], "attachment": ("a.txt", b"scan")}
    on_warning("conclude", register, inspector, first, submission_id="3", at=AT, text="不符。", **found)
    on_warning("to_clue", register, office, first, submission_id="4", at=AT, text="转")
    audit.log(register, SYSTEM, "view", "warning", first, at=AT)
    with register.transaction() as tx:
        row = {"version_id": "v", "rule_id": "M05", "version_no": 1, "rule_hash": "h", "params": "{}", "author_id": "a",
               "author_name": "某", "created_at": AT}  # fmt: skip
        names = ", ".join(row)
        values = ", ".join(f":{name}" for name in row)
        tx.connection.execute(text(f"insert into rule_version ({names}) values ({values})"), row)


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_what_was_written_is_neither_changed_nor_removed(register: Register, office, inspector, attempt: str) -> None:
    work(register, office, inspector)
    with pytest.raises(DatabaseError, match="只能追加"), register.transaction() as tx:
        tx.connection.execute(text(attempt))


def test_replacing_a_row_or_emptying_a_table_is_refused_too(register: Register, office, inspector) -> None:
    work(register, office, inspector)
    way = "insert or replace into event select * from event" if register.sqlite else "truncate event"
    with pytest.raises(DatabaseError, match="只能追加"), register.transaction() as tx:
        tx.connection.execute(text(way))


def test_triggers_taken_away_are_put_up_again(register: Register, url: str, office, inspector) -> None:
    work(register, office, inspector)
    with register.engine.begin() as connection:
        tampering.lift(connection)
    Register(url).close()
    with pytest.raises(DatabaseError, match="只能追加"), register.transaction() as tx:
        tx.connection.execute(text("delete from event"))


def test_a_new_city_still_empties_the_store(register: Register, url: str, office, inspector) -> None:
    work(register, office, inspector)
    register.empty()
    again = Register(url)
    with again.read() as connection:
        assert connection.execute(text("select count(*) from event")).scalar_one() == 0
    again.close()


@pytest.fixture
def accounts(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, str, str]]:
    """A home, and the addresses of a database as its owner and as the account of the app: as the README sets up."""
    plain = server.replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        for statement in (
            "drop database if exists cockpit",
            "drop role if exists cockpit_owner",
            "drop role if exists cockpit",
            "create role cockpit_owner login",
            "create role cockpit login",
            "create database cockpit owner cockpit_owner",
        ):
            connection.execute(statement)
    place = tmp_path / "home"
    (place / "warehouse").mkdir(parents=True)
    monkeypatch.setenv("COCKPIT_HOME", str(place))
    owner, app = (re.sub(r"//.*@(.*)/.*", rf"//{name}@\1/cockpit", server) for name in ("cockpit_owner", "cockpit"))
    yield place, owner, app
    for url in (owner, app):
        monkeypatch.setenv("COCKPIT_CASEWORK_URL", url)
        forget_register(place)


def test_on_postgresql_the_app_works_with_an_account_that_cannot_change_events(
    accounts: tuple[Path, str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    office,
    inspector,
) -> None:
    home, owner, app = accounts
    monkeypatch.setenv("COCKPIT_CASEWORK_URL", app)
    with pytest.raises(UserError, match="当前账号不是属主"):
        open_register(home)
    monkeypatch.setenv("COCKPIT_CASEWORK_URL", owner)
    assert main(["casework", "writer", "cockpit"]) == 0
    for wrong in ("nobody", "cockpit_owner", "tests"):
        assert main(["casework", "writer", wrong]) == 1
    forget_register(home)
    monkeypatch.setenv("COCKPIT_CASEWORK_URL", app)
    register = open_register(home)
    work(register, office, inspector)
    # Put straight into the table.
    assert verify_register(register) == ["模型版本 v 有记录而没有登记事件"]
    for attempt in (*ATTEMPTS, "truncate event", "drop table event", "alter table event disable trigger user"):
        with pytest.raises(UserError, match="数据库账号没有权限"), register.transaction() as tx:
            tx.connection.execute(text(attempt))
    with register.read() as connection:
        rights = connection.execute(
            text("select table_name from information_schema.role_table_grants where grantee = 'cockpit'"
                 " and privilege_type in ('UPDATE', 'DELETE')")
        )  # fmt: skip
        assert {table.name for table in KEPT} & set(rights.scalars()) == set()
    with pytest.raises(UserError, match="当前账号不是属主"):
        register.empty()
    # Backed up by the app, restored by the owner, and the app goes on as before.
    with psycopg.connect(owner.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("alter table rule_version disable trigger user")
        connection.execute("delete from rule_version")
        connection.execute("alter table rule_version enable trigger user")
    assert main(["casework", "backup"]) == 0
    [path] = (home / "backups").glob("casework-*.zip")
    assert main(["casework", "restore", str(path), "--replace"]) == 1
    assert "当前账号不是属主" in capsys.readouterr().err
    forget_register(home)
    monkeypatch.setenv("COCKPIT_CASEWORK_URL", owner)
    assert main(["casework", "restore", str(path), "--replace"]) == 0
    forget_register(home)
    monkeypatch.setenv("COCKPIT_CASEWORK_URL", app)
    register = open_register(home)
    audit.log(register, SYSTEM, "view", "warning", "W", at=AT)
    with pytest.raises(UserError, match="数据库账号没有权限"), register.transaction() as tx:
        tx.connection.execute(text("delete from event"))
    # A backup of a file, in which nobody is let write: here it stays as it was.
    elsewhere = home / "elsewhere"
    (elsewhere / "warehouse").mkdir(parents=True)
    monkeypatch.setenv("COCKPIT_CASEWORK_URL", "")
    away = open_register(elsewhere)
    audit.log(away, SYSTEM, "view", "warning", "elsewhere", at=AT)
    path = backup(away, elsewhere, AT, SYSTEM)
    forget_register(elsewhere)
    monkeypatch.setenv("COCKPIT_SEAL_KEY", str(elsewhere / "seal.key"))
    monkeypatch.setenv("COCKPIT_CASEWORK_URL", owner)
    assert main(["casework", "restore", str(path), "--replace"]) == 0
    forget_register(home)
    monkeypatch.setenv("COCKPIT_CASEWORK_URL", app)
    audit.log(open_register(home), SYSTEM, "view", "warning", "W", at=AT)
