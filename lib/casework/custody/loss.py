"""Going on with a store that is not all of what it was: what is missing goes on record."""

from pathlib import Path

from lib.access import Viewer
from lib.casework.custody import checkpoint
from lib.casework.store.kept import StoreLost
from lib.casework.store.register import opened_register
from lib.errors import UserError
from lib.warehouse.clock import now
from lib.warehouse.home import register_path


def accept_loss(home: Path, reason: str, giver: Viewer) -> list[str]:
    """Go on with a store that falls short of what was kept or sealed of it; what is missing becomes an event of it.

    Returns what was missing. Raises UserError without a reason or when nothing is missing.
    """
    if not reason.strip():
        raise UserError("须写明原因。", "请用 --reason 说明，例如恢复了哪一天的备份。")
    path, at = register_path(home), now()
    try:
        faults = checkpoint.verify_checkpoints(opened_register(home), home)
    except StoreLost as lost:
        faults = lost.faults
    except UserError as damaged:
        faults = [damaged.message]
    if not faults:
        raise UserError("业务库没有缺失，不需要确认。", "可用 python -m lib check 核对。")
    payload = {"faults": faults, "kept": put_aside(path, f"{at:%Y%m%d%H%M%S}")}
    payload |= {"place": checkpoint.place(home), "checkpoints": checkpoint.begin_anew(home, f"{at:%Y%m%d%H%M%S}")}
    register = opened_register(home)
    with register.transaction() as tx:
        tx.append(giver, at, "store", "register", "accept", None, register.kind, reason.strip(), payload)
    checkpoint.write(register, home, checkpoint.BEGUN, at, giver)
    return faults


def put_aside(path: Path, stamp: str) -> str:
    """Rename the file that keeps the ends of the chains: they are no longer expected. What stood in it."""
    if not path.exists():
        return ""
    aside = path.with_suffix(f".{stamp}.json")
    path.rename(aside)
    return aside.read_text(encoding="utf-8", errors="replace").strip()
