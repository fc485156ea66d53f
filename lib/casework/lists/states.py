"""The words for where a change of the supervision lists stands."""

DRAFT, REVIEW, LIVE, STOPPED = "草稿", "复核", "发布", "停用"
UNDER_WAY = frozenset({DRAFT, REVIEW})
