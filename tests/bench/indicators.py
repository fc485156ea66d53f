"""Seconds for the whole table of indicators on the city of COCKPIT_HOME: all of them, 25 months, city, counties, towns
and units.

    python -m lib bench indicators [--json]

`cold` counts everything anew (the median of three), `again` is the same for somebody else when it is counted already,
`kept` when another process has counted it (the median of three),
`rows` the longest of opening the rows behind a figure of the whole city; `each` the seconds of counting one indicator.
Goal: all of it in 5 s on a machine that does nothing else.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from lib.access import Viewer
from lib.casework.store.register import open_register
from lib.engines import Session, opened
from lib.insight.kept.sums import forget_kept
from lib.insight.library import indicators
from lib.insight.library.facts import put_facts
from lib.insight.library.indicator_rows import rows_behind
from lib.rules.indicators import WHOLE, read_indicators, sums
from lib.warehouse.home import home
from lib.warehouse.store import open_warehouse

GOALS = {"cold": 5.0}
REPEATS = 3
LEADER, COUNTY = Viewer("bench", "测量", "leader"), Viewer("bench-county", "测量", "county", area_code="330483")


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    found = work()
    return time.perf_counter() - started, found


def measure() -> dict[str, Any]:
    """cold, again, kept, rows (seconds), figures (how many have a value) and each (seconds by indicator)."""
    place = home()
    register, warehouse = open_register(place), open_warehouse(place)

    def cold() -> Any:
        indicators.forget()
        forget_kept(place)
        return indicators.indicator_table(register, warehouse, LEADER)

    cold()
    runs = [_timed(cold) for _ in range(REPEATS)]

    def from_disk() -> Any:
        indicators.forget()
        return indicators.indicator_table(register, warehouse, LEADER)

    kept = [_timed(from_disk)[0] for _ in range(REPEATS)]
    again, _ = _timed(lambda: indicators.indicator_table(register, warehouse, COUNTY))
    table = runs[-1][1]
    each = {}
    for one in read_indicators().values():
        session = opened(warehouse)
        each[one.id], _ = _timed(lambda one=one, session=session: _counted(session, one, register, warehouse))
    shown = table[table["level"].eq(indicators.ALL) & table["n"].gt(0)].groupby("indicator_id", observed=True).last()
    behind = [
        _timed(
            lambda one=one, month=cell["month"]: rows_behind(
                register, warehouse, LEADER, one, month.date(), indicators.ALL, "", WHOLE
            )
        )[0]
        for one, cell in shown.iterrows()
    ]
    return {
        "cold": round(statistics.median(seconds for seconds, _ in runs), 2),
        "again": round(again, 2),
        "kept": round(statistics.median(kept), 2),
        "rows": round(max(behind, default=0.0), 2),
        "figures": int(table["value"].notna().sum()),
        "each": {one: round(seconds, 3) for one, seconds in each.items()},
    }


def _counted(session: Session, one: Any, register: Any, warehouse: Any) -> Any:
    put_facts(session, [one], register, warehouse)
    return sums(session, one, warehouse.as_of)


def main(as_json: bool = False) -> int:
    """Measure and print; 1 when the goal is missed."""
    found = measure()
    missed = [name for name, most in GOALS.items() if found[name] > most]
    if as_json:
        print(json.dumps({**found, "goals": GOALS, "missed": missed}, ensure_ascii=False))
        return int(bool(missed))
    for one, seconds in found["each"].items():
        print(f"{one}  {seconds:6.3f} 秒")
    print(
        f"{len(found['each'])} 个指标、25 个月、全部区域和单位 {found['cold']} 秒（本进程已计数的 {found['again']} 秒，"
        f"别的进程已计数的 {found['kept']} 秒），"
        f"有数值的 {found['figures']:,} 个；打开一个数的明细至多 {found['rows']} 秒"
    )
    print("全部达标" if not missed else f"未达标：{'、'.join(missed)}")
    return int(bool(missed))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    sys.exit(main(parser.parse_args().json))
