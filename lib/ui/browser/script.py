"""Parts of a page that need the browser: each is a script in static/, served by the app itself."""

from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from lib.catalog.dataset import ROOT

_PACKAGE, _FOLDER = "cockpit", "static"


def part(name: str) -> Callable[..., Any]:
    """The component whose script is static/NAME.js, to be called with key, data and on_…_change.

    The script's default export draws `data` into its element, sends values back, and returns how to tidy up. It comes
    by its address, which the browser keeps; written into the messages it would come again with every rerun, and as a
    script that the content policy does not know.
    """
    component, manager = f"{_PACKAGE}.{name}", get_bidi_component_manager()
    if manager.get_component_asset_root(component) is None:
        declared = ComponentManifest(_PACKAGE, "1", [ComponentConfig(name, _FOLDER)])
        manager.register_from_manifest(declared, ROOT)
    return st.components.v2.component(component, html="<div></div>", js=f"{name}.js")
