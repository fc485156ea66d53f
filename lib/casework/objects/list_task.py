"""What a list's team has to look into: an indicator whose light turned red in a month that closed."""

from lib.casework.lists.steps import TASK
from lib.casework.lists.table import list_task
from lib.casework.objects.kind import Kind

KIND = Kind(
    list_task,
    TASK,
    first=("open",),
    scope=("domain_code",),
    noted={"open": "产生"},
    page=("lists", "turned"),
    of_list="list_id",
)
