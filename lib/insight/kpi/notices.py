"""The KPIs of supervision notices: closed of those past due, and passed at the first re-check."""

from lib.insight.kpi.told import Ratio

MENDED = Ratio(
    "整改率",
    "整改期限（含延期和暂停）在期内届满的执法监督通知书中，截至期末已销号的占比；到期未销号的按未整改计。",
    ("已销号", "notices_mended"),
    ("到期", "notices_due"),
)
PASSED = Ratio(
    "一次通过率",
    "期内首次复核整改情况的执法监督通知书中，没有退回重新整改的占比。",
    ("一次通过", "notices_passed"),
    ("首次复核", "notices_judged"),
)
