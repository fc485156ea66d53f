"""Commands about the casework store: verify it, go on after a loss."""

import argparse
import sys

from lib.cli.parser import Commands, Parser


def add(commands: Commands) -> None:
    """Declare them."""
    casework = commands.add_parser("casework", help="业务库：核对、缺失后继续")
    actions = casework.add_subparsers(dest="action", required=True, metavar="动作", parser_class=Parser)

    verify = actions.add_parser("verify", help="重算全部事件、内容和附件的指纹，并与封存的链头比较")
    verify.set_defaults(do=_verify)

    accept = actions.add_parser("accept", help="业务库缺失、被替换之后，记下缺失再继续")
    accept.add_argument("--reason", required=True, help="原因，例如恢复了哪一天的备份")
    accept.set_defaults(do=_accept)


def _verify(_: argparse.Namespace) -> int:
    from lib.casework.store.register import opened_register
    from lib.casework.store.verify import account, verify_all
    from lib.warehouse.home import home

    register = opened_register(home())
    faults = verify_all(register, home())
    print("已核对：" + "、".join(f"{name} {count}" for name, count in account(register, home()).items()))
    for number, fault in enumerate(faults):
        print(f"✗ {'首处：' if number == 0 else ''}{fault}", file=sys.stderr)
    print(f"业务库：问题 {len(faults)} 处")
    return 1 if faults else 0


def _accept(options: argparse.Namespace) -> int:
    from lib.casework.people import giver
    from lib.casework.store.loss import accept_loss
    from lib.warehouse.home import home

    for fault in accept_loss(home(), options.reason, giver()):
        print(f"已记下：{fault}")
    return 0
