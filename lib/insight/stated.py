"""What a figure is called and means: the words its tile shows and the manual prints, written once."""

from typing import NamedTuple


class Stated(NamedTuple):
    """A figure's title, its definition, and the figures of lib.insight.figure whose rows it counts.

    The definition may hold, in braces, what only the page knows: the days counted, how many stand in the whole city.
    """

    title: str
    meaning: str
    counts: tuple[str, ...] = ()

    def told(self, **known: object) -> str:
        """The definition with what the page knows."""
        return self.meaning.format(**known)
