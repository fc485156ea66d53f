"""The words for where a field check (线下核查) of a grid dispatch stands, and for what two people found there."""

SENT, CHECKED, FED_BACK, CLOSED = "已派出", "已核查", "已反馈", "办结"
REOPENED, REDONE, WITHDRAWN = "重新打开", "已重新处置", "撤回"
STATES = (SENT, CHECKED, FED_BACK, REOPENED, REDONE, CLOSED, WITHDRAWN)
OPEN_STATES = frozenset({SENT, CHECKED, FED_BACK, REOPENED, REDONE})
# Whether what was reported as done is true.
TRUE, PARTLY, UNTRUE, FALSE_CLOSE, UNCLEAR = FINDINGS = ("属实", "部分属实", "不属实", "虚假办结", "无法查实")
# What became of the matter itself; only the first is a solution.
SOLVED, NOT_OURS, UNSOLVABLE, NOT_FOUND, UNSOLVED = ENDS = ("已解决", "不属于本单位", "无法解决", "未发现", "仍未解决")
FILE_SEEN, SITE_SEEN = BOTH = ("案卷", "现场")
REASONS = ("现场仍未解决", "照片或记录不实", "原地复发", "推给了不该管的单位", "其他")
