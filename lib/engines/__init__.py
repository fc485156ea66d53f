"""The one seam between the queries of models, marts and indicators and what runs them.

Rules are DuckDB SQL. DuckDB runs them in this process unless COCKPIT_ENGINE (or `--engine`) names the address of a
Spark Connect server, sc://HOST:PORT, which reads the published lake; nothing else knows which engine runs.
"""

import os
from functools import lru_cache

from duckdb import DuckDBPyConnection

from lib.engines.duckdb import IN_PROCESS
from lib.engines.session import Engine, EngineError, Session, TooLong
from lib.errors import UserError
from lib.warehouse.store import Warehouse

ADDRESS = "COCKPIT_ENGINE"
_SPARK = "sc://"

__all__ = ["ADDRESS", "Engine", "EngineError", "Session", "TooLong", "engine", "opened", "over"]


@lru_cache(maxsize=4)
def _at(address: str) -> Engine:
    if address in ("", "duckdb"):
        return IN_PROCESS
    if address.startswith(_SPARK):
        from lib.engines.spark import Spark

        return Spark(address)
    raise UserError(
        f"不认识的计算引擎“{address}”。",
        f"--engine 或环境变量 {ADDRESS} 应为 duckdb（缺省），或 Spark Connect 的地址 sc://HOST:PORT。",
    )


def engine() -> Engine:
    """The engine in use. Raises UserError for an address that is none."""
    return _at(os.environ.get(ADDRESS, ""))


def opened(warehouse: Warehouse) -> Session:
    """A session of its own on the generation of a warehouse."""
    return engine().open(warehouse)


def over(con: DuckDBPyConnection) -> Session:
    """A session on the tables that now stand in a database in memory."""
    return engine().over(con)
