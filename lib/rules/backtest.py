"""Two versions of a model on the past twelve months, each month as it would have seen the city."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import date, timedelta

import pandas as pd

from lib.engines import Session
from lib.progress import Progress
from lib.rules.known import session_on
from lib.rules.preview import RECENT as RECENT_PREVIEWS
from lib.rules.recent import Recent
from lib.rules.variant import Variant, candidates_on, state
from lib.warehouse.store import Warehouse

THREADS = 2
FIRING_COLUMNS = ["day", "warning_id", "level", "officer_id", "org_id", "area_code"]


@dataclass(frozen=True)
class Backtest:
    """Both versions on the days, oldest first: the warnings that fired, FIRING_COLUMNS, one row per day and warning.

    `live` is None when nothing is in force. `lib.rules.monthly` counts them.
    """

    days: tuple[date, ...]
    live: pd.DataFrame | None = field(repr=False)
    proposed: pd.DataFrame = field(repr=False)


# Counted in rows of FIRING_COLUMNS, about 0.3 kB each.
RECENT: Recent[pd.DataFrame] = Recent(200_000, lambda frame: len(frame) + 1)


def days_of(as_of: date, months: int = 12) -> tuple[date, ...]:
    """`as_of` and the ends of the months before its own, so many days in all, oldest first."""
    days = [as_of]
    while len(days) < months:
        days.append(days[-1].replace(day=1) - timedelta(days=1))
    return tuple(reversed(days))


def backtest(
    warehouse: Warehouse,
    live: Variant | None,
    proposed: Variant,
    as_of: date,
    months: int = 12,
    progress: Progress | None = None,
) -> Backtest:
    """Both versions on each of `days_of(as_of, months)`, each day as it would have seen the city.

    Rules see nothing dated after their day, and rows that came or were corrected later are as that day knew them:
    lib.rules.known says what can be known. `progress` is called with the stage, the share done and the day. Raises
    RuleError.
    """
    days = days_of(as_of, months)
    variants = [proposed] if live is None or live.key == proposed.key else [live, proposed]
    parts: dict[date, list[pd.DataFrame]] = {}
    with ThreadPoolExecutor(THREADS, thread_name_prefix="backtest") as pool:
        waiting = {pool.submit(_fired, warehouse, variants, day): day for day in reversed(days)}
        try:
            for done, future in enumerate(as_completed(waiting), start=1):
                parts[waiting[future]] = future.result()
                if progress is not None:
                    progress("回测", done / len(days), f"{waiting[future]:%Y-%m-%d}")
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    frames = [pd.concat([parts[day][n] for day in days], ignore_index=True) for n in range(len(variants))]
    return Backtest(days, None if live is None else frames[0], frames[-1])


def _fired(warehouse: Warehouse, variants: Sequence[Variant], day: date) -> list[pd.DataFrame]:
    """FIRING_COLUMNS of each variant on one day, on one session that sees what the day knew."""
    sessions: list[Session] = []

    def fired(variant: Variant) -> pd.DataFrame:
        if not sessions:
            sessions.append(session_on(warehouse, [one.rule for one in variants], day))
        return candidates_on(sessions[0], variant, day)[0].assign(day=day)[FIRING_COLUMNS]

    def recent(variant: Variant) -> pd.DataFrame:
        return RECENT.get((state(warehouse, variant.rule), variant.key, day), lambda: fired(variant))

    return [recent(variant) for variant in variants]


def forget() -> None:
    """Forget what previews and back-tests remember, so that a measurement starts cold."""
    RECENT_PREVIEWS.clear()
    RECENT.clear()
