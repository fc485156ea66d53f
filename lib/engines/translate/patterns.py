"""Patterns: DuckDB reads them as RE2 does, Spark as Java does. What both read alike, and how Java is told the rest."""

import re

from sqlglot import exp

_PIECE = re.compile(
    r"""
    (?P<plain>\\[\\.^$|?*+()\[\]{}/\-"':;,=<>!&%@_~`#])
    |(?P<property>\\[dDwW]|\\[pP](?:[LNPSZ]|\{(?:L|N|P|S|Z|Lu|Ll|Lo|Nd)\}))
    |(?P<space>\\[sS])
    |(?P<set>\[\^?(?:\\[\\.^$|?*+()\[\]{}/\-dws]|\\p[LN]|[^\[\]\\&^])+\])
    |(?P<group>\((?:\?:|(?!\?)))
    |(?P<times>(?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})\??)
    |(?P<any>\.)
    |(?P<end>\$)
    |(?P<bar>\|)
    |(?P<close>\))
    |(?P<start>\^)
    |(?P<text>[^\\\[\](){}*+?.$|^])
    """,
    re.VERBOSE | re.DOTALL,
)
_SPACE = r"\t\n\f\r "


def written(node: exp.Expr) -> str | None:
    """A text that stands in a query as it is, also in parts; None for any other."""
    if isinstance(node, exp.DPipe):
        parts = written(node.this.unnest()), written(node.expression.unnest())
        return None if None in parts else f"{parts[0]}{parts[1]}"
    return node.name if isinstance(node, exp.Literal) and node.is_string else None


def _pieces(pattern: str) -> list[tuple[str, str]] | None:
    """A pattern in its pieces, None when it holds one that was not tried."""
    found: list[tuple[str, str]] = []
    place = 0
    while place < len(pattern):
        piece = _PIECE.match(pattern, place)
        if piece is None or (piece.lastgroup == "times" and (not found or found[-1][0] == "times")):
            return None
        found.append((str(piece.lastgroup), piece.group()))
        place = piece.end()
    return found


def _held_at_start(pieces: list[tuple[str, str]]) -> bool:
    """Whether all of it begins with ^, so that it matches one place at most."""
    depth = 0
    for kind, _ in pieces:
        depth += {"group": 1, "close": -1}.get(kind, 0)
        if kind == "bar" and depth == 0:
            return False
    return bool(pieces) and pieces[0][0] == "start"


def pattern_fault(pattern: str, *, places: bool) -> str:
    """What to mend in a pattern, '' for nothing; `places`: they are replaced or gathered, so that none may be empty."""
    pieces = _pieces(pattern)
    if pieces is None:
        return "模式里请只用文字、[ ]、( )、|、* + ? { }、^ $ . 和 \\d \\w \\s \\pL \\pN"
    try:
        empty = re.compile(re.sub(r"\\[pP](\{\w+\}|\w)", "x", pattern)).search("") is not None
    except re.error:
        return "模式写得不完整"
    if places and empty and not _held_at_start(pieces):
        return "模式不应与空文字相配，请把 * 写成 +，或以 ^ 开头"
    return ""


def of_java(pattern: str) -> str:
    """The same pattern as Java reads it: to it $ is also before a last line break, . no \\r, and \\s a tab more."""
    found = ""
    for kind, text in _pieces(pattern) or ():
        if kind == "space":
            found += f"[{'^' if text == chr(92) + 'S' else ''}{_SPACE}]"
        elif kind == "set":
            found += text.replace(r"\s", _SPACE)
        else:
            found += {"any": r"[^\n]", "end": r"\z"}.get(kind, text)
    return found
