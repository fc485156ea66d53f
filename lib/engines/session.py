"""What runs the queries of models, marts and indicators on one generation, whichever engine does it."""

from collections.abc import Mapping
from typing import Any, Protocol

import duckdb
import pyarrow as pa

from lib.errors import UserError
from lib.warehouse.store import Warehouse


class EngineError(UserError):
    """A query that the engine could not run; the message is one line of its own words."""


class TooLong(EngineError):
    """A query that was stopped after its time."""


class Session(Protocol):
    """The tables of one generation, or of a case, and what is put beside them; for one thread at a time.

    Queries are DuckDB SQL of the portable subset (lib.engines.translate), values are bound by name.
    """

    def run(self, sql: str, values: Mapping[str, Any], seconds: float | None = None) -> pa.Table:
        """The rows of one query, with those of `values` bound that it uses, in DuckDB's own types.

        Raises TooLong after so many seconds, EngineError when it fails.
        """

    def put(self, name: str, rows: pa.Table) -> None:
        """Set a table beside the others, of this session alone, in place of one that it set under this name."""

    def define(self, name: str, query: str, values: Mapping[str, Any], *, held: bool = False) -> None:
        """Give the rows of a query a name, before a table of the same; `held`: worked out now and once.

        Only days, moments and truth values are bound. The query reads the table behind its own name as `base` has it.
        """

    def base(self, name: str) -> str:
        """How a query writes a table of the generation, whatever stands before it by now."""


class Engine(Protocol):
    """Where queries run: in this process, or where the data lie."""

    def open(self, warehouse: Warehouse) -> Session:
        """A session of its own on the generation of a warehouse."""

    def over(self, con: duckdb.DuckDBPyConnection) -> Session:
        """A session that sees the tables as they now stand in a database in memory: those of a case."""
