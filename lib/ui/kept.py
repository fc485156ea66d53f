"""What is made once and kept for whoever sees the same, under a key that is compared and not written out.

Streamlit's own caches write every argument out and hash it, at each look: for a page that looks ten times at what is
kept that is a tenth of its work.
"""

import inspect
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any, TypeVar, cast

import pandas as pd

Made = TypeVar("Made", bound=Callable[..., Any])


class _Same:
    """A frame or a row as part of what something is kept under: as long as it is the same one, not an equal one."""

    def __init__(self, one: object) -> None:
        self.one = one

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.one is other.one

    def __hash__(self) -> int:
        return id(self.one)


class _Place:
    """Room for one thing kept; whoever comes while it is being made waits for it."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.made = False
        self.held: Any = None


def kept(most: int) -> Callable[[Made], Made]:
    """Keep what the function returned, for the `most` last arguments; what is kept is shared and never changed.

    Arguments are given by position. Those whose name begins with _ are what it is made from, not what it is kept
    under. A frame or a row counts as the same only while it is the very same: one that is kept itself. A function
    that is given a `_viewer` is kept under a `state`, which lib.ui.state.key made for the viewer.
    """

    def put(function: Made) -> Made:
        names = list(inspect.signature(function).parameters)
        if "_viewer" in names and "state" not in names:
            raise TypeError(f"{function.__qualname__} is made for a viewer and kept for everybody")
        counted = [place for place, name in enumerate(names) if not name.startswith("_")]
        if not counted:
            raise TypeError(f"{function.__qualname__} has one answer for ever")
        places: OrderedDict[tuple, _Place] = OrderedDict()
        lock = Lock()

        @wraps(function)
        def asked(*given: Any) -> Any:
            about = (given[one] for one in counted)
            under = tuple(_Same(one) if isinstance(one, pd.DataFrame | pd.Series) else one for one in about)
            with lock:
                place = places.get(under)
                if place is None:
                    place = places[under] = _Place()
                    if len(places) > most:
                        places.popitem(last=False)
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
