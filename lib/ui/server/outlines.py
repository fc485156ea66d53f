"""Outlines for maps, each under an address of its own: a browser fetches them once, and no rerun carries them."""

import gzip
import hashlib
from pathlib import PurePosixPath

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

_FOLDER = "/app/outlines/"
_MOST = 16
# By their hash: nobody can name what they do not know, and what has a name never changes.
_kept: dict[str, bytes] = {}


def address(outlines: bytes) -> str:
    """Where these outlines (JSON) are fetched, as seen from a page."""
    name = hashlib.sha256(outlines).hexdigest()[:32]
    if name not in _kept:
        _kept[name] = gzip.compress(outlines, 6)
        for old in list(_kept)[:-_MOST]:
            _kept.pop(old, None)
    return f"{_FOLDER.removeprefix('/')}{name}.json"


class Outlines:
    """An ASGI layer that serves the outlines kept; all else goes on to the app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = PurePosixPath(scope["path"]) if scope["type"] == "http" and _FOLDER in scope["path"] else None
        held = None if asked is None else _kept.get(asked.stem)
        if held is None:
            await self._app(scope, receive, send)
            return
        headers = {"Content-Encoding": "gzip", "Cache-Control": "private, max-age=31536000, immutable"}
        await Response(held, media_type="application/json", headers=headers)(scope, receive, send)
