"""Starting the app's server."""

import ipaddress
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import click
from starlette.middleware import Middleware
from streamlit import config, net_util
from streamlit.runtime.pages_manager import PagesManager
from streamlit.starlette import App
from streamlit.web import cli

from lib.catalog.dataset import ROOT
from lib.ui import message
from lib.ui.server import daily, posting
from lib.ui.server.door import Door
from lib.ui.server.interface import Interface
from lib.ui.server.outlines import Outlines

_LOOPBACK, _EVERY = "127.0.0.1", "0.0.0.0"


def serve(arguments: list[str]) -> None:
    """Serve app.py until stopped; `arguments` are --lan, --host and Streamlit's own, such as --server.port 8501."""
    _command.main(arguments, prog_name="python -m lib serve")


@click.command()
@click.option("--lan", is_flag=True, help="向内网开放；默认只在本机可用")
@click.option("--host", "hosts", multiple=True, help="内网访问所用的域名，可重复")
@cli.configurator_options
def _command(lan: bool, hosts: tuple[str, ...], **options: Any) -> None:
    given = {name.replace("_", ".", 1): value for name, value in options.items() if value not in (None, ())}
    given.setdefault("server.address", _EVERY if lan else _LOOPBACK)
    names = frozenset(name.lower().rstrip(".") for name in ("localhost", socket.gethostname(), *hosts))
    given.setdefault(
        "server.corsAllowedOrigins", [f"{scheme}://{host}" for host in hosts for scheme in ("https", "http")]
    )

    # Streamlit asks an address on the internet for its own, at the start and whenever a page of another origin calls.
    net_util.get_external_ip = net_util.get_internal_ip = lambda: None
    # It takes a folder named pages for its legacy router until the first session has called st.navigation: a deep
    # link opened first after a start would be told that the page does not exist.
    PagesManager.uses_pages_directory = False
    # Where it looks for its settings and for what belongs to the app.
    sys.argv = [str(ROOT / "app.py")]

    @asynccontextmanager
    async def greeting(_: App) -> AsyncGenerator[dict[str, Any] | None, None]:
        _greet(str(given["server.address"]), sorted(hosts))
        working = [daily.start(), posting.start()]
        yield None
        for over in working:
            over.set()

    App(
        ROOT / "app.py",
        lifespan=greeting,
        middleware=[Middleware(Door, names=names), Middleware(Interface), Middleware(Outlines)],
        on_script_error=message.failed,
    ).run(config=given)


def _greet(address: str, hosts: list[str]) -> None:
    port = config.get_option("server.port")
    scheme = "https" if config.get_option("server.sslCertFile") else "http"
    if address == "localhost" or ipaddress.ip_address(address).is_loopback:
        print(f"执法监督舱已启动：{scheme}://localhost:{port}（只在本机可用；向内网开放请加 --lan）", flush=True)
        return
    at = socket.gethostname() if address == _EVERY else address
    print(f"执法监督舱已启动：{scheme}://{at}:{port}，监听 {address}，内网可以访问。", flush=True)
    print(f"可用的域名：{'、'.join(hosts) or '未登记'}（用 --host 登记）；用本机地址访问不需要登记。", flush=True)
    if scheme == "http":
        print("口令和会话在网上明文传送：请放在提供 TLS 的反向代理之后，或配置 server.sslCertFile。", flush=True)
