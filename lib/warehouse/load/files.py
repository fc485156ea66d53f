"""Files to load: found under the given paths, opened by their kind."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lib.catalog.private import mask_text
from lib.errors import UserError
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
class Found:
    """A file to load. `label` is its name for people, unique within the load; `named` tells that the person gave
    this very file: one that merely lies in a folder may be something else."""

    path: Path
    label: str
    named: bool


def find_files(paths: list[Path]) -> list[Found]:
    """All files under `paths`, folders walked, hidden files and office lock files left out.

    Raises UserError when a path does not exist.
    """
    found: dict[Path, Found] = {}
    for path in paths:
        if not path.exists():
            raise UserError(f"找不到文件或文件夹：{path}。", "请核对路径。")
        for file in sorted(path.rglob("*"), key=_natural) if path.is_dir() else [path]:
            inside = file.relative_to(path)
            if not file.is_file() or any(part.startswith((".", "~$")) for part in inside.parts):
                continue
            label = mask_text(file.name if file == path else str(inside), facts=False)
            taken = any(other.label == label for other in found.values())
            label = mask_text(str(file), facts=False) if taken else label
            found.setdefault(file.resolve(), Found(file, label, named=file == path))
    return list(found.values())


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
        raise UserError(f"读不了：{error.strerror or error}", "请检查磁盘或网络盘后再试。") from error
