"""Commands about the casework store: verify, back up, restore, export, go on after a loss, who writes."""

import argparse
import sys
from pathlib import Path

from lib.cli.parser import Commands, Parser
from lib.errors import UserError


def add(commands: Commands) -> None:
    """Declare them."""
    casework = commands.add_parser("casework", help="业务库：核对、备份、恢复、导出、缺失后继续")
    actions = casework.add_subparsers(dest="action", required=True, metavar="动作", parser_class=Parser)

    verify = actions.add_parser("verify", help="重算全部事件、内容和附件的指纹（班级座位的也算），并与封存的链头比较")
    verify.add_argument("--against", type=Path, metavar="FILE", help="另存在别处的封存文件（checkpoints.jsonl）副本")
    verify.set_defaults(do=_verify)

    backup = actions.add_parser("backup", help="把全部记录（班级座位的也在内）写成一个文件，不影响使用")
    backup.add_argument("--to", type=Path, metavar="DIR", help="放在哪个目录，默认 COCKPIT_HOME/backups")
    backup.set_defaults(do=_backup)

    restore = actions.add_parser("restore", help="从备份文件恢复，恢复前后都核对")
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument("--replace", action="store_true", help="替换现有记录，现有的先另存")
    restore.add_argument("--reason", default="", help="原因，记入事件")
    restore.set_defaults(do=_restore)

    export = actions.add_parser("export", help="按一个人的导出权限把对象和事件写成表，供归档")
    export.add_argument("--for", dest="person", required=True, metavar="账号", help="以谁的权限导出，记入操作日志")
    export.add_argument("--reason", required=True, help="用途")
    export.add_argument("--to", type=Path, metavar="DIR", help="新目录，默认在 COCKPIT_HOME/exports 下")
    export.add_argument("--format", choices=["csv", "parquet"], default="csv")
    export.set_defaults(do=_export)

    writer = actions.add_parser("writer", help="PostgreSQL：让一个普通账号写业务库，事件和日志只能追加")
    writer.add_argument("account", metavar="账号")
    writer.set_defaults(do=_writer)

    accept = actions.add_parser("accept", help="业务库缺失、被替换之后，记下缺失再继续")
    accept.add_argument("--reason", required=True, help="原因，例如恢复了哪一天的备份")
    accept.set_defaults(do=_accept)


def _verify(options: argparse.Namespace) -> int:
    from lib.casework.custody.checkpoint import verify_against
    from lib.casework.custody.verify import account, verify_all
    from lib.casework.store.register import opened_register
    from lib.warehouse.home import home

    register = opened_register(home())
    faults = verify_all(register, home())
    if options.against is not None:
        faults += verify_against(register, home(), options.against)
    print("已核对：" + "、".join(f"{name} {count}" for name, count in account(register, home()).items()))
    for number, fault in enumerate(faults):
        print(f"✗ {'首处：' if number == 0 else ''}{fault}", file=sys.stderr)
    print(f"业务库：问题 {len(faults)} 处")
    return 1 if faults else 0


def _accept(options: argparse.Namespace) -> int:
    from lib.casework.accounts.people import giver
    from lib.casework.custody.loss import accept_loss
    from lib.warehouse.home import home

    for fault in accept_loss(home(), options.reason, giver()):
        print(f"已记下：{fault}")
    return 0


def _backup(options: argparse.Namespace) -> int:
    from lib.casework.accounts.people import giver
    from lib.casework.custody.backup import backup
    from lib.casework.store.register import opened_register
    from lib.warehouse.clock import now
    from lib.warehouse.home import home

    path = backup(opened_register(home()), home(), now(), giver(), options.to)
    print(f"已备份：{path}（{path.stat().st_size / 1024 / 1024:.1f} MB）。请另存到别的介质。")
    return 0


def _restore(options: argparse.Namespace) -> int:
    from lib.casework.accounts.people import giver
    from lib.casework.custody.restore import restore
    from lib.warehouse.clock import now
    from lib.warehouse.home import home

    found = restore(home(), options.file, now(), giver(), replace=options.replace, reason=options.reason.strip())
    if found.before is not None:
        print(f"原有记录另存为：{found.before}")
    for unsure in found.unsure:
        print(f"注意：{unsure}。", file=sys.stderr)
    print(f"已恢复 {found.rows} 行，核对无误。所有人须重新登录；备份之后撤销的账号请再撤销；备份时待发的消息会再发。")
    return 0


def _export(options: argparse.Namespace) -> int:
    from lib.access.personas import personas
    from lib.casework.accounts.people import person
    from lib.casework.custody.export import export
    from lib.casework.store.register import REAL, open_register
    from lib.warehouse.clock import now
    from lib.warehouse.generation import current
    from lib.warehouse.home import home
    from lib.warehouse.store import open_warehouse

    register = open_register(home())
    warehouse = open_warehouse(home()) if current(home()) is not None else None
    if register.kind == REAL:
        viewer = person(register, options.person)
    else:
        viewer = next((one for one in personas(True) if one.person_id == options.person), None)
    if viewer is None:
        raise UserError(f"没有登记过账号 {options.person}。", "请核对账号标识。")
    at = now(warehouse)
    folder = options.to or home() / "exports" / f"casework-{now():%Y%m%d-%H%M%S}"
    for name, rows in export(register, viewer, warehouse, folder, options.format, options.reason, at).items():
        print(f"{folder / name}　{rows} 行")
    return 0


def _writer(options: argparse.Namespace) -> int:
    from lib.casework.store.register import opened_register
    from lib.warehouse.home import home

    opened_register(home()).let_write(options.account)
    print(f"账号 {options.account} 可以写业务库，事件、操作日志和只登记一次的记录只能追加。")
    return 0
