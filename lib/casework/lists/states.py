"""The words for where a change of the supervision lists stands, and a task that a light raised."""

DRAFT, REVIEW, LIVE, STOPPED = "草稿", "复核", "发布", "停用"
UNDER_WAY = frozenset({DRAFT, REVIEW})
# A task.
OPEN, CLOSED = "待处理", "已处理"
