"""Who does somebody's work while they are away."""

from lib.casework.deputies.steps import DEPUTY
from lib.casework.objects.kind import EVERYWHERE, Kind
from lib.casework.store.schema import deputy

KIND = Kind(deputy, DEPUTY, first=("name",), scope=EVERYWHERE, page=None, noted={})
