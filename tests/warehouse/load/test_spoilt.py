"""Whatever happens to a file on its way: every row of the original is stored right, or waits with its reason."""

import json
import random
from collections import Counter
from pathlib import Path

import pytest

from lib.warehouse.load import LoadReport, load_paths
from lib.warehouse.store import open_warehouse
from tests.warehouse.load.messy import write_base
from tests.warehouse.load.spoil import Original, Spoilt, originals, spoil

_PER_FILE = 4


def _spoilt(folder: Path, seed: int, files: int) -> list[Spoilt]:
    rng = random.Random(seed)
    folder.mkdir(parents=True)
    return [
        spoil(rng, folder, number, originals(rng, 100_000 * (seed % 90) + number * _PER_FILE, _PER_FILE))
        for number in range(files)
    ]


def _stored(home: Path) -> dict[str, tuple]:
    columns = "case_id, doc_no, case_name, party_id, filed_date, decision_date, fine_amt, is_offsite"
    rows = open_warehouse(home).cursor().execute(f"select {columns} from penalty_case")
    return {row[0]: row[1:] for row in rows.fetchall()}


def _waiting(home: Path) -> dict[str, str]:
    """All that quarantine holds, by file."""
    held: dict[str, str] = {}
    rows = open_warehouse(home).cursor().execute("select file_name, raw_json, reason from quarantine").fetchall()
    for file, raw, reason in rows:
        assert reason.strip()
        held[file] = held.get(file, "") + " ".join(str(cell) for cell in json.loads(raw).values())
    return held


def _wrong(row: Original, stored: tuple) -> list[str]:
    """Fields that were stored and are not what the original says. A column may be left out; then it is null. Of a text
    that lost one of the quotes inside it nothing shows that it had one more: quotes are not compared."""
    doc_no, name, party, filed, decided, fine, offsite = stored
    found = []
    if doc_no not in (None, row.doc_no):
        found.append(f"文号 {doc_no}")
    if name is not None and "".join(name.replace('"', "").split()) != "".join(row.case_name.replace('"', "").split()):
        found.append(f"名称 {name!r} / {row.case_name!r}")
    if party != row.party_id:
        found.append(f"当事人 {party}")
    if filed != row.filed:
        found.append(f"立案 {filed} / {row.filed}")
    if decided not in (None, row.decided):
        found.append(f"决定 {decided} / {row.decided}")
    if fine is not None and fine != row.fine:
        found.append(f"罚款 {fine} / {row.fine}")
    if offsite not in (None, row.offsite):
        found.append(f"非现场 {offsite}")
    return found


def _judge(home: Path, report: LoadReport, files: list[Spoilt]) -> tuple[list[str], Counter[str]]:
    """Faults in words, and how many rows were stored, wait, or lie in refused files."""
    stored, held = _stored(home), _waiting(home)
    entries: dict[str, list] = {}
    for entry in report.files:
        entries.setdefault(entry.file, []).append(entry)
    faults, counts = [], Counter[str]()
    for file in files:
        refused = any(e.state == "refused" and e.message for e in entries[file.path.name])
        for row in file.rows:
            if row.case_id in stored:
                counts["stored"] += 1
                wrong = _wrong(row, stored[row.case_id])
                faults += [f"{file.path.name} {row.case_id} {said} {file.how}" for said in wrong]
            elif row.case_id in held.get(file.path.name, "") or row.doc_no in held.get(file.path.name, ""):
                counts["waits"] += 1
            elif refused:
                counts["refused"] += 1
            else:
                faults.append(f"{file.path.name} {row.case_id} 不见了 {file.how}")
    return faults, counts


def _run(root: Path, seed: int, files: int) -> Counter[str]:
    home = root / "home"
    write_base(root / "base")
    load_paths(home, [root / "base"])
    written = _spoilt(root / "in", seed, files)
    report = load_paths(home, [root / "in"])
    faults, counts = _judge(home, report, written)
    assert not faults, "\n".join([f"{len(faults)} faults, {dict(counts)}", *faults[:40]])
    return counts


def test_spoilt_files(tmp_path: Path) -> None:
    counts = _run(tmp_path, seed=7, files=40)
    assert counts["stored"] > 40 and counts["waits"] > 15


@pytest.mark.scale
@pytest.mark.parametrize("seed", range(11, 21))
def test_many_spoilt_files(tmp_path: Path, seed: int) -> None:
    _run(tmp_path, seed, 250)
