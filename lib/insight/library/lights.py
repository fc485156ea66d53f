"""How a value stands against its limits, in a word with a shape: never in the colours of warning levels, which mean
those alone."""

from typing import NamedTuple

from lib.rules.indicators.measure import GREEN, NEAR, RED


class Light(NamedTuple):
    """One of three: its word, its shape, and the shade (of blue-grey) it is drawn in, from 0 (reached)."""

    word: str
    shape: str
    shade: int

    @property
    def text(self) -> str:
        """● 达标."""
        return f"{self.shape} {self.word}"


REACHED, CLOSE, MISSED = Light(GREEN, "●", 0), Light(NEAR, "◐", 1), Light(RED, "○", 2)
LIGHTS = {light.word: light for light in (REACHED, CLOSE, MISSED)}
