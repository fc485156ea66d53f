"""What a server that runs for days lets go."""

import pandas as pd

from lib.ui.server.garbage import sweep


def noted(frame: pd.DataFrame) -> int:
    """How many views a frame remembers, those that are over among them."""
    return sum(len(block.refs.referenced_blocks) for block in frame._mgr.blocks)


def test_a_frame_that_is_kept_does_not_remember_every_look_at_it():
    kept = pd.DataFrame({"name": ["甲", "乙"], "count": [1, 2]})
    before = noted(kept)
    still = kept["name"]
    for _ in range(50):
        kept["name"]
        kept[["count"]]
        kept.head(1)
    assert noted(kept) > before + 100
    sweep()
    # What is still looked at stays noted, so that nobody writes into it.
    assert noted(kept) == before + 1
    still.iloc[0] = "丙"
    assert kept["name"].tolist() == ["甲", "乙"]
