"""What comes from data, shown as it is written.

Streamlit reads markdown in almost everything it draws: texts, captions, badges, labels of buttons, tabs and links,
helps, metrics, cells of st.table. A name that holds an image's address would make the reader's browser fetch it.
"""

import re
from functools import lru_cache
from html import escape

from lib.text import seen

_SPECIAL = re.compile(r"[\\`*_\[\]<>$~|&]|(?<!\d):|:(?!\d)")
_AT_START = re.compile(r"^(?:[#+=-](?!\d)|(\d{1,9})(?=[.)](?:\s|$)))")
# What the renderer looks for after it has read the escapes: addresses, mail, icons and emoji, arrows.
_LATE = re.compile(
    r"(?<=:)(?=//)|(?i:(?<=www)(?=\.))|(?<=@)(?=\w)|(?<=:)(?!\d\d?:)(?=[\w+/-]+:)"
    r"|(?:(?<=^[<>~-])|(?<=\s[<>~-]))(?=[->=]{1,2}(?:\s|$))"
)
_JOINER = "\u2060"  # has no width


def verbatim(value: object) -> str:
    """The text of `value` for a place that reads markdown: nothing in it is markup, and it stays on one line."""
    return _verbatim(str(value))


@lru_cache(maxsize=8192)
def _verbatim(value: str) -> str:
    text = _SPECIAL.sub(r"\\\g<0>", _LATE.sub(_JOINER, seen(value)))
    return _AT_START.sub(lambda found: found[1] + "\\" if found[1] else "\\" + found[0], text)


def in_html(value: object) -> str:
    """The same for a place that reads HTML."""
    return _in_html(str(value))


@lru_cache(maxsize=8192)
def _in_html(value: str) -> str:
    return escape(seen(value))
