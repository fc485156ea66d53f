"""Streams of a compound file ([MS-CFB]), the box an .xls workbook comes in."""

import struct
from collections.abc import Iterator
from itertools import chain

_FREE = 0xFFFFFFFA  # numbers from here on are no sectors
_ENTRY = 128


def stream(content: bytes, names: tuple[str, ...]) -> bytes | None:
    """The first stream of one of these names, None where there is none or the file is broken."""
    try:
        return _stream(content, names)
    except (struct.error, IndexError, UnicodeDecodeError):
        return None


def _stream(content: bytes, names: tuple[str, ...]) -> bytes | None:
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    first, cutoff, small_first = struct.unpack_from("<I4xII", content, 48)
    table = list(chain.from_iterable(_numbers(_sector(content, n, size)) for n in _tables(content, size)))
    entries = b"".join(_sector(content, n, size) for n in _chain(table, first))
    for at in range(0, len(entries) - _ENTRY + 1, _ENTRY):
        name = entries[at : at + max(0, struct.unpack_from("<H", entries, at + 64)[0] - 2)].decode("utf-16-le")
        if name in names:
            start, length = struct.unpack_from("<II", entries, at + 116)
            if length >= cutoff:
                return b"".join(_sector(content, n, size) for n in _chain(table, start))[:length]
            # Short streams lie in the one that the root entry names, cut into pieces of 64 bytes.
            box = b"".join(_sector(content, n, size) for n in _chain(table, struct.unpack_from("<I", entries, 116)[0]))
            small = list(chain.from_iterable(_numbers(_sector(content, n, size)) for n in _chain(table, small_first)))
            return b"".join(box[64 * n : 64 * n + 64] for n in _chain(small, start))[:length]
    return None


def _sector(content: bytes, number: int, size: int) -> bytes:
    return content[(number + 1) * size : (number + 2) * size]


def _numbers(sector: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(sector) // 4}I", sector[: len(sector) // 4 * 4])


def _chain(table: list[int], number: int) -> Iterator[int]:
    for _ in range(len(table) + 1):
        if number >= _FREE:
            return
        yield number
        number = table[number]


def _tables(content: bytes, size: int) -> Iterator[int]:
    """Sectors of the allocation table: 109 named in the header, the others in a chain of sectors of their own."""
    yield from (number for number in struct.unpack_from("<109I", content, 76) if number < _FREE)
    more, count = struct.unpack_from("<II", content, 68)
    for _ in range(count):
        if more >= _FREE:
            return
        *numbers, more = _numbers(_sector(content, more, size))
        yield from (number for number in numbers if number < _FREE)
