"""What the wall is drawn with: colours for a dark room, and lines of SVG in pixels of a stage of 1920 by 1080.

The browser scales the stage to its window, so that nothing scrolls on a screen of any size.
"""

from lib.insight.figure import Sentence
from lib.ui.charts.levels import LEVELS
from lib.ui.verbatim import in_html

INK, QUIET, LINE, CARD, ACCENT = "#e8eef5", "#a9bdd2", "#2a4563", "#12263d", "#7fb2e5"
# From nothing to most, and what has no data.
NONE, RAMP, NO_DATA = "#16304d", ("#1f4a75", "#2f6aa3", "#5a96cc", "#9cc6ec", "#e3f1fc"), "#3a4450"
# The colours of the levels, lighter than on paper; the shape stands beside each.
COLOURS = dict(zip(LEVELS, ("#f0525a", "#f08a24", "#f2c744"), strict=True))
# The charts are drawn a little smaller than this on the stage.
SMALL, PLAIN = 24, 26


def text(
    x: float, y: float, said: str, size: int = PLAIN, fill: str = INK, anchor: str = "start", weight: int = 400
) -> str:
    """Words that begin, end or have their middle at a spot."""
    looks = f'font-size="{size}" fill="{fill}" text-anchor="{anchor}" font-weight="{weight}"'
    return f'<text x="{x:.0f}" y="{y:.0f}" {looks}>{in_html(said)}</text>'


def rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    """A bar."""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"/>'


def line(x: float, y: float, to_x: float, to_y: float, stroke: str = LINE, width: int = 2) -> str:
    """A line between two spots."""
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" stroke="{stroke}" stroke-width="{width}"/>'


def drawing(width: int, height: int, about: str, *parts: str) -> str:
    """A picture of that many pixels of the stage; `about` is what is seen on it."""
    inside = "".join(parts)
    return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{in_html(about)}">{inside}</svg>'


def card(name: str, heading: str, *inside: str, note: str = "") -> str:
    """A card with a heading, and a line below what stands in it."""
    below = f"<small>{in_html(note)}</small>" if note else ""
    return f'<section class="{name}"><h2>{in_html(heading)}</h2>{"".join(inside)}{below}</section>'


def sentence(said: Sentence) -> str:
    """A sentence with its numbers, which lead nowhere here."""
    told = "，".join(f"{part.words} {part.number:,} 件" for part in said.parts)
    return f"{said.text}：{told}" if said.text and told else said.text or told


def level_counts(counts: dict[str, int]) -> str:
    """▲ 3 ◆ 8 ● 16 as HTML, each shape in its colour."""
    return " ".join(
        f'<i style="color:{COLOURS[level]}">{look.shape}</i> {counts[level]:,}' for level, look in LEVELS.items()
    )


def levels_told() -> str:
    """What the shapes mean."""
    return " ".join(
        f'<span><i style="color:{COLOURS[level]}">{look.shape}</i> {look.name}</span>' for level, look in LEVELS.items()
    )
