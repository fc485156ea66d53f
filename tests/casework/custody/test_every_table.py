"""Whatever column of whatever row that stands on an event is changed, and whatever such row is removed or put in: the
command that verifies names it, on either database. Kinds of object that come later take part by themselves."""

import hashlib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Date, DateTime, Executable, Float, Integer, LargeBinary, Table, insert, select

from lib.access import SYSTEM
from lib.casework.custody import checkpoint
from lib.casework.objects import KINDS
from lib.casework.opening import begin
from lib.casework.rules.versions import take_in
from lib.casework.store.register import Register, open_register
from lib.casework.store.rows import ROWS
from lib.casework.store.schema import backtest, credential, person, rule_run, warning
from lib.casework.store.sealed import digest
from lib.cli import main
from lib.rules import read_rules
from tests.casework import tampering
from tests.casework.custody.test_backup import AT, OFFICE, before_unsigned, play
from tests.casework.notices.test_steps import upto
from tests.casework.stepping import on_warning

TABLES: dict[str, tuple[Table, str]] = {
    **{name: (table, key) for name, (table, key, _) in ROWS.items()},
    "warning": (warning, "warning_id"),
    "credential": (credential, "person_id"),
}


def fabricated(table: Table) -> dict[str, Any]:
    """A row of a table, of nothing that anybody wrote."""

    def value(column: Column) -> Any:
        match column.type:
            case Boolean():
                return True
            case DateTime():
                return AT
            case Date():
                return AT.date()
            case LargeBinary():
                return b"made"
            case Integer() | Float():
                return 1
            case text:
                return f"{column.name}-made"[: text.length or 100]

    return {column.name: value(column) for column in table.columns}


def fill(register: Register) -> None:
    """At least one row of every table, as their events tell of them."""
    play(register)
    on_warning("prompt", register, OFFICE, before_unsigned(register), submission_id="p", at=AT)
    upto(register, "sign")
    with register.transaction() as tx:
        for kind in (kind for kind in KINDS.values() if kind.lasting and kind.name != "rule_version"):
            if tx.connection.execute(select(kind.table).limit(1)).first() is None:
                state = next(iter(kind.workflow.steps.values())).sources
                begin(tx, SYSTEM, kind.table, fabricated(kind.table), kind.first[0], min(state), AT)
        run, report, someone = (fabricated(table) for table in (rule_run, backtest, person))
        report["sha256"] = hashlib.sha256(report["report"].encode()).hexdigest()
        for table, row in ((rule_run, run), (backtest, report), (person, someone)):
            tx.connection.execute(insert(table).values(**row))
        tx.append(SYSTEM, AT, "run", run["run_id"], "log", None, None, "", {"row": digest(rule_run, run)})
        told = {"created": report["backtest_id"], "row": digest(backtest, report)}
        tx.append(SYSTEM, AT, "rule_version", "M05-v1", "backtest", None, None, "", told)
        tx.append(SYSTEM, AT, "person", someone["person_id"], "grant", None, None, "", {"row": someone})
        tx.connection.execute(insert(credential).values(person_id=someone["person_id"], password="p", failures=0))
        sealed = {"password": hashlib.sha256(b"p").hexdigest()}
        tx.append(SYSTEM, AT, "person", someone["person_id"], "password", None, None, "", sealed)


@pytest.fixture
def filled(home: Path) -> Register:
    register = open_register(home)
    take_in(register, dict(list(read_rules().items())[:1]), AT)
    fill(register)
    checkpoint.write(register, home, checkpoint.DAILY, AT, SYSTEM)
    with register.engine.begin() as connection:
        tampering.lift(connection)
    return register


def other(column: Column, held: Any) -> Any:
    """Another value of a column."""
    match held:
        case bool():
            return not held
        case datetime() | date():
            return held + timedelta(days=1)
        case int() | float():
            return held + 1
        case bytes() | memoryview():
            return b"other"
        case None if isinstance(column.type, Boolean):
            return True
        case None if isinstance(column.type, DateTime | Date):
            return AT
        case None if isinstance(column.type, Integer | Float):
            return 7
        case None:
            return "x"
        case _:
            return ("y" if held[:1] == "x" else "x") + held[1:]


def verified(capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    status = main(["casework", "verify"])
    told = capsys.readouterr()
    assert (status == 1) == bool(told.err) and "Traceback" not in told.err
    return told.err


def tampered(register: Register, table: Table, change: Executable, capsys: pytest.CaptureFixture[str]) -> str:
    """What the command says of a change, which is taken back."""
    with register.engine.begin() as connection:
        rows = [dict(row) for row in connection.execute(select(table)).mappings()]
        connection.execute(change)
    told = verified(capsys)
    with register.engine.begin() as connection:
        connection.execute(table.delete())
        connection.execute(insert(table), rows)
    return told


def columns(table: Table, key: str) -> list[Column]:
    # What counts failed tries and locks an account, and what a file is held as beside its own digest.
    free = {"credential": ("failures", "locked_until")}.get(table.name, ())
    return [column for column in table.columns if column.name != key and column.name not in free]


@pytest.mark.parametrize("name", TABLES)
def test_a_changed_a_removed_and_a_smuggled_in_row_is_named(
    filled: Register, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    table, key = TABLES[name]
    with filled.read() as connection:
        row = dict(connection.execute(select(table).order_by(table.c[key])).mappings().first() or {})
    number, own = str(row[key]), table.c[key] == row[key]
    unnamed = []
    for column in columns(table, key):
        told = tampered(
            filled, table, table.update().where(own).values({column: other(column, row[column.name])}), capsys
        )
        if not named(name, row, number, told):
            unnamed.append(f"{column.name}: {told}")
    assert unnamed == []
    assert named(name, row, number, tampered(filled, table, table.delete().where(own), capsys))
    strange = {column.name: other(column, row[column.name]) for column in table.columns}
    if name != "attachment":
        told = tampered(filled, table, table.insert().values(**strange), capsys)
        assert named(name, strange, str(strange[key]), told), told
    assert verified(capsys) == ""


def named(name: str, row: dict[str, Any], number: str, told: str) -> bool:
    """Whether a line says which row it is: by its number, a file of a model by its name too."""
    return number in told or (name == "rule_file" and str(row["name"]) in told)
