"""The app itself, and what measures it: both take options of their own."""

import argparse
import runpy
import sys

from lib.cli.parser import Commands
from lib.errors import UserError


def add(commands: Commands) -> None:
    """Declare them."""
    commands.add_parser("serve", help="启动应用，参数同 streamlit run", add_help=False).set_defaults(do=_serve)

    bench = commands.add_parser("bench", help="运行 tests/bench 中的测量", add_help=False)
    bench.add_argument("name")
    bench.set_defaults(do=_bench)


def _serve(options: argparse.Namespace) -> int:
    from lib.ui.server.serve import serve
    from lib.warehouse.home import home
    from lib.warehouse.marts import renew_marts

    renew_marts(home())
    serve(options.rest)
    return 0


def _bench(options: argparse.Namespace) -> int:
    from lib.catalog.dataset import ROOT

    folder = ROOT / "tests" / "bench"
    script = folder / f"{options.name}.py"
    if not options.name.isidentifier() or not script.exists():
        names = "、".join(sorted(path.stem for path in folder.glob("[a-z]*.py")))
        raise UserError(f"没有名为 {options.name} 的测量。", f"可用的有：{names}。")
    sys.argv = [str(script), *options.rest]
    sys.path.insert(0, str(ROOT))
    runpy.run_path(str(script), run_name="__main__")
    return 0
