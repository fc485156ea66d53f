"""What takes long to count, kept beside the warehouse: the sums of indicators take minutes in a big city, so they are
counted once for a generation and a day, by whoever comes first (the runs of the models do), and every process reads
them.

A file that is damaged, or that another release counted, is as good as none.
"""

import hashlib
import io
import os
import threading
from collections.abc import Callable, Hashable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
from pyarrow import feather

from lib.catalog.dataset import ROOT
from lib.warehouse.home import sums_path
from lib.warehouse.store import Warehouse

# A file begins with the digest of its rows, which follow as Feather.
_DIGEST = hashlib.sha256().digest_size
# What decides how rows are counted, beside the file of the indicator or the model itself.
_COUNTING = ("lib/rules", "lib/engines", "lib/insight/library", "lib/insight/training")


def kept_sums(warehouse: Warehouse, under: Hashable, count: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """The rows that `count` gives for the generation and day of this warehouse, from disk when they are there.

    `under` tells what is counted; its text must say all of it. A past day as it was known then is counted each time.
    """
    if warehouse.known_on is not None:
        return count()
    path = _path(warehouse, under)
    found = _read(path)
    if found is not None:
        return found
    found = count()
    # A disk that is full, or a home that may not be written, costs another counting and nothing else.
    with suppress(OSError):
        _keep(found, path)
    return found


def forget_kept(home: Path) -> None:
    """Let go what stands on disk."""
    for path in sums_path(home).glob("*.sums"):
        path.unlink(missing_ok=True)


def _path(warehouse: Warehouse, under: Hashable) -> Path:
    file = warehouse.generation.path
    look = file.stat()
    told = repr((_release(), file.name, look.st_size, look.st_mtime_ns, warehouse.as_of, under))
    digest = hashlib.sha256(told.encode()).hexdigest()[:32]
    return sums_path(warehouse.home) / f"{warehouse.generation.number:06d}-{warehouse.as_of:%Y%m%d}-{digest}.sums"


@lru_cache(maxsize=1)
def _release() -> str:
    found = hashlib.sha256(duckdb.__version__.encode())
    for path in sorted(one for folder in _COUNTING for one in (ROOT / folder).rglob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()


def _read(path: Path) -> pd.DataFrame | None:
    try:
        held = path.read_bytes()
    except OSError:
        return None
    digest, rows = held[:_DIGEST], held[_DIGEST:]
    if hashlib.sha256(rows).digest() != digest:
        return None
    return feather.read_table(pa.BufferReader(rows)).to_pandas()


def _keep(found: pd.DataFrame, path: Path) -> None:
    written = io.BytesIO()
    feather.write_feather(pa.Table.from_pandas(found), written, compression="zstd")
    rows = written.getvalue()
    path.parent.mkdir(mode=0o700, exist_ok=True)
    tmp = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        with open(os.open(tmp, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(hashlib.sha256(rows).digest() + rows)
        os.replace(tmp, path)
    finally:
        tmp.unlink(missing_ok=True)
    # Nobody asks again for those of generations and days before.
    since = path.name[: len("000000-00000000")]
    for other in path.parent.iterdir():
        if other.name < since:
            other.unlink(missing_ok=True)
