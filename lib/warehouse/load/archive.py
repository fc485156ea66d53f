"""Archives unpacked within limits: .zip, .gz, .tar, .tar.gz."""

import gzip
import os
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, cast

from lib.errors import UserError

SUFFIXES = (".tar.gz", ".tgz", ".tar", ".zip", ".gz")
_MOST_FILES, _MOST_BYTES, _MOST_RATIO, _SMALL = 2000, 8 << 30, 200, 64 << 20
_CHUNK = 1 << 20
_BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, gzip.BadGzipFile, EOFError, NotImplementedError)


@dataclass
class _Member:
    name: str
    modified: float
    file: IO[bytes]


def is_archive(path: Path) -> bool:
    """Whether the file's name is that of an archive."""
    return path.name.lower().endswith(SUFFIXES)


def readable(name: str) -> str:
    """A name of a file as characters: what is no UTF-8 was written in GB18030."""
    try:
        name.encode("utf-8")
        return name
    except UnicodeEncodeError:
        return os.fsencode(name).decode("gb18030", errors="replace")


def unpack(archive: Path, into: Path) -> list[Path]:
    """Write the files of an archive under `into`, their names readable; returns them in the archive's order.

    Raises UserError when it is broken, locked, or holds more than can be meant, a way out, or another archive.
    """
    room = _MOST_BYTES
    whole = archive.stat().st_size
    written: list[Path] = []
    try:
        for member in _members(archive):
            parts = PurePosixPath(member.name.replace("\\", "/")).parts
            if not parts or any(part.startswith((".", "~$", "__MACOSX")) and part != ".." for part in parts):
                continue
            if ".." in parts or parts[0].startswith("/") or ":" in parts[0]:
                raise UserError(f"压缩包里的“{member.name}”指向包外", "请重新打包后再装载。")
            if is_archive(Path(parts[-1])):
                raise UserError(f"压缩包里还有压缩包“{member.name}”", "请先解开里面的压缩包再装载。")
            if len(written) == _MOST_FILES:
                raise UserError(f"压缩包里超过 {_MOST_FILES} 个文件", "请分成几包后再装载。")
            target = into.joinpath(*parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as out:
                while chunk := member.file.read(_CHUNK):
                    room -= len(chunk)
                    if room < 0 or (_MOST_BYTES - room > max(_SMALL, _MOST_RATIO * whole)):
                        raise UserError("压缩包展开后太大，超过上限", "请检查来源，或分成几包后再装载。")
                    out.write(chunk)
            os.utime(target, (member.modified, member.modified))
            written.append(target)
    except _BROKEN as error:
        raise UserError("压缩包损坏，解不开", "请从来源重新导出或重新打包。") from error
    except ValueError as error:
        raise UserError("压缩包里有不合规的名字或时间，解不开", "请重新打包后再装载。") from error
    except RuntimeError as error:
        raise UserError("压缩包加了密码", "请去掉密码后再装载。") from error
    if not written:
        raise UserError("压缩包里没有文件", "请核对压缩包。")
    return written


def _members(archive: Path) -> Iterator[_Member]:
    name = archive.name.lower()
    if name.endswith(".zip"):
        with zipfile.ZipFile(archive) as packed:
            for entry in packed.infolist():
                if not entry.is_dir():
                    with packed.open(entry) as file:
                        yield _Member(_zip_name(entry), datetime(*entry.date_time).timestamp(), file)
    elif name.endswith((".tar.gz", ".tgz", ".tar")):
        with tarfile.open(archive, encoding="utf-8", errors="surrogateescape") as tape:
            for item in tape:
                content = tape.extractfile(item) if item.isfile() else None
                if content is not None:
                    yield _Member(readable(item.name), item.mtime, content)
                elif not item.isdir():
                    raise UserError(f"压缩包里的“{readable(item.name)}”不是普通文件", "请重新打包后再装载。")
    else:
        with gzip.open(archive) as single:
            yield _Member(archive.name[: -len(".gz")], archive.stat().st_mtime, cast(IO[bytes], single))


def _zip_name(entry: zipfile.ZipInfo) -> str:
    """Names without the mark of UTF-8 are in the writer's own code page; Windows in China writes GB18030."""
    if entry.flag_bits & 0x800:
        return entry.filename
    raw = entry.filename.encode("cp437", errors="replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename
