"""The commands that write documents: the monthly report, the manual."""

import argparse
from pathlib import Path

from lib.cli.parser import Commands


def add(commands: Commands) -> None:
    """Declare them."""
    report = commands.add_parser("report", help="编制全市月报（Word 和 Excel），写入当前目录")
    report.add_argument("--month", metavar="2022-08", help="哪个月；不写为最近一个已结束的月")
    report.set_defaults(do=_report)
    manual = commands.add_parser("manual", help="印使用手册（Word）：目录、各页图示、口径词典")
    about = "印给哪个角色，只含其可以看的；不写为监督室"
    manual.add_argument("--role", default="office", metavar="liaison", help=about)
    manual.add_argument("--out", metavar="FILE", help="写到哪里；不写为当前目录")
    manual.set_defaults(do=_manual)


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


def _manual(options: argparse.Namespace) -> int:
    from lib.casework.store.register import opened_register
    from lib.ui.help import printed
    from lib.warehouse.home import home
    from lib.warehouse.store import open_warehouse

    name, content = printed.word(opened_register(home()), open_warehouse(home()), options.role)
    place = Path(options.out or name)
    place.write_bytes(content)
    print(f"已写入：{place}")
    return 0
