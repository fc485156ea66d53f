"""What an .xls workbook says that the fast reader does not tell: cells that hold an error, and days from 1904."""

import re
import struct
from pathlib import Path

_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_ANY = rb"[\x00-\xff]"
_CODE = rb"([\x00\x07\x0f\x17\x1d\x24\x2a])"
# Records of BIFF8 ([MS-XLS] 2.4.24 BoolErr, 2.4.127 Formula): row, column, style, value.
_VALUE = re.compile(rb"\x05\x02\x08\x00(" + _ANY + rb"{2})(" + _ANY + rb"{2})" + _ANY + rb"{2}" + _CODE + rb"\x01")
_FORMULA = re.compile(
    rb"\x06\x00" + _ANY + rb"{2}(" + _ANY + rb"{2})(" + _ANY + rb"{2})" + _ANY + rb"{2}\x02" + _ANY + _CODE
    + _ANY + rb"{3}\xff\xff"
)  # fmt: skip

# Date1904 ([MS-XLS] 2.4.77) stands before CalcPrecision.
_DAYS = re.compile(rb"\x22\x00\x02\x00\x01\x00\x0e\x00\x02\x00")


def counts_from_1904(path: Path) -> bool:
    """Whether the numbers of days in the workbook start in 1904."""
    return _DAYS.search(path.read_bytes()) is not None


def xls_errors(path: Path) -> dict[tuple[int, int], str]:
    """Errors by row (as counted in the sheet) and column from 0, of whichever sheet: only where the reader finds
    the cell empty does one count."""
    content = path.read_bytes()
    found = {}
    for pattern in (_VALUE, _FORMULA):
        for match in pattern.finditer(content):
            (row,), (column,) = struct.unpack("<H", match[1]), struct.unpack("<H", match[2])
            found[row + 1, column] = _ERRORS[match[3][0]]
    return found
