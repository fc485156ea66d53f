"""What pages read, computed once per state of the data, the casework, the viewer and the clock."""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import pandas as pd

from lib.access import Viewer
from lib.access.viewer import Sight
from lib.casework.reading.snapshot import Head, snapshot
from lib.casework.store.register import Register
from lib.insight.casework import casework as taken
from lib.insight.figure import Casework
from lib.insight.warnings.listing import warning_list
from lib.ui.kept import kept
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse

_CLOCK_MINUTES = 5


def generation_key(warehouse: Warehouse) -> tuple[str, int]:
    """Which state of the data is open."""
    return str(warehouse.generation.path), warehouse.generation.number


class Key(NamedTuple):
    """What decides all that is shown to somebody; made by `key` alone. Under another key it is computed anew.

    sight: role, scope and policy. data: the generation open. casework: the register and its end, None for what
    stands on the data alone. moment: the clock, None for what no clock moves. about: what else it depends on.
    """

    sight: Sight
    data: tuple[str, int]
    casework: tuple[str, Head] | None
    moment: datetime | None
    about: tuple

    @property
    def succession(self) -> tuple:
        """What stays the same from one state to the next of the same data and casework, for whoever sees the same."""
        return self.sight, None if self.casework is None else self.casework[0], self.moment is None, self.about


def key(register: Register | None, warehouse: Warehouse, viewer: Viewer, *about: Hashable, clock: bool = True) -> Key:
    """The key under which something may be kept for the viewer and whoever sees the same.

    Without a register for what stands on the data alone; the clock goes by five minutes, and not at all without it.
    """
    held = None if register is None else (register.url, _head(register, warehouse))
    return Key(viewer.sight, generation_key(warehouse), held, _moment(warehouse) if clock else None, about)


# During a run of app.py: where each register stood when the run first looked, by how often this process had written.
_LOOKED: ContextVar[dict[tuple[Register, int], Head] | None] = ContextVar("looked", default=None)


@contextmanager
def one_look() -> Iterator[None]:
    """Within, what others write is seen as it stood at the first look: a page shows one moment, asked for once."""
    token = _LOOKED.set({})
    try:
        yield
    finally:
        _LOOKED.reset(token)


def _head(register: Register, warehouse: Warehouse) -> Head:
    looked = _LOOKED.get()
    if looked is None or register.writing:
        return snapshot(register, warehouse).head
    at = register, register.written
    if at not in looked:
        looked[at] = snapshot(register, warehouse).head
    return looked[at]


def _moment(warehouse: Warehouse) -> datetime:
    at = now(warehouse)
    return at.replace(minute=at.minute // _CLOCK_MINUTES * _CLOCK_MINUTES, second=0, microsecond=0)


def casework(register: Register, warehouse: Warehouse, viewer: Viewer) -> Casework:
    """What the viewer's figures are taken from."""
    return _casework(register, warehouse, viewer, key(register, warehouse, viewer))


@kept(64)
def _casework(_register: Register, _warehouse: Warehouse, _viewer: Viewer, state: Key) -> Casework:
    both = visible_warnings(_register, _warehouse, _viewer, spot_checks=True)
    found = taken(_register, _warehouse, _viewer, now(_warehouse), both)
    # The very frame that lists are kept under.
    return replace(found, warnings=visible_warnings(_register, _warehouse, _viewer))


@kept(64)
def _warnings(
    _register: Register, _warehouse: Warehouse, _viewer: Viewer, state: Key, spot_checks: bool
) -> pd.DataFrame:
    return warning_list(_register, _warehouse, _viewer, state.moment, spot_checks)


def visible_warnings(
    register: Register, warehouse: Warehouse, viewer: Viewer, spot_checks: bool = False
) -> pd.DataFrame:
    """The viewer's warning list, recomputed when anything was recorded and every few minutes; never change it.

    With `spot_checks` also the subjects drawn by chance.
    """
    return _warnings(register, warehouse, viewer, key(register, warehouse, viewer), spot_checks)
