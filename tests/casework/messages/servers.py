"""A mail server and a webhook on this machine, that do what they are told: answer, refuse, hang, cut off, drip."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

OK, FAIL, HANG, CUT, TWICE, DRIP, AWAY, REFUSED = "ok", "fail", "hang", "cut", "twice", "drip", "away", "refused"
_LONG = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mail:
    """What a mail server took in: the envelopes' recipients, the letters."""

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], EmailMessage]] = []
        self.behave = OK
        self.port = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.behave == FAIL:
            return "451 later"
        letter = message_from_bytes(cast(bytes, envelope.content), policy=policy.default)
        self.letters.append((envelope.rcpt_tos, cast(EmailMessage, letter)))
        return "250 taken"

    @property
    def address(self) -> str:
        return f"mailto://127.0.0.1:{self.port}/unit@jx.example?from=cockpit@jx.example&smtp=127.0.0.1"


@contextmanager
def mail() -> Iterator[Mail]:
    took = Mail()
    took.port = free_port()
    server = Controller(took, hostname="127.0.0.1", port=took.port, server_hostname="mail.jx.example")
    server.start()
    try:
        yield took
    finally:
        server.stop()


class Hook:
    """What a webhook was asked; `behaves` holds what it does with the requests that come, in their order, then OK."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.behaves: list[str] = []
        self.always = OK
        self.on_request: Callable[[], None] = lambda: None
        self.port = 0
        self.lock = threading.Lock()
        self.over = threading.Event()

    @property
    def address(self) -> str:
        return f"json://127.0.0.1:{self.port}/push"

    @property
    def keys(self) -> list[str]:
        return [key for key, _ in self.asked]


@contextmanager
def hook() -> Iterator[Hook]:
    told = Hook()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with told.lock:
                told.asked.append((self.headers.get("Idempotency-Key", ""), body))
                behave = told.behaves.pop(0) if told.behaves else told.always
            told.on_request()
            self.close_connection = True
            answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
            if behave == HANG:
                told.over.wait(_LONG)
            elif behave == CUT:
                self.connection.shutdown(socket.SHUT_RDWR)
            elif behave == TWICE:
                self.wfile.write(answer + answer)
            elif behave == DRIP:
                for sign in answer:
                    if told.over.wait(0.2):
                        break
                    self.wfile.write(bytes([sign]))
                    self.wfile.flush()
            elif behave == FAIL:
                self.send_error(500)
            elif behave == AWAY:
                self.send_response(302)
                self.send_header("Location", f"http://127.0.0.1:{told.port}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif behave == REFUSED:
                self._robot(310000)
            else:
                self._robot(0)

        def do_GET(self) -> None:
            told.asked.append(("followed", {}))
            self._robot(0)

        def _robot(self, code: int) -> None:
            body = json.dumps({"errcode": code}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            return

    server = Server(("127.0.0.1", 0), Handler)
    told.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield told
    finally:
        told.over.set()
        server.shutdown()
        server.server_close()


def until(found: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end
        time.sleep(0.02)
