"""Parts of a page that need the browser: each is a script in static/, fetched once and from nowhere else."""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import streamlit as st

from lib.catalog.dataset import ROOT

# The component itself is one line, so that the messages of every rerun do not carry the script.
_LOAD = """
const url = new URL("app/static/{name}.js?v={version}", document.baseURI);
export default (await import(url)).default;
"""


@lru_cache(maxsize=8)
def _loader(name: str) -> str:
    content = (ROOT / "static" / f"{name}.js").read_bytes()
    return _LOAD.format(name=name, version=hashlib.sha256(content).hexdigest()[:8])


def part(name: str) -> Callable[..., Any]:
    """The component whose script is static/NAME.js, to be called with key, data and on_…_change.

    The script's default export draws `data` into its element, sends values back, and returns how to tidy up.
    """
    return st.components.v2.component(f"cockpit_{name}", html="<div></div>", js=_loader(name))
