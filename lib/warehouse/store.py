"""Reading the generation in force."""

import os
import threading
import warnings
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from weakref import finalize

import duckdb
import pandas as pd
import pyarrow as pa

from lib.errors import UserError
from lib.warehouse.clock import today
from lib.warehouse.generation import Generation, current, hold, in_force_on
from lib.warehouse.home import home as default_home
from lib.warehouse.room import OPENING

# con.sql, which DuckDB advises in place of execute, plans a query with bound values twice.
warnings.filterwarnings("ignore", "Arrow output on a DB-API result")


class NoWarehouse(UserError):
    """Nothing has been published in this home yet."""

    def __init__(self) -> None:
        super().__init__("还没有数据。", "请运行 python -m lib demo 建立演示城市，或用 python -m lib load 装载文件。")


class Warehouse:
    """One generation, opened read-only; safe to share between threads.

    The connection cannot write, reach the file system or the network, and its settings are locked. With `known_on` its
    day is that one: the models and figures of a past day count from it. While it is open no pruning takes its file.
    """

    def __init__(self, generation: Generation, known_on: date | None = None) -> None:
        self.generation, self.known_on = generation, known_on
        self._let_go = finalize(self, os.close, hold(generation))
        self._connection = duckdb.connect(str(generation.path), read_only=True, config=OPENING)
        rows = self._connection.execute("select key, value from meta").fetchall()
        self.meta: dict[str, str] = dict(rows)

    @property
    def home(self) -> Path:
        """The folder of both stores."""
        return self.generation.path.parents[1]

    @property
    def synthetic(self) -> bool:
        return self.meta.get("synthetic") == "true"

    @cached_property
    def mixed(self) -> bool:
        """Whether files were loaded into the synthetic city, as earlier releases let one do: then it is neither."""
        if not self.synthetic:
            return False
        own = "select count(*) from load_log where batch_id not like 'DEMO%'"
        return bool(self.cursor().execute(own).fetchall()[0][0])

    @property
    def as_of(self) -> date:
        """The day the models count from: the synthetic city's own date, otherwise today; or the past day it shows."""
        return self.known_on or today(self)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor of its own for the caller: one connection shared by threads gives wrong rows."""
        return self._connection.cursor()

    def query(self, sql: str, params: dict | None = None) -> pd.DataFrame:
        """The rows of a bound query as a frame."""
        return self.cursor().execute(sql, params or {}).df()

    def arrow(self, sql: str, params: dict | None = None) -> pa.Table:
        """The rows of a bound query as an Arrow table."""
        return self.cursor().execute(sql, params or {}).to_arrow_table()

    def close(self) -> None:
        self._connection.close()
        self._let_go()


_opened: dict[Path, Warehouse] = {}
_lock = threading.Lock()


def open_warehouse(home: Path | None = None) -> Warehouse:
    """The generation in force, opened once per process and reopened when the pointer moves.

    Raises NoWarehouse before the first generation.
    """
    home = home or default_home()
    generation = current(home)
    if generation is None:
        raise NoWarehouse()
    with _lock:
        opened = _opened.get(home)
        if opened is None or opened.generation != generation:
            # A superseded generation stays open for whoever still holds it; the last reference closes it.
            opened = _opened[home] = Warehouse(generation)
        return opened


def as_known_on(home: Path, day: date) -> Warehouse:
    """The data that were in force at the end of a past day, counting from it.

    A load since then, with its corrections, is not in them. Raises UserError when there were no data yet, when the
    generation has been pruned, or when an earlier release made its marts, which this one cannot read.
    """
    generation = in_force_on(home, day)
    found = _past(generation, day)
    if found.meta.get("marts") != open_warehouse(home).meta.get("marts"):
        raise UserError(
            f"{day} 用的第 {generation.number} 代数据，统计表是另一版程序做的，本版读不了。",
            "请用当时的程序查看，或选以后的日子。",
        )
    return found


@lru_cache(maxsize=4)
def _past(generation: Generation, day: date) -> Warehouse:
    return Warehouse(generation, day)
