"""The last results worth keeping: a bounded memory keyed on values."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """Results by key, the longest unused forgotten first once all together weigh more than `most`.

    Two threads that ask for the same at the same time may both work it out: the result is the same.
    """

    def __init__(self, most: int, weigh: Callable[[T], int]) -> None:
        self._most, self._weigh = most, weigh
        self._held: OrderedDict[Hashable, T] = OrderedDict()
        self._weight = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable, work_out: Callable[[], T]) -> T:
        """The result of that key, worked out unless it is remembered; an error is not remembered."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        result = work_out()
        with self._lock:
            if key not in self._held:
                self._held[key] = result
                self._weight += self._weigh(result)
            while self._weight > self._most and len(self._held) > 1:
                self._weight -= self._weigh(self._held.popitem(last=False)[1])
        return result

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._held.clear()
            self._weight = 0
