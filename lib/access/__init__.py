"""Who is asking, what they may see and do."""

from lib.access.viewer import OBJECT, SYSTEM, Forbidden, NotVisible, Seat, Viewer, require, under

__all__ = ["OBJECT", "SYSTEM", "Forbidden", "NotVisible", "Seat", "Viewer", "require", "under"]
