"""Sealed checkpoints: a store changed with everything beside it but the key is found, and the row is named."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, insert, select, update

from lib.access import SYSTEM
from lib.casework import attachments, audit
from lib.casework.custody import checkpoint
from lib.casework.custody.verify import verify_all
from lib.casework.store.chain import event_id, seal
from lib.casework.store.register import Register, forget_register, open_register
from lib.casework.store.schema import attachment, audit_log, chain, event
from lib.cli import main
from lib.errors import UserError
from lib.warehouse.home import checkpoints_path
from tests.casework import tampering

AT = datetime(2026, 9, 7, 9, 0)
# The store is found, the generation noted: what tests write comes after these two.
BEFORE = 2


def write(register: Register, count: int = 1) -> None:
    with register.transaction() as tx:
        for number in range(count):
            tx.append(SYSTEM, AT, "warning", f"W{number}", "note", "新生成", "新生成", f"第 {number} 条", {"n": number})


def seal_on(register: Register, home: Path, day: int) -> None:
    assert checkpoint.write_daily(register, home, AT + timedelta(days=day), SYSTEM)


@pytest.fixture
def sealed(home: Path) -> Iterator[Register]:
    """Ten events, sealed on three days; the third checkpoint follows the last event."""
    register = open_register(home)
    with register.transaction() as tx:
        held = attachments.store(tx, SYSTEM, "warning", "W9", ("票据.txt", b"scan"), AT)
        tx.append(SYSTEM, AT, "warning", "W9", "note", None, "新生成", "附件", {"attachment": held})
    for day, count in enumerate((4, 3, 2)):
        write(register, count)
        seal_on(register, home, day)
    return register


def faults(home: Path) -> list[str]:
    """What is found by whoever opens the store anew."""
    forget_register(home)
    try:
        return verify_all(open_register(home), home)
    except UserError as refused:
        return [refused.message]


def changed(register: Register, _home: Path) -> None:
    with register.engine.begin() as connection:
        connection.execute(update(event).where(event.c.seq == 5).values(text="改过"))


def deleted(register: Register, _home: Path) -> None:
    with register.engine.begin() as connection:
        connection.execute(delete(event).where(event.c.seq == 5))


def inserted(register: Register, _home: Path) -> None:
    """At the end, rightly sealed."""
    with register.engine.begin() as connection:
        last = dict(connection.execute(select(event).order_by(event.c.seq.desc()).limit(1)).mappings().one())
        last |= {"seq": last["seq"] + 1, "text": "添上的", "prev_hash": last["hash"], "submission_id": None}
        last["hash"] = seal(last["prev_hash"], last)
        connection.execute(insert(event).values(**{**last, "event_id": event_id(last["hash"])}))


def reordered(register: Register, _home: Path) -> None:
    with register.engine.begin() as connection:
        for old, new in ((5, 999), (6, 5), (999, 6)):
            connection.execute(update(event).where(event.c.seq == old).values(seq=new))


def attachment_changed(register: Register, _home: Path) -> None:
    with register.engine.begin() as connection:
        connection.execute(update(attachment).values(content=b"scam"))


def log_line_removed(register: Register, home: Path) -> None:
    """The last line of the audit log, with its head; and the ends kept outside."""
    with register.engine.begin() as connection:
        connection.execute(delete(audit_log).where(audit_log.c.seq == 1))
        connection.execute(update(chain).where(chain.c.name == "audit").values(seq=0, hash="0" * 64))
    tampering.kept_anew(register, home)


def rewritten_from_the_start(register: Register, home: Path) -> None:
    def edit(row: dict) -> None:
        if row["seq"] == BEFORE + 3:
            row["text"] = "没有问题"

    with register.engine.begin() as connection:
        tampering.rewritten(connection, edit)
    tampering.kept_anew(register, home)


def rewritten_in_the_middle(register: Register, home: Path) -> None:
    def edit(row: dict) -> None:
        if row["seq"] == BEFORE + 8:
            row["text"] = "没有问题"

    with register.engine.begin() as connection:
        tampering.rewritten(connection, edit)
    tampering.kept_anew(register, home)


def one_taken_out_and_the_rest_sealed_anew(register: Register, home: Path) -> None:
    with register.engine.begin() as connection:
        tampering.rewritten(connection, lambda _row: None, lambda row: row["seq"] != BEFORE + 11)
    tampering.kept_anew(register, home)


def events_of_sealing_taken_out_too(register: Register, home: Path) -> None:
    """Everything about the checkpoints gone from the store: they still stand in their file."""
    with register.engine.begin() as connection:
        tampering.rewritten(connection, lambda _row: None, lambda row: row["action"] != "seal")
    tampering.kept_anew(register, home)


def file_of_checkpoints_deleted(_register: Register, home: Path) -> None:
    checkpoints_path(home).unlink()


def last_lines_cut_off(_register: Register, home: Path) -> None:
    path = checkpoints_path(home)
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:1]))


def line_taken_out(_register: Register, home: Path) -> None:
    path = checkpoints_path(home)
    first, _, *others = path.read_text().splitlines(keepends=True)
    path.write_text("".join([first, *others]))


def another_key_in_its_place(_register: Register, home: Path) -> None:
    made = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    checkpoint.key_path(home).write_bytes(made)


def key_gone(_register: Register, home: Path) -> None:
    checkpoint.key_path(home).unlink()


def payload_changed(register: Register, _home: Path) -> None:
    with register.engine.begin() as connection:
        connection.execute(update(event).where(event.c.seq == 6).values(payload='{"n":9}'))


def line_signed_with_another_key(register: Register, home: Path) -> None:
    """A chain rewritten whole, and a file of checkpoints to go with it, by whoever does not have the key."""
    rewritten_from_the_start(register, home)
    checkpoints_path(home).unlink()
    key = checkpoint.key_path(home)
    kept = key.read_bytes()
    key.unlink()
    with register.engine.begin() as connection:
        tampering.rewritten(connection, lambda _row: None, lambda row: row["action"] != "seal")
    tampering.kept_anew(register, home)
    seal_on(register, home, 0)
    key.write_bytes(kept)


CHANGES: dict[Callable[[Register, Path], None], str] = {
    changed: "事件第 5 号内容被改动",
    deleted: "事件缺失：第 5 至 5 号",
    inserted: "事件链末尾缺失：应到第 15 号，实到第 16 号",
    reordered: "事件第 5 号与前一号不衔接",
    attachment_changed: "内容被改动",
    log_line_removed: "操作日志第 1 号在 2026-09-10 09:00 第 4 次封存时还在，现在没有这一号",
    rewritten_from_the_start: "事件第 8 号与 2026-09-07 09:00 第 1 次封存的不符：第 1 至 8 号之间被改写过",
    rewritten_in_the_middle: "事件第 12 号与 2026-09-08 09:00 第 2 次封存的不符：第 9 至 12 号之间被改写过",
    one_taken_out_and_the_rest_sealed_anew: "事件第 15 号在 2026-09-09 09:00 第 3 次封存时还在",
    events_of_sealing_taken_out_too: "事件第 8 号与 2026-09-07 09:00 第 1 次封存的不符",
    file_of_checkpoints_deleted: "封存文件缺少第 1 行起的内容：事件第 15 号登记时有 2 行",
    last_lines_cut_off: "封存文件缺少第 2 行起的内容",
    line_taken_out: "封存文件第 2 行与前一行不衔接",
    line_signed_with_another_key: "封存文件第 1 行的签名不对",
    another_key_in_its_place: "封存文件第 1 行的签名不对",
    key_gone: "签名无法核对：封存密钥不在或读不了",
    payload_changed: "事件第 6 号内容被改动",
}


def test_a_store_in_order_agrees_with_its_checkpoints(sealed: Register, home: Path) -> None:
    assert faults(home) == []
    assert checkpoint.write_daily(open_register(home), home, AT + timedelta(days=2, hours=9), SYSTEM) is None
    assert len(checkpoint.lines(home)) == 3


def test_a_day_is_sealed_once_though_another_seals_it_after_one_has_looked(
    sealed: Register, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later, looks, look = AT + timedelta(days=3), [], checkpoint._is_sealed

    def looked(place: Path, at: datetime) -> bool:
        looks.append(look(place, at))
        if len(looks) == 1:
            checkpoint.write(sealed, place, checkpoint.DAILY, at, SYSTEM)
        return looks[-1]

    monkeypatch.setattr(checkpoint, "_is_sealed", looked)
    assert checkpoint.write_daily(sealed, home, later, SYSTEM) is None
    assert (looks, len(checkpoint.lines(home)), faults(home)) == ([False, True], 4, [])


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_was_changed_is_found_and_named(
    sealed: Register, home: Path, change: Callable[[Register, Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    if change is log_line_removed:
        audit.log(sealed, SYSTEM, "view", "warning", "W1", at=AT)
        seal_on(sealed, home, 3)
    with sealed.engine.begin() as connection:
        tampering.lift(connection)
    change(sealed, home)
    found = faults(home)
    assert any(CHANGES[change] in one for one in found), found
    forget_register(home)
    assert main(["casework", "verify"]) == 1
    told = capsys.readouterr().err
    assert CHANGES[change] in told and "Traceback" not in told


def test_another_key_signs_nothing_after_the_first(sealed: Register, home: Path) -> None:
    held = checkpoints_path(home).read_bytes()
    another_key_in_its_place(sealed, home)
    with pytest.raises(checkpoint.NoKey, match="不是同一把"):
        seal_on(sealed, home, 3)
    assert checkpoints_path(home).read_bytes() == held
    assert main(["casework", "accept", "--reason", "换用新密钥"]) == 0
    assert faults(home) == []
    seal_on(open_register(home), home, 9999)
    assert len(checkpoint.lines(home)) == 2


def test_an_old_copy_of_the_store_is_found_also_when_the_ends_were_kept_anew(sealed: Register, home: Path) -> None:
    with sealed.engine.begin() as connection:
        old = tampering.held(connection)
    write(sealed, 2)
    seal_on(sealed, home, 3)
    with sealed.engine.begin() as connection:
        tampering.lift(connection)
        tampering.put_back(connection, old)
    assert "事件曾写到第 18 号" in faults(home)[0]
    tampering.kept_anew(sealed, home)
    assert "事件第 18 号在 2026-09-10 09:00 第 4 次封存时还在，现在没有这一号" in faults(home)


def test_a_key_that_lies_elsewhere_signs_and_its_public_half_verifies(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = tmp_path / "stick.pem"
    monkeypatch.setenv("COCKPIT_SEAL_KEY", str(away))
    register = open_register(home)
    seal_on(register, home, 0)
    assert away.stat().st_mode & 0o777 == 0o600
    assert not (home / "seal.key").exists()
    public = checkpoint.public_key(home).public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    away.unlink()
    # A lost key is never made anew in silence: what the old one signed could no longer be told from a forgery.
    with pytest.raises(checkpoint.NoKey, match="封存密钥不在"):
        seal_on(register, home, 1)
    assert checkpoint.verify_checkpoints(register, home) == [f"签名无法核对：封存密钥不在或读不了：{away}"]
    away.write_bytes(public)
    assert checkpoint.verify_checkpoints(register, home) == []
    with pytest.raises(checkpoint.NoKey, match="只是公钥"):
        seal_on(register, home, 1)


def test_a_torn_line_is_cut_off_and_written_anew(sealed: Register, home: Path) -> None:
    with open(checkpoints_path(home), "a") as file:
        file.write('{"number": 4, "at": ')
    assert faults(home) == []
    seal_on(open_register(home), home, 3)
    assert faults(home) == []
    assert len(checkpoint.lines(home)) == 4


def test_verify_counts_and_names_the_first_fault_and_accept_begins_anew(
    sealed: Register, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["casework", "verify"]) == 0
    assert "已核对：事件 15、操作日志 0、附件 1、封存 3" in capsys.readouterr().out
    with sealed.engine.begin() as connection:
        tampering.lift(connection)
    rewritten_from_the_start(sealed, home)
    forget_register(home)
    assert main(["casework", "verify"]) == 1
    assert "✗ 首处：" in capsys.readouterr().err
    assert main(["casework", "accept", "--reason", "测试"]) == 0
    assert main(["casework", "verify"]) == 0
    assert len(list(checkpoints_path(home).parent.glob("checkpoints.*.jsonl"))) == 1
    assert main(["casework", "accept", "--reason", "没有缺失"]) == 1


def test_a_home_put_back_as_a_whole_is_found_by_a_copy_kept_elsewhere(
    sealed: Register, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    away = tmp_path / "copy.jsonl"
    with sealed.engine.begin() as connection:
        old = tampering.held(connection)
    old_file = checkpoints_path(home).read_text()
    write(sealed, 2)
    seal_on(sealed, home, 3)
    away.write_text(checkpoints_path(home).read_text())
    assert main(["casework", "verify", "--against", str(away)]) == 0
    with sealed.engine.begin() as connection:
        tampering.lift(connection)
        tampering.put_back(connection, old)
    checkpoints_path(home).write_text(old_file)
    tampering.kept_anew(sealed, home)
    forget_register(home)
    assert main(["casework", "verify"]) == 0
    assert main(["casework", "verify", "--against", str(away)]) == 1
    told = capsys.readouterr().err
    assert "本机的封存文件从第 4 行起与副本不同或缺少" in told
    assert "事件第 18 号在 2026-09-10 09:00 第 4 次封存时还在，现在没有这一号" in told
    assert main(["casework", "verify", "--against", str(tmp_path / "none")]) == 1
