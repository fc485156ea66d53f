"""What is true of a synthetic city: read by training, the command line and benchmarks, by nothing that a page shows.

A model hits what was planted as a violation and nothing else, so that its hits are the truth as well. Half of what was
planted on single subjects is therefore set apart, the judged pool: who learns to judge sees no warning about it.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

import pandas as pd

from lib.errors import UserError
from lib.warehouse.home import truth_path

VIOLATION, LOOKALIKE = "violation", "lookalike"


def truth(home: Path) -> pd.DataFrame:
    """What was planted, one row a subject: columns of lib.warehouse.demo.plants.truth.TRUTH_SCHEMA. Shared, never
    changed. Raises UserError where nothing was planted."""
    path = truth_path(home)
    try:
        written = path.stat()
    except FileNotFoundError:
        raise UserError("这里没有合成城市的真值表。", "请先运行 python -m lib demo 建立合成城市。") from None
    return _read(path, written.st_mtime_ns, written.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, _written: int, _size: int) -> pd.DataFrame:
    return pd.read_parquet(path)


def judged_pool(home: Path) -> pd.DataFrame:
    """The violations and look-alikes set apart to be judged, rows of `truth`: a fixed half of those planted on single
    subjects, of each model, kind, window and nearness to the threshold."""
    held = truth(home)
    single = held[held["kind"].isin([VIOLATION, LOOKALIKE]) & held["group_id"].isna()]
    drawn = [
        hashlib.sha256(f"judged|{rule}|{subject}".encode()).digest()
        for rule, subject in zip(single["rule_id"], single["subject_id"], strict=True)
    ]
    place = pd.Series(drawn, single.index, dtype=object).rank() if drawn else pd.Series(dtype="float64")
    alike = [single[name] for name in ("rule_id", "kind", "in_window", "near_threshold")]
    return single[place.groupby(alike).rank().mod(2).eq(1)]
