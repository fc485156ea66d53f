"""The words for where a prompt (工作提示) to a unit stands, and for what the unit and the visitors found."""

ASKED, REPLIED, ACCEPTED, RETURNED = "待核实", "已回复", "已采纳", "退回重报"
VISITING, VISITED, CLOSED, WITHDRAWN = "现场核查中", "已现场核查", "办结", "撤回"
STATES = (ASKED, REPLIED, RETURNED, VISITING, VISITED, ACCEPTED, CLOSED, WITHDRAWN)
# Whose turn it is: the unit's, or that of whoever sent it.
WITH_UNIT = frozenset({ASKED, RETURNED})
WITH_SENDER = frozenset({REPLIED, VISITING, VISITED, ACCEPTED})
OPEN_STATES = WITH_UNIT | WITH_SENDER
VERIFY, WORK = PURPOSES = ("核实", "工作提示")
FOUND = ("属实", "部分属实", "不属实", "无法查实")
AGREES = ("与回复一致", "部分不一致", "不一致")
