"""What the cells of an .xlsx sheet say beside their values, and the fast reader does not tell."""

import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from lib.warehouse.load.marks import BUILT_IN, DAYS_1904, Marks, part_named, shown_as

_CHUNK = 8 << 20
_UNSEEN = "这种工作簿（.ods）里隐藏的行和数字格式看不出来；用到它们的请另存为 .xlsx 再装载"


def xlsx_marks(path: Path, sheet: str) -> Marks:
    """The marks of one sheet; `unseen` for other kinds of workbooks.

    Raises BadZipFile, KeyError or zlib.error when the parts of the file are not there or broken.
    """
    if not zipfile.is_zipfile(path):
        return Marks()
    with zipfile.ZipFile(path) as book:
        if "xl/workbook.xml" not in book.namelist():
            return Marks(unseen=_UNSEEN)
        text = book.read("xl/workbook.xml").decode("utf-8", errors="replace")
        marks = Marks(days=DAYS_1904 if re.search(r'date1904="(1|true)"', text) else 0)
        part = _part(book, text, sheet)
        if part is not None:
            formats = _formats(book)
            # Libraries that write a formula without working it out put 0 for its result, and ask for it to be done.
            unworked = re.search(r'fullCalcOnLoad="(1|true)"', text) is not None
            for window, prefix in _windows(book, part):
                _scan(window, prefix, marks, formats, unworked)
        return marks


def _part(book: zipfile.ZipFile, text: str, sheet: str) -> str | None:
    for tag in re.findall(r"<(?:\w+:)?sheet\s[^>]*>", text):
        name, rel = re.search(r'\sname="([^"]*)"', tag), re.search(r'\s(?:\w+:)?id="([^"]*)"', tag)
        if name and rel and unescape(name[1]) == sheet:
            break
    else:
        return None
    found = part_named(book, "xl/_rels/workbook.xml.rels", rel[1])
    return found if found in book.namelist() else None


def _formats(book: zipfile.ZipFile) -> dict[str, int | str]:
    """Numbers of cell styles that add something to a number, as `shown_as` tells it."""
    if "xl/styles.xml" not in book.namelist():
        return {}
    text = book.read("xl/styles.xml").decode("utf-8", errors="replace")
    found = re.findall(r'<(?:\w+:)?numFmt\s+numFmtId="(\d+)"\s+formatCode="([^"]*)"', text)
    codes = BUILT_IN | {int(number): unescape(code) for number, code in found}
    styles = re.search(r"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", text, re.S)
    formats: dict[str, int | str] = {}
    for place, tag in enumerate(re.findall(r"<(?:\w+:)?xf\s[^>]*>", styles[0] if styles else "")):
        number = re.search(r'numFmtId="(\d+)"', tag)
        shown = shown_as(codes.get(int(number[1]))) if number else None
        if shown is not None:
            formats[str(place)] = shown
    return formats


def _windows(book: zipfile.ZipFile, part: str) -> Iterator[tuple[bytes, bytes]]:
    """The sheet's text in pieces that end where a cell begins, with the prefix of its tags."""
    with book.open(part) as handle:
        window = handle.read(_CHUNK)
        found = re.search(rb"<(\w+:)?worksheet\b", window[:4096])
        prefix = found[1] if found and found[1] else b""
        while window:
            chunk = handle.read(_CHUNK)
            cut = window.rfind(b"<" + prefix + b"c ") if chunk else len(window)
            cut = cut if cut > 0 else max(0, len(window) - 4096)
            yield window[:cut], prefix
            window = window[cut:] + chunk if chunk else b""


def _scan(window: bytes, prefix: bytes, marks: Marks, formats: dict[str, int | str], unworked: bool) -> None:
    cell = rb"<" + prefix + rb'c(?=[^>]*?\sr="([A-Z]{1,3})(\d{1,7})")'
    formula = rb"<" + prefix + rb"f\b[^>]*?(?:/>|>[^<]*</" + prefix + rb"f>)"
    v = rb"<" + prefix + rb"v"
    if b't="e"' in window:
        pattern = cell + rb'(?=[^>]*?\st="e")[^>]*>(?:' + formula + rb")?" + v + rb">([^<]*)<"
        for match in re.finditer(pattern, window):
            marks.errors[_place(match)] = match[3].decode("utf-8", errors="replace")
    if b"<" + prefix + b"f" in window:
        # A formula that gives an empty text is saved as such: t="str".
        nothing = rb"(?:" + v + rb"\s*/>|" + v + rb">" + (b"0?" if unworked else b"") + rb"</[^>]*>)?</"
        pattern = cell + rb'(?![^>]*?\st="str")[^>]*>' + formula + nothing
        marks.unsaved |= {_place(match) for match in re.finditer(pattern, window)}
    if b'hidden="' in window:
        rows = re.finditer(rb"<" + prefix + rb'row\b(?=[^>]*?\sr="(\d+)")(?=[^>]*?\shidden="(?:1|true)")', window)
        marks.hidden += [int(match[1]) for match in rows]
    if formats:
        styles = "|".join(formats).encode()
        pattern = cell + rb'(?=[^>]*?\ss="(' + styles + rb')")(?![^>]*?\st="[^n])[^>]*>'
        for match in re.finditer(pattern, window):
            marks.show(_place(match), formats[match[3].decode()])


def _place(match: re.Match[bytes]) -> tuple[int, int]:
    column = 0
    for letter in match[1]:
        column = column * 26 + letter - 64
    return int(match[2]), column - 1
