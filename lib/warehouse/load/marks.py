"""What the cells of a spreadsheet say beside their values, whatever kind of workbook they stand in."""

import re
from dataclasses import dataclass, field
from posixpath import join, normpath
from zipfile import ZipFile

_SCALED = re.compile(r"[0#?!.],+(?=$|[^0#?,.])")
# A point or a comma put into the number without dividing it, thousands left out, per cent.
_MOVED = re.compile(r"[0#?](?:!|\\)\.|[0#?]\"\.\"|%")
_UNIT = re.compile(r"(亿元|万元|千元|亿|万)")
# What is added to days counted from 1904.
DAYS_1904 = 1462
# Codes of errors in binary workbooks.
ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}

# Of a number that is shown smaller or larger than it is.
SCALED = "scaled"

# Formats that a workbook need not spell out.
BUILT_IN = {9: "0%", 10: "0.00%"}

Place = tuple[int, int]


@dataclass
class Marks:
    """Errors (#N/A), formulas whose result was never saved, hidden rows, the epoch of dates, and number formats that
    say more than the number: 000123, 1.2万元.

    Cells are (row as counted in the sheet, column from 0). `padded` are numbers shown with so many digits, `units`
    numbers shown with a unit of money behind them, `scaled` numbers shown smaller or larger than they are; `days` is
    added to day counts; `unseen` says what of all this the workbook does not tell.
    """

    errors: dict[Place, str] = field(default_factory=dict)
    unsaved: set[Place] = field(default_factory=set)
    hidden: list[int] = field(default_factory=list)
    padded: dict[Place, int] = field(default_factory=dict)
    units: dict[Place, str] = field(default_factory=dict)
    scaled: set[Place] = field(default_factory=set)
    days: int = 0
    unseen: str = ""

    def show(self, place: Place, shown: int | str | None) -> None:
        """Mark a number by what `shown_as` tells of its format."""
        if isinstance(shown, int):
            self.padded[place] = shown
        elif shown == SCALED:
            self.scaled.add(place)
        elif shown is not None:
            self.units[place] = shown


def shown_as(code: str | None) -> int | str | None:
    """What a number format adds to a number: digits that it is filled up to, a unit of money behind it, or SCALED."""
    code = (code or "").split(";")[0]
    if re.fullmatch(r"0{2,20}", code):
        return len(code)
    if _MOVED.search(code) or _SCALED.search(re.sub(r'"[^"]*"|\\.', "", code)):
        return SCALED
    if unit := _UNIT.search(code):
        return unit[1]
    return None


def part_named(book: ZipFile, relations: str, name: str) -> str:
    """The part of a zipped workbook that its file of relations calls by this name; empty when it calls none so."""
    text = book.read(relations).decode("utf-8", errors="replace")
    for tag in re.findall(r"<(?:\w+:)?Relationship\s[^>]*>", text):
        target = re.search(r'\sTarget="([^"]*)"', tag)
        if target and re.search(rf'\sId="{re.escape(name)}"', tag):
            return normpath(target[1].lstrip("/") if target[1].startswith("/") else join("xl", target[1]))
    return ""
