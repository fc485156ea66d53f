"""The words for where a clue stands, where it came from and how it was disposed of."""

from lib.casework.warnings.states import CONCLUSIONS

REGISTERED, ASSESSED, APPROVED, UNDERTAKEN = "登记", "研判", "审批", "承办"
DISPOSED, REPORTED, ARCHIVED = "处置", "反馈", "归档"
# It is handled as part of another clue, whose disposal is its own.
MERGED = "已并案"
STATES = (REGISTERED, ASSESSED, APPROVED, UNDERTAKEN, DISPOSED, REPORTED, ARCHIVED, MERGED)
# What somebody complained of: the unit must learn neither that nor what.
PETITION = "petition"
ORIGINS = {"model": "模型预警", "grid": "网格核查", "review": "案件评查", PETITION: "信访12345", "own": "自行发现"}
# Of those a person registers; a model's come of its warnings.
ORIGINS_BY_HAND = {key: name for key, name in ORIGINS.items() if key != "model"}
DISPOSITIONS = ("谈话函询", "初步核实", "暂存待查", "予以了结")
SHELVED = "暂存待查"
# Only what was looked into can become a case.
LOOKED_INTO = ("谈话函询", "初步核实")
# What a clue comes to, on two axes: whether it is true, and what followed for whom.
FINDINGS = CONCLUSIONS
NO_FORM = "未追究责任"
FOUR_FORMS = ("第一种形态", "第二种形态", "第三种形态", "第四种形态")
FORMS = (*FOUR_FORMS, NO_FORM)
