"""A version of a model."""

from lib.casework.objects.kind import EVERYWHERE, Kind
from lib.casework.rules.steps import VERSION
from lib.casework.store.schema import rule_version

KIND = Kind(
    rule_version,
    VERSION,
    first=("deliver", "draft"),
    scope=EVERYWHERE,
    page=None,
    noted={"draft": "起草", "deliver": "交付", "backtest": "保存回测"},
)
