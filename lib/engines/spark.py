"""Spark, by way of any Spark Connect server: Apache Spark's own, or another that speaks its protocol."""

import json
import os
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from weakref import WeakSet, finalize

import duckdb
import pyarrow as pa
from sqlglot import exp

from lib.engines.session import EngineError, TooLong
from lib.engines.translate import Translation, translate
from lib.engines.translate.reading import digits, widest
from lib.errors import UserError
from lib.warehouse.lake import Manifest, Place, generation_in, place_of
from lib.warehouse.room import CHECKING
from lib.warehouse.store import Warehouse

# What a query gives must not depend on how a server was set up.
_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "false",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.legacy.sizeOfNull": "false",
    "spark.sql.groupByOrdinal": "true",
    "spark.sql.orderByOrdinal": "true",
    # A text that holds ${…} is a text.
    "spark.sql.variable.substitute": "false",
    # A file of the lake that is missing or spoilt stops the query.
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.crossJoin.enabled": "true",
    "spark.sql.ansi.enforceReservedKeywords": "false",
    "spark.sql.legacy.interval.enabled": "false",
    "spark.sql.legacy.timeParserPolicy": "CORRECTED",
    "spark.sql.legacy.setopsPrecedence.enabled": "false",
    "spark.sql.legacy.statisticalAggregate": "false",
    "spark.sql.legacy.exponentLiteralAsDecimal.enabled": "false",
    "spark.sql.legacy.ctePrecedencePolicy": "CORRECTED",
}
LAKE = "COCKPIT_LAKE"
# Each page of a file is held against its checksum: of a byte that turned Spark would silently make another number.
_WHOLE = "parquet.page.verify-checksum.enabled"
# A server that is gone is asked again for some twenty seconds; PySpark itself would wait ten minutes.
_TRIES = 5
# What to do about what a server says, by a word in it.
_HINTS = {
    "UNAVAILABLE": "请确认 Spark Connect 服务在运行，再试一次。",
    "RETRIES_EXCEEDED": "请确认 Spark Connect 服务在运行，再试一次。",
    "FAILED_READ_FILE": "湖里的文件不在了或损坏了，请运行 python -m lib publish --verify 湖的位置。",
    "PATH_NOT_FOUND": "湖里的文件不在了，请运行 python -m lib publish --verify 湖的位置。",
}
# A server that speaks the protocol, or reads a backslash otherwise, may still answer otherwise and say nothing: it is
# asked once.
_ASKED = r"select to_json(named_struct('a', cast(null as int), 'b', '\\'), map('ignoreNullFields', 'false'))"
_ANSWER = r'{"a":null,"b":"\\"}'
_BASE = "generation_"
_WORD = re.compile(r"\w+")


def kind_of(value: Any) -> str:
    """The type that DuckDB gives a bound value."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "BOOLEAN"
    if isinstance(value, int):
        return "INTEGER" if -(2**31) <= value < 2**31 else "BIGINT" if -(2**63) <= value < 2**63 else "HUGEINT"
    if isinstance(value, float):
        return "DOUBLE"
    if isinstance(value, Decimal):
        scale = max(0, -int(value.as_tuple().exponent))
        return f"DECIMAL({max(len(value.as_tuple().digits), scale, 1)}, {scale})"
    if isinstance(value, datetime):
        return "TIMESTAMP" if value.tzinfo is None else "TIMESTAMPTZ"
    if isinstance(value, date):
        return "DATE"
    if isinstance(value, list | tuple):
        return f"{_kind_of_all(value)}[]"
    return "VARCHAR"


def _kind_of_all(values: Sequence[Any]) -> str:
    """The type that DuckDB gives the elements of a list: wide enough for each."""
    kinds = list(dict.fromkeys(kind_of(one) for one in values if one is not None))
    if len(kinds) < 2:
        return kinds[0] if kinds else "VARCHAR"
    pairs = [digits(exp.DataType.build(kind, dialect="duckdb")) for kind in kinds]
    if None in pairs:
        return next(kind for kind in ("VARCHAR", "TIMESTAMP", "DOUBLE", kinds[0]) if kind in kinds)
    width, scale = widest(pair for pair in pairs if pair is not None)
    if any(kind.startswith("DECIMAL") for kind in kinds):
        return f"DECIMAL({width}, {scale})"
    return next(kind for kind in ("HUGEINT", "BIGINT") if kind in kinds)


def columns_of(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """DuckDB type by column of every table of a database, the columns in the order in which they stand."""
    rows = con.execute(
        "select table_name, column_name, data_type from duckdb_columns() where not internal"
        " order by table_name, column_index"
    )
    tables: dict[str, dict[str, str]] = {}
    for table, column, kind in rows.fetchall():
        tables.setdefault(table, {})[column] = kind
    return tables


def _bound(value: Any) -> Any:
    """A value as PySpark can send it; the query casts it to its type: to PySpark every decimal has ten places and none
    behind the point. A list goes as JSON of texts: of values of two types, or with NULL, PySpark sends none."""
    if isinstance(value, list | tuple):
        return json.dumps(_texts(value), ensure_ascii=False)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, Decimal) or (isinstance(value, int) and not -(2**63) <= value < 2**63):
        return str(value)
    return value


def _texts(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_texts(one) for one in value]
    return None if value is None else str(_bound(value))


def _first_line(error: Exception) -> str:
    """What a server said, also where it comes within the words of the transport."""
    text = re.sub(r"(?s).*?details = \"", "", str(error)).strip()
    return re.split(r"\n|;", text)[0][:300].rstrip(". ") or type(error).__name__


def failed(error: Exception) -> EngineError:
    """What a server said of a query, with what to do where it is no fault of the query."""
    hint = next((hint for mark, hint in _HINTS.items() if mark in str(error)), "")
    return EngineError(_first_line(error), hint)


def _lake() -> str:
    url = os.environ.get(LAKE, "")
    if not url:
        raise UserError(
            "用 Spark 计算要从湖里读数据，还不知道湖在哪里。",
            f"请运行 python -m lib publish --to 位置，再用环境变量 {LAKE} 给出同一位置。",
        )
    return url


def _as_read(place: Place, path: str) -> str:
    """How Spark names a file of a lake."""
    if place.folder is not None:
        # As it stands: Spark takes %3D for no "=".
        return f"file://{place.folder / path}"
    return f"{place.url.rstrip('/')}/{path}".replace("s3://", "s3a://", 1)


class Spark:
    """A Spark Connect server. Raises UserError when PySpark is missing or nothing answers."""

    def __init__(self, address: str) -> None:
        self.address, self._known = address, False
        self._sessions: WeakSet[_Remote] = WeakSet()
        try:
            from pyspark.sql.connect.client.retries import DefaultPolicy
            from pyspark.sql.connect.session import SparkSession
        except ImportError as error:
            raise UserError(
                "用 Spark 计算要先装 PySpark，这里没有。", "请运行 pip install -r requirements-spark.txt，再试一次。"
            ) from error
        self._builder, self._patience = SparkSession.builder.remote(address), DefaultPolicy(max_retries=_TRIES)

    def _session(self) -> Any:
        from pyspark.errors import PySparkException

        try:
            session = self._builder.create()
            session.client.set_retry_policies([self._patience])
            for name, value in _SETTINGS.items():
                # Of those that a builder is given PySpark only warns when the server takes them not.
                session.conf.set(name, value)
            if not self._known:
                (answer,) = session.sql(_ASKED).toArrow().column(0).to_pylist()
                if answer != _ANSWER:
                    raise UserError(
                        f"{self.address} 不像 Apache Spark 那样作答，证据会写成别的。", "请用 Apache Spark 4 的服务。"
                    )
                self._known = True
            return session
        except (PySparkException, ValueError) as error:
            raise UserError(
                f"连不上 Spark（{self.address}）：{_first_line(error)}", "请检查地址，确认 Spark Connect 服务在运行。"
            ) from error

    def _opened(self) -> "_Remote":
        session = _Remote(self._session())
        self._sessions.add(session)
        return session

    def close(self) -> None:
        """End every session that is still held: for a server that is gone first PySpark would wait minutes."""
        for session in list(self._sessions):
            session.end()

    def open(self, warehouse: Warehouse) -> "_Remote":
        """Raises UserError when the lake of COCKPIT_LAKE does not hold the generation."""
        place = place_of(_lake(), warehouse.home)
        return self.reading(place, generation_in(place, warehouse))

    def reading(self, place: Place, manifest: Manifest) -> "_Remote":
        """A session of its own on what a lake holds."""
        session = self._opened()
        for name, table in manifest.tables.items():
            session.lies(name, table.columns, [_as_read(place, path) for path in manifest.paths(name)])
        return session

    def over(self, con: duckdb.DuckDBPyConnection) -> "_Remote":
        session = self._opened()
        for (name,) in con.execute("select table_name from duckdb_tables() order by table_name").fetchall():
            session.put(name, con.execute(f'select * from "{name}"').to_arrow_table())
        return session


class _Remote:
    """A session of its own on the server, with the types of its tables at hand in an empty DuckDB.

    A table goes to the server when a query first names it.
    """

    def __init__(self, spark: Any) -> None:
        self._spark = spark
        # Whoever lets go of this ends its session on the server too; at the end of the process nothing is waited for.
        self.end = finalize(self, spark.stop)
        self.end.atexit = False
        self._shape = duckdb.connect(":memory:", config=CHECKING)
        self._given: dict[str, Callable[[], Any]] = {}
        self._there: set[str] = set()
        self._held: set[str] = set()

    def run(self, sql: str, values: Mapping[str, Any], seconds: float | None = None) -> pa.Table:
        frame, wanted = self._planned(sql, values)
        timer = threading.Timer(seconds or 0, self._spark.interruptAll)
        timer.daemon = True
        started = time.monotonic()
        if seconds is not None:
            timer.start()
        try:
            found = frame().toArrow()
            self._let_go()
            # What is NULL alone may have any type to Spark.
            columns = [
                pa.nulls(len(column)) if pa.types.is_null(kind.type) and column.null_count == len(column)
                else column.cast(kind.type)
                for column, kind in zip(found.columns, wanted, strict=True)
            ]  # fmt: skip
        except Exception as error:
            if seconds is not None and time.monotonic() - started >= seconds:
                raise TooLong(f"运行超过 {seconds:g} 秒，已停止") from error
            raise failed(error) from error
        finally:
            timer.cancel()
        return pa.table(columns, wanted)

    def _planned(self, sql: str, values: Mapping[str, Any]) -> tuple[Callable[[], Any], pa.Schema]:
        """What asks the server for the rows, and the types that DuckDB would give; what it would refuse is refused."""
        words = set(_WORD.findall(sql))
        try:
            statement = duckdb.extract_statements(sql)[0]
            bound = {name: values[name] for name in statement.named_parameters}
            wanted = self._shape.execute(statement, bound).to_arrow_table().schema
        except duckdb.Error as error:
            raise EngineError(str(error).splitlines()[0]) from error
        tables = {name: columns for name, columns in columns_of(self._shape).items() if name in words}
        translation = translate(sql, {name: kind_of(value) for name, value in bound.items()}, tables)
        for name in tables.keys() - self._there:
            try:
                self._given[name]().createOrReplaceTempView(name)
            except Exception as error:
                raise failed(error) from error
            self._there.add(name)
        return partial(self._frame, translation, bound), wanted

    def _frame(self, translation: Translation, bound: Mapping[str, Any]) -> Any:
        """The rows of a query; its steps are worked out now."""
        # PySpark takes what was set aside for that of the first session of the thread.
        type(self._spark)._active_session.session = self._spark
        args = {name: _bound(value) for name, value in bound.items()}
        for name, step in translation.held:
            self._spark.sql(step, args=args).localCheckpoint().createOrReplaceTempView(name)
            self._held.add(name)
        return self._spark.sql(translation.sql, args=args)

    def _let_go(self) -> None:
        """Of the steps of a query: their rows take room on the server."""
        while self._held:
            self._spark.catalog.dropTempView(self._held.pop())

    def put(self, name: str, rows: pa.Table) -> None:
        self._shape.register("put_rows", rows)
        self._shape.execute(f'create or replace table "{name}" as select * from put_rows limit 0')
        self._shape.unregister("put_rows")
        self._stands(name, lambda: self._sent(rows))

    def _stands(self, name: str, frame: Callable[[], Any]) -> None:
        self._given[name] = frame
        self._there.discard(name)

    def lies(self, name: str, columns: Mapping[str, str], files: Sequence[str]) -> None:
        """Say where the rows of a table lie as Parquet."""
        typed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
        self._shape.execute(f'create or replace table "{name}" ({typed})')
        empty = self._shape.execute(f'select * from "{name}"').to_arrow_table()
        self._stands(name, lambda: self._read(empty.schema, files) if files else self._sent(empty))

    def _read(self, schema: pa.Schema, files: Sequence[str]) -> Any:
        from pyspark.sql.pandas.types import from_arrow_schema

        # Told the columns, Spark opens no file before it is asked; the month in a path is none of them.
        reader = self._spark.read.schema(from_arrow_schema(schema, prefer_timestamp_ntz=True)).option(_WHOLE, "true")
        return reader.parquet(*files).select(*schema.names)

    def _sent(self, rows: pa.Table) -> Any:
        from pyspark.sql.pandas.types import from_arrow_schema

        # Without rows PySpark wants to be told the columns.
        given = (rows,) if rows.num_rows else ([], from_arrow_schema(rows.schema, prefer_timestamp_ntz=True))
        return self._spark.createDataFrame(*given)

    def base(self, name: str) -> str:
        return f'"{_BASE}{name}"'

    def define(self, name: str, query: str, values: Mapping[str, Any], *, held: bool = False) -> None:
        for table in set(_WORD.findall(query)):
            behind = table.removeprefix(_BASE)
            if table != behind and table not in self._given:
                # What stands before a table from now on is not what is behind its name.
                self._shape.execute(f'create table "{table}" as select * from "{behind}" limit 0')
                self._stands(table, self._given[behind])
        frame, wanted = self._planned(query, values)
        self._shape.register("put_rows", wanted.empty_table())
        self._shape.execute(f'create or replace table "{name}" as select * from put_rows')
        self._shape.unregister("put_rows")
        self._stands(name, lambda: frame().cache() if held else frame())
