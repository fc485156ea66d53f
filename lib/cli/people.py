"""The command about people: who may sign in."""

import argparse
import getpass
import sys
from pathlib import Path

from lib.cli.parser import Commands
from lib.errors import UserError


def add(commands: Commands) -> None:
    """Declare them."""
    person = commands.add_parser("person", help="登记使用人（真实数据）")
    person.add_argument("--id", required=True, help="统一身份认证的账号标识，或本机登录的账号")
    person.add_argument("--name", help="姓名")
    person.add_argument("--role", type=_role, metavar="ROLE", help="角色，见 data/access.yaml，如 office、county")
    person.add_argument("--area", help="区划代码：6 位县、9 位镇街；不填为全市")
    person.add_argument("--list", dest="lists", action="append", help="监督清单，如 L1，可重复")
    person.add_argument("--org", help="联络员所在单位的编号")
    person.add_argument("--officer", help="本人在执法人员中的编号，用于回避")
    person.add_argument("--password", action="store_true", help="设本机登录密码：按提示输入，或从标准输入读一行")
    person.add_argument("--revoke", action="store_true", help="撤销登记")
    person.set_defaults(do=_person)

    alerts = commands.add_parser("alerts", help="收入其他平台推送的预警文件（CSV、Excel），每条记录一条预警")
    alerts.add_argument("path", type=Path, metavar="PATH")
    alerts.add_argument("--platform", required=True, help="平台，如 四平台")
    alerts.set_defaults(do=_alerts)


def _alerts(options: argparse.Namespace) -> int:
    from lib.casework.store.register import open_register
    from lib.casework.warnings.alert_files import read_alerts
    from lib.casework.warnings.platforms import PLATFORMS, take_in
    from lib.warehouse.clock import now
    from lib.warehouse.home import home
    from lib.warehouse.store import open_warehouse

    platform = PLATFORMS.get(options.platform)
    if platform is None:
        raise UserError(f"没有平台 {options.platform}。", f"可用：{'、'.join(PLATFORMS)}。")
    warehouse, register = open_warehouse(home()), open_register(home())
    found = read_alerts(warehouse, platform, options.path)
    done = take_in(register, platform, found, now(warehouse))
    print(f"{platform.title}：文件 {len(found)} 条，新预警 {done.new} 条，等级上升 {done.raised} 条")
    return 0


def _role(text: str) -> str:
    from lib.access.policy import policy

    roles = policy().on_real_data
    if text not in roles:
        known = "、".join(f"{code}（{role.name}）" for code, role in roles.items())
        raise argparse.ArgumentTypeError(f"没有角色 {text}，可用：{known}")
    return text


def _person(options: argparse.Namespace) -> int:
    from lib.casework.accounts.people import enter_person, person, revoke_person
    from lib.casework.accounts.sign_in import require_strong, set_password
    from lib.casework.demo.build import is_building
    from lib.casework.store.register import open_register
    from lib.warehouse.clock import now
    from lib.warehouse.home import home

    if is_building(home()):
        raise UserError("合成城市正在建立中。", "合成城市不登记人员；真实数据请另设 COCKPIT_HOME。")
    register, at = open_register(home()), now()
    if options.revoke:
        revoke_person(register, options.id, at)
        print(f"已撤销：{options.id}")
        return 0
    password = _new_password() if options.password else None
    if password is not None:
        require_strong(options.id, password)
    if options.name and options.role:
        enter_person(
            register,
            person_id=options.id,
            name=options.name,
            role=options.role,
            area_code=options.area,
            list_ids=options.lists or [],
            officer_id=options.officer,
            org_id=options.org,
            at=at,
        )
        print(f"已登记：{options.name}（{options.id}）")
    elif not options.password or person(register, options.id) is None:
        raise UserError("登记人员须写明姓名和角色。", "请加 --name 和 --role。")
    if password is not None:
        set_password(register, options.id, password, at)
        print(f"已设本机登录密码：{options.id}")
    return 0


def _new_password() -> str:
    """Typed twice without being shown; from a pipe, its first line."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("密码（不显示）：")
    if password != getpass.getpass("再输一次："):
        raise UserError("两次输入的密码不同，没有设置。", "请重新运行。")
    return password
