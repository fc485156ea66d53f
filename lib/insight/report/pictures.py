"""The charts of a monthly report."""

from lib.insight.report.charts import Chart
from lib.insight.report.month import Report
from lib.insight.share import Share
from lib.rules.levels import COLOURS, LEVELS, level_name

_BLUE, _PALE = "#1d4e89", "#8aaacb"
_RULES = 10


def months(report: Report) -> Chart:
    """Warnings of the last twelve months by level."""
    table = report.months
    names = [f"{month:%y}年{month.month}月" if month.month == 1 else f"{month.month}月" for month in table["month"]]
    series = [(level_name(level), table[level].tolist(), COLOURS[level]) for level in LEVELS]
    ended = "" if report.whole else "，末月未结束"
    return Chart(f"近12个月首次生成的预警（按等级{ended}）", names, series, "件")


def counties(report: Report) -> Chart | None:
    """Warnings of the month by county; None for a scope of one."""
    table = report.counties
    if len(table) < 2:
        return None
    return Chart(
        f"{report.month}各地首次生成的预警", table["label"].tolist(),
        [("预警", table["total"].tolist(), _BLUE)], "件",
    )  # fmt: skip


def rules(report: Report) -> Chart | None:
    """The models that raised most in the month; None when none did."""
    table = report.rules[report.rules["total"].gt(0)].head(_RULES)
    if table.empty:
        return None
    first = f"前 {_RULES} 位" if (report.rules["total"] > 0).sum() > _RULES else ""
    return Chart(
        f"{report.month}各模型首次生成的预警{first}", table["label"].tolist(),
        [("预警", table["total"].tolist(), _BLUE)], "件", lying=True,
    )  # fmt: skip


def on_time(report: Report) -> Chart | None:
    """Due warnings by county, those handled in time and the others; None for a scope of one place."""
    place = next(number for number, ratio in enumerate(report.ratios) if ratio.title == "按期办结率")
    rows = [(row.name, row.shares[place]) for row in report.places if row.name != "合计"]
    rows = [(name, share) for name, share in rows if share.whole]
    if len(rows) < 2:
        return None
    return Chart(
        f"{report.month}核查期限届满的预警：按期与未按期",
        [name for name, _ in rows],
        [("按期", [share.part for _, share in rows], _BLUE), ("未按期", [_late(share) for _, share in rows], _PALE)],
        "件",
    )


def _late(share: Share) -> int:
    return share.whole - share.part


def all_of(report: Report) -> list[Chart]:
    """Those that the report has, in order."""
    found = (months(report), rules(report), counties(report), on_time(report))
    return [one for one in found if one is not None]
