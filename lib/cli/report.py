"""The command that writes the monthly report."""

import argparse
from pathlib import Path

from lib.cli.parser import Commands


def add(commands: Commands) -> None:
    """Declare it."""
    report = commands.add_parser("report", help="编制全市月报（Word 和 Excel），写入当前目录")
    report.add_argument("--month", metavar="2022-08", help="哪个月；不写为最近一个已结束的月")
    report.set_defaults(do=_report)


def _report(options: argparse.Namespace) -> int:
    from lib.access import SYSTEM
    from lib.casework.store.register import opened_register
    from lib.ui.kpi import monthly
    from lib.warehouse.home import home
    from lib.warehouse.store import open_warehouse

    register, warehouse = opened_register(home()), open_warehouse(home())
    for make in (monthly.word, monthly.excel):
        name, content = make(register, warehouse, SYSTEM, options.month)
        Path(name).write_bytes(content)
        print(f"已写入：{name}")
    return 0
