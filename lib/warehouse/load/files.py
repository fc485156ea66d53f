"""Files to load: found under the given paths, opened by their kind."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lib.catalog.private import mask_text
from lib.errors import UserError, system_says
from lib.warehouse.load.archive import is_archive, readable, unpack
from lib.warehouse.load.csv_file import open_csv
from lib.warehouse.load.excel_file import open_excel
from lib.warehouse.load.html_file import open_html
from lib.warehouse.load.json_file import open_json
from lib.warehouse.load.parquet_file import open_parquet
from lib.warehouse.load.sheet import Sheet

_KINDS: dict[str, Callable[[Path], list[Sheet]]] = {
    ".csv": open_csv,
    ".tsv": open_csv,
    ".txt": open_csv,
    ".jsonl": open_json,
    ".ndjson": open_json,
    ".json": open_json,
    ".parquet": open_parquet,
    ".xlsx": open_excel,
    ".xlsm": open_excel,
    ".xls": open_excel,
    ".xlsb": open_excel,
    ".ods": open_excel,
    ".et": open_excel,
    ".ett": open_excel,
    ".xltx": open_excel,
}


def _natural(path: Path) -> list[tuple[int, int, str]]:
    """Sort key: 2022年9月 before 2022年10月, so that a later delivery corrects an earlier one."""
    parts = re.split(r"(\d+)", str(path))
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts]


def is_known(path: Path) -> bool:
    """Whether files of this kind can be loaded."""
    return path.suffix.lower() in _KINDS


@dataclass(frozen=True)
class InputFile:
    """A file to load. `label` is its name for people, unique within the load; `named` tells that the person gave
    this very file: one that merely lies in a folder may be something else. `fault` is why it cannot be opened."""

    path: Path
    label: str
    named: bool
    fault: str = ""


# What a browser or a desktop adds to the name of a second copy.
_COPY = re.compile(
    r"(\s*[(（](?P<n>\d{1,3})[)）]|\s*[-_]?\s*(副本|copy)\s*([(（]?(?P<m>\d{1,3})[)）]?)?)+$", re.IGNORECASE
)
# Times of files that were written in one go say nothing of which is newer.
_MINUTE = 60.0


def _in_order(files: list[Path]) -> list[Path]:
    """Natural order; of copies of one file (a.csv, a(1).csv) the newer one last, by its time or else its number."""
    groups: dict[Path, list[tuple[int, Path]]] = {}
    for file in files:
        mark = _COPY.search(file.stem)
        base = file.with_name(file.stem[: mark.start()] + file.suffix) if mark and mark.start() else file
        number = int(mark["n"] or mark["m"] or 1) if mark and mark.start() else 0
        groups.setdefault(base, []).append((number, file))
    ordered = []
    for base in sorted(groups, key=_natural):
        times = {file: file.stat().st_mtime for _, file in groups[base]}
        told = len(times) > 1 and max(times.values()) - min(times.values()) > _MINUTE
        group = sorted(groups[base], key=lambda member: (times[member[1]] if told else 0.0, member[0]))
        ordered += [file for _, file in group]
    return ordered


def find_files(paths: list[Path], work: Path) -> list[InputFile]:
    """All files under `paths`, folders walked, archives unpacked into `work`, hidden files and office lock files left
    out.

    Raises UserError when a path does not exist.
    """
    found: dict[Path, InputFile] = {}

    def add(file: Path, label: str, named: bool, fault: str = "") -> None:
        label = mask_text(label, facts=False)
        taken = any(other.label == label for other in found.values())
        label = mask_text(readable(str(file)), facts=False) if taken else label
        found.setdefault(file.resolve(), InputFile(file, label, named, fault))

    for path in paths:
        if not path.exists():
            raise UserError(f"找不到文件或文件夹：{readable(str(path))}。", "请核对路径。")
        inside = [file for file in path.rglob("*") if file.is_file()] if path.is_dir() else [path]
        inside = [
            file for file in inside if not any(part.startswith((".", "~$")) for part in file.relative_to(path).parts)
        ]
        for file in _in_order(inside):
            label = readable(file.name if file == path else str(file.relative_to(path)))
            named = file == path
            if not is_archive(file):
                add(_spelt(file, work), label, named)
                continue
            try:
                place = work / str(len(found)) / readable(file.name)
                members = _in_order(unpack(file, place))
            except UserError as error:
                add(file, label, named, error.sentence)
                continue
            for member in members:
                add(member, f"{label}/{member.relative_to(place)}", named=False)
    return list(found.values())


def _spelt(file: Path, work: Path) -> Path:
    """The file under a name that is text: a link where its own is not."""
    if readable(file.name) == file.name and readable(str(file)) == str(file):
        return file
    link = work / f"named-{abs(hash(str(file)))}" / readable(file.name)
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.exists():
        link.symlink_to(file.absolute())
    return link


def _opener(path: Path) -> Callable[[Path], list[Sheet]]:
    """The reader by what the file holds; only where that is plain text, by its name."""
    with path.open("rb") as handle:
        head = handle.read(4096)
    by_name = _KINDS[path.suffix.lower()]
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return open_excel
    if head.startswith(b"PAR1"):
        return open_parquet
    if by_name is open_json:
        return by_name
    text = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if text.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<style", b"<head")) or (
        text.startswith(b"<") and b"<table" in text
    ):
        return open_html
    if b"urn:schemas-microsoft-com:office:spreadsheet" in text:
        raise UserError("文件其实是 XML 表格（Excel 2003）", "请用 Excel 或 WPS 打开，另存为 .xlsx 后再装载。")
    if text.startswith(b"mime-version:"):
        raise UserError("文件其实是网页归档（MHT）", "请用 Excel 或 WPS 打开，另存为 .xlsx 后再装载。")
    # Text that a system hands out as .xls.
    return open_csv if by_name is open_excel and b"\x00" not in head else by_name


def open_file(path: Path) -> list[Sheet]:
    """The tables of a file.

    Raises UserError, naming what is wrong and what to do, when it cannot be read.
    """
    try:
        if path.stat().st_size == 0:
            raise UserError("文件是空的", "请从来源重新导出。")
        return _opener(path)(path)
    except PermissionError as error:
        raise UserError("没有读取权限", "请检查文件权限，或关闭正占用它的程序。") from error
    except OSError as error:
        raise UserError(f"读不了：{system_says(error)}", "请检查磁盘或网络盘后再试。") from error
