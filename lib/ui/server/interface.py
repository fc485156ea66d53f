"""Streamlit's own interface in Chinese: its scripts are served with the words of data/interface.yaml put in.

Upload, No results, Press Enter to apply, Page not found and their like are fixed in the bundle's scripts; no setting
reaches them, and hiding them would take them from whoever reads with a screen reader too.
"""

import gzip
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import streamlit
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from lib import yamltext
from lib.catalog.dataset import ROOT

SCRIPTS = Path(streamlit.__file__).parent / "static" / "static" / "js"
_FOLDER = "/static/js/"
# Not for ever, as Streamlit has it: the words may change while the file keeps its name.
_KEEP = "public, max-age=3600"


class _Script(NamedTuple):
    plain: bytes
    packed: bytes


@lru_cache(maxsize=1)
def words() -> dict[str, dict[str, str]]:
    """By file of the bundle: what stands there, and what is put in its place."""
    return yamltext.parse((ROOT / "data" / "interface.yaml").read_text(encoding="utf-8"))


def in_chinese(name: str, script: str) -> str:
    """A script of the bundle with its words in Chinese; `name` is its file's."""
    for english, chinese in words().get(name.partition(".")[0], {}).items():
        script = script.replace(english, chinese)
    return script


@lru_cache(maxsize=64)
def _script(name: str) -> _Script:
    text = in_chinese(name, (SCRIPTS / name).read_text(encoding="utf-8")).encode()
    return _Script(text, gzip.compress(text, 6))


class Interface:
    """An ASGI layer that serves the scripts for which there are words; all else goes on to the app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = _asked(scope)
        if name is None:
            await self._app(scope, receive, send)
            return
        script = _script(name)
        headers = {"Cache-Control": _KEEP, "Vary": "Accept-Encoding"}
        packed = "gzip" in Request(scope).headers.get("accept-encoding", "")
        body = script.packed if packed else script.plain
        if packed:
            headers["Content-Encoding"] = "gzip"
        await Response(body, media_type="text/javascript", headers=headers)(scope, receive, send)


def _asked(scope: Scope) -> str | None:
    if scope["type"] != "http" or scope["method"] != "GET" or _FOLDER not in scope["path"]:
        return None
    name = PurePosixPath(scope["path"]).name
    known = name.partition(".")[0] in words() and scope["path"].endswith(_FOLDER + name)
    return name if known and name.endswith(".js") and (SCRIPTS / name).is_file() else None
