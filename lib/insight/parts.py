"""The parts of a list that its page counts and opens, each a title and the column that says which rows are in it."""

from collections.abc import Mapping

import pandas as pd

# Part → its title, and the column of the list, empty for all rows.
Parts = Mapping[str, tuple[str, str]]


def part_of(frame: pd.DataFrame, parts: Parts, part: str) -> pd.DataFrame:
    """The rows that a part counts."""
    flag = parts[part][1]
    return frame[frame[flag]] if flag else frame


def counts(frame: pd.DataFrame, parts: Parts) -> dict[str, int]:
    """How many each part has."""
    return {part: len(part_of(frame, parts, part)) for part in parts}
