"""The words for where a look-back (回头看), a drawn file and a score sheet stand."""

DRAFTED, DRAWN, REVIEWING, ADJUDICATING = "草拟", "已抽样", "评查中", "裁决中"
REPORTED, TOLD, ARCHIVED, WITHDRAWN = "已报告", "已反馈", "已归档", "撤回"
# In the order in which the steps lead there.
ALONG = (DRAFTED, DRAWN, REVIEWING, ADJUDICATING, REPORTED, TOLD, ARCHIVED)
OPEN_STATES = frozenset(ALONG[:-1])
# The results are out.
OUT = frozenset({REPORTED, TOLD, ARCHIVED})

# Of a drawn file.
WAITING, DIFFERING, SETTLED, SENT, ANSWERED, SET_ASIDE = "待评", "待裁决", "已评定", "已送单位", "已回复", "无法评查"
# Its unit objects to the result; the office has said whether it stands.
DISPUTED, DECIDED = "有异议", "异议已答复"
WITH_RESULT = frozenset({SETTLED, SENT, ANSWERED, DISPUTED, DECIDED})

# Of a sheet.
GIVEN, HANDED_IN, RECUSED, VOID = "待评分", "已交", "已回避", "作废"

# By what the population is divided: key → its name.
STRATA = {"org": "单位", "item": "事项", "officer": "主办人", "band": "罚款档次"}
