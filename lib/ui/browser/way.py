"""The way through the pages: links that know where they were followed from, and the way back.

An address carries the addresses it was reached through, nearest first, so that the way back survives a reload and is
the same for everybody. Links are followed by the browser: a page switched to by the server would leave the address of
the page before with the parameters of the page after in the browser's history.
"""

import re
import uuid
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, quote, quote_plus

import streamlit as st

from lib.casework.objects import KINDS
from lib.ui.access.looking import looking
from lib.ui.browser import script
from lib.ui.paths import BY_FILE, BY_URL, FIRST, LOOKING
from lib.ui.paths import Place as PageOf

BACK = "back"
_DEEPEST = 4
_PAGE, _LEAVING, _LISTS, _FIRST = "way_page", "way_leaving", "way_lists", "way_first"
_SHOWN, _VISIT = "way_shown", "way_visit"
# The parameters that say what a page is about.
_OBJECTS = ("officer", "about", *(kind.page[1] for kind in KINDS.values() if kind.page))
_MOST_LISTS = 12
_MEANING = re.compile(r"[%&=+#;?\s]")

Query = Mapping[str, str | list[str]]
Place = tuple[str, ...]


def first() -> PageOf:
    """The page that opens first for whoever is looking."""
    return BY_URL[st.session_state.get(_FIRST, FIRST.url_path)]


def file_of(url_path: str) -> str:
    """The file of the page with a url path; the first page has none."""
    return BY_URL[url_path or first().url_path].file


def arrive(url_path: str, opens: PageOf) -> None:
    """Note which page is shown, and which opens first for whoever is looking, which has no path of its own; app.py says
    so before the page runs."""
    st.session_state[_FIRST] = opens.url_path
    st.session_state[_PAGE] = url_path or first().url_path
    shown = (url_path, *(st.query_params.get(name, "") for name in _OBJECTS))
    if st.session_state.get(_SHOWN) != shown:
        st.session_state[_SHOWN], st.session_state[_VISIT] = shown, visit() + 1


def page() -> str:
    """The url path of the page shown."""
    return str(st.session_state.get(_PAGE, first().url_path))


def visit() -> int:
    """Which visit of a page this is: another one whenever the page or what it is about changes."""
    found: int = st.session_state.get(_VISIT, 0)
    return found


def here() -> str:
    """The address of the page shown, as PATH?QUERY, without who is looking and the way it was reached."""
    own = {name: st.query_params.get_all(name) for name in st.query_params if name not in (BACK, *LOOKING)}
    return _written(page(), own)


def _written(path: str, query: Query) -> str:
    pairs = [(name, one) for name, value in query.items() for one in ([value] if isinstance(value, str) else value)]
    return path + ("?" if pairs else "") + "&".join(f"{_escaped(name)}={_escaped(value)}" for name, value in pairs)


def _escaped(text: str) -> str:
    # Only what has a meaning in a query: it stands inside another address, where all of it is escaped once more.
    return _MEANING.sub(lambda found: quote(found[0], safe=""), text)


def _read(address: str) -> tuple[str, dict[str, list[str]]] | None:
    path, _, query = address.partition("?")
    return (path, parse_qs(query)) if path in BY_URL else None


def _trail() -> list[str]:
    return [address for address in st.query_params.get_all(BACK) if _read(address) is not None]


def _addressed(query: Query, trail: list[str]) -> dict[str, str | list[str]]:
    back = {BACK: trail[:_DEEPEST]} if trail else {}
    return {**query, **back, **looking()}


def address(query: Query) -> dict[str, str | list[str]]:
    """The parameters of a link: the query, where the link stands and, on a synthetic city, who is looking."""
    return _addressed(query, [here(), *_trail()])


def place() -> Place:
    """What all links made here carry, whatever they lead to: part of the key of links that are kept."""
    return str(looking()), here(), *_trail()


def onward(query: Query) -> dict[str, str | list[str]]:
    """The parameters of a link to the next of the same list: the way back stays the same."""
    return _addressed(query, _trail())


def href(file: str, query: Query) -> str:
    """The address of a page with parameters as `address` and `onward` give them."""
    pairs = [(name, one) for name, value in query.items() for one in ([value] if isinstance(value, str) else value)]
    asked = "&".join(f"{_plus(name)}={_plus(one)}" for name, one in pairs)
    return f"{BY_FILE[file].url_path}?{asked}"


@lru_cache(maxsize=4096)
def _plus(text: str) -> str:
    # Every link of a page carries the same way back.
    return quote_plus(text)


def came_from() -> str:
    """The address the page was reached from; empty when it was opened by itself."""
    return next(iter(_trail()), "")


def asked_there() -> tuple[str, Callable[[str], list[str]]]:
    """The url path one came from, and its parameters by name."""
    path, query = _read(came_from()) or (first().url_path, {})
    return path, lambda name: query.get(name, [])


def back(otherwise: str | None = None) -> None:
    """The link to where one came from; else to the page with the url path `otherwise`, or none."""
    trail = _trail()
    if not trail and otherwise is None:
        return
    path, query = _read(trail[0] if trail else str(otherwise)) or (first().url_path, {})
    place = BY_URL[path]
    # static/keys.js finds it by its key.
    with st.container(key="back", width="content"):
        st.page_link(
            place.file,
            label=f"返回{place.back}",
            icon=":material/arrow_back:",
            query_params=_addressed(query, trail[1:]),
        )


def go(file: str, query: Query) -> None:
    """From a callback: leave for a page with parameters as `address` and `onward` give them; whoever is there already
    stays."""
    asked = {name: [value] if isinstance(value, str) else list(value) for name, value in query.items()}
    shown = {held: st.query_params.get_all(held) for held in st.query_params}
    if (BY_FILE[file].url_path, asked) == (st.session_state.get(_PAGE), shown):
        return
    st.session_state[_LEAVING] = href(file, query)


def leave() -> None:
    """Let the browser follow links; end this run when a callback asked to go elsewhere."""
    target = st.session_state.pop(_LEAVING, None)
    going = {} if target is None else {"href": target, "turn": uuid.uuid4().hex}
    with st.container(height=1, border=False, key="way"):
        script.part("way")(key="way_part", data=going)
    if target is not None:
        st.stop()


def remember(ids: list[str], shown: str = "") -> None:
    """Keep the order of the list shown here, or at that address, for the next and the one before."""
    lists: dict[str, list[str]] = st.session_state.setdefault(_LISTS, {})
    lists.pop(shown or here(), None)
    lists[shown or here()] = ids
    for old in list(lists)[:-_MOST_LISTS]:
        del lists[old]


def listed() -> list[str] | None:
    """The list one came from, as it was; None when this session has not seen it."""
    found: Any = st.session_state.get(_LISTS, {}).get(came_from())
    return found
