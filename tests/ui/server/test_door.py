"""The layer before the app, on an app that answers everything."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from lib.ui.server import handover
from lib.ui.server.door import COOKIE, PROCESS, Door, inline_scripts

NAMES = frozenset({"localhost", "cockpit.intranet"})


async def _app(scope: dict, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "bytes": message["bytes"]})
        return
    kind = b"text/html; charset=utf-8" if scope["path"] == "/" else b"text/plain"
    start = {"type": "http.response.start", "status": 200}
    await send({**start, "headers": [(b"content-type", kind), (b"access-control-allow-origin", b"*")]})
    await send({"type": "http.response.body", "body": b"ok"})


def _ask(
    path: str = "/", method: str = "GET", kind: str = "http", heard: list[dict] | None = None, **headers: str
) -> Any:
    """What the door sends back: the messages in their order."""
    sent: list[dict] = []
    incoming = iter([*(heard or []), {"type": "websocket.disconnect" if kind == "websocket" else "http.request"}])

    async def receive() -> dict:
        return next(incoming)

    async def send(message: dict) -> None:
        sent.append(message)

    given = {"host": "localhost:8501", **headers}
    scope = {
        "type": kind,
        "path": path,
        "method": method,
        "query_string": b"",
        "scheme": "http",
        "root_path": "",
        "server": ("10.1.2.3", 8501),
        "headers": [(k.encode(), v.encode()) for k, v in given.items()],
    }
    asyncio.run(Door(_app, NAMES)(scope, receive, send))
    return sent


def _status(**asked: Any) -> int:
    return _ask(**asked)[0]["status"]


def _headers(**asked: Any) -> dict[str, str]:
    return {name.decode().lower(): value.decode() for name, value in _ask(**asked)[0]["headers"]}


@pytest.mark.parametrize(
    "host", ["localhost:8501", "LOCALHOST", "cockpit.intranet", "cockpit.intranet.:443", "10.1.2.3:8501"]
)
def test_its_own_names_and_its_own_address_are_served(host: str) -> None:
    assert _status(host=host) == 200
    assert _ask(kind="websocket", host=host)[0]["type"] == "websocket.accept"


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "10.9.9.9", "", "user@localhost:x", "[::1", "cockpit.intranet.evil"],
)
def test_a_name_led_here_by_somebody_else_is_refused(host: str) -> None:
    assert _status(host=host) == 403
    assert _ask(kind="websocket", host=host) == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost.evil.example:8501", "http://10.9.9.9"]
)
def test_pages_of_another_origin_are_refused(origin: str) -> None:
    assert _status(origin=origin) == 403
    assert _ask(kind="websocket", origin=origin) == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize("origin", ["http://localhost:8501", "https://cockpit.intranet"])
def test_pages_of_its_own_are_served(origin: str) -> None:
    assert _status(origin=origin) == 200
    assert _ask(kind="websocket", origin=origin)[0]["type"] == "websocket.accept"


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/metrics?families=x",
        "/_stcore/script-health-check",
        "/_stcore/agent/openapi.json",
        "/_stcore/agent/mcp",
        "/_stcore/healthy",
        "/_stcore/",
    ],
)
def test_what_the_app_does_not_use_is_closed(path: str) -> None:
    assert _status(path=path.split("?")[0]) == 404


@pytest.mark.parametrize("path", ["/", "/map", "/_stcore/health", "/_stcore/host-config", "/static/js/a.js"])
def test_what_the_app_uses_is_open_and_says_what_the_browser_may(path: str) -> None:
    given = _headers(path=path)
    assert given["x-frame-options"] == "DENY"
    assert given["x-content-type-options"] == "nosniff"
    assert given["referrer-policy"] == "same-origin"
    assert "access-control-allow-origin" not in given
    rules = dict(part.split(" ", 1) for part in given["content-security-policy"].split("; "))
    assert rules["default-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert "unsafe" not in rules["script-src"]
    assert not re.search(r"https?:|wss?:|\*", given["content-security-policy"])


def test_refusals_carry_the_headers_too() -> None:
    assert "content-security-policy" in _headers(host="evil.example")


def test_a_script_in_the_page_is_allowed_by_its_hash() -> None:
    page = "<script>\n  a = 1\n</script><script type=module src='x.js'></script>"
    assert inline_scripts(page) == ["'sha256-nHiJsB1GRX6Ku2XBkWKVt2F3CJiowPuMwhcJv+CWmC0='"]


def test_a_session_tells_its_browser_which_process_holds_it() -> None:
    accepted = _ask(kind="websocket")[0]
    assert dict(accepted["headers"])[b"set-cookie"].decode() == f"{PROCESS}=8501; HttpOnly; Path=/; SameSite=Lax"


def test_a_browser_gets_one_token_with_its_first_page() -> None:
    cookie = _headers()["set-cookie"]
    made = re.fullmatch(rf"{COOKIE}=([\w-]{{43}}); HttpOnly; Path=/; SameSite=Lax", cookie)
    assert made is not None
    assert "set-cookie" not in _headers(cookie=f"{COOKIE}={made[1]}")
    assert "set-cookie" in _headers(cookie=f"{COOKIE}=x")
    assert "set-cookie" not in _headers(path="/static/a.js")


BROWSER = "b" * 43


def _fetched(ticket: str, browser: str = BROWSER, **more: str) -> dict:
    return _ask(path=handover.PATH, method="POST", cookie=f"{COOKIE}={browser}", **{"x-ticket": ticket}, **more)[0]


def test_a_sign_in_is_handed_to_the_browser_it_was_made_in_once() -> None:
    given = _fetched(handover.offer(BROWSER, "t0ken", timedelta(hours=12)))
    assert given["status"] == 204
    cookies = [value.decode() for name, value in given["headers"] if name == b"set-cookie"]
    assert cookies == [f"{handover.COOKIE}=t0ken; HttpOnly; Path=/; SameSite=Lax; Max-Age=43200"]
    ticket = handover.offer(BROWSER, "t0ken", timedelta(hours=12))
    assert [_fetched(ticket)["status"], _fetched(ticket)["status"]] == [204, 403]


def test_a_sign_in_is_handed_to_nobody_else() -> None:
    for asked in ({"browser": "c" * 43}, {"browser": ""}, {"origin": "http://evil.example"}):
        given = _fetched(handover.offer(BROWSER, "t0ken", timedelta(hours=12)), **asked)
        assert given["status"] == 403 and b"set-cookie" not in dict(given["headers"])
    assert _fetched("")["status"] == _fetched("x" * 43)["status"] == 403
    assert _status(path=handover.PATH, method="GET", cookie=f"{COOKIE}={BROWSER}") == 405


def test_a_ticket_is_good_for_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = handover.offer(BROWSER, "t0ken", timedelta(hours=12))
    later = handover.time.monotonic() + 61
    monkeypatch.setattr(handover.time, "monotonic", lambda: later)
    assert _fetched(ticket)["status"] == 403


def _message(**fields: Any) -> dict:
    return {"type": "websocket.receive", "bytes": BackMsg(**fields).SerializeToString()}


def test_messages_that_no_page_sends_are_dropped() -> None:
    wanted = [
        _message(rerun_script={"query_string": "as=x"}),
        _message(stop_script=True),
        _message(app_heartbeat=True),
        _message(file_urls_request={"request_id": "1"}),
        _message(backend_operation_request={"deferred_file": {"file_id": "a"}}),
        _message(backend_operation_request={"dataframe_chunk": {}}),
    ]
    unwanted = [
        _message(clear_cache=True),
        _message(set_run_on_save=True),
        _message(load_git_info=True),
        _message(debug_disconnect_websocket=True),
        _message(debug_shutdown_runtime=True),
        _message(),
        _message(backend_operation_request={"install_skills": {}}),
        _message(backend_operation_request={"dismiss_skills_nudge": {}}),
        _message(backend_operation_request={}),
    ]
    heard = [message for pair in zip(unwanted, [*wanted, *wanted], strict=False) for message in pair]
    passed = [message["bytes"] for message in _ask(kind="websocket", heard=heard)[1:]]
    assert passed == [message["bytes"] for message in [*wanted, *wanted][: len(unwanted)]]
