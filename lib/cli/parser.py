"""The parser of the command line: what is wrong with a command is told in one Chinese line."""

import argparse
import sys
from typing import NoReturn


class Parser(argparse.ArgumentParser):
    """Ends with status 2 on wrong use."""

    def error(self, message: str) -> NoReturn:
        print(f"命令用法不对：{message}。用 python -m lib --help 查看用法。", file=sys.stderr)
        raise SystemExit(2)


Commands = argparse._SubParsersAction  # the only name that argparse has for it
