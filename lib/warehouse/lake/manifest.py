"""What a lake holds: the one file that readers believe, written last.

manifest.json is that of the newest generation; manifests/ keeps one a generation, so that whoever reads an older one
finds its files until `--prune` takes both away.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from lib.catalog.dataset import CATALOG_DIR
from lib.errors import UserError
from lib.warehouse.lake.place import Place

NAME = "manifest.json"
FORMAT = 1


@dataclass(frozen=True)
class StoredFile:
    """A Parquet file: its path in the lake, the month of its rows (None: no day, or not by month), what it holds.

    `content` tells the rows apart whatever file they lie in: two files of the same hold the same rows.
    """

    path: str
    month: str | None
    rows: int
    bytes: int
    sha256: str
    content: str


@dataclass(frozen=True)
class StoredTable:
    """A table: `kind` (dataset, history, reference, mart, books), its columns with DuckDB types, the column whose
    month its files go by (None: one file), the columns the rows of a file are sorted by, its rows and files."""

    kind: str
    columns: dict[str, str]
    day: str | None
    sorted_by: tuple[str, ...]
    rows: int
    files: tuple[StoredFile, ...]


@dataclass(frozen=True)
class Manifest:
    """A generation as it lies in a lake. `published_at` is when the generation was made; `catalog` a digest of the
    descriptions its datasets follow.

    Of a synthetic city that is made by months straight into the lake `city` is a digest of what was wished for, and
    `missing` names the months that nobody has made yet: the rows are those of the others alone.
    """

    generation: int
    published_at: str
    as_of: str | None
    synthetic: bool
    catalog: str
    tables: dict[str, StoredTable]
    city: str | None = None
    missing: tuple[str, ...] = ()

    @property
    def rows(self) -> dict[str, int]:
        """The rows of each table."""
        return {name: table.rows for name, table in self.tables.items()}

    @property
    def files(self) -> list[StoredFile]:
        return [one for table in self.tables.values() for one in table.files]

    def paths(self, table: str) -> list[str]:
        """The files of a table, in the order of its rows. What else lies in its folder belongs to other generations."""
        return [one.path for one in self.tables[table].files]

    def dumped(self) -> bytes:
        """Its text, with a digest of itself."""
        held = {"format": FORMAT, **asdict(self)}
        return json.dumps({**held, "digest": _digest(held)}, ensure_ascii=False, indent=1).encode()

    @property
    def kept_as(self) -> str:
        return kept_as(self.generation)


class Damaged(UserError):
    """A manifest that does not say what was written into it."""


def kept_as(generation: int) -> str:
    """The path under which the manifest of a generation is kept."""
    return f"manifests/gen-{generation:06d}.json"


def _digest(held: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(held, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@lru_cache(maxsize=1)
def catalog_digest() -> str:
    """A digest of all descriptions in data/catalog."""
    found = hashlib.sha256()
    for path in sorted(CATALOG_DIR.glob("*.yaml")):
        found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def manifest_of(place: Place, path: str = NAME) -> Manifest | None:
    """The manifest in force, or the one kept at `path`; None when nothing was published there.

    Raises Damaged, or UserError when a later release wrote it.
    """
    text = place.read(path)
    if text is None:
        return None
    try:
        held = json.loads(text)
        digest, format_ = held.pop("digest"), held["format"]
        if digest != _digest(held):
            raise ValueError("digest")
        if format_ == FORMAT:
            return _read(held)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Damaged(
            f"湖的清单损坏：{place.url}/{path}。", "请重新运行 python -m lib publish --to 同一位置，会写出新的清单。"
        ) from error
    raise UserError(f"湖的清单是另一版程序写的（格式 {format_}）：{place.url}/{path}。", "请用那一版程序读。")


def _read(held: dict[str, Any]) -> Manifest:
    tables = {
        name: StoredTable(
            kind=one["kind"],
            columns=dict(one["columns"]),
            day=one["day"],
            sorted_by=tuple(one["sorted_by"]),
            rows=int(one["rows"]),
            files=tuple(StoredFile(**file) for file in one["files"]),
        )
        for name, one in held["tables"].items()
    }
    own = ("generation", "published_at", "as_of", "synthetic", "catalog")
    # Earlier releases knew no city by months.
    city, missing = held.get("city"), tuple(held.get("missing", ()))
    return Manifest(**{name: held[name] for name in own}, tables=tables, city=city, missing=missing)
