"""Opening a page of the app the way a browser does: from app.py, then by its address."""

import json
import re
import time
from pathlib import Path

from streamlit.testing.v1 import AppTest

APP = str(Path(__file__).parents[2] / "app.py")


def open_page(page: str, person: str = "demo-office", **query: object) -> AppTest:
    """The page (its file) as run for a person of the synthetic city, with these address parameters."""
    app = AppTest.from_file(APP, default_timeout=120)
    address = {"as": person, **query}
    _at(app, address)
    # Pages are known after a first run; a value that it took from the address stays with the session.
    app.switch_page(page)
    _at(app, address)
    assert not app.exception
    return app


def open_signed_in(page: str, person_id: str, **query: object) -> AppTest:
    """The page as run for a person entered on real data who has signed in with a password."""
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state["signed_in"] = (person_id, time.monotonic(), time.monotonic())
    _at(app, query)
    app.switch_page(page)
    _at(app, query)
    assert not app.exception
    return app


def _at(app: AppTest, address: dict[str, object]) -> None:
    for key, value in address.items():
        app.query_params[key] = value
    app.run()


def words(app: AppTest) -> str:
    """Everything written on the page as text, as it is read: without the escapes of lib.ui.verbatim."""
    kinds = ("markdown", "caption", "info", "error", "success", "text")
    written = "\n".join(str(element.value) for kind in kinds for element in app.get(kind))
    return re.sub(r"\\([^\w\s])", r"\1", written.replace("\u2060", ""))


def warning_rows(app: AppTest, label: str = "预警列表") -> list[dict[str, str]]:
    """The rows of the first list of warnings (or of another label) on the page, by column."""
    drawn = [json.loads(one.proto.mixed.json or one.proto.json) for one in app.get("bidi_component")]
    sheet = next((one for one in drawn if one.get("label") == label), {"columns": [], "rows": []})
    names = [column["name"] for column in sheet["columns"]]
    return [dict(zip(names, row["cells"], strict=True)) for row in sheet["rows"]]
