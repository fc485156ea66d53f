"""What may be uploaded, and by whom."""

from functools import lru_cache

from lib.access import Viewer
from lib.casework.objects import KINDS

_MB = 1024 * 1024
# Megabytes that somebody may have with the server at once who loads data, and who takes a step with a file.
LOADING, WITH_A_STEP = 500, 10


def room(viewer: Viewer) -> int:
    """How many bytes this viewer may have uploaded at once; 0 when nothing."""
    if viewer.may("load", "dataset"):
        return LOADING * _MB
    return WITH_A_STEP * _MB if any(viewer.may(*right) for right in _with_files()) else 0


@lru_cache(maxsize=1)
def _with_files() -> frozenset[tuple[str, str]]:
    """The rights under which steps stand that a file may come with."""
    return frozenset(
        (step.right, kind.name)
        for kind in KINDS.values()
        for step in (*kind.workflow.steps.values(), *filter(None, [kind.workflow.opening]))
        if step.files
    )
