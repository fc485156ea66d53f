"""Which encoding a text file is in."""

import codecs
import hashlib
import re
from pathlib import Path

from lib.errors import UserError

_CHUNK = 4 << 20
_BLANK_LINE = re.compile(rb"\n\r?\n")


def sha256(path: Path) -> str:
    """The file's fingerprint."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as handle:
        try:
            while chunk := handle.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _first_bad_line(path: Path) -> int:
    with path.open("rb") as handle:
        for number, line in enumerate(handle, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1


def _mostly_utf8(path: Path) -> bool:
    """A UTF-8 file with a few spoilt bytes; read as GB18030 it would turn into other characters unnoticed."""
    with path.open("rb") as handle:
        text = handle.read(2 * _CHUNK).decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    good = sum(1 for character in text if character > "\x7f") - bad
    return good > 10 * bad


def detect(path: Path) -> str:
    """'utf-8' (with or without mark), 'utf-16' or 'gb18030'.

    Raises UserError when the file is none of them.
    """
    with path.open("rb") as handle:
        head = handle.read(_CHUNK)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        if _decodes(path, "utf-16"):
            return "utf-16"
    elif b"\x00" in head:
        raise UserError("不是文本文件", "请另存为 CSV（UTF-8）或 .xlsx 后再装载。")
    elif _decodes(path, "utf-8"):
        return "utf-8"
    elif not _mostly_utf8(path) and _decodes(path, "gb18030"):
        return "gb18030"
    raise UserError(
        f"文字编码有误：第 {_first_bad_line(path)} 行既不是 UTF-8 也不是 GB18030",
        "文件可能传输时损坏；请从来源系统重新导出，另存为 CSV（UTF-8）。",
    )


def has_blank_lines(path: Path) -> bool:
    """Whether an empty line stands between others: fast readers skip it and lose count of the rows."""
    with path.open("rb") as handle:
        tail = b""
        while chunk := handle.read(_CHUNK):
            text = tail + chunk
            for match in _BLANK_LINE.finditer(text):
                if text[match.end() :].strip(b"\r\n") or handle.peek(1):
                    return True
            tail = chunk[-2:]
    return False
