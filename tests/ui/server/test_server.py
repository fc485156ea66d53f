"""The served app as a stranger on the network meets it: whom it calls, whom it hears, what it takes and gives."""

import asyncio
import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import pytest
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser import served
from tests.cities import handmade

# Loaded by every Python process of the server: notes each address asked for or sent to.
WATCH = """
import os, sys
def note(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        told = args[1]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"):
        told = args[0]
    else:
        return
    with open(os.environ["WATCH"], "a") as out:
        print(event, repr(told), file=out)
sys.addaudithook(note)
"""


@dataclass
class Served:
    """A running app and what it asked for."""

    address: str
    watch: Path

    @property
    def host(self) -> str:
        return self.address.removeprefix("http://")

    def called(self) -> list[str]:
        return self.watch.read_text().splitlines() if self.watch.exists() else []


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    handmade.put(folder / "home")
    (folder / "sitecustomize.py").write_text(WATCH)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder))
        patch.setenv("WATCH", str(folder / "watch"))
        patch.delenv("COCKPIT_CASEWORK_URL", raising=False)
        with served.app(folder / "home", "--host", "cockpit.intranet") as address:
            yield Served(address, folder / "watch")


def fetch(url: str, method: str = "GET", data: bytes | None = None, **headers: str) -> tuple[int, dict, bytes]:
    asked = urllib.request.Request(url, data, {k.replace("_", "-"): v for k, v in headers.items()}, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, dict(refused.headers), b""


class Browser:
    """One browser with its cookies, and a session in it on a page as somebody."""

    def __init__(self, app: Served) -> None:
        self.app = app
        shown, given, _ = fetch(f"{app.address}/")
        assert shown == 200
        _, health, _ = fetch(f"{app.address}/_stcore/health")
        self.xsrf = health["set-cookie"].split(";")[0]
        self.cookies = f"{given['set-cookie'].split(';')[0]}; {self.xsrf}"

    def open(self, query: str, page: str = "", **headers: str) -> "Session":
        return Session(self, query, page, headers)

    def upload(self, session: str, size: int, **headers: str) -> int:
        """The status of an upload of `size` bytes; the file follows only when the server asks to go on."""
        edge = "edge"
        body = (
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'.encode()
            + b"x" * size
            + f"\r\n--{edge}--\r\n".encode()
        )
        given = {
            "Host": self.app.host,
            "Content-Type": f"multipart/form-data; boundary={edge}",
            "Content-Length": str(len(body)),
            "X-Xsrftoken": self.xsrf.split("=", 1)[1],
            "Cookie": self.cookies,
            "Expect": "100-continue",
        }
        lines = [f"PUT /_stcore/upload_file/{session}/{os.urandom(8).hex()} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in {**given, **headers}.items()]
        name, port = self.app.host.split(":")
        with socket.create_connection((name, int(port)), timeout=30) as wire:
            wire.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
            status = int(wire.recv(4096).split()[1])
            if status == 100:
                wire.sendall(body)
                status = int(wire.recv(4096).split()[1])
        return status


class Session:
    """A websocket on which a page has run; `text` is what it was told, as text."""

    def __init__(self, browser: Browser, query: str, page: str, headers: dict[str, str]) -> None:
        self._browser, self._query, self._page, self._headers = browser, query, page, headers

    async def __aenter__(self) -> "Session":
        self._socket = await websockets.connect(
            f"ws://{self._browser.app.host}/_stcore/stream",
            subprotocols=["streamlit"],
            max_size=None,
            additional_headers={"Cookie": self._browser.cookies, **self._headers},
        )
        self.id, self.text = "", ""
        self.shown: list[str] = []
        await self.run(BackMsg(rerun_script={"query_string": self._query, "page_name": self._page}))
        return self

    async def run(self, message: BackMsg) -> None:
        await self._socket.send(message.SerializeToString())
        while True:
            heard = ForwardMsg.FromString(await asyncio.wait_for(self._socket.recv(), 60))
            self.text += str(heard)
            element = heard.delta.new_element
            if element.WhichOneof("type") in ("alert", "markdown"):
                self.shown.append(getattr(element, element.WhichOneof("type")).body)
            if element.WhichOneof("type") == "exception":
                self.shown.append(str(element.exception))
            if heard.WhichOneof("type") == "new_session":
                self.id = heard.new_session.initialize.session_id
            if heard.WhichOneof("type") == "script_finished":
                return

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()


async def _refused(app: Served, **headers: str) -> int:
    try:
        async with websockets.connect(
            f"ws://{app.host}/_stcore/stream", additional_headers=headers, origin=headers.pop("Origin", None)
        ):
            return 101
    except websockets.InvalidStatus as refused:
        return refused.response.status_code


def test_strangers_are_refused_and_nobody_is_asked_for_a_name(app: Served) -> None:
    async def knock() -> list[int]:
        foreign = [await _refused(app, Origin=f"http://evil{n}.example") for n in range(3)]
        # A proxy that keeps its own name as Host: the origin is known, and not the same as the host.
        return [*foreign, await _refused(app, Origin="https://cockpit.intranet")]

    assert asyncio.run(knock()) == [403, 403, 403, 101]
    assert fetch(f"{app.address}/", Host="evil.example")[0] == 403
    assert fetch(f"{app.address}/", Origin="http://evil.example")[0] == 403

    async def work() -> str:
        async with Browser(app).open("as=demo-office") as session:
            return session.text

    assert "总览" in asyncio.run(work())
    for line in app.called():
        event, told = line.split(" ", 1)
        place = eval(told)
        place = place[0] if isinstance(place, tuple) else place
        local = isinstance(place, str) and place.startswith("/")
        assert local or place is None or ip_address(place).is_loopback, f"{event} {told}"


def test_the_hook_sees_what_it_should(app: Served) -> None:
    """The test above would notice a look-up: the same hook in another process of the same kind."""
    ask = "import socket\ntry: socket.create_connection(('nowhere.invalid', 80), 0.1)\nexcept OSError: pass"
    seen = app.watch.with_name("other")
    env = {**os.environ, "PYTHONPATH": str(app.watch.parent), "WATCH": str(seen)}
    subprocess.run([sys.executable, "-c", ask], check=True, env=env)
    assert "nowhere.invalid" in seen.read_text()


def test_files_are_taken_only_from_whoever_may_send_them(app: Served) -> None:
    mega = 1024 * 1024

    async def knock() -> dict[str, int]:
        browser, stranger = Browser(app), Browser(app)
        async with (
            browser.open("as=demo-office", "data") as office,
            browser.open("as=demo-leader") as leader,
            browser.open("as=demo-town") as town,
        ):
            assert len({office.id, leader.id, town.id}) == 3
            return {
                "no session": browser.upload("0" * 36, 10),
                "nobody's browser": browser.upload(office.id, 10, Cookie=browser.xsrf),
                "another browser": stranger.upload(office.id, 10),
                "may load": browser.upload(office.id, 12 * mega),
                "may not send": browser.upload(leader.id, 10),
                "may record": browser.upload(town.id, 4 * mega),
                "too large": browser.upload(town.id, 11 * mega),
                "too many": browser.upload(town.id, 7 * mega),
                "still room": browser.upload(town.id, 5 * mega),
            }

    assert asyncio.run(knock()) == {
        "no session": 403,
        "nobody's browser": 403,
        "another browser": 403,
        "may load": 204,
        "may not send": 403,
        "may record": 204,
        "too large": 413,
        "too many": 413,
        "still room": 204,
    }


def test_files_of_a_page_go_to_the_browser_that_shows_it(app: Served) -> None:
    async def knock() -> dict[str, int]:
        browser, stranger = Browser(app), Browser(app)
        async with browser.open("as=demo-office") as session, stranger.open("as=demo-office", "models"):
            # The app's icon is a file of every page.
            icon = session.text.split('favicon: "/media/')[1].split('"')[0]
            own = f"{app.address}/media/{icon}"
            return {
                "own": fetch(own, Cookie=browser.cookies)[0],
                "without": fetch(own)[0],
                "forged": fetch(own, Cookie="cockpit_browser=" + "a" * 43)[0],
                "unknown": fetch(f"{app.address}/media/{'0' * 56}.png", Cookie="cockpit_browser=x")[0],
            }

    assert asyncio.run(knock()) == {"own": 200, "without": 404, "forged": 404, "unknown": 404}


def test_a_file_made_on_demand_goes_to_the_browser_that_asked(app: Served) -> None:
    async def knock() -> tuple[int, bytes, int]:
        browser = Browser(app)
        async with browser.open("as=demo-office", "workbench") as session:
            button = re.search(r'deferred_file_id: "([^"]+)"', session.text)
            assert button is not None
            asked = {"request_id": "1", "session_id": session.id, "deferred_file": {"file_id": button[1]}}
            await session._socket.send(BackMsg(backend_operation_request=asked).SerializeToString())
            made = None
            while made is None:
                made = re.search(rb"/media/[0-9a-f]+[.]xlsx", await asyncio.wait_for(session._socket.recv(), 60))
            url = app.address + made[0].decode()
            status, _, content = fetch(url, Cookie=browser.cookies)
            return status, content[:2], fetch(url, Cookie=Browser(app).cookies)[0]

    assert asyncio.run(knock()) == (200, b"PK", 404)


def test_nobody_empties_the_caches_of_everybody(app: Served) -> None:
    async def knock() -> bool:
        async with Browser(app).open("as=demo-county") as session:
            await session._socket.send(BackMsg(clear_cache=True).SerializeToString())
            session.text = ""
            # Clearing would drop what the session holds, its viewer too.
            await session.run(BackMsg(rerun_script={"query_string": "", "page_name": ""}))
            return "桐乡市" in session.text

    assert asyncio.run(knock())


BROKEN = """
import streamlit as st
from lib.errors import UserError

@st.fragment
def part():
    raise KeyError("secret")

if st.query_params["fault"] == "user":
    raise UserError("磁盘是只读的。", "请检查 *挂载*。")
if st.query_params["fault"] == "part":
    part()
else:
    raise KeyError("secret")
"""
START = """
import pathlib, sys
from lib.ui.server import serve

serve.ROOT = pathlib.Path(sys.argv[1])
serve.serve(sys.argv[2:])
"""


def test_errors_are_told_in_chinese_and_only_those_meant_for_a_person_in_their_own_words(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(BROKEN, encoding="utf-8")
    with served.started([sys.executable, "-c", START, str(tmp_path)], os.environ) as address:

        async def told(fault: str) -> str:
            async with Browser(Served(address, tmp_path / "none")).open(f"fault={fault}") as session:
                return "\n".join(session.shown)

        texts = [asyncio.run(told(fault)) for fault in ("user", "part", "other")]
    assert "**磁盘是只读的。** 请检查 \\*挂载\\*。" in texts[0]
    assert all("页面出错" in text for text in texts[1:])
    for text in texts:
        assert not re.search(r"secret|Traceback|Cloud|KeyError|[A-Za-z]{3,} [A-Za-z]{3,}", text), text
