"""A disk that fills up in the middle of sealing, backing up, exporting and restoring, of a file that comes with a
record and of a draft: no half file, no half record, and all of it when there is room."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from lib.access import SYSTEM
from lib.casework.custody import checkpoint
from lib.casework.custody.backup import backup
from lib.casework.custody.verify import verify_all
from lib.casework.drafts import load_draft, save_draft
from lib.casework.store.archive import Archive
from lib.casework.store.register import Register, forget_register, open_register
from lib.casework.store.schema import attachment, event
from lib.cli import main
from lib.errors import UserError
from tests.casework import postgres
from tests.casework.conftest import publish_city
from tests.casework.custody.test_backup import AT, OFFICE, before_unsigned, content, play
from tests.casework.stepping import on_warning
from tests.disk import Disk, disk

# How much is left free: from nothing to as much as all of it takes.
LEFT = [0, 1 << 14, 1 << 16, 1 << 18, 1 << 19, 3 << 18, 1 << 20, 3 << 19, 1 << 21, 3 << 20]
# Nothing that could be packed smaller.
PHOTO = ("现场.jpg", Random(1).randbytes(400_000))


@pytest.fixture(params=["sqlite", "tablespace"])
def on_disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Disk, Path]]:
    """A home on a small disk, with some casework in it; on a server its tables lie on the same disk."""
    with ExitStack() as stack:
        small = stack.enter_context(disk(64))
        url = ""
        if request.param == "tablespace":
            postgres.needed()
            server = stack.enter_context(postgres.serving(postgres.SMALL))
            server.lay_tables(small.place)
            url = server.url
        home = small.place / "home"
        home.mkdir()
        monkeypatch.setenv("COCKPIT_HOME", str(home))
        monkeypatch.setenv("COCKPIT_CASEWORK_URL", url)
        publish_city(home)
        register = open_register(home)
        play(register)
        on_warning("sign", register, OFFICE, first := before_unsigned(register), submission_id="s", at=AT)
        on_warning("start", register, OFFICE, first, submission_id="t", at=AT)
        with register.transaction() as tx:
            for number in range(400):
                tx.append(SYSTEM, AT, "warning", "W0", "note", None, "新生成", f"{number}" * 500)
        checkpoint.write(register, home, checkpoint.DAILY, AT, SYSTEM)
        stack.callback(forget_register, home)
        yield small, home


def files(home: Path) -> set[str]:
    """What lies in the home, but for what databases write as they please and what a restore kept of the store before
    it was tried, which is whole."""
    own = [path for path in home.rglob("*") if path.is_file() and not path.name.startswith("casework.sqlite")]
    for path in own:
        if path.name.startswith("replaced-"):
            read(path)
    return {str(path) for path in own if not path.name.startswith("replaced-")}


def read(path: Path) -> int:
    """All rows of a backup, counted; a broken one raises."""
    copy = Archive(path)
    return sum(1 for table in copy.manifest["tables"] for _ in copy.rows(table))


def swept(small: Disk, home: Path, deed: Callable[[int], bool]) -> int:
    """Do it again and again, each time with more room, until it is done; how often it was not. Whenever it is not, what
    lies in the home is what lay there before."""
    for failed, left in enumerate(LEFT):
        before = files(home)
        small.fill(left)
        try:
            done = deed(failed)
        finally:
            small.free()
        assert verify_all(open_register(home), home) == []
        if done:
            return failed
        assert files(home) == before, left
    raise AssertionError("it was never done")


def said(capsys: pytest.CaptureFixture[str]) -> str:
    told = capsys.readouterr().err
    assert "Traceback" not in told and ("磁盘" in told or "空间" in told), told
    return told


def test_a_backup_is_whole_or_is_not_there(
    on_disk: tuple[Disk, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    small, home = on_disk

    def deed(_number: int) -> bool:
        before = content(open_register(home))
        if main(["casework", "backup"]) != 0:
            assert said(capsys)
            assert content(open_register(home)) == before
            return False
        return True

    assert swept(small, home, deed) >= 2
    [path] = (home / "backups").glob("*")
    assert read(path) > 400


def test_an_export_is_whole_or_is_not_there(on_disk: tuple[Disk, Path], capsys: pytest.CaptureFixture[str]) -> None:
    small, home = on_disk

    def deed(number: int) -> bool:
        form = "csv" if number % 2 else "parquet"
        to = ["--to", str(home / "exports" / "1"), "--format", form]
        if main(["casework", "export", "--for", "demo-office", "--reason", "归档", *to]) != 0:
            assert said(capsys)
            assert not list((home / "exports").glob("*")) if (home / "exports").exists() else True
            return False
        return True

    assert swept(small, home, deed) >= 1
    about = json.loads((home / "exports" / "1" / "manifest.json").read_text(encoding="utf-8"))
    assert {path.name for path in (home / "exports" / "1").iterdir()} == {*about["files"], "manifest.json"}


def test_a_restore_is_done_or_leaves_the_store_as_it_was(
    on_disk: tuple[Disk, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    small, home = on_disk
    path = backup(open_register(home), home, AT, SYSTEM)
    with open_register(home).transaction() as tx:
        tx.append(SYSTEM, AT, "warning", "W0", "note", None, "新生成", "其后")
    late = content(open_register(home))

    def deed(_number: int) -> bool:
        if main(["casework", "restore", str(path), "--replace"]) != 0:
            assert said(capsys)
            assert content(open_register(home)) == late
            return False
        return True

    assert swept(small, home, deed) >= 2
    assert len(content(open_register(home))["event"]) == len(late["event"]) - 1


def test_a_seal_is_whole_or_is_made_up_for(on_disk: tuple[Disk, Path]) -> None:
    small, home = on_disk
    register, day = open_register(home), AT + timedelta(days=1)

    def deed(_number: int) -> bool:
        try:
            return checkpoint.write_daily(register, home, day, SYSTEM) is not None
        except UserError as refused:
            assert "磁盘" in refused.sentence
            return False

    swept(small, home, deed)
    assert checkpoint.write_daily(register, home, day + timedelta(hours=1), SYSTEM) is None
    assert len(checkpoint.lines(home)) == 2


def count(register: Register) -> tuple[int, int]:
    with register.read() as connection:
        of_step = select(func.count()).where(event.c.action == "conclude")
        return connection.execute(of_step).scalar_one(), connection.execute(
            select(func.count()).select_from(attachment)
        ).scalar_one()


def test_a_file_comes_whole_with_its_event_or_neither(on_disk: tuple[Disk, Path]) -> None:
    small, home = on_disk
    register, key = open_register(home), before_unsigned(open_register(home))
    before = count(register)
    given = {"conclusion": "属实", "checked": ["核对票据"], "attachment": PHOTO, "text": "票据不符。"}

    def deed(_number: int) -> bool:
        try:
            return on_warning("conclude", register, OFFICE, key, submission_id="c", at=AT, **given).recorded
        except UserError as refused:
            assert "磁盘已满" in refused.sentence and "同一次提交不会重复记录" in refused.sentence
            assert count(register) == before
            return False

    assert swept(small, home, deed) >= 1
    again = on_warning("conclude", register, OFFICE, key, submission_id="c", at=AT, **given)
    assert (again.recorded, again.duplicate) == (False, True)
    assert count(register) == (before[0] + 1, before[1] + 1)


def test_a_draft_is_kept_or_the_one_before_stays(on_disk: tuple[Disk, Path]) -> None:
    small, home = on_disk
    register, key = open_register(home), before_unsigned(open_register(home))
    at = datetime(2022, 9, 7)
    save_draft(register, OFFICE, "warning", key, {"text": "先前"}, at)
    longer = {"text": "".join(map(str, Random(2).choices(range(10), k=100_000)))}

    def deed(_number: int) -> bool:
        try:
            save_draft(register, OFFICE, "warning", key, longer, at)
        except UserError as refused:
            assert "磁盘已满" in refused.sentence
            assert load_draft(register, OFFICE, "warning", key) == {"text": "先前"}
            return False
        return True

    assert swept(small, home, deed) >= 1
    assert load_draft(register, OFFICE, "warning", key) == longer
