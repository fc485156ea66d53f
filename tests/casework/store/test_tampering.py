"""Whatever is changed behind the register's back is found by `check`: one played store, one change at a time."""

import contextlib
import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from lib.access import SYSTEM, Viewer
from lib.casework import audit
from lib.casework.accounts import people, sign_in
from lib.casework.custody.verify import verify_all
from lib.casework.rules import spot_checks
from lib.casework.rules.backtests import keep_backtest
from lib.casework.rules.runs import run_due
from lib.casework.rules.tasks import open_task
from lib.casework.rules.versions import live_versions, save_version
from lib.casework.store.chain import GENESIS, SEALED, event_id, seal
from lib.casework.store.register import Register, forget_register, open_register
from lib.casework.store.verify import verify_register
from lib.casework.warnings.ingest import ingest
from lib.errors import UserError
from lib.rules import read_rules
from lib.warehouse.generation import begin, publish
from lib.warehouse.load import load_paths
from lib.warehouse.marts import build_marts
from lib.warehouse.reference import fill_reference
from lib.warehouse.skeleton import create_tables
from tests.casework.conftest import candidates
from tests.casework.stepping import on_warning
from tests.casework.tampering import lift_file

AT = datetime(2026, 9, 7, 9, 0)
M05 = SimpleNamespace(id="M05", title="罚缴不一致")


def _city(home: Path) -> None:
    home.mkdir()
    tmp = begin(home)
    with duckdb.connect(str(tmp)) as con:
        create_tables(con)
        fill_reference(con)
        con.execute("insert into meta values ('synthetic', 'false')")
        con.execute("insert into org (org_id, org_name, area_code) values ('O0001', '某所', '330483101')")
        con.execute("insert into penalty_case (case_id, org_id, fine_amt) values ('C1', 'O0001', 200)")
        build_marts(con)
    publish(home, tmp)


def _person(register: Register, role: str, **scope: str) -> Viewer:
    people.enter_person(
        register, person_id=f"p-{role}", name="某甲", role=role, area_code=scope.get("area"), list_ids=[], at=AT
    )
    found = people.person(register, f"p-{role}")
    assert found is not None
    return found


def _feed(register: Register, *rows: dict, at: datetime, run: str) -> None:
    frame = candidates(*rows)
    found = frame.drop(columns=["period", "signal_count", "domain_code"])
    ingest(register, M05, "hash-1", found, frame, at, run, version_id="M05-v1")


def _play(home: Path) -> None:
    """A little of everything the register can hold."""
    register = open_register(home)
    office, leader, county = (
        _person(register, "office"),
        _person(register, "leader"),
        _person(register, "county", area="330483"),
    )
    sign_in.set_password(register, "p-office", "correct horse battery", AT)
    run_due(home, register)
    _feed(register, {}, {"subject_id": "C2"}, {"subject_id": "C3"}, at=AT, run="M05-000101")
    first = _ids(register)[0]
    on_warning("sign", register, county, first, submission_id="1", at=AT)
    on_warning("prompt", register, county, first, submission_id="2", at=AT, text="请核实。")
    on_warning("start", register, county, first, submission_id="3", at=AT)
    on_warning(
        "conclude",
        register,
        county,
        first,
        submission_id="4",
        at=AT,
        conclusion="属实",
        text="票据不符。",
        checked=["核对票据"],
        attachment=("票据.jpg", b"scan"),
    )
    on_warning("to_clue", register, office, first, submission_id="5", at=AT, text="转线索")
    _feed(register, {"value": 999.0}, {"subject_id": "C2", "level": "red"}, at=AT.replace(hour=12), run="M05-000102")
    with register.transaction() as tx:
        planned = SimpleNamespace(rule=read_rules()["M01"], version=SimpleNamespace(version_id="M01-v1"))
        drawn = {
            "subject_id": "C9",
            "officer_id": None,
            "org_id": "O0001",
            "area_code": "330483101",
            "occurred_on": date(2026, 9, 1),
        }
        spot_checks.enter(tx, planned, [drawn], "抽查2026-09", {"O0001": "ZF"}, AT)  # type: ignore[arg-type]
        open_task(tx, "M05", "M05-v1", "jump", AT, "命中骤变")
    live = live_versions(register)["M05"]
    made = save_version(register, office, live, live.params, submission_id="6", at=AT, text="再试")
    keep_backtest(
        register,
        office,
        str(made.created),
        "M05-v1",
        {"months": 1},
        generation=1,
        as_of=AT.date(),
        submission_id="7",
        at=AT,
    )
    units = "机构编号,机构名称,层级,领域代码,区划代码\nO0009,某所,县,SC,330483\n"
    (home / "机构.csv").write_text(units, encoding="utf-8")
    load_paths(home, [home / "机构.csv"])
    open_register(home)
    for number in range(3):
        audit.log(register, leader, "view", "warning", f"W{number}", at=AT)


def _ids(register: Register) -> list[str]:
    with register.read() as connection:
        rows = connection.exec_driver_sql("select warning_id from warning where rule_id = 'M05' order by warning_id")
        return [row[0] for row in rows]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("played") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COCKPIT_CASEWORK_URL", raising=False)
        _city(home)
        _play(home)
    forget_register(home)
    yield home


@pytest.fixture
def copy(played: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    shutil.copytree(played, tmp_path / "home")
    return tmp_path / "home"


def faults(home: Path) -> list[str]:
    """What `python -m lib check` says of both stores."""
    try:
        register = open_register(home)
        return verify_all(register, home)
    except UserError as refused:
        return [refused.message]
    finally:
        forget_register(home)


Change = Callable[[Path], None]


def sql(*statements: str) -> Change:
    def change(home: Path) -> None:
        with contextlib.closing(sqlite3.connect(home / "casework.sqlite")) as con:
            for statement in statements:
                assert con.execute(statement).rowcount != 0, statement
            con.commit()

    return change


def _rewritten(home: Path, edit: Callable[[dict], None], keep: Callable[[dict], bool] = lambda _row: True) -> None:
    """The chain sealed anew from the start, every seal right, as somebody with the code can do."""
    with contextlib.closing(sqlite3.connect(home / "casework.sqlite")) as con:
        con.row_factory = sqlite3.Row
        rows = [dict(row) for row in con.execute("select * from event order by seq")]
        con.execute("delete from event")
        previous, seq = GENESIS, 0
        for row in filter(keep, rows):
            edit(row)
            seq += 1
            row |= {"seq": seq, "prev_hash": previous}
            row["hash"] = seal(previous, {**row, "at": datetime.fromisoformat(row["at"])}, SEALED)
            row["event_id"], previous = event_id(row["hash"]), row["hash"]
            marks = ", ".join("?" * len(row))
            con.execute(f"insert into event ({', '.join(row)}) values ({marks})", list(row.values()))
        con.execute("update chain set seq = ?, hash = ? where name = 'event'", [seq, previous])
        con.commit()


def rewritten_from_the_start(home: Path) -> None:
    def edit(row: dict) -> None:
        if row["action"] == "conclude":
            row["text"] = "没有问题。"

    _rewritten(home, edit)


def rewritten_with_the_ends_kept_outside(home: Path) -> None:
    rewritten_from_the_start(home)
    (home / "warehouse" / "register.json").unlink()
    Register(f"sqlite:///{home / 'casework.sqlite'}", home / "warehouse" / "register.json").keep_ends()


def one_event_taken_out_and_the_rest_sealed_anew(home: Path) -> None:
    _rewritten(home, lambda _row: None, lambda row: row["action"] != "prompt")


def tail_cut_with_the_head_moved(home: Path) -> None:
    with contextlib.closing(sqlite3.connect(home / "casework.sqlite")) as con:
        (seq,) = con.execute("select max(seq) from event").fetchone()
        con.execute("delete from event where seq > ?", [seq - 2])
        (seal_,) = con.execute("select hash from event where seq = ?", [seq - 2]).fetchone()
        con.execute("update chain set seq = ?, hash = ? where name = 'event'", [seq - 2, seal_])
        con.commit()


def log_cut_with_the_head_moved(home: Path) -> None:
    with contextlib.closing(sqlite3.connect(home / "casework.sqlite")) as con:
        con.execute("delete from audit_log where seq = (select max(seq) from audit_log)")
        con.execute(
            "update chain set seq = (select max(seq) from audit_log),"
            " hash = (select hash from audit_log order by seq desc limit 1) where name = 'audit'"
        )
        con.commit()


def event_forged_at_the_end(home: Path) -> None:
    with contextlib.closing(sqlite3.connect(home / "casework.sqlite")) as con:
        con.execute(
            "insert into event select seq + 1, 'Eforged', at, actor_id, actor_name, actor_role, object_type, object_id,"
            " action, from_state, to_state, text, payload, null, hash, hash from event order by seq desc limit 1"
        )
        con.commit()


def store_deleted(home: Path) -> None:
    for path in home.glob("casework.sqlite*"):
        path.unlink()


def store_replaced_by_an_empty_one(home: Path) -> None:
    store_deleted(home)
    Register(f"sqlite:///{home / 'casework.sqlite'}").close()


def older_backup_restored(home: Path) -> None:
    shutil.copy(home / "casework.sqlite", home / "backup")
    register = open_register(home)
    audit.log(register, SYSTEM, "view", "warning", "W9", at=AT)
    with register.transaction() as tx:
        tx.append(SYSTEM, AT, "warning", "W9", "note", None, "新生成")
    forget_register(home)
    shutil.move(home / "backup", home / "casework.sqlite")


def log_of_the_store_lost_after_a_kill(home: Path) -> None:
    register = open_register(home)
    with register.transaction() as tx:
        tx.append(SYSTEM, AT, "warning", "W9", "note", None, "新生成")
    killed = home.with_name("killed")
    shutil.copytree(home, killed)
    forget_register(home)
    shutil.rmtree(home)
    for part in ("-wal", "-shm"):
        (killed / f"casework.sqlite{part}").unlink()
    killed.rename(home)


def _in_warehouse(statement: str) -> Change:
    def change(home: Path) -> None:
        path = max((home / "warehouse").glob("gen-*.duckdb"))
        with duckdb.connect(str(path)) as con:
            con.execute(statement)

    return change


def generation_gone(home: Path) -> None:
    for path in (home / "warehouse").glob("*"):
        if path.name != "register.json":
            path.unlink()


def attachment_put_in_place_of_another(home: Path) -> None:
    sha256 = hashlib.sha256(b"another").hexdigest()
    sql(f"update attachment set content = x'{b'another'.hex()}', sha256 = '{sha256}', size = 7")(home)


def report_put_in_place_of_another(home: Path) -> None:
    text = json.dumps({"months": 99})
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    sql(f"update backtest set report = '{text}', sha256 = '{sha256}'")(home)


M05_ROW = "where rule_id = 'M05'"
CHANGES: dict[str, Change] = {
    **{
        f"warning: {column}": sql(f"update warning set {column} = {value} {M05_ROW}")
        for column, value in {
            "org_id": "'O0002'", "officer_id": "'P999'", "area_code": "'330402001'",
            "domain_code": "'SC'", "evidence": "'{}'", "value": "value + 1", "threshold": "threshold - 1",
            "level": "case level when 'yellow' then 'red' else 'yellow' end", "fired_level": "'orange'",
            "signal_count": "5", "occurred_on": "'2026-01-01'", "title": "'别的模型'",
            "subject_id": "subject_id || 'X'", "subject_type": "'org'", "period": "'2026-01'", "rule_hash": "'h'",
            "origin": "'external_platform'",
            "first_seen_at": "'2020-01-01 00:00:00.000000'", "last_seen_at": "'2027-01-01 00:00:00.000000'",
            "run_id": "'M05-000999'", "version_id": "'M05-v9'", "firing": "1 - firing",
        }.items()
    },
    "warning: officer taken away": sql(f"update warning set officer_id = null {M05_ROW}"),
    "warning: rule": sql("update warning set rule_id = 'M06' where rule_id = 'M05'"),
    "warning: deleted": sql(f"delete from warning {M05_ROW}"),
    "warning: number changed": sql("update warning set warning_id = 'W0' where warning_id ="
                                   " (select min(warning_id) from warning)"),
    "spot check: unit": sql("update warning set org_id = 'O0009' where origin = 'spot_check'"),
    **{
        f"clue: {column}": sql(f"update clue set {column} = {value}")
        for column, value in {
            "title": "'别的'", "detail": "'别的'", "officer_id": "null", "org_id": "'O9'", "area_code": "'330402'",
            "domain_code": "'SC'", "received_at": "'2020-01-01 00:00:00.000000'", "origin": "'petition'",
            "due_at": "'2030-01-01 00:00:00.000000'", "source_key": "'X'", "warning_id": "null", "rule_id": "'M01'",
        }.items()
    },
    "clue: deleted": sql("delete from clue"),
    "version in force: thresholds": sql("update rule_version set params = replace(params, ':', ':1')"
                                        " where version_id = 'M05-v1'"),
    "version: author": sql("update rule_version set author_id = 'x' where version_id = 'M05-v2'"),
    "version: file": sql("update rule_version set rule_hash = (select rule_hash from rule_file where rule_id = 'M01')"
                         " where version_id = 'M05-v1'"),
    "version: deleted": sql("delete from rule_version where version_id = 'M05-v2'"),
    "version: smuggled in": sql("insert into rule_version select 'M05-v9', rule_id, 9, rule_hash, params, author_id,"
                                " author_name, created_at from rule_version where version_id = 'M05-v1'"),
    "rule file: content": sql("update rule_file set content = content || ' ' where rule_id = 'M05'"),
    "rule file: name": sql("update rule_file set name = 'x.sql' where rule_id = 'M05'"),
    "rule file: deleted": sql("delete from rule_file where rule_id = 'M05'"),
    "run: signals": sql("update rule_run set signals = signals + 1"),
    "run: status": sql("update rule_run set status = 'error'"),
    "run: day": sql("update rule_run set as_of = '2020-01-01'"),
    "run: thresholds": sql("update rule_run set params = '{}'"),
    "run: deleted": sql("delete from rule_run where rule_id = 'M07'"),
    "back-test: report": sql("update backtest set report = '{}'"),
    "back-test: report and its sha256": report_put_in_place_of_another,
    "back-test: against": sql("update backtest set against_id = null"),
    "back-test: deleted": sql("delete from backtest"),
    "task: text": sql("update rule_task set text = '没事'"),
    "task: deleted": sql("delete from rule_task"),
    "attachment: content": sql("update attachment set content = x'00'"),
    "attachment: content and its sha256": attachment_put_in_place_of_another,
    "attachment: name": sql("update attachment set name = '别的.jpg'"),
    "attachment: whose": sql("update attachment set person_id = 'x'"),
    "attachment: deleted": sql("delete from attachment"),
    "outbox: body": sql("update outbox set body = '不用核实'"),
    "outbox: unit": sql("update outbox set to_org_id = 'O9'"),
    "outbox: said to be sent": sql("update outbox set sent_at = '2026-09-07 10:00:00.000000'"),
    "outbox: deleted": sql("delete from outbox"),
    "outbox: smuggled in": sql("insert into outbox select 'M0', channel, to_org_id, subject, body, object_type,"
                               " object_id, created_by, created_at, sent_at from outbox"),
    "person: entered straight into the table as leader": sql(
        "insert into person (person_id, name, role, domains) values ('x', '某', 'leader', '')"
    ),
    "person: role": sql("update person set role = 'leader' where person_id = 'p-county'"),
    "person: area": sql("update person set area_code = null where person_id = 'p-county'"),
    "person: own officer number": sql("update person set officer_id = 'P1' where person_id = 'p-office'"),
    "person: deleted": sql("delete from person where person_id = 'p-leader'"),
    "password: another": sql("update credential set password = 'scrypt$1024$8$3$00$00'"),
    "password: given to another": sql("insert into credential (person_id, password, failures) select 'p-leader',"
                                      " password, 0 from credential"),
    "password: deleted": sql("delete from credential"),
    "signal: value": sql("update signal set value = 1.5"),
    "signal: unit": sql("update signal set org_id = 'O9'"),
    "signal: deleted": sql("delete from signal where subject_id = 'C2'"),
    "signal: smuggled in": sql("insert into signal select rule_id, subject_type, 'CX', level, officer_id, org_id,"
                               " area_code, occurred_on, value, threshold, evidence from signal limit 1"),
    "event: text": sql("update event set text = '没有问题' where action = 'conclude'"),
    "event: payload": sql("update event set payload = replace(payload, '属实', '不属实') where action = 'conclude'"),
    "event: who": sql("update event set actor_id = 'x', actor_name = '某' where action = 'sign'"),
    "event: when": sql("update event set at = '2020-01-01 00:00:00.000000' where action = 'sign'"),
    "event: removed": sql("delete from event where action = 'prompt'"),
    "event: forged at the end": event_forged_at_the_end,
    "chain: cut tail": sql("delete from event where seq = (select max(seq) from event)"),
    "chain: cut tail with a moved head": tail_cut_with_the_head_moved,
    "chain: rewritten from the start": rewritten_from_the_start,
    "chain: rewritten, and the ends kept outside with it": rewritten_with_the_ends_kept_outside,
    "chain: an event taken out, the rest sealed anew": one_event_taken_out_and_the_rest_sealed_anew,
    "chain: head moved": sql("update chain set seq = seq + 1 where name = 'event'"),
    "audit log: changed": sql("update audit_log set object_id = 'W9' where seq = 2"),
    "audit log: line removed": sql("delete from audit_log where seq = 2"),
    "audit log: cut with a moved head": log_cut_with_the_head_moved,
    "store: said to be synthetic": sql("update store set value = 'synthetic' where name = 'kind'"),
    "store: another number": sql("update store set value = 'x' where name = 'store_id'"),
    "store: sealed anew after a change": sql("delete from store where name = 'sealed'",
                                             "update clue set title = '别的'"),
    "store: deleted": store_deleted,
    "store: replaced by an empty one": store_replaced_by_an_empty_one,
    "store: an older backup in its place": older_backup_restored,
    "store: its log lost after a kill": log_of_the_store_lost_after_a_kill,
    "warehouse: a fine edited": _in_warehouse("update penalty_case set fine_amt = 1"),
    "warehouse: a case deleted": _in_warehouse("delete from penalty_case"),
    "warehouse: a mart edited": _in_warehouse("update meta set value = value || ' ' where key = 'marts'"),
    "warehouse: gone": generation_gone,
}  # fmt: skip


def test_the_played_store_as_it_is_has_no_faults(copy: Path) -> None:
    assert faults(copy) == []


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_behind_the_registers_back_is_found(copy: Path, kind: str) -> None:
    lift_file(copy / "casework.sqlite")
    CHANGES[kind](copy)
    found = faults(copy)
    assert found, kind
    assert all(text and not text.isascii() for text in found)


def test_a_store_of_an_earlier_release_is_sealed_as_it_stands(copy: Path) -> None:
    """Without digests in its events, and without the tables and marks of this release."""

    def edit(row: dict) -> None:
        payload = json.loads(row["payload"])
        for key in ("made", "facts", "rule", "origin", "row", "message", "file"):
            payload.pop(key, None)
        row["payload"] = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    lift_file(copy / "casework.sqlite")
    _rewritten(copy, edit, lambda row: row["object_type"] not in ("store", "generation", "run", "person"))
    with contextlib.closing(sqlite3.connect(copy / "casework.sqlite")) as con:
        for table in ("store", "credential", "alembic_version"):
            con.execute(f"drop table {table}")
        con.commit()
    (copy / "warehouse" / "register.json").unlink()
    _in_warehouse("delete from meta where key = 'register'")(copy)
    assert faults(copy) == []
    sql("update warning set org_id = 'O0002'")(copy)
    assert any("单位" in text for text in faults(copy))


def test_a_loss_is_accepted_only_with_a_reason_and_stays_on_record(copy: Path, monkeypatch, capsys) -> None:
    from lib.cli import main

    monkeypatch.setenv("COCKPIT_HOME", str(copy))
    older_backup_restored(copy)
    assert faults(copy)
    assert main(["casework", "accept", "--reason", "恢复九月七日的备份"]) == 0
    register = open_register(copy)
    assert verify_register(register) == []
    with register.read() as connection:
        [(text,)] = connection.exec_driver_sql("select text from event where action = 'accept'").all()
    forget_register(copy)
    assert text == "恢复九月七日的备份"
