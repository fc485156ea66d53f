"""An entry of the manual: what stands at one address of it."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from lib.insight.help.text import Block

Right = tuple[str, str]
# Everybody who may open the manual may read it.
OPEN: Right = ("view", "help")

CHAPTERS, PAGES, BLOCKS, TERMS = "使用说明", "各页说明", "各栏说明", "术语"
FIGURES, INDICATORS, RULES, DEADLINES = "数字口径", "监督指标", "模型", "期限"
GROUPS = (CHAPTERS, PAGES, BLOCKS, FIGURES, INDICATORS, RULES, DEADLINES, TERMS)


@dataclass(frozen=True)
class Entry:
    """One entry: `id` is its address, `right` what a reader needs to be shown it.

    page: the url path of the page that it explains, or whose block it explains; empty for any page's. cards: the names
    of the cards that it explains there, * for anything. under: the entry it belongs to. roles: whom a chapter is for.
    hint: what is said on the first visit of a page.
    """

    id: str
    title: str
    group: str
    blocks: tuple[Block, ...]
    right: Right = OPEN
    page: str = ""
    cards: tuple[str, ...] = ()
    under: str = ""
    roles: tuple[str, ...] = ()
    hint: str = ""

    def written_for(self, role: str) -> bool:
        """Whether it is a chapter for whoever has that role, to stand first; who may read it is its right."""
        return role in self.roles

    def explains(self, page: str, card: str) -> bool:
        """Whether it explains a card of a page."""
        return self.page in (page, "") and any(fnmatchcase(card, name) for name in self.cards)
