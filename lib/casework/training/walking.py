"""A walk that is going on: a copy of the city's store, thrown away at its end, and which step it has come to.

What stands in the folder of a walk is all there is of it: both windows of the presenter read it, and it outlives a
restart of the server.
"""

import json
import os
import re
import secrets
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from lib.access import Viewer, under
from lib.casework.store import archive
from lib.casework.store.register import Register, close_beside, open_beside
from lib.warehouse.home import training_path

_CODE = re.compile("[0-9a-f]{16}")
_STORE, _STATE = "casework.sqlite", "walk.json"
# A walk that nobody ended is thrown away when another one begins, this long after its last step.
_FORGOTTEN_SECONDS = 6 * 3600.0


# The walks that this process began and that nobody has ended.
_own: set[str] = set()


class Walking(NamedTuple):
    """A walk going on: its code, the walk's name, the step it has come to (from 0), when it began (seconds since 1970),
    and what stands for the subjects that its addresses name."""

    code: str
    walk: str
    step: int
    began: float
    subjects: dict[str, str]


def _folder(home: Path, code: str) -> Path:
    if not _CODE.fullmatch(code):
        raise ValueError("no walk")
    return training_path(home) / "walks" / code


@under("view", "walk")
def begin(register: Register, home: Path, viewer: Viewer, walk: str) -> str:
    """Begin a walk on a copy of the city's store, in a file whichever database that is; its code."""
    _sweep(home)
    code = secrets.token_hex(8)
    folder = _folder(home, code)
    folder.mkdir(mode=0o700, parents=True)
    try:
        _copy(register, folder / _STORE)
    except BaseException:
        shutil.rmtree(folder)
        raise
    _write(home, Walking(code, walk, 0, time.time(), {}))
    _own.add(code)
    return code


def _copy(register: Register, path: Path) -> None:
    """The store as of one moment, whoever writes meanwhile."""
    if register.sqlite:
        archive.copy_file(Path(str(register.engine.url.database)), path)
    else:
        packed = path.with_suffix(".zip")
        with register.read() as connection:
            archive.write(connection, packed, {})
        filled = Register(f"sqlite:///{path}")
        try:
            filled.refill(archive.Archive(packed).put_into, 0)
        finally:
            filled.close()
        packed.unlink()
    path.chmod(0o600)


def walking(home: Path, code: str) -> Walking | None:
    """The walk of a code; None when there is none, or no more."""
    if not _CODE.fullmatch(code):
        return None
    try:
        told = json.loads((_folder(home, code) / _STATE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return Walking(code, **told)


def latest(home: Path, walk: str) -> Walking | None:
    """The walk of a name that began last of those going on."""
    codes = [path.name for path in (training_path(home) / "walks").glob("*")]
    found = [one for code in codes if (one := walking(home, code)) is not None and one.walk == walk]
    return max(found, key=lambda one: one.began, default=None)


def move(home: Path, held: Walking, step: int, subjects: dict[str, str]) -> None:
    """Go to a step, with what stands for the subjects found so far."""
    _write(home, held._replace(step=step, subjects=subjects))


def register_of(home: Path, code: str) -> Register:
    """The store that a walk works in."""
    return open_beside(_folder(home, code) / _STORE)


def end(home: Path, code: str) -> None:
    """Throw away all that was done in a walk."""
    folder = _folder(home, code)
    _own.discard(code)
    close_beside(folder)
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)


def end_own(home: Path) -> None:
    """End the walks that this process began, where it is the last that shows them."""
    for code in sorted(_own):
        end(home, code)


def _sweep(home: Path) -> None:
    for path in (training_path(home) / "walks").glob("*"):
        if _CODE.fullmatch(path.name) and time.time() - path.stat().st_mtime > _FORGOTTEN_SECONDS:
            end(home, path.name)


def _write(home: Path, held: Walking) -> None:
    told = held._asdict()
    folder = _folder(home, told.pop("code"))
    making = folder / f"{_STATE}.{secrets.token_hex(4)}"
    making.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    os.replace(making, folder / _STATE)
