"""A person's answer to a doubt, and the rows that waited for it."""

import tempfile
from datetime import datetime
from pathlib import Path

from lib.warehouse.load.doubts import CODE, STYLE, UNREAL, Doubt, answer
from lib.warehouse.load.export import NothingWaits, export_waiting
from lib.warehouse.load.loading import load_paths
from lib.warehouse.load.report import LoadReport


def confirm(home: Path, number: str, choice: str, by: str, at: datetime) -> tuple[Doubt, LoadReport | None]:
    """Remember an answer for its source, then load again the rows that waited for it.

    Returns the question and the report of that load, None where no row waits.

    Raises UserError when the question or the choice is unknown, nobody is named, or another writer is at work; a load
    that fails leaves the answer in force: the rows pass with the next delivery of their file.
    """
    doubt = answer(home, number, choice, by, at)
    if doubt.kind == CODE and choice == UNREAL:
        return doubt, None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{doubt.title}_已确认.csv"
        try:
            written = export_waiting(home, doubt.dataset, _pattern(doubt), path)
        except NothingWaits:
            return doubt, None
        return doubt, load_paths(home, written, dataset=doubt.dataset)


def _pattern(doubt: Doubt) -> str:
    if doubt.kind == CODE:
        return "统一社会信用代码校验不通过%"
    return "日、月、年的次序存疑%" if doubt.kind == STYLE else f"%（编号 {doubt.number}）%"
