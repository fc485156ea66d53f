"""What a day brings whatever anybody does: one after another, by whoever is there first.

Each part stands in transactions of its own and leaves alone what was done before: what a crash or a fault left undone
is done at the next call.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from lib.access import SYSTEM
from lib.casework.custody import checkpoint
from lib.casework.daily.escalation import escalate_late
from lib.casework.daily.recount import recount
from lib.casework.daily.reminders import remind_units
from lib.casework.daily.reviews import call_reviews
from lib.casework.store.register import Register
from lib.casework.suppressions.steps import wake
from lib.errors import UserError
from lib.warehouse.store import Warehouse

log = logging.getLogger(__name__)


def pass_day(register: Register, warehouse: Warehouse, home: Path, at: datetime, clock: datetime) -> list[str]:
    """Do what is due at a moment: suppressions that are over wake, deadlines are counted anew when days have been
    announced, risks call for their review, what is late for too long goes up, units are reminded, the ends of the
    chains are sealed.

    `at` is the time that events are dated by (a synthetic city's), `clock` the time of the seal. Returns what could not
    be done, in words; one part that fails keeps none of the others.
    """
    parts: dict[str, Callable[[], object]] = {
        "到期的抑制没有恢复": lambda: wake_over(register, at),
        "期限没有重算": lambda: recount(register, warehouse, at),
        "将到期的风险没有提请复核": lambda: call_reviews(register, warehouse, at),
        "超期的没有报领导": lambda: escalate_late(register, warehouse, at),
        "将到期的没有提醒单位": lambda: remind_units(register, warehouse, at),
        "今日没有封存业务库的链头": lambda: checkpoint.write_daily(register, home, clock, SYSTEM),
    }
    undone = []
    for left_undone, part in parts.items():
        try:
            part()
        except UserError as error:
            log.exception("a part of the day's work was not done")
            undone.append(f"{left_undone}：{error.sentence}")
    return undone


def wake_over(register: Register, at: datetime) -> int:
    """End the suppressions whose day has passed; how many there were."""
    with register.transaction() as tx:
        return wake(tx, at)
