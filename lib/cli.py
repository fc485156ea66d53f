"""python -m lib …: build, load, run, check, measure.

Exit status 0 done, 1 a check failed or the work could not be done, 2 wrong use.
"""

import argparse
import getpass
import json
import os
import runpy
import sys
from datetime import date
from pathlib import Path
from typing import NoReturn

from lib.errors import UserError


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        print(f"命令用法不对：{message}。用 python -m lib --help 查看用法。", file=sys.stderr)
        raise SystemExit(2)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"日期应写成 2022-09-25 的样子，收到“{text}”") from None


def _rows(text: str) -> int:
    rows = int(text) if text.isdigit() else 0
    if rows < 50_000:
        raise argparse.ArgumentTypeError("--rows 至少 50000")
    return rows


def _role(text: str) -> str:
    from lib.access.policy import policy

    roles = policy().on_real_data
    if text not in roles:
        known = "、".join(f"{code}（{role.name}）" for code, role in roles.items())
        raise argparse.ArgumentTypeError(f"没有角色 {text}，可用：{known}")
    return text


def _parser() -> _Parser:
    parser = _Parser(prog="python -m lib", description="执法监督舱命令行")
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令", parser_class=_Parser)

    demo = commands.add_parser("demo", help="建立并发布一座合成城市")
    demo.add_argument("--rows", type=_rows, default=8_600_000, help="总行数，默认 8600000")
    demo.add_argument("--seed", type=int, default=2022, help="随机种子，同一种子内容相同")
    demo.add_argument("--as-of", type=_day, default=date(2022, 9, 25), help="城市的今天")
    demo.add_argument("--clean", action="store_true", help="不植入任何违规")
    demo.add_argument("--json", action="store_true", help="输出各表内容校验值")

    load = commands.add_parser("load", help="检查、隔离、合并、发布文件")
    load.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    load.add_argument("--dataset", help="数据集英文名")
    load.add_argument("--json", action="store_true")

    confirm = commands.add_parser("confirm", help="确认存疑的列；不带参数列出全部待确认列")
    confirm.add_argument("number", nargs="?", metavar="编号")
    confirm.add_argument("choice", nargs="?", metavar="答案")
    confirm.add_argument("--by", default="", metavar="姓名", help="由谁确认")

    run = commands.add_parser("run", help="运行到期的模型")
    run.add_argument("--rule", action="append", metavar="M05", help="只运行这些模型，可重复")
    run.add_argument("--force", action="store_true", help="不论是否到期都运行")
    run.add_argument("--signals", type=Path, metavar="FILE.parquet", help="把信号另存为 Parquet")
    run.add_argument("--json", action="store_true")

    rules = commands.add_parser("rules", help="新建一个模型及其用例")
    rules.add_argument("action", choices=["new"])
    rules.add_argument("name", metavar="M20_name")

    commands.add_parser("check", help="检查目录、模型及用例、事件链、仓库")
    generations = commands.add_parser("generations", help="列出仓库的各代文件和留着的原因；清理，或在损坏时修复")
    generations.add_argument("--repair", action="store_true", help="把损坏的文件移开，启用最近一代完好的")
    generations.add_argument("--prune", action="store_true", help="清理 data/generations.yaml 不再保留的各代")
    commands.add_parser("where", help="两个库在哪里（JSON）")

    person = commands.add_parser("person", help="登记使用人（真实数据）")
    person.add_argument("--id", required=True, help="统一身份认证的账号标识，或本机登录的账号")
    person.add_argument("--name", help="姓名")
    person.add_argument("--role", type=_role, metavar="ROLE", help="角色，见 data/access.yaml，如 office、county")
    person.add_argument("--area", help="区划代码：6 位县、9 位镇街；不填为全市")
    person.add_argument("--list", dest="lists", action="append", help="监督清单，如 L1，可重复")
    person.add_argument("--officer", help="本人在执法人员中的编号，用于回避")
    person.add_argument("--password", action="store_true", help="设本机登录密码：按提示输入，或从标准输入读一行")
    person.add_argument("--revoke", action="store_true", help="撤销登记")

    casework = commands.add_parser("casework", help="业务库缺失、被替换或从备份恢复之后，记下缺失再继续")
    casework.add_argument("action", choices=["accept"])
    casework.add_argument("--reason", required=True, help="原因，例如恢复了哪一天的备份")

    commands.add_parser("serve", help="启动应用，参数同 streamlit run", add_help=False)

    bench = commands.add_parser("bench", help="运行 tests/bench 中的测量", add_help=False)
    bench.add_argument("name")
    return parser


def _demo(options: argparse.Namespace) -> int:
    from lib.casework.demo.build import build_demo
    from lib.progress import Reporter
    from lib.warehouse.home import home, progress_path
    from lib.warehouse.store import open_warehouse

    with Reporter(progress_path(home())) as report:
        summary = build_demo(
            home(), rows=options.rows, seed=options.seed, as_of=options.as_of, clean=options.clean, progress=report
        )
    _watch(home())
    if options.json:
        from lib.warehouse.demo import content_hash

        hashes = content_hash(open_warehouse(home()).cursor())
        print(json.dumps({**summary, "content_hash": hashes}, ensure_ascii=False, indent=1))
    else:
        print("合成城市已建成：" + "、".join(f"{name} {value}" for name, value in summary.items()))
    return 0


def _load(options: argparse.Namespace) -> int:
    from lib.casework.store.register import require_real
    from lib.progress import Reporter
    from lib.warehouse.home import home, progress_path
    from lib.warehouse.load import load_apart

    require_real(home())

    with Reporter(progress_path(home())) as report:
        result = load_apart(home(), options.paths, dataset=options.dataset, progress=report)
    if options.json:
        print(json.dumps(result.as_dict(), ensure_ascii=False, indent=1, default=str))
    else:
        print("\n".join(result.lines()))
    return 1 if result.refused else 0


def _confirm(options: argparse.Namespace) -> int:
    from lib.warehouse.clock import now
    from lib.warehouse.home import home
    from lib.warehouse.load import confirm, open_doubts

    if options.number is None or options.choice is None:
        asked = [doubt for doubt in open_doubts(home()) if options.number in (None, doubt.number)]
        print("\n".join(f"{doubt.title} {doubt.sentence}" for doubt in asked) or "没有待确认的列。")
        return 0
    at = now().replace(microsecond=0)
    doubt, report = confirm(home(), options.number, options.choice, options.by, at)
    print(f"已记下：{doubt.title}“{doubt.heading}”的{doubt.kind}是“{options.choice}”，今后同一来源照此办理。")
    if report is not None:
        print("\n".join(report.lines()))
    return 0


def _watch(home: Path) -> None:
    """A task for every version in force that is seldom right."""
    from lib.casework.rules.tasks import open_tasks
    from lib.casework.store.register import open_register
    from lib.insight.rules.precision import below_floor
    from lib.warehouse.clock import now
    from lib.warehouse.store import open_warehouse

    register, warehouse = open_register(home), open_warehouse(home)
    open_tasks(register, "precision", below_floor(register, warehouse), now(warehouse))


def _run(options: argparse.Namespace) -> int:
    from lib.casework.rules.runs import run_due
    from lib.casework.store.register import open_register
    from lib.progress import Reporter
    from lib.warehouse.home import home, progress_path
    from lib.warehouse.marts import renew_marts

    renew_marts(home())
    register = open_register(home())
    with Reporter(progress_path(home())) as report:
        results = run_due(
            home(), register, force=options.force, only=options.rule, progress=report, signals_file=options.signals
        )
    _watch(home())
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


def _rules(options: argparse.Namespace) -> int:
    from lib.rules.scaffold import new_rule

    for path in new_rule(options.name):
        print(f"已写入：{path}")
    print("请改成要写的模型，然后运行 python -m lib check。首次运行后它是草稿，试运行、复核后才会发布。")
    return 0


_RUN_STATES = {
    "done": "完成",
    "fresh": "未变，不需运行",
    "error": "出错",
    "held": "暂缓",
    "withheld": "命中过多，未入册",
}


def _check(_: argparse.Namespace) -> int:
    from lib.access.policy import policy
    from lib.casework.store.register import open_register
    from lib.casework.store.verify import verify_generations, verify_register
    from lib.catalog import load_catalog
    from lib.rules import read_rules, run_cases, uncovered
    from lib.warehouse.generation import current
    from lib.warehouse.home import home
    from lib.warehouse.integrity import check_warehouse
    from lib.warehouse.store import NoWarehouse, open_warehouse

    faults: list[str] = []
    print(f"数据目录：{len(load_catalog().numbered)} 个数据集")
    table, rules = policy(), read_rules()
    strange = sorted({rule for role in table.roles.values() for rule in role.record_rules or ()} - set(rules))
    faults += [f"access.yaml：record_rules 没有 {rule} 这个模型" for rule in strange]
    print(f"权限：{len(table.roles)} 个角色，{len(table.rights)} 项权限，版本 {table.version}")
    for rule in rules.values():
        results = run_cases(rule)
        failed = [result for result in results if not result.passed]
        faults += [f"{rule.id} 用例“{result.name}”不符：{result.difference}" for result in failed]
        faults += [f"{rule.id} 缺用例：{gap}" for gap in uncovered(rule)]
        print(f"模型 {rule.id} {rule.title}：用例 {len(results)} 个，不符 {len(failed)} 个")
    try:
        broken = check_warehouse(open_warehouse(home()).cursor())
        print(f"仓库：第 {open_warehouse(home()).generation.number} 代，问题 {len(broken)} 处")
        faults += broken
    except NoWarehouse:
        print("仓库：还没有数据")
    named = current(home())
    if named is not None and named.fallen:
        faults.append(f"{named.fallen}，请运行 python -m lib generations --repair")
    try:
        register = open_register(home())
        broken = verify_register(register) + verify_generations(register, home())
    except UserError as error:
        broken = [error.sentence]
    print(f"业务库：问题 {len(broken)} 处")
    faults += broken
    for fault in faults:
        print(f"✗ {fault}", file=sys.stderr)
    return 1 if faults else 0


def _generations(options: argparse.Namespace) -> int:
    from lib.warehouse.generation import REASONS, listed, prune, repair
    from lib.warehouse.home import home

    if options.repair:
        print(f"已启用第 {repair(home()).number} 代。")
    if options.prune:
        gone = prune(home())
        freed = sum(one.size for one in gone) / 1024 / 1024
        print(f"已清理 {len(gone)} 代，腾出 {freed:.0f} MB。" if gone else "没有要清理的。")
    found = listed(home())
    for one in found:
        noted, size = one.noted, one.size / 1024 / 1024
        told = [
            f"第 {one.number} 代",
            one.path.name,
            f"{size:.0f} MB",
            f"数据日期 {noted.day}",
            f"发布 {noted.published_at:%Y-%m-%d %H:%M}",
            REASONS.get(noted.reason, "来由不明"),
            noted.batch_id,
            "" if noted.rows is None else f"{noted.rows:,} 行",
            "完好" if one.whole else "损坏",
            f"保留：{one.kept}" if one.kept else "下次清理",
        ]
        print("　".join(part for part in told if part))
    if not found:
        print("还没有发布过数据。")
    return 0 if all(one.whole for one in found) else 1


def _where(_: argparse.Namespace) -> int:
    from lib.casework.store.register import casework_url
    from lib.warehouse.generation import current
    from lib.warehouse.home import home, truth_path

    generation, truth = current(home()), truth_path(home())
    print(
        json.dumps(
            {
                "warehouse": str(generation.path) if generation else None,
                "casework": casework_url(home()),
                "truth": str(truth) if truth.exists() else None,
            },
            ensure_ascii=False,
        )
    )
    return 0


def _person(options: argparse.Namespace) -> int:
    from lib.casework.demo.build import is_building
    from lib.casework.people import enter_person, person, revoke_person
    from lib.casework.sign_in import require_strong, set_password
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


def _casework(options: argparse.Namespace) -> int:
    from lib.casework.people import giver
    from lib.casework.store.register import accept_loss
    from lib.warehouse.home import home

    for fault in accept_loss(home(), options.reason, giver()):
        print(f"已记下：{fault}")
    return 0


def _serve(options: argparse.Namespace) -> int:
    from lib.ui.server.serve import serve
    from lib.warehouse.home import home
    from lib.warehouse.marts import renew_marts

    renew_marts(home())
    serve(options.rest)
    return 0


def _bench(options: argparse.Namespace) -> int:
    folder = Path(__file__).resolve().parents[1] / "tests" / "bench"
    script = folder / f"{options.name}.py"
    if not options.name.isidentifier() or not script.exists():
        names = "、".join(sorted(path.stem for path in folder.glob("[a-z]*.py")))
        raise UserError(f"没有名为 {options.name} 的测量。", f"可用的有：{names}。")
    sys.argv = [str(script), *options.rest]
    sys.path.insert(0, str(folder.parents[1]))
    runpy.run_path(str(script), run_name="__main__")
    return 0


_COMMANDS = {
    "demo": _demo,
    "load": _load,
    "confirm": _confirm,
    "run": _run,
    "rules": _rules,
    "check": _check,
    "generations": _generations,
    "where": _where,
    "person": _person,
    "casework": _casework,
    "serve": _serve,
    "bench": _bench,
}


# What these do not know themselves goes on to Streamlit, or to the benchmark.
_PASSING_ON = {"serve", "bench"}


_ON_DATA = {"serve", "load", "run", "check", "where"}


def _tell_fallen() -> None:
    """Say that another generation than the one named is in force."""
    from lib.warehouse.generation import current
    from lib.warehouse.home import home

    generation = current(home())
    if generation is not None and generation.fallen:
        print(f"注意：{generation.fallen}。修复请运行 python -m lib generations --repair。", file=sys.stderr)


def main(arguments: list[str]) -> int:
    """Run one command; returns its exit status. What it writes is for its owner alone."""
    os.umask(0o077)
    try:
        parser = _parser()
        options, rest = parser.parse_known_args(arguments)
        if rest and options.command not in _PASSING_ON:
            parser.error(f"不认识 {' '.join(rest)}")
        options.rest = rest
    except SystemExit as stop:
        return int(stop.code or 0)
    try:
        if options.command in _ON_DATA:
            _tell_fallen()
        return _COMMANDS[options.command](options)
    except UserError as error:
        print(error.sentence, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("已中断，未发布任何内容。", file=sys.stderr)
        return 1
