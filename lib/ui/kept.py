"""What is made once and kept for whoever sees the same, under a key that is compared and not written out.

Streamlit's own caches write every argument out and hash it, at each look: for a page that looks ten times at what is
kept that is a tenth of its work.
"""

import inspect
from collections import OrderedDict, deque
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any, TypeVar, cast
from weakref import ref

import pandas as pd

Made = TypeVar("Made", bound=Callable[..., Any])
# Two, since what is being looked at while something is recorded is still at the state before.
_STATES = 2


class _Same:
    """Part of what something is kept under: the very same object, not an equal one, for as long as it lives."""

    def __init__(self, one: object, gone: Callable[[], None] | None = None) -> None:
        self._one = ref(one, None if gone is None else lambda _: gone())
        self._hash = id(one)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        one = self._one()
        return one is not None and isinstance(other, _Same) and one is other._one()

    def __hash__(self) -> int:
        return self._hash


def _by_itself(one: object) -> bool:
    if isinstance(one, pd.DataFrame | pd.Series):
        return True
    return one is not None and type(one).__hash__ is object.__hash__


class _Place:
    """Room for one thing kept; whoever comes while it is being made waits for it."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.made = False
        self.held: Any = None


def kept(most: int) -> Callable[[Made], Made]:
    """Keep what the function returned, for the `most` last arguments; what is kept is shared and never changed.

    Arguments are given by position. Those whose name begins with _ are what it is made from, not what it is kept
    under. A frame, a row or an object without an equal counts as the same only while it is the very same, so it has
    to be kept itself; what was made of it goes when it goes. A function that is given a `_viewer` is kept under a
    `state`, which lib.ui.state.key made for the viewer: of the states one after the other only the last ones stay,
    since nobody asks for an earlier one again.
    """

    def put(function: Made) -> Made:
        parameters = inspect.signature(function).parameters
        if any(one.kind is not one.POSITIONAL_OR_KEYWORD for one in parameters.values()):
            raise TypeError(f"{function.__qualname__} takes arguments without a name, which would not be told apart")
        names = list(parameters)
        if "_viewer" in names and "state" not in names:
            raise TypeError(f"{function.__qualname__} is made for a viewer and kept for everybody")
        counted = [place for place, name in enumerate(names) if not name.startswith("_")]
        stated = names.index("state") if "state" in names else None
        if not counted:
            raise TypeError(f"{function.__qualname__} has one answer for ever")
        places: OrderedDict[tuple, _Place] = OrderedDict()
        # Noted where an object ends, which may be anywhere; cleared away at the next look.
        gone: deque[tuple] = deque()
        successions: dict[tuple, deque[tuple]] = {}
        lock = Lock()

        def lasting(given: tuple) -> tuple:
            """The same key, to be kept: it tells when one of its objects ends."""

            def end() -> None:
                gone.append(under)

            under = tuple(_Same(given[one], end) if _by_itself(given[one]) else given[one] for one in counted)
            return under

        def succeed(given: tuple, under: tuple) -> None:
            """Let go what was kept for the same under states before the last ones."""
            if stated is None:
                return
            for ended in [one for one, line in successions.items() if not any(key in places for key in line)]:
                del successions[ended]
            same = (given[stated].succession, *(part for at, part in zip(counted, under, strict=True) if at != stated))
            line = successions.setdefault(same, deque())
            line.append(under)
            while len(line) > _STATES:
                places.pop(line.popleft(), None)

        @wraps(function)
        def asked(*given: Any) -> Any:
            under = tuple(_Same(given[one]) if _by_itself(given[one]) else given[one] for one in counted)
            with lock:
                while gone:
                    places.pop(gone.popleft(), None)
                place = places.get(under)
                if place is None:
                    kept_under = lasting(given)
                    place = places[kept_under] = _Place()
                    if len(places) > most:
                        places.popitem(last=False)
                    succeed(given, kept_under)
                else:
                    places.move_to_end(under)
            if not place.made:
                with place.lock:
                    if not place.made:
                        place.held = function(*given)
                        place.made = True
            return place.held

        return cast(Made, asked)

    return put
