"""Garbage collection instead of Streamlit's full collection after every rerun.

What is alive once the libraries are imported stays alive: it is frozen and never scanned again. Young
generations are collected as Python does; a full pass runs in a quiet moment of a thread of its own, so that
no rerun waits for one longer than the scan of what sessions made since. With it go pages that the allocator keeps free.

It asks the collector for no objects (gc.get_objects): a tuple that another thread is making could not be finished while
somebody else has it in hand.
"""

import atexit
import gc
import threading

from lib.ui.server import allocator

_FULL_PASS_SECONDS = 60.0
_YOUNG, _MIDDLE, _OLD = 20_000, 20, 1_000

_settled, _over = threading.Event(), threading.Event()


def _sweep() -> None:
    while not _over.wait(_FULL_PASS_SECONDS):
        sweep()


def sweep() -> None:
    """A full collection, and what it leaves."""
    gc.collect()
    allocator.give_back()


def _end(sweeper: threading.Thread) -> None:
    """What stays frozen or in a thread's hands at exit is reported as leaked by DuckDB's binding."""
    _over.set()
    sweeper.join()
    gc.unfreeze()


def settle() -> None:
    """Freeze what the imports made and start the sweeper; once per process."""
    if _settled.is_set():
        return
    _settled.set()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
    sweeper = threading.Thread(target=_sweep, name="garbage", daemon=True)
    sweeper.start()
    atexit.register(_end, sweeper)
