"""python -m lib …: build, load, run, check, measure. One file a group of commands; each command says what it does.

Exit status 0 done, 1 a check failed or the work could not be done, 2 wrong use.
"""

import os
import sys

from lib.cli import app, casework, check, data, lake, messages, people, report, rules
from lib.cli.parser import Parser
from lib.errors import UserError, system_says

# What these do not know themselves goes on to Streamlit, or to the benchmark.
_PASSING_ON = {"serve", "bench"}
# What runs for days.
_SERVING = {"serve", "present"}
_ON_DATA = {*_SERVING, "load", "run", "check", "where", "report", "publish"}


def _parser() -> Parser:
    parser = Parser(prog="python -m lib", description="执法监督舱命令行")
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令", parser_class=Parser)
    for group in (data, lake, rules, check, people, casework, messages, report, app):
        group.add(commands)
    return parser


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
    if getattr(options, "engine", None):
        os.environ["COCKPIT_ENGINE"] = options.engine
    if options.command in _SERVING:
        from lib.ui.server.allocator import thrift

        # Before the first thread of a database.
        thrift()
    try:
        if options.command in _ON_DATA:
            _tell_fallen()
        return int(options.do(options))
    except UserError as error:
        print(error.sentence, file=sys.stderr)
        return 1
    except OSError as error:
        where = "" if error.filename is None else f"{error.filename}，"
        print(f"没有办成：{where}{system_says(error)}。请检查磁盘空间和目录权限后再试。", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("已中断，未发布任何内容。", file=sys.stderr)
        return 1
