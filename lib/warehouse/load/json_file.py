"""JSON: one object per line, or a document that holds one list of objects."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from lib.errors import UserError
from lib.warehouse.load.encoding import detect, text_lines
from lib.warehouse.load.sheet import BATCH_ROWS, Sheet

_FAULT = "不是完整的 JSON 对象。请每行写一个 {…}，字符串用半角双引号"
_TWICE = "同一个键写了两次。请只留一个，或从来源重新导出"
_NESTED = "有一格是嵌套的对象。请把里面的值展开成单独的列"
_LINES = pa.schema([("row_no", pa.int32()), ("line", pa.string())])
_SPACE = re.compile(r"[\s,\ufeff]*")
_DECODER = json.JSONDecoder()
# How deep a list of records may lie in a document, and how deep the value of a record may be nested.
_DEPTH, _NESTING = 4, 64
# Numbers beside a list that say how many records there are in all.
_TOTALS = ("total", "totalcount", "totalnum", "count", "recordcount", "totalelements", "总数", "总条数", "总记录数")
_TOO_DEEP = UserError("内容一层套一层，太深，读不了", "请从来源导出成普通表格。")
_NOT_JSON = UserError("不是 JSON 文件", "请写成一个对象数组 [{…}, {…}]，或每行一个 JSON 对象。")


@dataclass
class JsonSheet(Sheet):
    """`records` are the objects of a document, as text; None when each line of the file is an object."""

    annotated = False

    encoding: str
    records: list[str] | None = field(default=None)

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
        # Only lines with a brace inside are looked at closely.
        nested = " or ".join(
            f"json_type(line, $path{i}) = 'OBJECT'" for i in sorted(self.fields) if i < len(self.headings)
        )
        sql = (
            "create or replace temp table raw as select row_no, case when not good then $fault "
            "when len(json_keys(line)) <> len(list_distinct(json_keys(line))) then $twice "
            f"when contains(line[2:], '{{') and ({nested or 'false'}) then $nested end as fault, "
            f"cast(null as varchar) as surplus, {cells} from raw_line"
        )
        con.execute(sql, {"fault": _FAULT, "nested": _NESTED, "twice": _TWICE, **pointers})
        con.execute("drop table raw_line")

    def _batches(self) -> Iterator[pa.RecordBatch]:
        if self.records is not None:
            yield from _in_batches(enumerate(self.records, 1))
            return
        with text_lines(self.path, self.encoding) as lines:
            yield from _in_batches((number, line) for number, line in enumerate(map(_stripped, lines), 1) if line)


def _in_batches(numbered: Iterator[tuple[int, str]]) -> Iterator[pa.RecordBatch]:
    while chunk := list(islice(numbered, BATCH_ROWS)):
        numbers, texts = zip(*chunk, strict=True)
        flat = [text if _depth(text) <= _NESTING else "" for text in texts]
        yield pa.record_batch([pa.array(numbers, pa.int32()), pa.array(flat, pa.string())], schema=_LINES)


def _depth(text: str) -> int:
    """No less than how deep a text nests; exact only where it could matter."""
    if text.count("[") + text.count("{") <= _NESTING:
        return 0
    depth = most = 0
    for character in text:
        depth += (character in "[{") - (character in "]}")
        most = max(most, depth)
    return most


def _stripped(line: str) -> str:
    """A line without the comma that some exports put behind each object."""
    return line.strip().strip("\ufeff").rstrip(",").rstrip()


def _pointer(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def open_json(path: Path) -> list[Sheet]:
    """The one table of a JSON file; headings are the keys in order of appearance. A row's number is its line, or in
    a document its place in the list.

    Raises UserError when the encoding is unknown, or there is no list of objects or more than one.
    """
    encoding = detect(path)
    with text_lines(path, encoding) as lines:
        first = next((line for line in map(_stripped, lines) if line), "")
    if not first:
        raise UserError("文件是空的", "请从来源重新导出。")
    try:
        if not isinstance(_value(first), dict) or not _keys([first]):
            return [_document(path, encoding)]
        with text_lines(path, encoding) as lines:
            texts = list(islice((line for line in map(_stripped, lines) if line), 200))
        if len(texts) == 1 and _lists(_value(first), ""):
            return [_document(path, encoding)]
        return [JsonSheet(path, None, _keys(texts), encoding)]
    except RecursionError as error:
        raise _TOO_DEEP from error


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _keys(texts: list[str]) -> list[str]:
    keys: dict[str, None] = {}
    for text in texts:
        record = _value(text)
        if isinstance(record, dict):
            keys.update(dict.fromkeys(record))
    return list(keys)


def _document(path: Path, encoding: str) -> JsonSheet:
    with text_lines(path, encoding) as lines:
        text = "".join(lines)
    start = _SPACE.match(text).end()  # type: ignore[union-attr]
    remarks: list[str] = []
    if text.startswith("{", start):
        records = _wrapped(text, start, remarks)
    elif text.startswith("[", start):
        records = _elements(text, start + 1)
    else:
        raise _NOT_JSON
    keys = _keys(records[:200])
    if not keys:
        raise UserError("里面没有一个 JSON 对象", "请写成一个对象数组 [{…}, {…}]，或每行一个 JSON 对象。")
    return JsonSheet(path, None, keys, encoding, records, remarks=remarks)


def _elements(text: str, at: int) -> list[str]:
    """The elements of a list as text. What cannot be read is kept up to the end of its line."""
    found: list[str] = []
    while True:
        at = _SPACE.match(text, at).end()  # type: ignore[union-attr]
        if at >= len(text) or text[at] == "]":
            return found
        try:
            _, end = _DECODER.raw_decode(text, at)
        except RecursionError:
            raise
        except ValueError:
            line_end = text.find("\n", at)
            end = line_end if line_end > at else len(text)
        found.append(text[at:end])
        at = end


def _wrapped(text: str, start: int, remarks: list[str]) -> list[str]:
    """The records of an object that holds one list of them; of several objects one after the other, those."""
    try:
        whole, end = _DECODER.raw_decode(text, start)
    except ValueError as error:
        raise UserError("JSON 不完整，读不下去", "文件可能没有传完，请从来源重新导出。") from error
    if text[end:].strip(" \t\r\n,"):
        return _elements(text, start)
    lists = _lists(whole, "")
    if not lists:
        return [text[start:end]]
    if len(lists) > 1:
        names = "、".join(f"“{name}”（{len(records)} 条）" for name, records, _ in lists)
        raise UserError(f"里面有不止一组记录：{names}", "请每组存成一个文件。")
    ((name, records, said),) = lists
    remarks.append(f"按“{name}”里的 {len(records)} 条记录读")
    if said is not None and said != len(records):
        remarks.append(f"文件自称共 {said} 条，里面只有 {len(records)} 条；可能只导出了其中一页")
    return [json.dumps(record, ensure_ascii=False) for record in records]


def _lists(value: Any, name: str, depth: int = 0) -> list[tuple[str, list, int | None]]:
    """Lists of objects in a document, with their place and the number of records that stands beside them."""
    if depth > _DEPTH or not isinstance(value, dict):
        return []
    said = next((v for k, v in value.items() if k.casefold().replace("_", "") in _TOTALS and type(v) is int), None)
    found: list[tuple[str, list, int | None]] = []
    for key, inner in value.items():
        place = f"{name}.{key}" if name else key
        if isinstance(inner, list) and inner and all(isinstance(item, dict) for item in inner):
            found.append((place, inner, said))
        else:
            found += _lists(inner, place, depth + 1)
    return found
