"""How a warning level looks, the same everywhere: a word, a colour and a shape."""

from typing import NamedTuple

import pandas as pd

from lib.rules import levels


class Level(NamedTuple):
    """One warning level on screen."""

    name: str
    colour: str
    shape: str


_LOOKS = {
    **{code: (colour, shape) for (code, colour), shape in zip(levels.COLOURS.items(), "▲◆●", strict=True)},
    # Drawn by chance: no warning colour.
    levels.SPOT_CHECK: ("#5b6b7b", "◇"),
}
_ALL = {code: Level(name, *_LOOKS[code]) for code, name in levels.NAMES.items()}
SPOT_CHECKED = _ALL[levels.SPOT_CHECK]
LEVELS = {code: _ALL[code] for code in levels.LEVELS}


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
