"""The one clock: real time in production, the city's own date in a synthetic city."""

from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")


class Dated(Protocol):
    """What the clock asks of a warehouse: whether its city is synthetic, and which day it is there."""

    @property
    def synthetic(self) -> bool: ...
    @property
    def meta(self) -> dict[str, str]: ...


def now(warehouse: Dated | None = None) -> datetime:
    """Beijing time without zone. In a synthetic city: its date with the present time of day."""
    real = datetime.now(BEIJING).replace(tzinfo=None)
    if warehouse is None or not warehouse.synthetic:
        return real
    return datetime.combine(date.fromisoformat(warehouse.meta["as_of"]), real.time())


def today(warehouse: Dated | None = None) -> date:
    """The day the models count from."""
    return now(warehouse).date()
