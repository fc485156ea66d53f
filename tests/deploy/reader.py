"""A reader's browser at the proxy: its cookies, the websocket of one page, what comes of a rerun, and coming back."""

import asyncio
import ssl
import time
import urllib.error
import urllib.request
import uuid
from http.cookies import SimpleCookie
from typing import Any

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from lib.ui.server.door import PROCESS
from tests.bench.page import FAULT

# The certificate is the test's own; the address is loopback.
TLS = ssl.create_default_context()
TLS.check_hostname, TLS.verify_mode = False, ssl.CERT_NONE


class Reader:
    """One browser with one page open. `texts` is what the last run put on it."""

    def __init__(self, port: int, page: str = "", query: str = "", cookies: dict[str, str] | None = None) -> None:
        self.port, self.page, self.query = port, page, query
        self.cookies: dict[str, str] = dict(cookies or {})
        self.session, self.texts, self.faults = "", list[str](), list[str]()
        self._socket: Any = None
        self._kept = set[str]()

    @property
    def process(self) -> str:
        """The port of the process that holds its session, as it was told."""
        return self.cookies.get(PROCESS, "")

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> int:
        """The status of a request with its cookies."""
        url = f"https://localhost:{self.port}{path}"
        asked = urllib.request.Request(url, data=body, method=method, headers={"Cookie": self._cookie(), **headers})
        try:
            with urllib.request.urlopen(asked, context=TLS, timeout=30) as answer:
                for held in answer.headers.get_all("Set-Cookie") or []:
                    self._keep(held)
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return refused.code

    def upload(self) -> int:
        """The status of an upload of a small file into its session."""
        if not any("xsrf" in name for name in self.cookies):
            self.ask("/_stcore/health")
        token = next(value for name, value in self.cookies.items() if "xsrf" in name)
        body = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nx\r\n--edge--\r\n'
        given = {"Content-Type": "multipart/form-data; boundary=edge", "X-Xsrftoken": token}
        return self.ask(f"/_stcore/upload_file/{self.session}/{uuid.uuid4().hex}", "PUT", body, **given)

    def _keep(self, header: str) -> None:
        self.cookies |= {name: one.value for name, one in SimpleCookie(header).items()}

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    async def open(self) -> None:
        """Connect as the page does."""
        if not self.cookies:
            await asyncio.to_thread(self.ask, "/")
        self._socket = await websockets.connect(
            f"wss://localhost:{self.port}/_stcore/stream",
            ssl=TLS,
            subprotocols=[websockets.Subprotocol("streamlit")],
            additional_headers={"Cookie": self._cookie()},
            max_size=None,
            open_timeout=30,
        )
        for held in self._socket.response.headers.get_all("Set-Cookie"):
            self._keep(held)
        self._kept = set()

    async def rerun(self) -> float:
        """Ask for a rerun of the page, read it to the end of the script; milliseconds."""
        ask = BackMsg()
        ask.rerun_script.query_string, ask.rerun_script.page_name = self.query, self.page
        ask.rerun_script.cached_message_hashes.extend(self._kept)
        self.texts, kept, started = [], set[str](), time.perf_counter()
        await self._socket.send(ask.SerializeToString())
        while True:
            message = ForwardMsg.FromString(await self._socket.recv())
            kind = message.WhichOneof("type")
            if message.metadata.cacheable:
                kept.add(message.hash)
            elif kind == "ref_hash":
                kept.add(message.ref_hash)
            if kind == "new_session":
                self.session = message.new_session.initialize.session_id or self.session
            elif kind == "delta":
                element = message.delta.new_element
                self.texts += [one for one in (element.markdown.body, element.heading.body, element.alert.body) if one]
                if FAULT in element.alert.body:
                    self.faults.append(element.alert.body)
            elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                self._kept = kept
                return (time.perf_counter() - started) * 1000

    async def back(self, within: float = 60.0) -> float:
        """Connect again as the page does after its connection broke; seconds until the page is whole again."""
        started = time.perf_counter()
        while True:
            try:
                await self.open()
                await self.rerun()
                return time.perf_counter() - started
            except (OSError, websockets.WebSocketException):
                if time.perf_counter() - started > within:
                    raise
                await asyncio.sleep(0.5)

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close()
