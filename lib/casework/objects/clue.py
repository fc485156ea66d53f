"""A clue about an official."""

from lib.casework.clues.steps import CLUE
from lib.casework.objects.kind import SCOPE, Kind
from lib.casework.reading import states
from lib.casework.store.schema import clue

KIND = Kind(
    clue,
    CLUE,
    first=("register",),
    scope=SCOPE,
    page=("clues", "clue"),
    states=states.clues,
    noted={"register": "登记", "absorb": "并入别的线索", "linked": "被关联"},
)
