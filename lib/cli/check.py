"""The command that looks through everything."""

import argparse
import sys

from lib.cli.parser import Commands
from lib.errors import UserError


def add(commands: Commands) -> None:
    """Declare them."""
    check = commands.add_parser("check", help="检查目录、模型和指标及用例、事件链、仓库")
    check.add_argument("--engine", metavar="sc://HOST:PORT", help="在 Spark 上跑用例，缺省用本机的 DuckDB")
    check.set_defaults(do=_check)


def _check(_: argparse.Namespace) -> int:
    import duckdb

    from lib.access.policy import policy
    from lib.casework.custody.verify import verify_all
    from lib.casework.messages.settings import addresses, settings
    from lib.casework.store.register import open_register
    from lib.catalog import load_catalog
    from lib.engines import over
    from lib.insight.exemplars import document as edition
    from lib.insight.notices import document as notice
    from lib.rules import read_rules, run_cases, uncovered
    from lib.rules.portable import mart_faults, rule_faults
    from lib.warehouse.generation import current
    from lib.warehouse.home import home
    from lib.warehouse.integrity import check_warehouse
    from lib.warehouse.store import NoWarehouse, open_warehouse

    with duckdb.connect(":memory:") as con:
        # An engine that does not answer is told once, not by every case.
        over(con)
    faults: list[str] = []
    print(f"数据目录：{len(load_catalog().numbered)} 个数据集")
    table, rules = policy(), read_rules()
    strange = sorted({rule for role in table.roles.values() for rule in role.record_rules or ()} - set(rules))
    faults += [f"access.yaml：record_rules 没有 {rule} 这个模型" for rule in strange]
    print(f"权限：{len(table.roles)} 个角色，{len(table.rights)} 项权限，版本 {table.version}")
    try:
        channels = settings().channels
        missing = sorted(set(channels) - addresses(home()).open)
        print(f"消息：{len(channels)} 个通道，没有地址的 {len(missing)} 个")
    except UserError as error:
        faults.append(error.sentence)
    for rule in rules.values():
        results = run_cases(rule)
        failed = [result for result in results if not result.passed]
        faults += [f"{rule.id} 用例“{result.name}”不符：{result.difference}" for result in failed]
        faults += [f"{rule.id} 缺用例：{gap}" for gap in uncovered(rule)]
        faults += rule_faults(rule)
        print(f"模型 {rule.id} {rule.title}：用例 {len(results)} 个，不符 {len(failed)} 个")
    faults += mart_faults()
    faults += _indicators()
    faults += _library()
    faults += _exercises()
    faults += _walks()
    try:
        broken = check_warehouse(open_warehouse(home()).cursor())
        print(f"仓库：第 {open_warehouse(home()).generation.number} 代，问题 {len(broken)} 处")
        faults += broken
    except NoWarehouse:
        print("仓库：还没有数据")
    for paper in (notice, edition):
        try:
            paper.check_template(home())
            print(f"文书模板：{paper.template(home())}")
        except UserError as error:
            faults.append(error.sentence)
    named = current(home())
    if named is not None and named.fallen:
        faults.append(f"{named.fallen}，请运行 python -m lib generations --repair")
    try:
        register = open_register(home())
        broken = verify_all(register, home())
    except UserError as error:
        broken = [error.sentence]
    print(f"业务库：问题 {len(broken)} 处")
    faults += broken
    for fault in faults:
        print(f"✗ {fault}", file=sys.stderr)
    return 1 if faults else 0


def _walks() -> list[str]:
    """The faults of the walks of a demonstration."""
    from lib.access.personas import PERSONA_TITLES
    from lib.catalog.walks import strangers, walks
    from lib.ui.paths import BY_URL

    try:
        found = walks()
    except UserError as error:
        return [error.sentence]
    print(f"讲解：{len(found)} 条，{sum(len(one.steps) for one in found.values())} 步")
    return [fault for one in found.values() for fault in strangers(one, BY_URL, PERSONA_TITLES)]


def _library() -> list[str]:
    """The faults of what stands beside the lists: limits of the reform's tasks, controls of the steps, score
    sheets of look-backs."""
    from lib.casework.reviews.scoring import sheets
    from lib.catalog.steps import steps
    from lib.insight.library import controls, reform
    from lib.rules import read_rules

    faults = []
    for read in (reform.limits, controls.controls):
        try:
            read()
        except UserError as error:
            faults.append(error.sentence)
    rules = read_rules()
    unknown = sorted({model for step in steps() for model in step.models} - set(rules))
    faults += [f"steps.yaml：没有 {model} 这个模型" for model in unknown]
    items = [item for sheet in sheets().values() for item in sheet.items.values()]
    print(f"评分表：{len(sheets())} 份，扣分项 {len(items)} 项，其中否决项 {sum(item.fatal for item in items)} 项")
    print(f"行权环节：{len(steps())} 个，风险点 {sum(len(step.risks) for step in steps())} 个")
    return faults


def _exercises() -> list[str]:
    """The faults of the exercises and of what says which rows decide: roles, models and tables that are none."""
    from lib.access.policy import policy
    from lib.catalog.deciding import deciding
    from lib.catalog.exercises import exercises
    from lib.rules import read_rules

    try:
        held, known = exercises(), deciding()
    except UserError as error:
        return [error.sentence]
    rules, roles = read_rules(), policy().people
    faults = [f"deciding.yaml：没有 {rule} 这个模型" for rule in sorted(set(known) - set(rules))]
    faults += [f"deciding.yaml：缺少模型 {rule}" for rule in sorted(set(rules) - set(known))]
    for rule_id in sorted(set(known) & set(rules)):
        rule, one = rules[rule_id], known[rule_id]
        shown = {source.title for source in (*rule.sources, *rule.group_sources)} | set(one.more) | {"同类比较"}
        named = {
            title for rows in (*(each for held in one.branches.values() for each in held), one.may) for title in rows
        }
        faults += [f"deciding.yaml：{rule_id} 没有「{title}」这张表" for title in sorted(named - shown)]
    for exercise in held.values():
        faults += [f"{exercise.name}.yaml：plays 没有 {role} 这个角色" for role in exercise.plays if role not in roles]
    branches = sum(len(one.branches) for one in known.values())
    print(f"练习：{len(held)} 个；判定行写明 {branches} 种情形")
    return faults


def _indicators() -> list[str]:
    """The faults of the supervision lists, their indicators and cases; says how many there are of each."""
    from lib.catalog.lists import supervision_lists
    from lib.rules.indicators import read_indicators, run_cases, uncovered
    from lib.rules.portable import indicator_faults

    faults: list[str] = []
    lists, indicators = supervision_lists(), read_indicators()
    for one in indicators.values():
        results = run_cases(one)
        failed = [result for result in results if not result.passed]
        faults += [f"{one.id} 用例“{result.name}”不符：{result.difference}" for result in failed]
        faults += [f"{one.id} 缺用例：{gap}" for gap in uncovered(one)]
        faults += indicator_faults(one)
        print(f"指标 {one.id} {one.title}：用例 {len(results)} 个，不符 {len(failed)} 个")
    focuses = sum(len(one.focuses) for one in lists)
    print(f"监督清单：{len(lists)} 张，重点 {focuses} 个，指标 {len(indicators)} 个")
    return faults
