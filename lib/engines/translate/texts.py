"""Texts and patterns."""

from functools import lru_cache

import duckdb
from sqlglot import exp

from lib.engines.translate.parts import call, cast, is_day, is_moment, is_text, number
from lib.engines.translate.patterns import of_java, written
from lib.engines.translate.times import as_text

# What DuckDB trims: every space of Unicode, and nothing but spaces.
_SPACES = "".join(map(chr, (0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)))


def _text(node: exp.Expr) -> exp.Expr:
    if is_day(node) or is_moment(node):
        return as_text(node)
    return node if is_text(node) else cast(node, "string")


def joined(node: exp.Concat) -> exp.Expr:
    """concat passes NULL over; in Spark one NULL makes all of it NULL."""
    empty = exp.Literal.string("")
    return call("concat", *(call("coalesce", _text(one), empty.copy()) for one in node.expressions))


def joined_with(node: exp.ConcatWs) -> exp.Expr:
    return call("concat_ws", *map(_text, node.expressions))


def trimmed(node: exp.Trim) -> exp.Expr:
    """Spark takes off none but the space of ASCII, and leaves the wide one that is written in Chinese."""
    place = (node.text("position") or "BOTH").upper()
    return exp.Trim(this=node.this, expression=exp.Literal.string(_SPACES), position=place)


@lru_cache(maxsize=2)
def _changed(function: str) -> tuple[str, str]:
    """The characters that DuckDB's lower or upper changes, and what it makes of each."""
    with duckdb.connect(":memory:") as con:
        rows = con.execute(
            "with every as (select chr(i::integer) as one from (from range(1, 55296) union all"
            " from range(57344, 1114112)) as r(i)) select one, case $name when 'lower' then lower(one)"
            " else upper(one) end as other from every where other <> one order by one",
            {"name": function},
        ).fetchall()
    return "".join(one for one, _ in rows), "".join(other for _, other in rows)


def cased(node: exp.Lower | exp.Upper) -> exp.Expr:
    """DuckDB changes character by character; Spark makes SS of ß and minds where a letter stands."""
    pair = _changed(node.key.lower())
    return call("translate", node.this, *map(exp.Literal.string, pair))


def _pattern(node: exp.Expr) -> exp.Expr:
    return exp.Literal.string(of_java(written(node.unnest()) or ""))


def matched(node: exp.RegexpLike) -> exp.Expr:
    return call("regexp", node.this, _pattern(node.expression))


def replaced(node: exp.RegexpReplace) -> exp.Expr:
    """With 'g': Spark replaces every place always."""
    return call("regexp_replace", node.this, _pattern(node.expression), node.args["replacement"])


def extracted(node: exp.RegexpExtractAll) -> exp.Expr:
    """The whole match; Spark would give the first group."""
    return call("regexp_extract_all", node.this, _pattern(node.expression), number(0))
