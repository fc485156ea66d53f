"""DuckDB in this process, on the file of the generation."""

import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from lib.engines.session import EngineError, TooLong
from lib.warehouse.store import Warehouse


class _Cursor:
    """A session on one cursor, which sees its tables and temporary ones."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor

    def run(self, sql: str, values: Mapping[str, Any], seconds: float | None = None) -> pa.Table:
        statement = duckdb.extract_statements(sql)[0]
        bound = {name: values[name] for name in statement.named_parameters}
        timer = threading.Timer(seconds or 0, self._cursor.interrupt)
        timer.daemon = True
        if seconds is not None:
            timer.start()
        try:
            # A relation of cursor.sql would be planned twice; the few rows of a rule are soon copied.
            return self._cursor.execute(statement, bound).to_arrow_table()
        except duckdb.InterruptException as error:
            raise TooLong(f"运行超过 {seconds:g} 秒，已停止") from error
        except duckdb.Error as error:
            raise EngineError(str(error).splitlines()[0]) from error
        finally:
            timer.cancel()

    def put(self, name: str, rows: pa.Table) -> None:
        self._cursor.register("put_rows", rows)
        self._cursor.execute(f'create or replace temp table "{name}" as select * from put_rows')
        self._cursor.unregister("put_rows")

    def define(self, name: str, query: str, values: Mapping[str, Any], *, held: bool = False) -> None:
        if held:
            self._cursor.execute(f'create or replace temp table "{name}" as {query}', dict(values))
            return
        # A view binds nothing: its values stand in variables of the cursor.
        for key, value in values.items():
            self._cursor.execute(f"set variable {name}_{key} = $value", {"value": value})
            kind = "timestamp" if isinstance(value, datetime) else "boolean"
            query = query.replace(f"${key}", f"cast(getvariable('{name}_{key}') as {kind})")
        self._cursor.execute(f'create or replace temp view "{name}" as {query}')

    def base(self, name: str) -> str:
        (database,) = self._cursor.execute("select current_database()").fetchall()[0]
        return '"' + database.replace('"', '""') + f'".main."{name}"'


class _InProcess:
    def open(self, warehouse: Warehouse) -> _Cursor:
        return _Cursor(warehouse.cursor())

    def over(self, con: duckdb.DuckDBPyConnection) -> _Cursor:
        return _Cursor(con)


IN_PROCESS = _InProcess()
