"""JSON lines: one object per line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa

from lib.errors import UserError
from lib.warehouse.load.encoding import detect
from lib.warehouse.load.sheet import BATCH_ROWS, Sheet

_FAULT = "不是完整的 JSON 对象。请每行写一个 {…}，字符串用半角双引号"
_LINES = pa.schema([("row_no", pa.int32()), ("line", pa.string())])


@dataclass
class JsonSheet(Sheet):
    annotated = False

    encoding: str

    def stage(self, con: duckdb.DuckDBPyConnection) -> None:
        con.register("line_batches", pa.RecordBatchReader.from_batches(_LINES, self._batches()))
        con.execute("""
            create or replace temp table raw_line as
            select row_no, line, coalesce(json_type(try_cast(line as json)) = 'OBJECT', false) as good
            from line_batches
        """)
        con.unregister("line_batches")
        keys = con.execute("""
            select key from (select unnest(json_keys(line)) as key, row_no from raw_line where good)
            group by key order by min(row_no), key
        """).fetchall()
        self.headings += [key for (key,) in keys if key not in self.headings]
        self.headings = self.headings or ["原文"]
        cells = ", ".join(
            f"case when good then json_extract_string(line, $path{i}){' else line' if i == 0 else ''} end as c{i}"
            for i in range(len(self.headings))
        )
        pointers = {f"path{i}": "/" + _pointer(heading) for i, heading in enumerate(self.headings)}
        sql = (
            "create or replace temp table raw as select row_no, case when not good then $fault end as fault, "
            "cast(null as varchar) as surplus, "
            f"{cells} from raw_line"
        )
        con.execute(sql, {"fault": _FAULT, **pointers})
        con.execute("drop table raw_line")

    def _batches(self) -> Iterator[pa.RecordBatch]:
        with open(self.path, encoding="utf-8-sig" if self.encoding == "utf-8" else self.encoding) as handle:
            lines = ((number, line.strip()) for number, line in enumerate(handle, 1) if line.strip())
            while chunk := list(islice(lines, BATCH_ROWS)):
                numbers, texts = zip(*chunk, strict=True)
                yield pa.record_batch([pa.array(numbers, pa.int32()), pa.array(texts, pa.string())], schema=_LINES)


def _pointer(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def open_json(path: Path) -> list[Sheet]:
    """The one table of a JSON lines file; headings are the keys in order of appearance.

    Raises UserError when the encoding is unknown or the file has no object at all.
    """
    encoding = detect(path)
    headings: dict[str, None] = {}
    with open(path, encoding="utf-8-sig" if encoding == "utf-8" else encoding) as handle:
        for line in islice((line for line in handle if line.strip()), 200):
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if isinstance(record, dict):
                headings.update(dict.fromkeys(record))
    if not headings:
        raise UserError("不是 JSON 行文件", "请每行写一个 JSON 对象；整个文件是一个数组的，请先拆成行。")
    return [JsonSheet(path, None, list(headings), encoding)]
