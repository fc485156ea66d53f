"""A small .xlsb workbook, record by record ([MS-XLSB]): no library writes this kind."""

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path

_ERRORS = {"#N/A": 0x2A, "#REF!": 0x17, "#DIV/0!": 0x07}
_NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _record(kind: int, data: bytes = b"") -> bytes:
    out = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(data)
    while True:
        out += bytes([size & 0x7F | (0x80 if size > 0x7F else 0)])
        size >>= 7
        if not size:
            return out + data


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _cell(column: int, cell: str | float, style: int, formula: bool) -> bytes:
    head = struct.pack("<II", column, style)
    if isinstance(cell, float | int):
        return _record(5, head + struct.pack("<d", cell))
    if cell in _ERRORS:
        # A formula's error is followed by flags and the formula itself.
        after = struct.pack("<HII", 0, 0, 0) if formula else b""
        return _record(11 if formula else 3, head + bytes([_ERRORS[cell]]) + after)
    return _record(6, head + _text(cell))


def write_xlsb(
    path: Path,
    name: str,
    rows: Sequence[Sequence[str | float]],
    *,
    hidden: Sequence[int] = (),
    formats: dict[tuple[int, int], str] | None = None,
    formulas: Sequence[tuple[int, int]] = (),
    is_1904: bool = False,
) -> None:
    """Texts, numbers and errors (as text: #N/A); rows and columns of the options count from 0."""
    codes = list(dict.fromkeys((formats or {}).values()))
    styles = {place: codes.index(code) + 1 for place, code in (formats or {}).items()}
    width = max(map(len, rows))
    sheet = _record(129) + _record(148, struct.pack("<IIII", 0, len(rows) - 1, 0, width - 1)) + _record(145)
    for r, row in enumerate(rows):
        flags = 0x10 if r in hidden else 0
        sheet += _record(0, struct.pack("<IIHBBBI", r, 0, 300, 0, flags, 0, 1) + struct.pack("<II", 0, width - 1))
        for c, cell in enumerate(row):
            sheet += _cell(c, cell, styles.get((r, c), 0), (r, c) in formulas)
    sheet += _record(146) + _record(130)
    style = _record(278) + _record(615, struct.pack("<I", len(codes)))
    style += b"".join(_record(44, struct.pack("<H", 164 + n) + _text(code)) for n, code in enumerate(codes))
    style += _record(616) + _record(617, struct.pack("<I", len(codes) + 1))
    for number in (0, *(164 + n for n in range(len(codes)))):
        style += _record(47, struct.pack("<HHHHHBBHH", 0, number, 0, 0, 0, 0, 0, 0, 0))
    style += _record(618) + _record(279)
    book = _record(131) + _record(153, struct.pack("<III", int(is_1904), 0, 0)) + _record(143)
    book += _record(156, struct.pack("<II", 0, 1) + _text("rId1") + _text(name)) + _record(144) + _record(132)
    relation = f'<Relationship Id="rId1" Type="{_NAMESPACE}/worksheet" Target="worksheets/sheet1.bin"/>'
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/_rels/workbook.bin.rels", f'<Relationships xmlns="{package}">{relation}</Relationships>')
        archive.writestr("xl/styles.bin", style)
        archive.writestr("xl/worksheets/sheet1.bin", sheet)
