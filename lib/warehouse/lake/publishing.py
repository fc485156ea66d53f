"""A generation into a lake: what is not there yet is written, the manifest last."""

import fcntl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from lib.errors import UserError
from lib.progress import Progress
from lib.warehouse.generation import log_of
from lib.warehouse.lake.manifest import (
    NAME,
    Damaged,
    Manifest,
    StoredFile,
    StoredTable,
    catalog_digest,
    kept_as,
    manifest_of,
)
from lib.warehouse.lake.place import Place
from lib.warehouse.lake.tables import Part, Table, tables
from lib.warehouse.room import READING
from lib.warehouse.store import Warehouse, open_warehouse

_ROWS_A_GROUP = 122_880


@dataclass(frozen=True)
class Published:
    """What a publishing did: the manifest now in force, and the files it wrote; the others were there."""

    manifest: Manifest
    written: tuple[StoredFile, ...]

    @property
    def bytes_written(self) -> int:
        return sum(one.bytes for one in self.written)


def publish_lake(home: Path, place: Place, progress: Progress | None = None) -> Published:
    """Write the generation in force of a home into a lake.

    A month whose rows lie there already is not written again. At any point before the end readers find the manifest of
    before, and all its files. Raises UserError when another city's data lie there, when somebody publishes from this
    home already, or when the store refuses.
    """
    tell = progress or (lambda stage, done, text: None)
    with alone(home):
        warehouse = open_warehouse(home)
        before = _before(place, warehouse)
        there = place.sizes()
        kept = {one.path: one for one in (before.files if before else []) if there.get(one.path) == one.bytes}
        tell("核对", 0.0, "哪些月份变了")
        listed = list(tables(warehouse.cursor()))
        parts = {table.name: table.parts(warehouse.cursor()) for table in listed}
        due = [part for held in parts.values() for part in held if part.path not in kept]
        written = {one.path: one for one in write_parts(warehouse.cursor, place, due, tell)}
        files = kept | written
        stored = {table.name: stored_as(table, [files[part.path] for part in parts[table.name]]) for table in listed}
        manifest = _manifest(warehouse, stored)
        text = manifest.dumped()
        for path in (manifest.kept_as, NAME):
            with place.written(path) as out:
                out.write(text)
    return Published(manifest, tuple(written.values()))


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """One process of a home at a time writes into lakes or takes from them. Raises UserError for another."""
    with open(home / "warehouse" / "publish.lock", "a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError("另一个发布任务正在进行。", "请等它结束后再试。") from None
        yield


def _before(place: Place, warehouse: Warehouse) -> Manifest | None:
    """The manifest of a lake that may take this city's data. Raises UserError where data of the other kind lie.

    One that cannot be read names nothing: everything is written anew.
    """
    try:
        found = manifest_of(place)
    except Damaged:
        return None
    if found is not None and found.synthetic != warehouse.synthetic:
        here, there = ("合成城市", "真实数据") if warehouse.synthetic else ("真实数据", "合成城市")
        raise UserError(f"{place.url} 里是{there}，不能放进{here}。", "请另给一个空的位置。")
    if found is not None and found.city is not None:
        raise UserError(f"{place.url} 里是按月写成的合成城市，不能放进别的数据。", "请另给一个空的位置。")
    return found


def write_parts(
    cursor: Callable[[], duckdb.DuckDBPyConnection], place: Place, due: list[Part], tell: Progress
) -> Iterator[StoredFile]:
    """Write a file for each, and give it when it is there; `cursor` opens one more on the database of their tables."""
    total = sum(part.rows for part in due) or 1
    done = 0
    # Sorting keeps DuckDB's threads busy, writing one of ours.
    with ThreadPoolExecutor(max_workers=min(4, int(READING["threads"]))) as pool:
        running = {pool.submit(_write, cursor(), place, part): part for part in due}
        try:
            for ended in as_completed(running):
                yield ended.result()
                part = running[ended]
                done += part.rows
                tell("写湖", 0.05 + 0.94 * done / total, f"{part.table.name} {part.name or ''}".strip())
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _write(con: duckdb.DuckDBPyConnection, place: Place, part: Part) -> StoredFile:
    sql, bound = part.query
    with con, place.written(part.path) as out:
        # As the rows come: of an executed statement DuckDB keeps all of them first, beside the memory it was given.
        reader = con.sql(sql, params=bound).to_arrow_reader(_ROWS_A_GROUP)
        rows = 0
        file = pa.PythonFile(out, mode="w")
        # With a checksum on every page: other engines stop at a byte that turned, instead of reading another number.
        with pq.ParquetWriter(file, reader.schema, compression="zstd", write_page_checksum=True) as writer:
            for batch in reader:
                writer.write_batch(batch, row_group_size=_ROWS_A_GROUP)
                rows += batch.num_rows
        if rows != part.rows:
            raise UserError(
                f"{part.table.name} {part.name or ''} 应有 {part.rows} 行，写出 {rows} 行。", "请再运行一次。"
            )
        return StoredFile(part.path, part.name, rows, out.size, out.sha256, part.content)


def stored_as(table: Table, files: list[StoredFile]) -> StoredTable:
    """A table whose rows are those of these files."""
    return StoredTable(
        kind=table.kind,
        columns=table.columns,
        day=table.day,
        sorted_by=table.sorted_by,
        rows=sum(one.rows for one in files),
        files=tuple(files),
    )


def _manifest(warehouse: Warehouse, stored: dict[str, StoredTable]) -> Manifest:
    generation = warehouse.generation
    return Manifest(
        generation=generation.number,
        published_at=_made_at(warehouse),
        as_of=warehouse.meta.get("as_of"),
        synthetic=warehouse.synthetic,
        catalog=catalog_digest(),
        tables=stored,
    )


def _made_at(warehouse: Warehouse) -> str:
    return log_of(warehouse.generation)[-1].published_at.isoformat(sep=" ", timespec="seconds")


def generation_in(place: Place, warehouse: Warehouse) -> Manifest:
    """The manifest of a warehouse's generation in a lake.

    Raises UserError when the lake does not hold it, or holds that of another home under the same number.
    """
    number = warehouse.generation.number
    found = manifest_of(place, kept_as(number))
    if found is None:
        raise UserError(f"湖 {place.url} 里没有第 {number} 代数据。", "请先运行 python -m lib publish --to 同一位置。")
    here = (_made_at(warehouse), warehouse.meta.get("as_of"), warehouse.synthetic)
    if (found.published_at, found.as_of, found.synthetic) != here:
        raise UserError(
            f"湖 {place.url} 里的第 {number} 代数据不是这里的：那一代建于 {found.published_at}，这里的建于 {here[0]}。",
            "请检查湖的位置，或把这里的数据发布到另一个位置。",
        )
    return found
