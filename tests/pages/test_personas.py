"""The switch between personas, whoever was turned to."""

import logging

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.opening import APP


def test_whoever_was_turned_to_is_shown_without_a_warning(
    home, city, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    # Streamlit's own log goes past the one that a test reads.
    monkeypatch.setattr(logging.getLogger("streamlit"), "propagate", True)
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state["as"] = app.session_state["turned_to"] = "demo-town"
    app.run()
    assert not app.exception and app.session_state["viewer"].person_id == "demo-town"
    assert app.selectbox(key="as").value == "demo-town"
    assert [one for one in caplog.messages if "default value" in one] == []


def test_who_looks_stays_whoever_is_first_in_the_list(home, city):
    app = AppTest.from_file(APP, default_timeout=120)
    app.query_params["as"] = "demo-inspector"
    for _ in range(3):
        app.run()
        assert app.session_state["viewer"].person_id == app.selectbox(key="as").value == "demo-inspector"
