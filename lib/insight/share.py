"""A part of a whole."""

from typing import NamedTuple

NONE = "—"


class Share(NamedTuple):
    """`part` of `whole`."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """The share from 0 to 1; None when there is nothing to divide by."""
        return self.part / self.whole if self.whole else None


def percent(share: Share) -> str:
    """'81.0%', or '—' when there is nothing to divide by; 100 % only when it is all of them."""
    if share.value is None:
        return NONE
    shown = f"{share.value:.1%}"
    if shown == "100.0%":
        return "100%" if share.part == share.whole else "99.9%"
    return shown
