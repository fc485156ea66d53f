"""What takes long to count, kept beside the warehouse: the sums of indicators and the ranking take minutes in a big
city, so they are counted once for a generation and a day, by whoever brings it into force (lib.insight.kept.ahead) or
comes first, and every process reads them.

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
_COUNTING = ("lib/rules", "lib/engines", "lib/insight")


def kept_sums(
    warehouse: Warehouse, under: Hashable, count: Callable[[], pd.DataFrame], state: Hashable = ()
) -> pd.DataFrame:
    """The rows that `count` gives for the generation and day of this warehouse, from disk when they are there.

    `under` tells what is counted, `state` what else it rests on, which changes within a day: of those only the last is
    kept. Their texts must say all of it. A past day as it was known then is counted each time.
    """
    found = read_sums(warehouse, under, state)
    if found is None:
        found = count()
        keep_sums(warehouse, under, found, state)
    return found


def read_sums(warehouse: Warehouse, under: Hashable, state: Hashable = ()) -> pd.DataFrame | None:
    """What is kept, None where nothing is that can be used."""
    return None if warehouse.known_on is not None else _read(_path(warehouse, under), state)


def keep_sums(warehouse: Warehouse, under: Hashable, found: pd.DataFrame, state: Hashable = ()) -> None:
    """Keep it, in place of what was kept.

    A disk that is full, or a home that may not be written, costs another counting and nothing else.
    """
    if warehouse.known_on is None:
        with suppress(OSError):
            _keep(found, _path(warehouse, under), state)


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


def _digest_of(rows: bytes | memoryview, state: Hashable) -> bytes:
    found = hashlib.sha256(repr(state).encode() + b"\0")
    found.update(rows)
    return found.digest()


def _read(path: Path, state: Hashable) -> pd.DataFrame | None:
    try:
        held = path.read_bytes()
    except OSError:
        return None
    digest, rows = held[:_DIGEST], memoryview(held)[_DIGEST:]
    if _digest_of(rows, state) != digest:
        return None
    return feather.read_table(pa.BufferReader(rows)).to_pandas()


def _keep(found: pd.DataFrame, path: Path, state: Hashable) -> None:
    written = io.BytesIO()
    feather.write_feather(pa.Table.from_pandas(found), written, compression="zstd")
    rows = written.getvalue()
    path.parent.mkdir(mode=0o700, exist_ok=True)
    tmp = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        with open(os.open(tmp, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(_digest_of(rows, state) + rows)
        os.replace(tmp, path)
    finally:
        tmp.unlink(missing_ok=True)
    # Nobody asks again for those of generations and days before.
    since = path.name[: len("000000-00000000")]
    for other in path.parent.iterdir():
        if other.name < since:
            other.unlink(missing_ok=True)
