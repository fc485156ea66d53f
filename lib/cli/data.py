"""Commands about data: build a synthetic city, load files, answer doubts, look at the generations."""

import argparse
import json
from datetime import date
from pathlib import Path

from lib.cli.parser import Commands
from lib.cli.rules import watch, watch_lights, work_out_ahead
from lib.errors import UserError


def add(commands: Commands) -> None:
    """Declare them."""
    demo = commands.add_parser("demo", help="建立并发布一座合成城市")
    demo.add_argument("--rows", type=_rows, default=8_600_000, help="总行数，默认 8600000")
    demo.add_argument("--seed", type=int, default=2022, help="随机种子，同一种子内容相同")
    demo.add_argument("--as-of", type=_day, default=date(2022, 9, 25), help="城市的今天")
    demo.add_argument("--clean", action="store_true", help="不植入任何违规")
    demo.add_argument("--json", action="store_true", help="输出各表内容校验值")
    demo.add_argument("--to", metavar="URL", help="一台机器放不下的城市：按月直接写进湖，不建仓库，也不植入违规")
    demo.add_argument(
        "--months", type=_months, metavar="2022-03:2022-05", help="只写这些月份，也可写成 2022-03,2022-05"
    )
    demo.add_argument("--endpoint", metavar="URL", help="对象存储的地址，例如 http://10.0.0.8:9000")
    demo.set_defaults(do=_demo)

    load = commands.add_parser("load", help="检查、隔离、合并、发布文件")
    load.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    load.add_argument("--dataset", help="数据集英文名")
    load.add_argument("--json", action="store_true")
    load.set_defaults(do=_load)

    confirm = commands.add_parser("confirm", help="确认存疑的列；不带参数列出全部待确认列")
    confirm.add_argument("number", nargs="?", metavar="编号")
    confirm.add_argument("choice", nargs="?", metavar="答案")
    confirm.add_argument("--by", default="", metavar="姓名", help="由谁确认")
    confirm.set_defaults(do=_confirm)

    generations = commands.add_parser("generations", help="列出仓库的各代文件和留着的原因；清理，或在损坏时修复")
    generations.add_argument("--repair", action="store_true", help="把损坏的文件移开，启用最近一代完好的")
    generations.add_argument("--prune", action="store_true", help="清理 data/generations.yaml 不再保留的各代")
    generations.set_defaults(do=_generations)

    commands.add_parser("where", help="两个库在哪里（JSON）").set_defaults(do=_where)


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


def _months(text: str) -> list[str]:
    """The months of a list or of a range, as 2022-03."""
    first, colon, last = text.partition(":")
    try:
        named = [date.fromisoformat(f"{name}-01") for name in ([first, last] if colon else text.split(","))]
    except ValueError:
        raise argparse.ArgumentTypeError(f"月份应写成 2022-03、2022-03:2022-05 的样子，收到“{text}”") from None
    if colon:
        months = range(named[0].year * 12 + named[0].month - 1, named[1].year * 12 + named[1].month)
        named = [date(month // 12, month % 12 + 1, 1) for month in months]
    if not named:
        raise argparse.ArgumentTypeError(f"“{text}”里后一个月份早于前一个")
    return [f"{one:%Y-%m}" for one in named]


def _demo_months(options: argparse.Namespace) -> int:
    from lib.progress import Reporter
    from lib.warehouse.demo import build_months
    from lib.warehouse.home import home, progress_path
    from lib.warehouse.lake import place_of

    place = place_of(options.to, home(), options.endpoint)
    with Reporter(progress_path(home())) as report:
        made = build_months(
            home(),
            place,
            rows=options.rows,
            seed=options.seed,
            as_of=options.as_of,
            clean=options.clean,
            months=options.months,
            progress=report,
        )
    manifest = made.manifest
    for name, (rows, size) in made.pieces.items():
        print(f"{'名册' if name == 'lists' else name}：写出 {rows:,} 行，{size / 1e6:.1f} MB")
    missing = "、".join(manifest.missing)
    print(
        f"{place.url} 里现有 {len(manifest.files)} 个文件，{sum(manifest.rows.values()):,} 行；"
        f"{f'还没有写的月份：{missing}' if missing else '各月齐全'}。未植入违规，没有真值。"
    )
    return 0


def _demo(options: argparse.Namespace) -> int:
    if options.to:
        return _demo_months(options)
    if options.months or options.endpoint:
        raise UserError("--months 和 --endpoint 只用于按月写进湖。", "请同时用 --to 给出湖的位置。")
    from lib.casework.demo.build import build_demo
    from lib.progress import Reporter
    from lib.warehouse.home import home, progress_path
    from lib.warehouse.store import open_warehouse

    with Reporter(progress_path(home())) as report:
        summary = build_demo(
            home(), rows=options.rows, seed=options.seed, as_of=options.as_of, clean=options.clean, progress=report
        )
        work_out_ahead(home(), report)
    watch(home())
    watch_lights(home())
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
    if result.changed:
        with Reporter(progress_path(home())) as report:
            work_out_ahead(home(), report)
    return 1 if result.refused else 0


def _confirm(options: argparse.Namespace) -> int:
    from lib.progress import Reporter
    from lib.warehouse.clock import now
    from lib.warehouse.home import home, progress_path
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
    if report is not None and report.changed:
        with Reporter(progress_path(home())) as told:
            work_out_ahead(home(), told)
    return 0


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
