"""Opening a page of the app the way a browser does: from app.py, then by its address."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

APP = str(Path(__file__).parents[2] / "app.py")
OpenPage = Callable[..., AppTest]


@pytest.fixture
def open_page() -> OpenPage:
    """A function (page file, person, **address parameters) that gives the page as run for that person."""

    def opened(page: str, person: str = "demo-office", **query: object) -> AppTest:
        app = AppTest.from_file(APP, default_timeout=120)
        address = {"as": person, **query}
        _at(app, address)
        # Pages are known after a first run; a value that it took from the address stays with the session.
        app.switch_page(page)
        _at(app, address)
        assert not app.exception
        return app

    return opened


def _at(app: AppTest, address: dict[str, object]) -> None:
    for key, value in address.items():
        app.query_params[key] = value
    app.run()


def words(app: AppTest) -> str:
    """Everything written on the page as text."""
    kinds = ("markdown", "caption", "info", "error", "success", "text")
    return "\n".join(str(element.value) for kind in kinds for element in app.get(kind))
