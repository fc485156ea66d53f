"""The word lists of the synthetic city: violations, duties, circumstances, industries and invented names."""

import csv
from pathlib import Path

import pandas as pd

WORDS = Path(__file__).parent / "words"


def word_table(name: str) -> pd.DataFrame:
    """One list as text columns, with `line` counting from 1."""
    frame = pd.read_csv(WORDS / f"{name}.csv", sep="|", dtype=str, keep_default_na=True, quoting=csv.QUOTE_NONE)
    frame.insert(0, "line", range(1, len(frame) + 1))
    return frame.astype(object).where(frame.notna(), None)


def names() -> dict[str, list[str]]:
    """surnames, brands, marks, projects, roads, corners, grid_types."""
    return {row["kind"]: row["values"].split() for _, row in word_table("names").iterrows()}
