"""Headings of a file, matched to the columns of a dataset."""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache

from lib.catalog import COMMON, Dataset, Field, load_catalog

# Columns of an exported quarantine: told apart from data when the mended file comes back.
REASON_COLUMNS = ("隔离原因", "隔离列", "原文件", "原工作表", "原行号")
REFERENCE_COLUMN = "隔离编号"
# Written by the loader itself, so never taken from a file, unless the dataset has such a column of its own.
_WRITTEN = ("source_system", "source_pk", "batch_id", "ingested_at")

_BRACKETED = re.compile(r"[(\[【〔][^)\]】〕]*[)\]】〕]")
_MONEY = re.compile(r"(亿元|万元|千元|元)$")
_FACTORS = {"亿元": 100_000_000, "万元": 10_000, "千元": 1_000, "元": 1}


def plain(heading: str) -> str:
    """A heading without case, width, white space and punctuation."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", heading).casefold())


def _narrow(heading: str) -> str:
    return unicodedata.normalize("NFKC", heading)


def _unbracketed(heading: str) -> str:
    return plain(_BRACKETED.sub("", _narrow(heading)))


def _unit(heading: str) -> str | None:
    """The unit of money that a heading names: 罚款金额（万元）, 罚款金额_元."""
    match = _MONEY.search(plain(heading))
    return match[1] if match else None


@dataclass(frozen=True)
class Column:
    """Where a field stands in the file, how much a bare number in it counts, in 元, and the order of day, month and
    year in it (ymd, dmy, mdy) where a person has confirmed one."""

    index: int
    heading: str
    factor: int
    style: str = ""


@dataclass
class Mapping:
    """Headings of a file as columns of `dataset`."""

    dataset: Dataset
    columns: dict[str, Column] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    reference: int | None = None

    @property
    def missing(self) -> list[Field]:
        """Required columns that the file does not have."""
        return [f for f in self.dataset.fields if f.required and f.name not in self.columns]


def loadable(dataset: Dataset) -> tuple[Field, ...]:
    """The fields a file may give: the dataset's own and, of the common ones, area, version and void mark."""
    own = {f.name for f in dataset.fields}
    return tuple(f for f in dataset.all_fields if f.name in own or f.name not in _WRITTEN)


@cache
def _index(dataset: Dataset) -> dict[str, Field]:
    index: dict[str, Field] = {}
    fields = loadable(dataset)
    for spell in (lambda f: (f.name,), lambda f: (f.title,), lambda f: f.aliases):
        for f in fields:
            for heading in spell(f):
                index.setdefault(plain(heading), f)
    for f in fields:
        for heading in (f.title, *f.aliases):
            # 罚款金额（万元） may not shrink to 罚款金额: without its unit a number could be 元 as well.
            if _unit(heading) is None:
                index.setdefault(_unbracketed(heading), f)
    return index


@cache
def _bare_money(dataset: Dataset) -> dict[str, Field]:
    """Money columns by their heading without the unit; good only for headings that name one."""
    money: dict[str, Field] = {}
    for f in dataset.fields:
        if f.duckdb_type.startswith("DECIMAL"):
            for heading in (f.name, f.title, *f.aliases):
                bare = _unbracketed(heading)
                money.setdefault(_MONEY.sub("", bare) if bare == plain(heading) else bare, f)
    return money


def _find(heading: str, dataset: Dataset) -> Field | None:
    index = _index(dataset)
    if (found := index.get(plain(heading))) is not None:
        return found
    if _unit(heading) is not None:
        bare = _MONEY.sub("", _unbracketed(heading))
        return _bare_money(dataset).get(bare)
    return index.get(_unbracketed(heading))


def _factor(heading: str, f: Field) -> int:
    unit = _unit(heading)
    if unit is None:
        unit = f.import_unit or (f.unit if f.unit in _FACTORS else "元")
    return _FACTORS[unit]


def map_headings(headings: list[str], dataset: Dataset) -> Mapping:
    """Which field each heading means. Two headings for one field: the first counts, the other is ignored."""
    mapping = Mapping(dataset)
    written = {plain(f.name) for f in COMMON} | {plain(f.title) for f in COMMON}
    for index, heading in enumerate(headings):
        if not plain(heading) or plain(heading) in map(plain, REASON_COLUMNS):
            continue
        if plain(heading) == plain(REFERENCE_COLUMN):
            mapping.reference = index
            continue
        f = _find(heading, dataset)
        if f is not None and f.name not in mapping.columns:
            mapping.columns[f.name] = Column(index, heading, _factor(heading, f))
        elif f is not None:
            mapping.ignored.append(f"{heading}（与“{mapping.columns[f.name].heading}”重复）")
        elif plain(heading) not in written:
            mapping.ignored.append(heading)
    return mapping


@cache
def known_headings() -> frozenset[str]:
    """Every heading that any dataset knows, in plain spelling."""
    known = {plain(heading) for heading in (*REASON_COLUMNS, REFERENCE_COLUMN)}
    for dataset in load_catalog().values():
        known |= set(_index(dataset)) | set(_bare_money(dataset))
    return frozenset(known)


def _is_known(cell: str) -> bool:
    known = known_headings()
    return plain(cell) in known or _unbracketed(cell) in known or _MONEY.sub("", plain(cell)) in known


def score(cells: list[str]) -> int:
    """How many of the cells are headings that the catalog knows."""
    return sum(1 for cell in cells if plain(cell) and _is_known(cell))


def find_header(rows: list[list[str]]) -> int | None:
    """Index of the heading row among the first rows of a table: the one with most known headings, else the
    first with two or more filled cells; None when there is none."""
    scores = [score(row) for row in rows]
    if scores and max(scores) > 0:
        return scores.index(max(scores))
    return next((i for i, row in enumerate(rows) if sum(1 for cell in row if cell.strip()) >= 2), None)
