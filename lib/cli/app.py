"""The app itself, and what measures it: both take options of their own."""

import argparse
import runpy
import sys

from lib.cli.parser import Commands
from lib.cli.rules import work_out_ahead
from lib.errors import UserError


def add(commands: Commands) -> None:
    """Declare them."""
    commands.add_parser("serve", help="启动应用，参数同 streamlit run", add_help=False).set_defaults(do=_serve)

    present = commands.add_parser("present", help="讲解：启动应用并打开讲解窗口和备注窗口，不需要网络")
    present.add_argument("walk", nargs="?", metavar="WALK", help="讲解的名称，如 leader；不填则在页面上选")
    present.add_argument("--port", type=int, default=8501, help="端口，默认 8501")
    present.set_defaults(do=_present)

    bench = commands.add_parser("bench", help="运行 tests/bench 中的测量", add_help=False)
    bench.add_argument("name")
    bench.set_defaults(do=_bench)


def _serve(options: argparse.Namespace) -> int:
    from lib.ui.server.serve import serve
    from lib.warehouse.home import home
    from lib.warehouse.marts import renew_marts

    if renew_marts(home()):
        work_out_ahead(home())
    serve(options.rest)
    return 0


def _present(options: argparse.Namespace) -> int:
    from lib.catalog.walks import walks
    from lib.ui.server.present import present
    from lib.ui.server.serve import serve
    from lib.warehouse.home import home
    from lib.warehouse.marts import renew_marts

    if options.walk is not None and options.walk not in walks():
        raise UserError(f"没有讲解 {options.walk}。", f"可用：{'、'.join(walks())}。")
    if renew_marts(home()):
        work_out_ahead(home())
    present(options.port, options.walk)
    serve(["--server.port", str(options.port)])
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
