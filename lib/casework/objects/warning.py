"""A warning, or a subject drawn by chance: its facts are told anew by every run."""

from lib.casework.objects.kind import SCOPE, Kind
from lib.casework.reading import states
from lib.casework.store.schema import warning
from lib.casework.warnings.steps import WARNING

KIND = Kind(
    warning,
    WARNING,
    first=("generate",),
    scope=SCOPE,
    page=("warning", "id"),
    lasting=False,
    states=states.warnings,
    noted={
        "generate": "生成预警",
        "raise": "等级上升",
        "merge": "合并",
        "gone": "不再命中",
        "again": "再次命中",
        "reopen": "重新打开",
    },
)
