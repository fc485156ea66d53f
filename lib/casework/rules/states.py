"""The words for where a version of a model stands, and a task about it."""

DRAFT, TRIAL, REVIEW, LIVE, STOPPED = "草稿", "试运行", "复核", "发布", "停用"
STATES = (DRAFT, TRIAL, REVIEW, LIVE, STOPPED)
# In which a version is still being worked on.
UNDER_WAY = (DRAFT, TRIAL, REVIEW)
# A task.
OPEN, CLOSED = "待处理", "已处理"
