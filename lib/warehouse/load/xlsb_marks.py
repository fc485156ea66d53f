"""What the cells of an .xlsb sheet say beside their values, and the fast reader does not tell ([MS-XLSB])."""

import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

from lib.warehouse.load.marks import BUILT_IN, DAYS_1904, ERRORS, Marks, part_named, shown_as

BOOK = "xl/workbook.bin"
_ROW, _RK, _ERROR, _REAL, _FORMULA_NUMBER, _FORMULA_ERROR = 0, 2, 3, 5, 9, 11
_FORMAT, _STYLE, _STYLES, _STYLES_END, _PROPERTIES, _SHEET = 44, 47, 617, 618, 153, 156
_HIDDEN = 0x10


def xlsb_marks(path: Path, sheet: str) -> Marks:
    """The marks of one sheet.

    Raises BadZipFile, KeyError, zlib.error or ValueError when the parts of the file are not there or broken.
    """
    with zipfile.ZipFile(path) as book:
        marks, part = Marks(), ""
        try:
            for kind, data in _records(book.read(BOOK)):
                if kind == _PROPERTIES and data[0] & 1:
                    marks.days = DAYS_1904
                elif kind == _SHEET:
                    relation, rest = _text(data[8:])
                    part = part_named(book, "xl/_rels/workbook.bin.rels", relation) if _text(rest)[0] == sheet else part
            if part:
                _scan(book.read(part), marks, _formats(book))
        except (struct.error, IndexError) as error:
            raise ValueError("a record ends early") from error
        return marks


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and content of the records; both kind and size are written seven bits a byte."""
    at, end = 0, len(content)
    while at < end:
        kind = content[at]
        at += 1
        if kind & 0x80:
            kind = kind & 0x7F | content[at] << 7
            at += 1
        size = shift = 0
        while True:
            byte = content[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        yield kind, content[at : at + size]
        at += size


def _text(data: bytes) -> tuple[str, bytes]:
    """A text after the count of its characters, and what follows it."""
    (count,) = struct.unpack_from("<I", data)
    return data[4 : 4 + 2 * count].decode("utf-16-le", "replace"), data[4 + 2 * count :]


def _formats(book: zipfile.ZipFile) -> list[int | str | None]:
    """What each cell style adds to a number."""
    if "xl/styles.bin" not in book.namelist():
        return []
    codes = dict(BUILT_IN)
    formats: list[int | str | None] = []
    within = False
    for kind, data in _records(book.read("xl/styles.bin")):
        if kind == _FORMAT:
            codes[struct.unpack_from("<H", data)[0]] = _text(data[2:])[0]
        elif kind in (_STYLES, _STYLES_END):
            within = kind == _STYLES
        elif kind == _STYLE and within:
            formats.append(shown_as(codes.get(struct.unpack_from("<H", data, 2)[0])))
    return formats


def _scan(content: bytes, marks: Marks, formats: list[int | str | None]) -> None:
    row = 0
    shows = any(shown is not None for shown in formats)
    for kind, data in _records(content):
        if kind == _ROW:
            row = struct.unpack_from("<I", data)[0] + 1
            if data[11] & _HIDDEN:
                marks.hidden.append(row)
        elif kind in (_ERROR, _FORMULA_ERROR):
            marks.errors[row, struct.unpack_from("<I", data)[0]] = ERRORS.get(data[8], "#N/A")
        elif shows and kind in (_RK, _REAL, _FORMULA_NUMBER):
            column, style = struct.unpack_from("<II", data)
            style &= 0xFFFFFF
            marks.show((row, column), formats[style] if style < len(formats) else None)
