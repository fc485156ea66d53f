"""The words for where an exemplar (典型案例) and an edition of them (汇编) stand."""

NOMINATED, REDACTED, REVIEWED, CHOSEN, INCLUDED = "已推荐", "已脱敏", "已会审", "已通过", "已入编"
NOT_CHOSEN, WITHDRAWN = "未通过", "撤回"
# In the order in which the steps lead there.
ALONG = (NOMINATED, REDACTED, REVIEWED, CHOSEN, INCLUDED)
OPEN_STATES = frozenset(ALONG[:-1])
GOOD, BAD = "正面", "反面"
POLARITIES = (GOOD, BAD)
# From what one comes, by kind; a case review is a row of the data, not an object of the casework.
REVIEW = "case_review"
ORIGINS = {"warning": "预警", REVIEW: "评查", "review_case": "回头看"}

EDITING, PUBLISHED, DROPPED = "编辑中", "已发布", "作废"
