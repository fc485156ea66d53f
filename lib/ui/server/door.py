"""What every request passes before Streamlit sees it: who asks, from where, for what, and what the browser may do."""

import base64
import hashlib
import ipaddress
import logging
import re
import secrets
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime
from streamlit.proto.BackMsg_pb2 import BackMsg

from lib.ui.server import handover
from lib.ui.server.uploads import room

COOKIE = "cockpit_browser"
# Which of several processes holds a browser's sessions, by its port: deploy/nginx.conf leads its requests there.
PROCESS = "cockpit_process"
_TOKEN = re.compile(r"[\w-]{43}")
_CORE = re.compile(r"/_stcore/(?!health$|host-config$|stream$|upload_file/|bidi-components/cockpit\.\w+/\w+\.js$)")
_UPLOAD = re.compile(r"/_stcore/upload_file/(?P<session>[^/]+)/[^/]+")
_MOST_BROWSERS, _MOST_FILES = 10_000, 10_000
_FRAMING = 64 * 1024  # what a form adds to the file it carries
_FILE = re.compile(rb"/media/([0-9a-f]{16,})")
_SENT_BY_THE_APP = {"rerun_script", "stop_script", "app_heartbeat", "file_urls_request"}
_ASKED_BY_THE_APP = {"deferred_file", "dataframe_chunk"}
_LOG = logging.getLogger(__name__)


def inline_scripts(page: str) -> list[str]:
    """The sources that allow the scripts standing in a page itself, each by its hash."""
    found = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", page, re.DOTALL)
    return [f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in found]


def _policy() -> str:
    page = Path(streamlit.__file__).parent / "static" / "index.html"
    scripts = " ".join(["'self'", *inline_scripts(page.read_text(encoding="utf-8"))])
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src {scripts}",
            # The interface writes its styles into the page as it draws.
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "frame-src 'none'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


def headers() -> dict[str, str]:
    """What every answer tells the browser about itself."""
    return {
        "Content-Security-Policy": _policy(),
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


class Door:
    """An ASGI layer around the app.

    `names`: the host names under which the app is reached, in lower case. An address of this machine is one as
    well: no name server can be made to lead a stranger's page there.
    """

    def __init__(self, app: ASGIApp, names: frozenset[str]) -> None:
        self._app = app
        self._names = names
        self._headers = headers()
        # By the token of a browser: the files its pages were told of last. Streamlit forgets a file with its session.
        self._told: dict[str, dict[str, None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._websocket(HTTPConnection(scope), receive, send)
        elif scope["type"] == "http":
            await self._http(HTTPConnection(scope), receive, send)
        else:
            await self._app(scope, receive, send)

    async def _websocket(self, asked: HTTPConnection, receive: Receive, send: Send) -> None:
        if not self._from_here(asked):
            _LOG.warning(
                "refused a websocket: host %r, origin %r", asked.headers.get("host"), asked.headers.get("origin")
            )
            await send({"type": "websocket.close", "code": 1008})
            return

        async def heard() -> Message:
            message = await receive()
            while message["type"] == "websocket.receive" and not _from_the_app(message.get("bytes")):
                message = await receive()
            return message

        token = _browser(asked)
        told = self._told[token] = self._told.pop(token, {})
        while len(self._told) > _MOST_BROWSERS:
            self._told.pop(next(iter(self._told)))

        async def tell(message: Message) -> None:
            sent = message.get("bytes") or b""
            if b"/media/" in sent:
                for found in _FILE.findall(sent):
                    told.pop(name := found.decode(), None)
                    told[name] = None
                while len(told) > _MOST_FILES:
                    told.pop(next(iter(told)))
            elif message["type"] == "websocket.accept":
                message.setdefault("headers", [])
                MutableHeaders(scope=message).append("Set-Cookie", _process(asked))
            await send(message)

        await self._app(asked.scope, heard, tell)

    async def _http(self, asked: HTTPConnection, receive: Receive, send: Send) -> None:
        token = _browser(asked)

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    given[name] = value
                if given.get("Access-Control-Allow-Origin") == "*":
                    del given["Access-Control-Allow-Origin"]
                if not token and given.get("Content-Type", "").startswith("text/html"):
                    given.append("Set-Cookie", _cookie(asked.url.scheme == "https"))
            await send(message)

        status = self._refusal(asked, token)
        answer: ASGIApp = PlainTextResponse("拒绝访问", status) if status else self._app
        if not status and asked.scope["path"] == handover.PATH:
            answer = _signed_in(asked, token)
        await answer(asked.scope, receive, told)

    def _refusal(self, asked: HTTPConnection, token: str) -> int:
        """The status with which a request is refused; 0 when it may go on."""
        path, method = asked.scope["path"], asked.scope["method"]
        if not self._from_here(asked):
            return 403
        if _CORE.match(path):
            return 404
        if path == handover.PATH:
            return 0 if method == "POST" else 405
        if path.startswith("/media/"):
            return 0 if token and PurePosixPath(path).stem in self._told.get(token, ()) else 404
        upload = _UPLOAD.fullmatch(path)
        if upload is not None:
            return _upload_refusal(asked, upload["session"], token) if method in ("PUT", "DELETE") else 405
        return 0 if method in ("GET", "HEAD", "OPTIONS", "POST") else 405

    def _from_here(self, asked: HTTPConnection) -> bool:
        """Whether a request goes to a name of this server and comes from a page of it, or from no page."""
        host, origin = asked.headers.get("host", ""), asked.headers.get("origin")
        if not self._is_ours(f"//{host}", asked):
            return False
        return origin is None or urlsplit(origin).netloc == host or self._is_ours(origin, asked)

    def _is_ours(self, url: str, asked: HTTPConnection) -> bool:
        try:
            parts = urlsplit(url)
            name = (parts.hostname or "").rstrip(".")
        except ValueError:
            return False
        if "@" in parts.netloc:
            return False
        if name in self._names:
            return True
        reached = (asked.scope.get("server") or ("", None))[0]
        try:
            return ipaddress.ip_address(name) == ipaddress.ip_address(reached)
        except ValueError:
            return False


def _from_the_app(sent: bytes | None) -> bool:
    """Whether a message is one the app's pages send; what cannot be read is Streamlit's to refuse."""
    if sent is None:
        return True
    message = BackMsg()
    try:
        message.ParseFromString(sent)
    except Exception:
        return True
    kind = message.WhichOneof("type")
    if kind == "backend_operation_request":
        asked = message.backend_operation_request.WhichOneof("payload")
        return asked in _ASKED_BY_THE_APP
    if kind in _SENT_BY_THE_APP:
        return True
    _LOG.warning("dropped a message that no page sends: %s", kind)
    return False


def _browser(asked: HTTPConnection) -> str:
    """The token of the browser that asks; empty without one."""
    token = asked.cookies.get(COOKIE, "")
    return token if _TOKEN.fullmatch(token) else ""


def _cookie(secure: bool) -> str:
    made = f"{COOKIE}={secrets.token_urlsafe(32)}; HttpOnly; Path=/; SameSite=Lax"
    return f"{made}; Secure" if secure else made


def _process(asked: HTTPConnection) -> str:
    made = f"{PROCESS}={(asked.scope.get('server') or ('', ''))[1]}; HttpOnly; Path=/; SameSite=Lax"
    return f"{made}; Secure" if asked.url.scheme == "wss" else made


def _signed_in(asked: HTTPConnection, token: str) -> Response:
    """The answer to a page whose session signed somebody in: its cookie, for as long as the sign-in holds."""
    found = handover.take(token, asked.headers.get(handover.HEADER, ""))
    if found is None:
        return PlainTextResponse("拒绝访问", 403)
    held, lasts = found
    made = f"{handover.COOKIE}={held}; HttpOnly; Path=/; SameSite=Lax; Max-Age={int(lasts.total_seconds())}"
    secure = "; Secure" if asked.url.scheme == "https" else ""
    return Response(status_code=204, headers={"Set-Cookie": made + secure, "Cache-Control": "no-store"})


def _sessions_of(token: str) -> list[str]:
    """The sessions open in the browser that holds this token."""
    open_now = runtime.get_instance()._session_mgr.list_active_sessions()
    return [one.session.id for one in open_now if token and _token(one.client) == token]


def _token(client: Any) -> str:
    return client.client_context.cookies.get(COOKIE, "")


def _upload_refusal(asked: HTTPConnection, session_id: str, token: str) -> int:
    """Uploads are for whoever may load or record, into a session of the same browser, up to that person's room."""
    server = runtime.get_instance()
    session = server.get_app_session(session_id)
    if session is None or session_id not in _sessions_of(token):
        return 403
    if asked.scope["method"] == "DELETE":
        return 0
    try:
        most = room(session.session_state["viewer"])
    except KeyError:
        return 403
    if most == 0:
        return 403
    size = asked.headers.get("content-length", "")
    if not size.isdigit():
        return 411
    held = server.uploaded_file_mgr.file_storage.get(session_id, {})  # type: ignore[attr-defined]
    return 413 if int(size) + sum(len(one.data) for one in list(held.values())) > most + _FRAMING else 0
