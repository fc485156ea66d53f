"""How the C library of Linux keeps what is let go, by <malloc.h>; elsewhere nothing is changed."""

import ctypes
import sys

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
_OWN_PAGES, _ARENAS = 1 << 20, 1


def thrift() -> None:
    """Let it keep together what lasts. Call it before anything starts a thread.

    Left alone, every thread of some dozens gets a part (arena) of its own: columns of frames that are made anew with
    each record lie scattered among what stays, in as many parts, and the server grows for days.
    """
    library = _library()
    if library is not None:
        library.mallopt(_ARENA_MAX, _ARENAS)
        # What is as large as this has pages of its own, which go back to the system with it.
        library.mallopt(_MMAP_THRESHOLD, _OWN_PAGES)


def give_back() -> None:
    """Give free pages back to the system."""
    library = _library()
    if library is not None:
        library.malloc_trim(0)


def _library() -> ctypes.CDLL | None:
    found = ctypes.CDLL(None) if sys.platform == "linux" else None
    return found if hasattr(found, "mallopt") and hasattr(found, "malloc_trim") else None
