"""The sweeper's end: a process in which it ran leaves nothing that a library would report."""

import subprocess
import sys

_RUN = """
import duckdb
from lib.ui.server import garbage
connection = duckdb.connect()
garbage.settle()
garbage.settle()
"""


def test_a_process_in_which_garbage_was_settled_ends_without_a_word() -> None:
    ended = subprocess.run([sys.executable, "-c", _RUN], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
