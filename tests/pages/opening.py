"""Opening a page of the app the way a browser does: from app.py, then by its address."""

import itertools
import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block
from streamlit.util import calc_hash

from lib.casework.accounts import signed_in
from lib.casework.store.register import open_register
from lib.insight.due import group_names
from lib.rules.levels import LEVELS
from lib.ui.figure import OPENS
from lib.ui.paths import PLACES
from lib.warehouse.clock import now
from lib.warehouse.home import home

ROOT = Path(__file__).parents[2]
APP = str(ROOT / "app.py")


def open_page(page: str, person: str = "demo-office", **query: object) -> AppTest:
    """The page (its file) as run for a person of the synthetic city, with these address parameters."""
    app = begun()
    app.switch_page(page)
    at(app, {"as": person, **query})
    assert not app.exception
    return app


def open_signed_in(page: str, person_id: str, **query: object) -> AppTest:
    """The page as run for a person entered on real data who has signed in with a password."""
    token = signed_in.begin(open_register(), signed_in.secret(home()), person_id, now())
    app = begun(signed_in=(person_id, token))
    app.switch_page(page)
    at(app, query)
    assert not app.exception
    return app


def begun(**state: object) -> AppTest:
    """The app before its first run, which may be one of any page: a browser, too, comes straight to an address."""
    app = AppTest.from_file(APP, default_timeout=120)
    app._registered_pages = {
        calc_hash(place.url_path): {"script_path": str(ROOT / place.file), "url_pathname": place.url_path}
        for place in PLACES
    }
    for name, value in state.items():
        app.session_state[name] = value
    return app


def at(app: AppTest, address: dict[str, object]) -> None:
    """Run what is shown at an address."""
    for key, value in address.items():
        app.query_params[key] = value
    app.run()


def words(app: AppTest) -> str:
    """Everything written on the page as text, as it is read: without the escapes of lib.ui.verbatim."""
    kinds = ("markdown", "caption", "info", "error", "success", "text")
    told = [str(element.value) for kind in kinds for element in app.get(kind)]
    written = "\n".join([*told, *html_lines(app)])
    return re.sub(r"\\([^\w\s])", r"\1", written.replace("\u2060", ""))


def drawn(app: AppTest) -> list[dict]:
    """What the parts of the page that need the browser are told."""
    told = [one.proto.mixed.json or one.proto.json or one.proto.bytes for one in app.get("bidi_component")]
    return [json.loads(one) for one in told]


def box(app: AppTest, label: str) -> dict:
    """What the text box of this label is told: its note, its fault …"""
    return next(one for one in drawn(app) if one.get("label") == label)


def warning_rows(app: AppTest, label: str = "预警列表") -> list[dict[str, str]]:
    """The rows of the first list of warnings (or of another label) on the page, by column."""
    sheet = next((one for one in drawn(app) if one.get("label") == label), {"columns": [], "rows": []})
    names = [column["name"] for column in sheet["columns"]]
    return [dict(zip(names, row["cells"], strict=True)) for row in sheet["rows"]]


def figures(app: AppTest) -> dict[str, str]:
    """What the tiles of a page say by their titles, the numbers that are links and those that open nothing."""
    found = {metric.label: metric.value for metric in app.metric}

    def look(block: Block) -> None:
        children = list(block.children.values())
        for title, values in itertools.pairwise(children):
            if title.type == "caption" and values.type == "html" and "values" in values.proto.body:
                large = values.proto.body.partition("</div>")[0]
                labels = [label for label, _ in _Html(large).links]
                found[str(title.value)] = " / ".join(label.replace("**", "") for label in labels)
        for child in children:
            if isinstance(child, Block):
                look(child)

    look(app.main)
    return found


def chart_rows(part: dict) -> list[dict]:
    """The rows that a part of a chart draws, what they open written out (see lib.ui.figure.marks)."""
    start = next((one["calculate"] for one in part.get("transform", []) if one["as"] == OPENS), "")
    said = json.JSONDecoder().raw_decode(start)[0] if start else ""
    rows = part.get("data", {}).get("values", [])
    rows = [{**row, OPENS: said + row[OPENS]} if OPENS in row else row for row in rows]
    if not any(one.get("fold") == list(LEVELS.values()) for one in part.get("transform", [])):
        return rows
    return [
        {**row, "级别": name, "数量": row[name], OPENS: f"{row[OPENS]}&of=level%3A{level}"}
        for level, name in LEVELS.items()
        for row in rows
    ]


class _Html(HTMLParser):
    """Links and other words of an element of HTML; numbers in bold as in markdown."""

    def __init__(self, body: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.lines: list[str] = [""]
        self._href: str | None = None
        self._label = ""
        self.feed(body)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._href, self._label = dict(attrs)["href"], ""
        elif tag in ("div", "strong"):
            self.lines.append("")
        elif tag == "b":
            self.handle_data("**")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._href is not None:
            self.links.append((self._label.strip(), self._href))
            self._href = None
        elif tag in ("div", "strong"):
            self.lines.append("")
        elif tag == "b":
            self.handle_data("**")

    def handle_data(self, data: str) -> None:
        if self._href is None:
            self.lines[-1] += data
        else:
            self._label += data


_WHAT = re.compile(r'<a class="what" href="([^"]*)" title="([^"]*)"')


def _html(app: AppTest) -> list[_Html]:
    bodies = [one.proto.body for one in app.get("html")]
    return [_Html(body) for body in bodies if not body.startswith("<style") and not _WHAT.match(body)]


def explained(app: AppTest) -> dict[str, tuple[str, str]]:
    """By the name of each card in whose corner the manual is offered: its entry there, and what is told about it."""
    found = {}

    def look(block: Block) -> None:
        children = list(block.children.values())
        for child in children:
            if child.type == "html" and (what := _WHAT.match(child.proto.body)):
                _, _, query = unescape(what[1]).partition("?")
                found[block.proto.id.rpartition("card-")[2]] = parse_qs(query)["entry"][0], unescape(what[2])
            if isinstance(child, Block):
                look(child)

    look(app.main)
    return found


def meanings(app: AppTest) -> dict[str, str]:
    """What the tiles of a page say they mean, by title."""
    prefix = "figure-"
    return {name.removeprefix(prefix): told for name, (_, told) in explained(app).items() if name.startswith(prefix)}


def links(app: AppTest) -> list[tuple[str, str, str]]:
    """Label, path and query of every link to a page, the words of a number as '超期 **3** 件'."""
    found = []
    for element in _html(app):
        for label, href in element.links:
            path, _, query = href.partition("?")
            found.append((label, path.removeprefix("./"), query))
    return [*found, *((one.proto.label, one.proto.page, one.proto.query_string) for one in app.get("page_link"))]


def html_lines(app: AppTest) -> list[str]:
    """What stands in elements of HTML outside their links."""
    return [line.strip() for element in _html(app) for line in element.lines if line.strip()]


def due_groups(app: AppTest) -> dict[str, int]:
    """How many rows of the list on the page each group of deadlines says it has, by its name."""
    names = group_names().values()
    told = [option.content.rpartition(" ") for group in app.get("button_group") for option in group.proto.options]
    return {name: int(count.replace(",", "")) for name, _, count in told if name in names}


def narrows(page: str, label: str, person: str, **query: object) -> None:
    """Every group of deadlines of a page's list opens as many rows as it says, together all of them."""
    whole = open_page(page, person, **query)
    found = due_groups(whole)
    groups = {name: group for group, name in group_names().items()}
    for name, count in found.items():
        app = open_page(page, person, due=groups[name], **query)
        assert len(warning_rows(app, label)) == count, name
    assert found and sum(found.values()) == len(warning_rows(whole, label))
