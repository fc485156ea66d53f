"""The synthetic city with its year of casework: warehouse first, then the people's work in it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sqlalchemy import func, select

from lib.casework.custody import checkpoint
from lib.casework.demo.year import play_year
from lib.casework.store import kept
from lib.casework.store.kept import StoreLost
from lib.casework.store.register import REAL, casework_url, forget_register, open_register, opened_register
from lib.casework.store.schema import event
from lib.casework.training.seats import forget_stores
from lib.errors import UserError
from lib.progress import Progress
from lib.warehouse.demo import build_city
from lib.warehouse.generation import current
from lib.warehouse.home import register_path
from lib.warehouse.store import open_warehouse

_CITY_SHARE = 0.75


@contextmanager
def _building(home: Path) -> Iterator[None]:
    with open(home / "demo.lock", "a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError("合成城市正在建立中。", "请等它结束。") from None
        yield


def is_building(home: Path) -> bool:
    """Whether some process is building the synthetic city in this home just now."""
    try:
        with open(home / "demo.lock") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _clear_casework(home: Path) -> None:
    """Empty the casework store for a new synthetic city.

    Raises UserError when what it holds belongs to real data, or to nobody knows whom: that is irreplaceable.
    """
    hint = "请另设 COCKPIT_HOME（和 COCKPIT_CASEWORK_URL）后再运行。"
    if current(home) is not None and not open_warehouse(home).synthetic:
        raise UserError(f"{home} 里是真实数据，不能改建合成城市。", hint)
    try:
        register = opened_register(home)
    except StoreLost:
        # The work that is gone was played, and what stands in its place says below whose it is.
        kept.forget(register_path(home))
        register = opened_register(home)
    if register.kind == REAL:
        raise UserError(f"业务库 {casework_url(home)} 属于真实数据，不能改建合成城市。", hint)
    with register.read() as connection:
        events = connection.execute(select(func.count()).select_from(event)).scalar_one()
    if events and register.kind is None:
        raise UserError(f"业务库 {casework_url(home)} 里已有记录。", hint)
    register.empty()
    forget_stores(home)
    forget_register(home)
    kept.forget(register_path(home))
    checkpoint.forget(home)


def build_demo(home: Path, *, rows: int, seed: int, as_of: date, clean: bool, progress: Progress) -> dict[str, int]:
    """Build and publish a synthetic city and play a year of casework in it.

    Returns the counts to report: rows, warnings, clues, events. Raises UserError on a home with real data.
    """
    with _building(home):
        _clear_casework(home)

        def building(stage: str, done: float, text: str) -> None:
            progress(stage, done * _CITY_SHARE, text)

        def playing(stage: str, done: float, text: str) -> None:
            progress(stage, _CITY_SHARE + done * (1 - _CITY_SHARE), text)

        build_city(home, rows=rows, seed=seed, as_of=as_of, clean=clean, progress=building)
        warehouse, register = open_warehouse(home), open_register(home)
        counts = play_year(register, warehouse, seed=seed, progress=playing)
        total = warehouse.query("select sum(row_cnt)::bigint as n from dataset_state")
        return {"行数": int(total["n"].iloc[0]), **counts}
