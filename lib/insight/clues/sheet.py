"""Clues as rows of a table, in words."""

import pandas as pd

from lib.insight.wording import day, number, plain


def listed(rows: pd.DataFrame) -> pd.DataFrame:
    """The columns of a list of clues, in words."""
    waited = [
        f"{number(used)} 工作日" if pd.isna(waiting) else f"已等 {number(waiting)} 工作日"
        for waiting, used in zip(rows["open_workdays"], rows["workdays"], strict=True)
    ]
    return pd.DataFrame(
        {
            "线索": rows["matter"].tolist(),
            "来源": rows["origin_zh"].tolist(),
            "区域": rows["area_label"].tolist(),
            "单位": rows["org_name"].tolist(),
            "人员": rows["officer_label"].tolist(),
            "收到": rows["received_at"].map(day).tolist(),
            "意见期限": rows["timing"].tolist(),
            "状态": rows["state"].tolist(),
            "处置方式": rows["disposition_zh"].tolist(),
            "用时": waited,
            "经办": [plain(name) for name in rows["handler_name"]],
        }
    )
