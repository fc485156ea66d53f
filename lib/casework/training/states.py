"""The words for where a class (班级) stands, and for an attempt (作答) that is not finished."""

RUNNING, ENDED, CLEARED = "开班中", "已结束", "已清除"
WORKING = "作答中"
