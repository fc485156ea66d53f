"""The text of the manual as blocks, which the page, the printed manual and the search all go by.

A file of data/help is a head (YAML between lines of ---) and a body of few marks: paragraphs, `- ` and `1. ` lists,
`![words](picture)`, `**strong**`, `[words](entry)`; `## title {name …}` begins a part of its own. Anything else in it
is a fault, not a guess.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from jsonschema import Draft202012Validator

from lib import yamltext
from lib.errors import UserError


class Paragraph(NamedTuple):
    """Words with their marks."""

    words: str


class Points(NamedTuple):
    """A list, by numbers where the order counts."""

    items: tuple[str, ...]
    numbered: bool = False


class Rows(NamedTuple):
    """A table."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Picture(NamedTuple):
    """A page as it looks: the name of its picture, and what is seen."""

    name: str
    words: str


Block = Paragraph | Points | Rows | Picture


class Part(NamedTuple):
    """What stands under a title of its own, and the names that point to it."""

    title: str
    names: tuple[str, ...]
    blocks: tuple[Block, ...]


class Written(NamedTuple):
    """A file: its head, what stands before the first title, and the parts."""

    head: dict[str, Any]
    blocks: tuple[Block, ...]
    parts: tuple[Part, ...]


_TITLE = re.compile(r"## (.+?) \{([^{}]+)\}")
_PICTURE = re.compile(r"!\[([^\]]+)\]\(([\w-]+)\)")
_POINT, _STEP = re.compile(r"- (.+)"), re.compile(r"\d+\. (.+)")
_MARK = re.compile(r"\*\*(.+?)\*\*|\[([^\[\]]+)\]\(([^()\s]+)\)")
_STRAY = re.compile(r"[`<>#|]|\*\*|\]\(|^!")


def read(path: Path, schema: dict[str, Any]) -> Written:
    """A file of data/help. Raises UserError with file and line for a head or a mark that is not understood."""
    head, _, body = path.read_text(encoding="utf-8").removeprefix("---\n").partition("\n---\n")
    try:
        found = yamltext.parse(head)
    except yaml.YAMLError as error:
        raise _fault(path, f"首部不是 YAML（{error}）") from None
    faults = [yamltext.schema_fault(error) for error in Draft202012Validator(schema).iter_errors(found)]
    if faults:
        raise _fault(path, "；".join(faults))
    before = head.count("\n") + 3
    first: list[Block] = []
    parts: list[Part] = []
    held = first
    for number, lines in _chunks(body):
        where = before + number
        if lines[0].startswith("#"):
            title = _TITLE.fullmatch(lines[0])
            if title is None or len(lines) > 1:
                raise _fault(path, f"第 {where} 行：标题要写成「## 标题 {{名称}}」，单独成段")
            held = []
            parts.append(Part(title[1], tuple(title[2].split()), ()))
        else:
            held.append(_block(path, where, lines))
        if parts:
            parts[-1] = parts[-1]._replace(blocks=tuple(held))
    return Written(found, tuple(first), tuple(parts))


def _chunks(body: str) -> Iterator[tuple[int, list[str]]]:
    """Lines that stand together, and the number of the first."""
    held: list[str] = []
    start = 0
    for number, line in enumerate((*body.splitlines(), ""), 1):
        if line.strip():
            start = start if held else number
            held.append(line.rstrip())
        elif held:
            yield start, held
            held = []


def _block(path: Path, where: int, lines: list[str]) -> Block:
    picture = _PICTURE.fullmatch(lines[0])
    if picture is not None and len(lines) == 1:
        return Picture(picture[2], picture[1])
    for stray in (_STRAY.search(_MARK.sub("", line)) for line in lines):
        if stray is not None:
            raise _fault(path, f"第 {where} 行起的一段里有不认识的标记「{stray[0]}」")
    for mark, numbered in ((_POINT, False), (_STEP, True)):
        items = [mark.fullmatch(line) for line in lines]
        if all(items):
            return Points(tuple(item[1] for item in items if item), numbered)
        if any(items):
            raise _fault(path, f"第 {where} 行起的一段里列表和文字混在一起")
    return Paragraph("".join(lines))


def _fault(path: Path, what: str) -> UserError:
    return UserError(f"data/help/{path.name}：{what}。", "请按 data/help 里其他文件的写法改。")


class Piece(NamedTuple):
    """Words of one kind: plain, strong, or a link to an entry."""

    words: str
    strong: bool = False
    entry: str = ""


def pieces(words: str) -> Iterator[Piece]:
    """The words of a paragraph, an item or a cell, one kind after the other."""
    done = 0
    for found in _MARK.finditer(words):
        if found.start() > done:
            yield Piece(words[done : found.start()])
        yield Piece(found[1], strong=True) if found[1] else Piece(found[2], entry=found[3])
        done = found.end()
    if done < len(words):
        yield Piece(words[done:])


def plain(words: str) -> str:
    """The same without its marks."""
    return "".join(piece.words for piece in pieces(words))


def lines(blocks: tuple[Block, ...]) -> Iterator[str]:
    """What is written in blocks, as it is read."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield plain(block.words)
        elif isinstance(block, Points):
            yield from map(plain, block.items)
        elif isinstance(block, Rows):
            yield from (plain("　".join(row)) for row in block.rows)
        else:
            yield block.words
