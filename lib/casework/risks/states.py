"""The words for where a risk of a unit's integrity register (廉政风险登记) stands, how grave it is, and whether its
controls hold."""

STANDING, CALLED, CLOSED = "在册", "待复核", "已销号"
OPEN_STATES = frozenset({STANDING, CALLED})
# Words alone: the colours of warning levels mean those.
LEVELS = ("高", "中", "低")
EFFECTS = ("控制有效", "部分有效", "控制失效")
