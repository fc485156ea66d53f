"""The command that sends messages."""

import argparse
import sys
import time

from lib.cli.parser import Commands
from lib.errors import UserError

_SECONDS = 15.0


def add(commands: Commands) -> None:
    """Declare it."""
    messages = commands.add_parser("messages", help="发送待发消息，一直运行；应用运行时会自己发送")
    messages.add_argument("--once", action="store_true", help="发完到时的就结束，供定时任务使用")
    messages.set_defaults(do=_messages)


def _messages(options: argparse.Namespace) -> int:
    from lib.casework.messages.settings import addresses
    from lib.casework.messages.worker import alone, waiting, work
    from lib.casework.store.register import open_register
    from lib.warehouse.home import home
    from lib.warehouse.store import open_warehouse

    place = home()
    if not addresses(place).open:
        print("没有配置任何通道的地址，不发送消息（见 data/messages.yaml）。")
        return 0
    with alone(place) as mine:
        if not mine:
            raise UserError("另一个进程正在发送消息。", "请等它结束，不必再启动一个。")
        while True:
            try:
                if options.once or waiting(open_register(place), place):
                    done = work(open_register(place), open_warehouse(place), place)
                    print(f"新收 {done.taken_in} 条，送达 {done.sent} 条，未送达 {done.failed} 次", flush=True)
            except UserError as error:
                if options.once:
                    raise
                print(error.sentence, file=sys.stderr, flush=True)
            if options.once:
                return 0
            time.sleep(_SECONDS)
