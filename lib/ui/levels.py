"""How a warning level looks, the same everywhere: a word, a colour and a shape."""

from typing import NamedTuple

import pandas as pd


class Level(NamedTuple):
    """One warning level on screen."""

    name: str
    colour: str
    shape: str


LEVELS = {
    "red": Level("红", "#c0262d", "▲"),
    "orange": Level("橙", "#e07a1f", "◆"),
    "yellow": Level("黄", "#e6b800", "●"),
}
LEVEL_ORDER = tuple(LEVELS)
# What has no level because chance drew it: a shape and a word, in no warning colour.
SPOT_CHECKED = Level("抽查", "#5b6b7b", "◇")
_ALL = {**LEVELS, "check": SPOT_CHECKED}


def level_text(level: str) -> str:
    """'▲ 红': the shape and the word, readable without colour."""
    return f"{_ALL[level].shape} {_ALL[level].name}"


def level_texts(levels: pd.Series) -> pd.Series:
    """`level_text` of a column of levels; empty where there is none."""
    return levels.map({level: level_text(level) for level in _ALL}).fillna("")


def level_counts(red: int, orange: int, yellow: int) -> str:
    """'▲3 ◆8 ●16': how many of each level, in level order."""
    counts = zip(LEVELS.values(), (red, orange, yellow), strict=True)
    return " ".join(f"{level.shape}{count}" for level, count in counts)
