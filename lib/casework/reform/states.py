"""The words for where a task of the reform (改革任务) stands."""

IN_HAND, CLAIMED = "推进中", "待验收"
DONE, STOPPED = "已完成", "已终止"
OPEN_STATES = frozenset({IN_HAND, CLAIMED})
