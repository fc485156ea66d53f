"""What may be uploaded, and by whom."""

from lib.access import Viewer

# Megabytes that the holder of a right may have with the server at once.
MOST_MB = {("load", "dataset"): 500, ("record", "warning"): 10}


def room(viewer: Viewer) -> int:
    """How many bytes this viewer may have uploaded at once; 0 when nothing."""
    return max((most for right, most in MOST_MB.items() if viewer.may(*right)), default=0) * 1024 * 1024
