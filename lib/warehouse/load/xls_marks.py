"""What the cells of an .xls sheet say beside their values, and the fast reader does not tell ([MS-XLS], BIFF8)."""

import struct
from collections.abc import Iterator
from pathlib import Path

from lib.warehouse.load.compound_file import stream
from lib.warehouse.load.marks import BUILT_IN, DAYS_1904, ERRORS, Marks, shown_as

_BIFF8 = 0x0600
_BOF, _EOF, _DATE_MODE, _FORMAT, _XF, _SHEET = 0x0809, 0x000A, 0x0022, 0x041E, 0x00E0, 0x0085
_ROW, _ERROR, _FORMULA, _NUMBER, _RK, _MANY_RK = 0x0208, 0x0205, 0x0006, 0x0203, 0x027E, 0x00BD
_HIDDEN = 0x20
# What a library writes for the result of a formula that it does not work out: 0, or an empty text.
_NOTHING = (bytes(8), b"\3\0\0\0\0\0\xff\xff")
_UNSEEN = "工作簿太旧（Excel 95 或更早）或不完整，出错的公式、隐藏的行和数字格式看不出来；请另存为 .xlsx 再装载"


def xls_marks(path: Path, sheet: str) -> Marks:
    """The marks of one sheet; `unseen` where the workbook is of a kind that tells none."""
    content = stream(path.read_bytes(), ("Workbook", "WORKBOOK"))
    try:
        if content is not None and struct.unpack_from("<H2xH", content) == (_BOF, _BIFF8):
            return _marks(content, sheet)
    except (struct.error, IndexError):
        pass
    return Marks(unseen=_UNSEEN)


def _marks(content: bytes, sheet: str) -> Marks:
    marks, formats, styles, place = Marks(), dict(BUILT_IN), list[int | str | None](), -1
    for kind, data in _records(content, 0):
        if kind == _DATE_MODE and data[:1] == b"\1":
            marks.days = DAYS_1904
        elif kind == _FORMAT:
            formats[struct.unpack_from("<H", data)[0]] = _text(data[2:])
        elif kind == _XF:
            styles.append(shown_as(formats.get(struct.unpack_from("<H", data, 2)[0])))
        elif kind == _SHEET and _text(data[6:7] + b"\0" + data[7:]) == sheet:
            place = struct.unpack_from("<I", data)[0]
        elif kind == _EOF:
            break
    if place >= 0:
        _scan(content, place, marks, styles)
    return marks


def _records(content: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(content):
        kind, size = struct.unpack_from("<HH", content, at)
        yield kind, content[at + 4 : at + 4 + size]
        at += 4 + size


def _text(data: bytes) -> str:
    """A text of one or two bytes a character, after their count and the mark that says which."""
    count, wide = struct.unpack_from("<HB", data)
    return data[3 : 3 + 2 * count].decode("utf-16-le", "replace") if wide & 1 else data[3 : 3 + count].decode("latin-1")


def _scan(content: bytes, place: int, marks: Marks, styles: list[int | str | None]) -> None:
    depth, worked = 0, False
    for kind, data in _records(content, place):
        # A chart inside the sheet has a beginning and an end of its own.
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 0:
            break
        if kind == _ROW and len(data) >= 14 and data[12] & _HIDDEN:
            marks.hidden.append(struct.unpack_from("<H", data)[0] + 1)
        elif kind in (_ERROR, _FORMULA, _NUMBER, _RK) and depth == 1:
            row, column, style = struct.unpack_from("<HHH", data)
            if kind == _FORMULA:
                marks.unsaved |= {(row + 1, column)} if data[6:14] in _NOTHING else set()
                worked = worked or data[6:14] not in _NOTHING
            if kind == _ERROR and data[7]:
                marks.errors[row + 1, column] = ERRORS.get(data[6], "#N/A")
            elif kind == _FORMULA and data[12:14] == b"\xff\xff" and data[6] == 2:
                marks.errors[row + 1, column] = ERRORS.get(data[8], "#N/A")
            elif kind != _ERROR:
                marks.show((row + 1, column), styles[style] if style < len(styles) else None)
        elif kind == _MANY_RK and depth == 1:
            row, column = struct.unpack_from("<HH", data)
            for step, at in enumerate(range(4, len(data) - 5, 6)):
                style = struct.unpack_from("<H", data, at)[0]
                marks.show((row + 1, column + step), styles[style] if style < len(styles) else None)
    if worked:
        # Where one formula was worked out, 0 and the empty text are results like others.
        marks.unsaved.clear()
