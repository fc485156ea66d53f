"""How long each of the five steps of a motion may take."""

from lib.casework.deadlines import settings

FIVE = ("inquire", "discuss", "claim", "rectify", "report")


def limit(action: str) -> int:
    """Within how many workdays of the step before one of the five is due (data/deadlines.yaml)."""
    found: int = settings()["motion"][f"{action}_workdays"]
    return found
