"""Every number on a page as a person sees it, and how many rows each opens."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from streamlit.testing.v1 import AppTest

# A figure place: a whole number with the word that things are counted by, or standing alone in bold.
_WORD = "件|条|人|行|项|个|处|起|份|名|次"
COUNTED = re.compile(rf"(?<![\d.,\-–第])(\d[\d,]*)(?![\d.,]*[\d.%–])\s*\**\s*({_WORD})(?!月|工作日|小时|百分)")
BARE = re.compile(r"(?<![\w.\-–])(\d[\d,]*)(?![\w.%–\-])")


class Text(NamedTuple):
    """A text on a page: of which kind of element, where its link leads, if it is one."""

    kind: str
    words: str
    page: str = ""
    query: str = ""


def texts(app: AppTest) -> Iterator[Text]:
    """All texts of a page in which numbers stand, links with their addresses."""
    for link in app.get("page_link"):
        yield Text("link", link.proto.label, link.proto.page, link.proto.query_string)
    for metric in app.metric:
        yield Text("metric", f"{metric.value}")
    for kind in ("markdown", "caption", "info", "text"):
        for element in app.get(kind):
            yield Text(kind, str(element.value))
    for button in app.button:
        yield Text("button", button.label)
    for kind in ("expander", "tab"):
        for element in app.get(kind):
            yield Text(kind, element.label)
