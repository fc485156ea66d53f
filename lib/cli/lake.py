"""The command that publishes a generation for engines on other machines."""

import argparse

from lib.cli.parser import Commands


def add(commands: Commands) -> None:
    """Declare it."""
    publish = commands.add_parser("publish", help="把现用的一代数据写成 Parquet，放到文件夹或 S3 兼容的对象存储")
    where = publish.add_mutually_exclusive_group(required=True)
    where.add_argument("--to", metavar="URL", help="文件夹、file:///文件夹或 s3://存储桶/前缀")
    where.add_argument("--verify", metavar="URL", help="核对那里的文件是否都完好")
    publish.add_argument("--endpoint", metavar="URL", help="对象存储的地址，例如 http://10.0.0.8:9000")
    publish.add_argument("--prune", action="store_true", help="发布后清理没有清单再用的文件")
    publish.set_defaults(do=_publish)


def _publish(options: argparse.Namespace) -> int:
    if options.verify:
        return _verify(options)
    from lib.casework import audit
    from lib.casework.accounts.people import giver
    from lib.casework.store.register import opened_register
    from lib.progress import Reporter
    from lib.warehouse.clock import now
    from lib.warehouse.home import home, progress_path
    from lib.warehouse.lake import place_of, prune_lake, publish_lake
    from lib.warehouse.store import open_warehouse

    place = place_of(options.to, home(), options.endpoint)
    with Reporter(progress_path(home())) as report:
        # All data leave the home: it stands in the log before they do.
        number = str(open_warehouse(home()).generation.number)
        detail = {"published": place.url}
        audit.log(opened_register(home()), giver(), "take", "generation", number, at=now(), detail=detail)
        done = publish_lake(home(), place, report)
    files = len(done.manifest.files)
    print(
        f"第 {done.manifest.generation} 代已发布到 {place.url}：{files} 个文件，写出 {len(done.written)} 个"
        f"（{done.bytes_written / 1e6:.1f} MB），其余 {files - len(done.written)} 个未变。"
    )
    if options.prune:
        gone = prune_lake(home(), place)
        print(f"已清理 {len(gone)} 个文件，腾出 {sum(gone.values()) / 1e6:.1f} MB。" if gone else "没有要清理的文件。")
    return 0


def _verify(options: argparse.Namespace) -> int:
    from lib.progress import Reporter
    from lib.warehouse.home import home, progress_path
    from lib.warehouse.lake import place_of, verify_lake

    place = place_of(options.verify, home(), options.endpoint)
    with Reporter(progress_path(home())) as report:
        manifest, faults = verify_lake(place, report)
    whole = f"第 {manifest.generation} 代的 {len(manifest.files)} 个文件都完好，共 {sum(manifest.rows.values()):,} 行。"
    again = "publish" if manifest.city is None else "demo"
    mend = f"请删去上述还在的文件，再运行 python -m lib {again} --to 同一位置，会重新写出。"
    if manifest.missing:
        whole += f"还没有写的月份：{'、'.join(manifest.missing)}。"
    print("\n".join([*faults, mend]) if faults else whole)
    return 1 if faults else 0
