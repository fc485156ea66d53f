"""The objects and events a person may export, as tables for an archive that outlives this program."""

import errno
import hashlib
import json
import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import Literal

import pandas as pd

from lib.access import Forbidden, Viewer
from lib.access.policy import policy
from lib.casework import audit
from lib.casework.objects import KINDS
from lib.casework.reading import visible
from lib.casework.store.register import Register
from lib.errors import UserError, system_says
from lib.warehouse.store import Warehouse

Form = Literal["csv", "parquet"]
# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export(
    register: Register, viewer: Viewer, warehouse: Warehouse | None, folder: Path, form: Form, reason: str, at: datetime
) -> dict[str, int]:
    """Write KIND and KIND_events of every kind the viewer may export into a new folder, with a list of what is there.

    Rows by file; the folder is whole once it is there. As on screen: within the viewer's scope, what somebody wrote
    masked. Every kind is noted in the audit log first. Raises Forbidden when there is none, UserError without a reason
    or when the folder cannot be written.
    """
    if not reason.strip():
        raise UserError("导出须写明用途。", "请用 --reason 说明，例如年度归档。")
    kinds = [kind for kind in KINDS.values() if ("export", kind.name) in policy().rights]
    kinds = [kind for kind in kinds if viewer.may("export", kind.name) and viewer.may("view", kind.name)]
    if not kinds:
        raise Forbidden("您的角色不能导出。", "请由有导出权限的人员办理。")
    written: dict[str, dict[str, int | str]] = {}
    making = folder.with_name(f".{folder.name}.{os.getpid()}")
    try:
        if folder.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        making.mkdir(parents=True, mode=0o700)
        for kind in kinds:
            frames = {
                kind.name: visible.objects(register, viewer, warehouse, kind.name),
                f"{kind.name}_events": visible.events(register, viewer, warehouse, kind.name),
            }
            detail = {name: len(frame) for name, frame in frames.items()}
            audit.log(register, viewer, "export", kind.name, at=at, reason=reason, detail={**detail, "form": form})
            for name, frame in frames.items():
                path = making / f"{name}.{form}"
                _write(frame, path, form)
                sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
                written[path.name] = {"rows": len(frame), "sha256": sha256}
        about = {"at": at.isoformat(timespec="seconds"), "by": viewer.person_id, "reason": reason, "files": written}
        (making / "manifest.json").write_text(json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8")
        making.rename(folder)
    except OSError as error:
        raise UserError(
            f"没有写成：{folder}（{system_says(error)}）。", "请换一个空的目录，或检查磁盘空间和权限。"
        ) from error
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return {name: int(held["rows"]) for name, held in written.items()}


def _write(frame: pd.DataFrame, path: Path, form: Form) -> None:
    if form == "parquet":
        frame.to_parquet(path, index=False)
        return
    texts = [
        name for name in frame if not (pd.api.types.is_numeric_dtype(frame[name]) or frame[name].dtype.kind == "M")
    ]
    frame.assign(**{name: frame[name].map(_cell) for name in texts}).to_csv(path, index=False, encoding="utf-8-sig")


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
