"""The entries written by hand: chapters, pages with their blocks, terms."""

from functools import lru_cache

from lib import yamltext
from lib.catalog.dataset import ROOT
from lib.insight.help.entry import BLOCKS, CHAPTERS, OPEN, PAGES, TERMS, Entry, Right
from lib.insight.help.text import Part, Picture, read

FOLDER = ROOT / "data" / "help"
_TEXT = {"type": "string", "minLength": 1}
_TEXTS = {"type": "array", "items": _TEXT, "minItems": 1}
_RIGHT = {"type": "array", "items": _TEXT, "minItems": 2, "maxItems": 2}
_CHAPTER = yamltext.mapping({"title": _TEXT, "order": {"type": "integer"}, "roles": _TEXTS}, {"right": _RIGHT})
_PAGE = yamltext.mapping({"title": _TEXT, "hint": _TEXT}, {"picture": _TEXT})
_LIST = yamltext.mapping({"title": _TEXT})
# What explains no page of its own: the words, and the blocks that many pages have.
_TERMS, _COMMON = "terms.md", "blocks.md"


@lru_cache(maxsize=1)
def chapters() -> tuple[Entry, ...]:
    """The chapters in their order, each with its parts. Raises UserError for a file that is not understood."""
    found = []
    for path in sorted(FOLDER.glob("*.md")):
        if path.name in (_TERMS, _COMMON):
            continue
        written = read(path, _CHAPTER)
        roles, (action, kind) = tuple(written.head["roles"]), written.head.get("right", OPEN)
        one = Entry(path.stem, written.head["title"], CHAPTERS, written.blocks, (action, kind), roles=roles)
        parts = [
            Entry(f"{path.stem}.{part.names[0]}", part.title, CHAPTERS, part.blocks, one.right, under=one.id)
            for part in written.parts
        ]
        found.append((written.head["order"], (one, *parts)))
    return tuple(entry for _, entries in sorted(found, key=lambda each: each[0]) for entry in entries)


@lru_cache(maxsize=1)
def terms() -> tuple[Entry, ...]:
    """The words of the field."""
    return tuple(
        Entry(f"term.{part.names[0]}", part.title, TERMS, part.blocks, _right(part))
        for part in read(FOLDER / _TERMS, _LIST).parts
    )


def _right(part: Part) -> Right:
    """A word that only some may look up names the kind it tells of: {name kind}."""
    return ("view", part.names[1]) if len(part.names) > 1 else OPEN


@lru_cache(maxsize=1)
def common() -> tuple[Entry, ...]:
    """The blocks that many pages have, whichever page they stand on."""
    return tuple(
        Entry(f"block.{part.names[0].strip('*-')}", part.title, BLOCKS, part.blocks, cards=part.names)
        for part in read(FOLDER / _COMMON, _LIST).parts
    )


def pages(rights: dict[str, Right]) -> tuple[Entry, ...]:
    """The pages that have one of these rights, by url path, in that order, each followed by its blocks."""
    return tuple(entry for path, right in rights.items() for entry in _page(path, right))


@lru_cache(maxsize=128)
def _page(path: str, right: Right) -> tuple[Entry, ...]:
    file = FOLDER / "pages" / f"{path}.md"
    if not file.exists():
        return ()
    written = read(file, _PAGE)
    title, named = written.head["title"], written.head.get("picture", "")
    shown = (Picture(named, f"{title}页"),) if named else ()
    one = Entry(path, title, PAGES, (*written.blocks, *shown), right, path, hint=written.head["hint"])
    parts = (
        Entry(f"{path}.{part.names[0].strip('*-')}", part.title, BLOCKS, part.blocks, right, path, part.names, path)
        for part in written.parts
    )
    return (one, *parts)
