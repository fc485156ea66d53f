"""A version of the supervision lists: another target or focus of an indicator, a new focus of a list."""

from lib.casework.lists.steps import DRAFTING, VERSION
from lib.casework.lists.table import list_version
from lib.casework.objects.kind import EVERYWHERE, Kind

KIND = Kind(
    list_version, VERSION, first=(DRAFTING.action,), scope=EVERYWHERE, noted={DRAFTING.action: DRAFTING.name}, page=None
)
