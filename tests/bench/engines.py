"""Whether Spark answers as DuckDB does: every section of every model and indicator, every mart, on its cases.

    python -m lib bench engines [--engine sc://HOST:PORT] [--city] [--cores N] [--cases N]
                                [--only M05 | indicators | marts]… [--fuzz N] [--json]

Without an address Apache Spark's own server is started on `--cores` (Java 17, requirements-spark.txt). With `--city`
they run on the generation of COCKPIT_HOME instead of on their cases (of indicators the sums, of those that look at the
warehouse alone), Spark on the lake of COCKPIT_LAKE. `--fuzz` adds so many random expressions. A line each: file,
section, queries asked of both, rows, differences, seconds on each, seconds of processor of a server of our own; what
differs follows. Exit status 1 when anything does.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from lib.catalog import load_catalog
from lib.engines.duckdb import IN_PROCESS
from lib.engines.session import Engine
from lib.engines.spark import Spark
from lib.errors import UserError
from lib.rules import Rule, RuleError, read_rules, run_exposure, run_rule, run_tested
from lib.rules.indicators import read_indicators
from lib.rules.indicators.run import sums
from lib.warehouse.home import home
from lib.warehouse.marts import mart_queries
from lib.warehouse.store import Warehouse, open_warehouse
from tests.engines.equality import Both, Tally, of_indicator, of_marts, of_rule
from tests.engines.fuzz import fuzzed
from tests.engines.server import missing, serving


@contextmanager
def _engines(
    address: str | None, city: bool, cores: int
) -> Iterator[tuple[tuple[Engine, Engine], Callable[[], float]]]:
    """Both, and the seconds of processor that a server of our own has taken so far."""
    if address is not None:
        yield (IN_PROCESS, Spark(address)), float
        return
    if absent := missing():
        raise UserError(f"这里没有 {absent}。", "请装上，或用 --engine 给出一个 Spark Connect 的地址。")
    with tempfile.TemporaryDirectory() as folder:
        large = {"memory": "6g", "settings": {}} if city else {}
        with serving(Path(folder), cores, **large) as own:  # type: ignore[arg-type]
            spark = Spark(own.address)
            try:
                yield (IN_PROCESS, spark), own.spent
            finally:
                spark.close()


def _on_city(
    rule: Rule, engines: tuple[Engine, Engine], warehouse: Warehouse, spent: Callable[[], float]
) -> Iterator[Tally]:
    both = _opened(engines, warehouse, spent)
    tallies: dict[str, Tally] = {}
    run_rule(both.about(tallies, rule.id, "signals"), rule, warehouse.as_of)
    run_tested(both.about(tallies, rule.id, "tested"), rule, warehouse.as_of)
    run_exposure(both.about(tallies, rule.id, "exposure"), rule, warehouse.as_of)
    yield from (one for one in tallies.values() if one.cases)


def _indicators_on_city(
    engines: tuple[Engine, Engine], warehouse: Warehouse, spent: Callable[[], float]
) -> Iterator[Tally]:
    for indicator in read_indicators().values():
        if not indicator.facts:
            both = _opened(engines, warehouse, spent)
            tallies: dict[str, Tally] = {}
            sums(both.about(tallies, indicator.id, "sums"), indicator, warehouse.as_of)
            yield from tallies.values()


def _marts_on_city(engines: tuple[Engine, Engine], warehouse: Warehouse, spent: Callable[[], float]) -> Iterator[Tally]:
    for name, query in mart_queries().items():
        both = _opened(engines, warehouse, spent)
        both.about({}, name, "mart").run(query, {})
        yield both.tally


def _opened(engines: tuple[Engine, Engine], warehouse: Warehouse, spent: Callable[[], float]) -> Both:
    one, other = (engine.open(warehouse) for engine in engines)
    return Both(one, other, spent)


def _rows(warehouse: Warehouse) -> int:
    """Those of all datasets."""
    counted = (warehouse.cursor().execute(f'select count(*) from "{name}"').fetchall() for name in load_catalog())
    return sum(found for ((found,),) in counted)


def _asked(options: argparse.Namespace, engines: tuple[Engine, Engine], spent: Callable[[], float]) -> Iterator[Tally]:
    wanted = options.only
    rules = {name: one for name, one in read_rules().items() if not wanted or name in wanted}
    if options.city:
        warehouse = open_warehouse(home())
        for rule in rules.values():
            yield from _on_city(rule, engines, warehouse, spent)
        if not wanted or "indicators" in wanted:
            yield from _indicators_on_city(engines, warehouse, spent)
        if not wanted or "marts" in wanted:
            yield from _marts_on_city(engines, warehouse, spent)
        return
    for rule in rules.values():
        yield from of_rule(rule, engines, options.cases)
    for name, indicator in read_indicators().items():
        if not wanted or name in wanted:
            yield from of_indicator(indicator, engines, options.cases)
    if not wanted or "marts" in wanted:
        yield from of_marts(read_rules(), engines, options.cases)
    if options.fuzz:
        tried, differing = fuzzed(engines, options.fuzz)
        yield Tally("fuzz", "expressions", tried, 0, differing)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m lib bench engines")
    parser.add_argument("--engine", metavar="sc://HOST:PORT")
    parser.add_argument("--city", action="store_true")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--cases", type=int)
    parser.add_argument("--only", action="append", metavar="M05")
    parser.add_argument("--fuzz", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found: list[Tally] = []
    try:
        with _engines(options.engine, options.city, options.cores) as (engines, spent):
            for one in _asked(options, engines, spent):
                found.append(one)
                first, second = one.seconds
                print(
                    f"{one.file:20} {one.section:14} {one.cases:5} {one.rows:9,} {len(one.differences):4} "
                    f"{first:8.2f} {second:8.2f} {one.processor:8.2f}",
                    flush=True,
                    file=sys.stderr if options.json else sys.stdout,
                )
    except RuleError as error:
        print(error.sentence, file=sys.stderr)
        return 1
    if options.json:
        rows = _rows(open_warehouse(home())) if options.city else None
        held = {"rows": rows, "cores": options.cores, "sections": [asdict(one) for one in found]}
        print(json.dumps(held, ensure_ascii=False))
    differences = [f"{one.file} {one.section} {said}" for one in found for said in one.differences]
    for said in differences:
        print(f"✗ {said}", file=sys.stderr)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
