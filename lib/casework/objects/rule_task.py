"""What a model's owner has to look at."""

from lib.casework.objects.kind import EVERYWHERE, Kind
from lib.casework.rules.steps import TASK
from lib.casework.store.schema import rule_task

KIND = Kind(rule_task, TASK, first=("open",), scope=EVERYWHERE, page=None, noted={"open": "产生"})
