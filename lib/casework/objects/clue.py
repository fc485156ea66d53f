"""A clue about an official."""

from lib.casework.clues.steps import CLUE as STEPS
from lib.casework.objects.kind import SCOPE, Kind
from lib.casework.reading import states
from lib.casework.store.schema import clue

CLUE = Kind(
    clue, STEPS, first=("register",), scope=SCOPE, page=("clues", "clue"), standing=states.clues,
    noted={"register": "登记"},
)  # fmt: skip
