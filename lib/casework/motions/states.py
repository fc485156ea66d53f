"""The words for where an integrity motion (廉情动议) stands."""

PROPOSED, INQUIRED, DISCUSSED, CLAIMED, RECTIFIED = "已提议", "已问询", "已商议", "已认领", "已整改"
CLOSED, WITHDRAWN = "已了结", "撤回"
# In the order in which the five steps lead there.
ALONG = (PROPOSED, INQUIRED, DISCUSSED, CLAIMED, RECTIFIED, CLOSED)
STATES = (*ALONG, WITHDRAWN)
OPEN_STATES = frozenset(ALONG[:-1])
# From what one comes, by kind of object.
BY_HAND = "own"
ORIGINS = {"warning": "预警", "clue": "线索", "reform_task": "改革任务", BY_HAND: "自行提议"}
