"""Which encoding a text file is in, and its lines as text."""

import codecs
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lib.errors import UserError

# Pieced together from exports in UTF-8 and in GB18030: each line is read by itself.
MIXED = "mixed"
DOUBTFUL = "doubtful"

_CHUNK = 4 << 20
_BLANK_LINE = re.compile(rb"\n\r?\n")
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
# Lines that can be read neither way, as a share of those that are not plain ASCII, up to which a file is read.
_SPOILT = 0.2


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


def _decoded(line: bytes) -> tuple[str, str]:
    """One line and how it was read: utf-8, gb18030, DOUBTFUL or neither, with what is unreadable replaced.

    Words in GB18030 hardly ever are valid UTF-8, and then they come out as anything but Chinese. Spoilt UTF-8 may
    well be valid GB18030, but then most of its characters are rare ones: those that begin with the bytes E4 to E9.
    """
    try:
        text = line.decode("utf-8")
        if all(character < "\x80" or character >= "\u2000" for character in text):
            return text, "utf-8"
    except UnicodeDecodeError:
        text = ""
    try:
        read = line.decode("gb18030")
        foreign = [character for character in read if character > "\x7f"]
        rare = sum(1 for character in foreign if 0xE4 <= character.encode("gb18030")[0] <= 0xE9)
        return (read, "gb18030") if 2 * rare <= len(foreign) else (line.decode("utf-8", errors="replace"), DOUBTFUL)
    except UnicodeDecodeError:
        return text or line.decode("utf-8", errors="replace"), "utf-8" if text else ""


def _by_lines(path: Path) -> str:
    """GB18030 when every line may be, else MIXED.

    Raises UserError when more than a few lines can be read neither way.
    """
    kinds: dict[str, int] = {}
    first_bad = 0
    with path.open("rb") as handle:
        for number, line in enumerate(handle, 1):
            if line.isascii():
                continue
            _, kind = _decoded(line)
            kinds[kind] = kinds.get(kind, 0) + 1
            if kind in ("", DOUBTFUL) and not first_bad:
                first_bad = number
    if set(kinds) <= {"gb18030", DOUBTFUL}:
        return "gb18030"
    if kinds.get("", 0) + kinds.get(DOUBTFUL, 0) > _SPOILT * sum(kinds.values()):
        raise UserError(
            f"文字编码有误：第 {first_bad} 行既不是 UTF-8 也不是 GB18030",
            "文件可能传输时损坏；请从来源系统重新导出，另存为 CSV（UTF-8）。",
        )
    return MIXED


def detect(path: Path) -> str:
    """'utf-8' (with or without mark), 'utf-16', 'utf-32' (with mark or one byte order), 'gb18030' or MIXED.

    Raises UserError when the file is no text, or in none of them.
    """
    with path.open("rb") as handle:
        head = handle.read(_CHUNK)
    # The mark of UTF-32 begins with that of UTF-16.
    marked = {
        "utf-32": (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE),
        "utf-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE),
    }
    for encoding, marks in marked.items():
        if head.startswith(marks) and _decodes(path, encoding):
            return encoding
    if b"\x00" in head:
        for encoding in _WIDE:
            if _reads_as(head, encoding) and _decodes(path, encoding):
                return encoding
        raise UserError("不是文本文件", "请另存为 CSV（UTF-8）或 .xlsx 后再装载。")
    return "utf-8" if _decodes(path, "utf-8") else _by_lines(path)


def _reads_as(head: bytes, encoding: str) -> bool:
    text = head[: len(head) // 4 * 4].decode(encoding, errors="replace")
    odd = sum(1 for character in text if character == "\ufffd" or (character < " " and character not in "\t\r\n"))
    return odd <= 1 and ("\n" in text or "\r" in text)


@contextmanager
def text_lines(path: Path, encoding: str) -> Iterator[Iterator[str]]:
    """The lines of a text file with their ends, whatever they end with."""
    if encoding == MIXED:
        with path.open("rb") as handle:
            yield (_decoded(line)[0] for line in handle)
        return
    with open(path, encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as text:
        yield text


@dataclass
class Survey:
    """What decides whether the fast reader of CSV counts the rows as a person does."""

    blank_lines: bool = False
    quotes: bool = False
    line_feeds: bool = False


def survey(path: Path) -> Survey:
    """Look through the bytes once."""
    found = Survey()
    with path.open("rb") as handle:
        tail = b""
        while chunk := handle.read(_CHUNK):
            found.quotes = found.quotes or b'"' in chunk
            found.line_feeds = found.line_feeds or b"\n" in chunk
            text = tail + chunk
            for match in _BLANK_LINE.finditer(text):
                if text[match.end() :].strip(b"\r\n") or handle.peek(1):
                    found.blank_lines = True
                    return found
            tail = chunk[-2:]
    return found
