"""Opening a page of the app the way a browser does: from app.py, then by its address."""

import itertools
import json
import re
from pathlib import Path

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from lib.casework import signed_in
from lib.casework.store.register import open_register
from lib.warehouse.clock import now
from lib.warehouse.home import home

APP = str(Path(__file__).parents[2] / "app.py")


def open_page(page: str, person: str = "demo-office", **query: object) -> AppTest:
    """The page (its file) as run for a person of the synthetic city, with these address parameters."""
    app = AppTest.from_file(APP, default_timeout=120)
    address = {"as": person, **query}
    _first_run(app, {"as": person})
    app.switch_page(page)
    _at(app, address)
    assert not app.exception
    return app


def open_signed_in(page: str, person_id: str, **query: object) -> AppTest:
    """The page as run for a person entered on real data who has signed in with a password."""
    app = AppTest.from_file(APP, default_timeout=120)
    token = signed_in.begin(open_register(), signed_in.secret(home()), person_id, now())
    app.session_state["signed_in"] = (person_id, token)
    _first_run(app, {})
    app.switch_page(page)
    _at(app, query)
    assert not app.exception
    return app


def _first_run(app: AppTest, address: dict[str, object]) -> None:
    """Pages are known after a first run; the least one is that of a page which has nothing to show yet."""
    app.switch_page("pages/warnings/warning.py")
    _at(app, address)


def _at(app: AppTest, address: dict[str, object]) -> None:
    for key, value in address.items():
        app.query_params[key] = value
    app.run()


def words(app: AppTest) -> str:
    """Everything written on the page as text, as it is read: without the escapes of lib.ui.verbatim."""
    kinds = ("markdown", "caption", "info", "error", "success", "text")
    written = "\n".join(str(element.value) for kind in kinds for element in app.get(kind))
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
            if title.type == "caption" and isinstance(values, Block):
                links = [one.proto.label for one in values.children.values() if one.type == "page_link"]
                if links and all(label.startswith("**") for label in links):
                    found[str(title.value)] = " / ".join(re.sub(r"\*\*|:small\[|\]", "", label) for label in links)
        for child in children:
            if isinstance(child, Block):
                look(child)

    look(app.main)
    return found
