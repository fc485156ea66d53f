"""What the browser says about itself."""

import streamlit as st


def on_phone() -> bool:
    """Whether the browser says that it runs on a phone."""
    return "Mobi" in st.context.headers.get("User-Agent", "")
