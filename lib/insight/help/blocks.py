"""Which entry explains a block of a page."""

from functools import lru_cache

from lib.insight.grid import dispatches
from lib.insight.help import chapters
from lib.insight.help.entry import OPEN, Entry
from lib.insight.help.figures import figures


@lru_cache(maxsize=1)
def _everywhere() -> tuple[Entry, ...]:
    return (*figures(dispatches.limits(None)), *chapters.common())


@lru_cache(maxsize=2048)
def explaining(page: str, card: str) -> Entry | None:
    """The entry of a card of the page with that url path: what is written for this page before what is written for
    all; None where nothing explains it."""
    own = (*chapters.pages({page: OPEN}), *_everywhere())
    found = [entry for entry in own if entry.explains(page, card)]
    return next((entry for entry in found if entry.page), found[0] if found else None)
