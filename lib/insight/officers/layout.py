"""Where the points of a network stand: the same network always alike, nearest in the middle."""

from collections import defaultdict
from dataclasses import dataclass

from lib.insight.officers.network import Node

ROW = 25
_LEAST, _EDGE = 300, 24
# How far out the first and the second step stand, of half the width.
_RINGS = (0.0, 0.23, 0.63)
_BEND = 0.1


@dataclass(frozen=True)
class Place:
    """x from -1 (left) to 1, y in pixels from the top; side: which way the label goes, -1, 0 (below) or 1."""

    x: float
    y: float
    side: int


def _in_order(nodes: tuple[Node, ...]) -> list[Node]:
    """Each node followed by what hangs on it."""
    children: dict[str, list[Node]] = defaultdict(list)
    for one in nodes[1:]:
        children[one.parent].append(one)

    def below(one: Node) -> list[Node]:
        return [one, *(deeper for child in children[one.number] for deeper in below(child))]

    return below(nodes[0])


def indented(nodes: tuple[Node, ...]) -> tuple[dict[str, Place], int]:
    """One below the other, each step further in, for a narrow screen; and the height."""
    order = _in_order(nodes)
    step = 0.16
    places = {one.number: Place(-0.92 + step * one.step, _EDGE + ROW * 1.15 * n, 1) for n, one in enumerate(order)}
    return places, round(_EDGE * 2 + ROW * 1.15 * (len(order) - 1))


def rings(nodes: tuple[Node, ...]) -> tuple[dict[str, Place], int]:
    """The steps in two rings around the centre, clockwise from the top right, and the height.

    On either side points stand at even heights, so that labels never lie on each other.
    """
    order = _in_order(nodes)[1:]
    # A branch as long as what hangs on it; a node stands in the middle of its branch.
    branches: list[list[Node]] = []
    for one in order:
        if one.step == 1:
            branches.append([])
        branches[-1].append(one)
    sizes = [max(1, len(branch) - 1) for branch in branches]
    right = _half(sizes)
    rows = max(sum(sizes[:right]), sum(sizes[right:]), 1)
    height = max(_LEAST, 2 * _EDGE + ROW * rows)
    places = {nodes[0].number: Place(0.0, height / 2, 0)}
    for side, part in ((1, range(right)), (-1, range(len(branches) - 1, right - 1, -1))):
        total = sum(sizes[place] for place in part)
        gap = (height - 2 * _EDGE) / max(total, 1)
        top = _EDGE + gap / 2
        for place in part:
            head, *rest = branches[place]
            if side < 0:
                rest = rest[::-1]
            spots = [top + gap * n for n in range(sizes[place])]
            places[head.number] = _at(head.step, sum(spots) / len(spots), height, side)
            for one, y in zip(rest, spots, strict=False):
                places[one.number] = _at(one.step, y, height, side)
            top += gap * sizes[place]
    return places, round(height)


def _half(sizes: list[int]) -> int:
    """How many branches go to the right so that both sides are about as long."""
    total, before = sum(sizes), 0
    for place, size in enumerate(sizes):
        if before + size / 2 >= total / 2:
            return max(place, 1)
        before += size
    return len(sizes)


def _at(step: int, y: float, height: int, side: int) -> Place:
    off = (2 * y / height - 1) ** 2
    return Place(side * (_RINGS[step] - _BEND * _RINGS[step] * off), y, side)
