"""The whole manual as somebody may read it, and finding words in it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from lib.access import Viewer, under
from lib.casework.lists.in_force import indicators_in_force
from lib.casework.rules.versions import live_versions
from lib.casework.store.register import Register
from lib.insight.grid import dispatches
from lib.insight.help import chapters, dictionary
from lib.insight.help.entry import BLOCKS, CHAPTERS, FIGURES, GROUPS, PAGES, Entry, Right
from lib.insight.help.figures import figures
from lib.insight.help.text import lines
from lib.rules import read_rules

# So many characters stand around a word that was found.
_AROUND = 24


@dataclass(frozen=True, eq=False)
class Manual:
    """The entries that a reader may read, in order."""

    entries: tuple[Entry, ...]

    @cached_property
    def by_id(self) -> dict[str, Entry]:
        """By their address."""
        return {entry.id: entry for entry in self.entries}

    def group(self, name: str) -> list[Entry]:
        """The entries of a group that stand by themselves."""
        return [entry for entry in self.entries if entry.group == name and not self.parent(entry)]

    def parent(self, entry: Entry) -> Entry | None:
        """The chapter or page that an entry is part of."""
        return self.by_id.get(entry.under) if entry.group in (CHAPTERS, BLOCKS) else None

    def parts(self, entry: Entry) -> list[Entry]:
        """The entries that belong to it."""
        return [one for one in self.entries if one.under == entry.id]


@dataclass(frozen=True)
class Found:
    """An entry in which words stand, and the line where, a little of it."""

    entry: Entry
    line: str


@under("view", "help")
def manual(register: Register, viewer: Viewer, rights: Mapping[str, Right]) -> Manual:
    """The entries that the viewer's rights open; `rights` are those of the pages, by url path, in their order.

    What models and indicators say is what those in force say.
    """
    every = _told_apart(
        *chapters.chapters(),
        *chapters.pages(dict(rights)),
        *chapters.common(),
        *figures(dispatches.limits(register)),
        *dictionary.indicators(indicators_in_force(register).values()),
        *dictionary.rules(read_rules(), live_versions(register)),
        *dictionary.deadlines(),
        *chapters.terms(),
    )
    seen = [entry for entry in every if viewer.may(*entry.right)]
    return Manual(tuple(sorted(seen, key=lambda entry: GROUPS.index(entry.group))))


def _told_apart(*entries: Entry) -> list[Entry]:
    """The entries; a figure that bears the name of another says on which page it stands."""
    titles = Counter(entry.title for entry in entries if entry.group == FIGURES)
    pages = {entry.page: entry.title for entry in entries if entry.group == PAGES}
    return [
        replace(entry, title=f"{entry.title}（{pages[entry.page]}）")
        if entry.group == FIGURES and titles[entry.title] > 1 and entry.page in pages
        else entry
        for entry in entries
    ]


def find(held: Manual, words: str) -> list[Found]:
    """The entries in which all of the words stand, those that have one in their title first."""
    asked = words.split()
    found = []
    for entry in held.entries:
        told = [entry.title, *lines(entry.blocks)]
        whole = "\n".join(told).lower()
        if asked and all(word.lower() in whole for word in asked):
            in_title = any(word.lower() in entry.title.lower() for word in asked)
            found.append((not in_title, Found(entry, _around(told[1:], asked))))
    return [one for _, one in sorted(found, key=lambda each: each[0])]


def _around(told: list[str], asked: list[str]) -> str:
    for line in told:
        for word in asked:
            at = line.lower().find(word.lower())
            if at >= 0:
                start, end = max(0, at - _AROUND), at + len(word) + 2 * _AROUND
                return ("…" if start else "") + line[start:end] + ("…" if end < len(line) else "")
    return told[0][: 3 * _AROUND] if told else ""


def marked(text: str, words: str) -> Iterator[tuple[str, bool]]:
    """A text in pieces, and whether each is one of the words looked for."""
    asked = [word.lower() for word in words.split()]
    low, start, at = text.lower(), 0, 0
    while at < len(text):
        hit = max((word for word in asked if low.startswith(word, at)), key=len, default="")
        if hit:
            if at > start:
                yield text[start:at], False
            yield text[at : at + len(hit)], True
            at = start = at + len(hit)
        else:
            at += 1
    if start < len(text):
        yield text[start:], False
