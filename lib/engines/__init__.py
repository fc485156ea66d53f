"""The one seam between the queries of models, marts and indicators and what runs them; nothing else knows what does."""

from duckdb import DuckDBPyConnection

from lib.engines.duckdb import IN_PROCESS
from lib.engines.session import Engine, EngineError, Session, TooLong
from lib.warehouse.store import Warehouse

__all__ = ["Engine", "EngineError", "Session", "TooLong", "engine", "opened", "over"]


def engine() -> Engine:
    """The engine in use."""
    return IN_PROCESS


def opened(warehouse: Warehouse) -> Session:
    """A session of its own on the generation of a warehouse."""
    return engine().open(warehouse)


def over(con: DuckDBPyConnection) -> Session:
    """A session on the tables that now stand in a database in memory."""
    return engine().over(con)
