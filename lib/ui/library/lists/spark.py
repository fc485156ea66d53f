"""Thirteen months as a line the height of a word, drawn by the style of one element."""

from collections.abc import Sequence

import pandas as pd

_THICK, _HIGH, _EDGE = 9, 86, 1


def spark(values: Sequence[float], about: str) -> str:
    """The values in order as HTML; where there is none the line has a gap."""
    held = [value for value in values if not pd.isna(value)]
    if not held:
        return ""
    low, reach = min(held), max(held) - min(held)
    ends = []
    across = 100 / max(len(values) - 1, 1)
    above: list[tuple[int, int]] = []
    run: list[tuple[int, int]] = []
    for number, value in enumerate([*values, float("nan")]):
        if not pd.isna(value):
            high = 4 + round((_HIGH - _THICK) * (1 - ((value - low) / reach if reach else 0.5)))
            run.append((round(number * across), high))
        elif run:
            ends.append(
                [(max(run[0][0] - _EDGE, 0), run[0][1]), *run[1:-1], (min(run[-1][0] + _EDGE, 100), run[-1][1])]
            )
            run = []
    below: list[tuple[int, int]] = []
    for part in ends:
        # A gap is crossed there and back on the same way, which draws nothing.
        foot = (part[0][0], part[0][1] + _THICK), (part[-1][0], part[-1][1] + _THICK)
        above += [foot[0], *part, foot[1]]
        below += [(x, y + _THICK) for x, y in part]
    points = ",".join(f"{x}% {y}%" for x, y in [*above, *reversed(below)])
    return f'<i class="spark" title="{about}" style="clip-path:polygon({points})"></i>'
