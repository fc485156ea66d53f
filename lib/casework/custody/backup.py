"""A copy of the whole store in one file, taken while people work; from either database, for either."""

from datetime import datetime
from pathlib import Path

from lib.access import Viewer
from lib.casework.custody import checkpoint, seats
from lib.casework.store import archive
from lib.casework.store.kept import ends_of
from lib.casework.store.register import Register
from lib.warehouse.home import backups_path


def backup(register: Register, home: Path, at: datetime, giver: Viewer, folder: Path | None = None) -> Path:
    """Seal the chains, write all tables as of one moment into a file of a folder (the home's own), and with them the
    stores of all seats of classes; where it is.

    The last checkpoint stands in the file's manifest: a changed copy is told from a true one. Raises UserError when the
    chains cannot be sealed or the file cannot be written.
    """
    path = (folder or backups_path(home)) / f"casework-{at:%Y%m%d-%H%M%S}.zip"
    sealed = checkpoint.write(register, home, checkpoint.BACKUP, at, giver, path.name)
    with register.read() as connection:
        ends = ends_of(connection)
        about = {
            "at": at.isoformat(timespec="seconds"),
            "reason": checkpoint.BACKUP,
            "kind": register.kind,
            "store_id": ends.store_id,
            "event": list(ends.event),
            "audit": list(ends.audit),
            "checkpoint": sealed.text,
        }
        archive.write(connection, path, about, seats.files(home))
    return path
