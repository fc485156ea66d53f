"""Starting the app's server."""

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web import cli

from lib.catalog.dataset import ROOT


def serve(arguments: list[str]) -> None:
    """Serve app.py until stopped; `arguments` are Streamlit's own, such as --server.port 8501.

    Streamlit takes a folder named pages for its legacy router until the first session has called st.navigation:
    with plain `streamlit run`, a deep link opened first after a start is told that the page does not exist.
    """
    PagesManager.uses_pages_directory = False
    cli.main(["run", str(ROOT / "app.py"), *arguments], prog_name="streamlit")
