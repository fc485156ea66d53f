"""The one clock: real time in production, the city's own date in a synthetic city."""

from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from lib.warehouse.store import Warehouse

BEIJING = ZoneInfo("Asia/Shanghai")


def now(warehouse: "Warehouse | None" = None) -> datetime:
    """Beijing time without zone. In a synthetic city: its date with the present time of day."""
    real = datetime.now(BEIJING).replace(tzinfo=None)
    if warehouse is None or not warehouse.synthetic:
        return real
    return datetime.combine(date.fromisoformat(warehouse.meta["as_of"]), real.time())


def today(warehouse: "Warehouse | None" = None) -> date:
    """The day the models count from."""
    return now(warehouse).date()
