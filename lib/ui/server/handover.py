"""A sign-in on its way from the session that made it to the browser's cookie.

A page is drawn over a websocket, which can set no cookie. The session gives its page a ticket, the page's script posts
it, and the door answers with the cookie: the script never sees what the cookie holds.
"""

import secrets
import time
from datetime import timedelta
from typing import NamedTuple

PATH, HEADER, COOKIE = "/sign-in", "X-Ticket", "cockpit_person"
_SECONDS = 60.0


class _Offer(NamedTuple):
    browser: str
    token: str
    lasts: timedelta
    until: float


_OFFERS: dict[str, _Offer] = {}


def offer(browser: str, token: str, lasts: timedelta) -> str:
    """The ticket for which the browser (known by its own token) may fetch this sign-in, once and within a minute;
    `lasts` is how long it is to keep it."""
    moment = time.monotonic()
    for old in [ticket for ticket, one in list(_OFFERS.items()) if one.until < moment]:
        _OFFERS.pop(old, None)
    ticket = secrets.token_urlsafe(32)
    _OFFERS[ticket] = _Offer(browser, token, lasts, moment + _SECONDS)
    return ticket


def waits(ticket: str) -> bool:
    """Whether a ticket has not been used yet."""
    return ticket in _OFFERS


def take(browser: str, ticket: str) -> tuple[str, timedelta] | None:
    """The token of the sign-in that was offered to this browser, and how long it is kept; None when there is none, or
    no longer."""
    found = _OFFERS.pop(ticket, None)
    meant = found and browser and found.browser == browser and time.monotonic() <= found.until
    return (found.token, found.lasts) if found and meant else None
