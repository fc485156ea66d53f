"""Chinese is written with full-width punctuation: in every text of the code, the pages and the data beside them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lib import yamltext
from lib.catalog.dataset import ROOT

_HAN = r"[\u4e00-\u9fff]"
HALF = re.compile(rf"(?:{_HAN}|[”’》〕]) ?[,:;()?!]|[,:;()?!] ?(?:{_HAN}|[“‘《])")
# What is no sentence: patterns, queries, and the names of icons.
_PATTERN = re.compile(r"\([?.]|\)\$|[|^\\]")
_QUERY = re.compile(r"\b(?:select|from|insert|update)\b")
_ICON = re.compile(r":material/\w+:|:small\[|:gray\[")
# Headings as they stand in files that come from outside, and what is matched against those files.
_FROM_OUTSIDE = {"aliases", "pattern", "check"}

CODE = [ROOT / "app.py", *sorted((ROOT / "lib").rglob("*.py")), *sorted((ROOT / "pages").rglob("*.py"))]
DATA = [path for path in sorted((ROOT / "data").rglob("*.yaml")) if "var" not in path.relative_to(ROOT).parts]
RULES = sorted((ROOT / "rules").glob("M*"))
SCREEN = [path for path in sorted((ROOT / "static").iterdir()) if path.suffix in (".js", ".css")]


def _not_said(tree: ast.AST) -> Iterator[int]:
    """Docstrings, which are English, and the parts of f-strings, which are read as a whole."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield id(node.value)
        if isinstance(node, ast.JoinedStr):
            yield from (id(part) for part in ast.walk(node) if part is not node)


def said(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of every string of a module; what an f-string puts in stands as {}."""
    tree = ast.parse(source)
    left_out = set(_not_said(tree))
    for node in ast.walk(tree):
        if id(node) in left_out:
            continue
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(p.value if isinstance(p, ast.Constant) else "{}" for p in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def written(content: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Key and text of every text of a YAML file."""
    if isinstance(content, dict):
        for name, value in content.items():
            yield key, str(name)
            yield from written(value, str(name))
    elif isinstance(content, list):
        for value in content:
            yield from written(value, key)
    elif isinstance(content, str):
        yield key, content


def half_width(text: str) -> bool:
    told = _ICON.sub("", text)
    return bool(HALF.search(told)) and not _PATTERN.search(told) and not _QUERY.search(told)


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_strings_of_the_code() -> None:
    assert [
        f"{_name(path)}:{line}: {text}"
        for path in CODE
        for line, text in said(path.read_text(encoding="utf-8"))
        if half_width(text)
    ] == []


def test_texts_of_the_data() -> None:
    assert [
        f"{_name(path)}: {key}: {text}"
        for path in DATA
        for key, text in written(yamltext.parse(path.read_text(encoding="utf-8")))
        if key not in _FROM_OUTSIDE and half_width(text)
    ] == []


def test_texts_of_the_rules() -> None:
    found = []
    for path in RULES:
        text = path.read_text(encoding="utf-8")
        head = text.partition("/*---")[2].partition("---*/")[0] if path.suffix == ".sql" else text
        titles = re.findall(r"(?m)^-- section: source (.*)$", text)
        texts = [*titles, *(one for _, one in written(yamltext.parse(head)))]
        found += [f"{_name(path)}: {one}" for one in texts if half_width(one)]
    assert found == []


def test_texts_of_the_browser() -> None:
    texts = re.compile(r'"[^"\n]*"|`[^`]*`|\'[^\'\n]*\'')
    assert [
        f"{_name(path)}: {text}"
        for path in SCREEN
        for text in texts.findall(path.read_text(encoding="utf-8"))
        if HALF.search(text)
    ] == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("没有数据,请装载。", True),
        ("共 {} 行(已核)", True),
        ("问题: 三处", True),
        ("说明 (见上)", True),
        ("完成!", True),
        ("没有数据，请装载。", False),
        ("共 1,024 行", False),
        ("M05（罚缴不一致）", False),
        ("09:30 到 10:00 之间", False),
        ("(?:合计|总计)", False),
        (":material/check: 已核", False),
        ("COCKPIT_HOME=~/a,b", False),
    ],
)
def test_what_counts_as_half_width(text: str, wrong: bool) -> None:
    assert half_width(text) == wrong
