"""What went wrong with one file, or with the whole load, in a sentence; what nobody foresaw is kept with its traceback
in a log."""

import errno
import os
import re
import traceback
from pathlib import Path
from typing import TextIO

import duckdb

from lib.errors import UserError, system_says
from lib.warehouse.clock import now

# Faults of the store that is written to. They end the load; every other fault ends one file.
STORAGE_FAULTS = (duckdb.OperationalError, duckdb.FatalException)
MEMORY_FAULT = duckdb.OutOfMemoryException
_FULL = re.compile(r"No space left|Disk quota|File too large|not enough space|max_temp_directory_size", re.IGNORECASE)
_FULL_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def fault_log(home: Path) -> Path:
    """Tracebacks of faults that readers met and nobody foresaw."""
    return home / "load-faults.log"


def open_log(home: Path) -> TextIO:
    """The log, to append to; its owner's alone."""
    return open(os.open(fault_log(home), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8")


def refusal(error: BaseException, home: Path, place: str) -> str:
    """Why a file is refused. A fault that nobody foresaw goes to the log with its traceback.

    Raises `error` itself when it is an order to stop.
    """
    if isinstance(error, UserError):
        return error.sentence
    # A panic of a reader written in Rust is no Exception.
    if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
        raise error
    if isinstance(error, OSError):
        return f"读不了：{system_says(error)}。请检查文件权限、磁盘或网络盘后再试"
    if isinstance(error, MemoryError | MEMORY_FAULT):
        return "内容展开后太大，内存不足。请把它拆成几个文件后再装载"
    if isinstance(error, RecursionError):
        return "内容一层套一层，太深，读不了。请从来源导出成普通表格"
    with open_log(home) as handle:
        handle.write(f"{now():%Y-%m-%d %H:%M:%S} {place}\n{''.join(traceback.format_exception(error))}\n")
    return f"读这个文件时程序出错，未采用其中任何一行。请换一种格式另存后再试，并把 {fault_log(home).name} 交给管理员"


def is_full(error: BaseException) -> bool:
    """Whether it is the disk that is full."""
    return getattr(error, "errno", None) in _FULL_ERRORS or bool(_FULL.search(str(error)))


def unfinished(error: Exception, home: Path) -> UserError:
    """Why a load could not be finished."""
    number = getattr(error, "errno", None)
    unharmed = f"装载没有完成，原有数据不受影响（{home}）。"
    if is_full(error):
        return UserError(f"磁盘空间不足，{unharmed}", "请腾出空间后重新装载。")
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return UserError(f"数据文件夹不可写，{unharmed}", "请检查文件夹权限。")
    if isinstance(error, duckdb.OutOfMemoryException):
        return UserError(f"内存不足，{unharmed}", "请分批装载，或换内存大一些的机器。")
    return UserError(f"读写数据时出错，{unharmed}", f"请把这句话告诉管理员：{str(error).splitlines()[0]}")
