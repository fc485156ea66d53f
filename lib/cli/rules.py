"""Commands about models and indicators: run the models, start a new one."""

import argparse
import json
import sys
from pathlib import Path

from lib.cli.parser import Commands
from lib.progress import Progress

_RUN_STATES = {
    "done": "完成",
    "fresh": "未变，不需运行",
    "error": "出错",
    "held": "暂缓",
    "withheld": "命中过多，未入册",
}


def add(commands: Commands) -> None:
    """Declare them."""
    run = commands.add_parser("run", help="运行到期的模型")
    run.add_argument("--rule", action="append", metavar="M05", help="只运行这些模型，可重复")
    run.add_argument("--force", action="store_true", help="不论是否到期都运行")
    run.add_argument("--signals", type=Path, metavar="FILE.parquet", help="把信号另存为 Parquet")
    run.add_argument("--engine", metavar="sc://HOST:PORT", help="在 Spark 上计算，缺省用本机的 DuckDB")
    run.add_argument("--json", action="store_true")
    run.set_defaults(do=_run)

    rules = commands.add_parser("rules", help="新建一个模型及其用例")
    rules.add_argument("action", choices=["new"])
    rules.add_argument("name", metavar="M20_name")
    rules.set_defaults(do=_rules)

    indicators = commands.add_parser("indicators", help="新建一个指标及其用例")
    indicators.add_argument("action", choices=["new"])
    indicators.add_argument("name", metavar="I32_name")
    indicators.set_defaults(do=_indicators)


def _run(options: argparse.Namespace) -> int:
    from lib.casework.daily.day import pass_day
    from lib.casework.rules.runs import run_due
    from lib.casework.store.register import open_register
    from lib.engines import opened
    from lib.progress import Reporter
    from lib.warehouse.clock import now
    from lib.warehouse.home import home, progress_path
    from lib.warehouse.marts import renew_marts
    from lib.warehouse.store import open_warehouse

    # An engine that does not answer, or a lake of other data, is told once and before anything is written.
    opened(open_warehouse(home()))
    renew_marts(home())
    register = open_register(home())
    with Reporter(progress_path(home())) as report:
        results = run_due(
            home(), register, force=options.force, only=options.rule, progress=report, signals_file=options.signals
        )
        # Where nothing was due no month has closed and no data came: the figures are those of the last time.
        news = any(result.status != "fresh" for result in results)
        work_out_ahead(home(), report, anyway=news)
    watch(home())
    if news:
        watch_lights(home())
    warehouse = open_warehouse(home())
    for undone in pass_day(register, warehouse, home(), now(warehouse), now()):
        print(undone, file=sys.stderr)
    if options.json:
        print(json.dumps([vars(result) for result in results], ensure_ascii=False, indent=1, default=str))
    else:
        for result in results:
            state = _RUN_STATES[result.status]
            detail = f":{result.error}" if result.error else ""
            trial = "（试运行，不产生预警）" if result.trial else ""
            print(
                f"{result.version_id} {result.title}{trial} {state} {result.seconds:.2f} 秒 "
                f"受检 {result.tested} 信号 {result.signals} 预警 {result.warnings}{detail}"
            )
    return 1 if any(result.status == "error" for result in results) else 0


def work_out_ahead(home: Path, progress: Progress | None = None, *, anyway: bool = True) -> None:
    """What pages read of the generation in force and would work out otherwise; `anyway` even where it was done once,
    since models have found others."""
    from lib.casework.store.register import open_register
    from lib.insight.kept.ahead import work_out, worked_out
    from lib.warehouse.store import open_warehouse

    warehouse = open_warehouse(home)
    if anyway or not worked_out(warehouse):
        absent = work_out(open_register(home), warehouse, progress)
        if absent is not None:
            print(f"数据已经生效，页面要用的数还没有算：{absent.sentence}", file=sys.stderr)


def watch(home: Path) -> None:
    """A task for every version in force that is seldom right."""
    from lib.casework.rules.tasks import open_tasks
    from lib.casework.store.register import open_register
    from lib.insight.rules.precision import below_floor
    from lib.warehouse.clock import now
    from lib.warehouse.store import open_warehouse

    register, warehouse = open_register(home), open_warehouse(home)
    open_tasks(register, "precision", below_floor(register, warehouse), now(warehouse))


def watch_lights(home: Path) -> None:
    """A task for the list's team for every indicator whose light turned red in the month that closed."""
    from lib.casework.lists.tasks import open_list_tasks
    from lib.casework.store.register import open_register
    from lib.insight.library.red_lights import turned_red
    from lib.warehouse.clock import now
    from lib.warehouse.store import open_warehouse

    register, warehouse = open_register(home), open_warehouse(home)
    open_list_tasks(register, turned_red(register, warehouse), now(warehouse))


def _rules(options: argparse.Namespace) -> int:
    from lib.rules.scaffold import new_rule

    for path in new_rule(options.name):
        print(f"已写入：{path}")
    print("请改成要写的模型，然后运行 python -m lib check。首次运行后它是草稿，试运行、复核后才会发布。")
    return 0


def _indicators(options: argparse.Namespace) -> int:
    from lib.rules.scaffold import new_indicator

    for path in new_indicator(options.name):
        print(f"已写入：{path}")
    print("请改成要写的指标，写明清单、重点和目标值，然后运行 python -m lib check。")
    return 0
