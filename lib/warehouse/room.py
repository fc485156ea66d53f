"""What a DuckDB connection may take of this machine.

Left alone, each takes four fifths of the memory and every core, beside the others of the same server.
"""

import os
from pathlib import Path


def _bytes() -> int:
    """The memory of the machine, or of the container it gives us."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        return min(machine, int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii")))
    except (OSError, ValueError):
        return machine


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _room(share: float, most_mb: int, threads: int) -> dict[str, str]:
    megabytes = max(256, min(most_mb, int(_bytes() * share) // 2**20))
    return {"memory_limit": f"{megabytes}MB", "threads": str(max(1, threads))}


# Pages and models, of which a server has one connection: the models on the full city take 1.9 GB.
READING = _room(0.4, 4096, min(_cores(), 8))
# A published file is opened so: it cannot be written, reaches nothing outside, and keeps these settings.
OPENING = {"enable_external_access": "false", "lock_configuration": "true", **READING}
# Making a generation, in one process at a time.
WRITING = _room(0.4, 4096, min(_cores(), 8))
# A process that loads files: what DuckDB takes of it, and what readers take beside.
LOADING_BYTES = max(1 << 30, int(_bytes() * 0.6))
# Rule files on tables without rows, and their cases.
CHECKING = _room(0.05, 256, 1)
