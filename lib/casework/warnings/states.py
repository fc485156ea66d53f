"""The words for where a warning stands, and for what was found."""

NEW, SIGNED, CHECKING, REPORTED, REVIEWED, CLOSED = "新生成", "已签收", "核查中", "已反馈", "已复核", "已办结"
RETURNED, MERGED, TO_CLUE, WITHDRAWN = "退回补充", "合并", "转线索", "撤销"
STATES = (NEW, SIGNED, CHECKING, REPORTED, RETURNED, REVIEWED, CLOSED, MERGED, TO_CLUE, WITHDRAWN)
OPEN_STATES = frozenset({NEW, SIGNED, CHECKING, REPORTED, RETURNED, REVIEWED})
TRUE, PARTLY, UNTRUE, UNCLEAR = CONCLUSIONS = ("属实", "部分属实", "不属实", "无法查实")
WITHDRAW_REASONS = ("误报", "数据更正")
