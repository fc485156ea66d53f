"""Streamlit's own words in Chinese: every phrase we replace is still in the bundle that is installed."""

import gzip
import re

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from lib.ui.server.interface import SCRIPTS, Interface, _script, words


@pytest.mark.parametrize("stem", words())
def test_every_phrase_stands_in_the_installed_bundle(stem: str):
    scripts = [path.read_text(encoding="utf-8") for path in SCRIPTS.glob(f"{stem}.*.js")]
    missing = [english for english in words()[stem] if not any(english in script for script in scripts)]
    assert scripts and not missing


@pytest.mark.parametrize("stem", words())
def test_what_is_put_in_keeps_the_script_whole(stem: str):
    for english, chinese in words()[stem].items():
        assert (english.count("`") - chinese.count("`")) % 2 == 0
        assert set(re.findall(r"\$\{[\w.(]+", chinese)) <= set(re.findall(r"\$\{[\w.(]+", english))


def test_scripts_are_served_in_chinese_and_the_rest_goes_on():
    app = Starlette(routes=[Route("/{rest:path}", lambda request: PlainTextResponse("on"))])
    client = TestClient(Interface(app))
    name = next(SCRIPTS.glob("Multiselect.*.js")).name
    answer = client.get(f"/static/js/{name}", headers={"Accept-Encoding": "gzip"})
    assert "没有匹配项" in answer.text and "No results" not in answer.text
    assert answer.headers["content-encoding"] == "gzip" and answer.headers["content-type"].startswith("text/javascript")
    assert client.get(f"/static/js/{name}", headers={"Accept-Encoding": "identity"}).text == answer.text
    assert client.get("/static/js/Multiselect.none.js").text == "on" and client.get("/").text == "on"
    assert client.get(f"/static/js/../js/{name}.map").text == "on"


def test_packed_scripts_are_the_plain_ones():
    script = _script(next(SCRIPTS.glob("Selectbox.*.js")).name)
    assert gzip.decompress(script.packed) == script.plain
