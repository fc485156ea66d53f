"""Who is asking, what they may see and do."""

from lib.access.viewer import SYSTEM, Forbidden, NotVisible, Viewer, require

__all__ = ["SYSTEM", "Forbidden", "NotVisible", "Viewer", "require"]
