"""Notices as rows of a table, in words."""

import pandas as pd

from lib.insight.wording import NONE, day


def listed(rows: pd.DataFrame) -> pd.DataFrame:
    """The columns of a list of notices, in words."""
    return pd.DataFrame(
        {
            "事项": [f"{unit}：{title}" for unit, title in zip(rows["org_name"], rows["title"], strict=True)],
            "文号": rows["serial"].fillna(NONE).tolist(),
            "区域": rows["area_label"].tolist(),
            "状态": rows["state"].tolist(),
            "期限": rows["timing"].tolist(),
            "在谁手里": [name or NONE for name in rows["waits"]],
            "送达": rows["delivered_at"].map(day).tolist(),
            "反馈": rows["answered_at"].map(day).tolist(),
            "销号": rows["closed_at"].map(day).tolist(),
        }
    )
