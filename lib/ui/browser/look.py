"""What every page carries before its first word: the emblem, and the style sheet for what the theme cannot say."""

import hashlib
from functools import lru_cache

import streamlit as st

from lib.catalog.dataset import ROOT

_STATIC = ROOT / "static"


def look() -> None:
    """The style sheet by its address, which the browser keeps, and the emblem."""
    st.html(f"<style>@import url('app/static/look.css?{_version()}');</style>")
    st.logo(str(_STATIC / "brand.svg"), size="large")


@lru_cache(maxsize=1)
def _version() -> str:
    return hashlib.sha256((_STATIC / "look.css").read_bytes()).hexdigest()[:12]
