"""A text as it is meant: full width, spaces, dashes and digits in Chinese do not hide a number or a name."""

import re
import unicodedata
from typing import NamedTuple

_HAN_DIGITS = dict(zip("〇零○一二三四五六七八九幺", "0001234567891", strict=True))
_RUN = re.compile("[〇零○一二三四五六七八九幺]{7,}")
_DROPPED = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad_~～\-‐‑‒–—―－−·•‧・.．]")
# Letters that are written for digits within a number.
_ALIKE = re.compile(r"(?<=[0-9])[OoQlI|](?=[0-9OoQlI|]{0,3}[0-9])")
_DIGIT_FOR = {"O": "0", "o": "0", "Q": "0", "l": "1", "I": "1", "|": "1"}


class Spelt(NamedTuple):
    """A text without what only separates, and where each of its characters stood."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a part of it stands in the text it was made of."""
        return self.places[start], self.places[end - 1] + 1


def spelt(text: str) -> Spelt:
    """Half width, capitals as they are, without white space, dashes and dots; long runs of Chinese digits as digits."""
    signs, places = [], []
    for place, sign in enumerate(text):
        for one in unicodedata.normalize("NFKC", sign):
            if not _DROPPED.match(one):
                signs.append(one)
                places.append(place)
    bare = "".join(signs)
    bare = _RUN.sub(lambda found: "".join(_HAN_DIGITS[sign] for sign in found[0]), bare)
    bare = _ALIKE.sub(lambda found: _DIGIT_FOR[found[0]], bare)
    return Spelt(bare, tuple(places))
