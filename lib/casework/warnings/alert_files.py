"""A file of alerts of another platform: one record a row, with its colour, unit and day."""

from pathlib import Path

import pandas as pd

from lib.casework.warnings.platforms import Platform, candidates
from lib.errors import UserError
from lib.rules.levels import LEVELS
from lib.warehouse.store import Warehouse

COLUMNS = {
    "记录编号": "subject_id",
    "颜色": "colour",
    "单位编号": "org_id",
    "执法人员编号": "officer_id",
    "发生日期": "occurred_on",
    "事由": "matter",
}
_MAY_LACK = ("执法人员编号",)
_COLOURS = tuple(LEVELS.values())
_ENCODINGS = ("utf-8-sig", "gb18030")


def read_alerts(warehouse: Warehouse, platform: Platform, path: Path) -> pd.DataFrame:
    """The alerts of a CSV or Excel file, as `platforms.take_in` takes them.

    Raises UserError naming file, row and column for a column that is missing, an unknown colour or unit, a day that is
    none, a record without a number or one that stands there twice: nothing of the file is taken then.
    """
    if platform.dataset:
        raise UserError(f"{platform.title}的预警在数据集里，不从文件读取。", "请用 load 装载它的数据。")
    found = _table(path)
    absent = [name for name in COLUMNS if name not in found and name not in _MAY_LACK]
    if absent:
        raise UserError(f"{path.name}：缺少列 {'、'.join(absent)}。", f"表头须有：{'、'.join(COLUMNS)}。")
    found = found.rename(columns=COLUMNS).reindex(columns=[*COLUMNS.values(), *(set(found) - set(COLUMNS))])
    found["colour"] = found["colour"].str.removesuffix("色")
    found["occurred_on"] = pd.to_datetime(found["occurred_on"], format="mixed", errors="coerce").dt.date
    units = warehouse.query("select org_id, area_code, domain_code from org")
    _faults(path, found, set(units["org_id"]))
    return candidates(platform, found.merge(units, on="org_id", how="left"))


def _table(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise UserError(f"没有文件 {path}。", "请核对路径。")
    try:
        if path.suffix.lower() in (".xlsx", ".xlsm"):
            return _trimmed(pd.read_excel(path, dtype=str, engine="calamine"))
        for encoding in _ENCODINGS:
            try:
                return _trimmed(pd.read_csv(path, dtype=str, encoding=encoding))
            except UnicodeDecodeError:
                continue
    except Exception as error:  # text, workbook and archive each fail in their own way
        raise UserError(f"{path.name} 打不开：不是表格，或是空的。", "请另存为 CSV 或 .xlsx 后再试。") from error
    raise UserError(f"{path.name} 的编码认不出来。", "请另存为 UTF-8 的 CSV 后再试。")


def _trimmed(found: pd.DataFrame) -> pd.DataFrame:
    found = found.rename(columns=lambda name: str(name).strip()).dropna(how="all")
    return found.apply(lambda column: column.str.strip())


def _faults(path: Path, found: pd.DataFrame, units: set[str]) -> None:
    wrong = {
        "记录编号": (found["subject_id"].isna() | found["subject_id"].duplicated(), "空着，或与前面的行重复"),
        "颜色": (~found["colour"].isin(_COLOURS), f"须是{'、'.join(_COLOURS)}"),
        "单位编号": (~found["org_id"].isin(units), "不是单位表里的编号"),
        "发生日期": (found["occurred_on"].isna(), "不是日期"),
        "事由": (found["matter"].isna(), "空着"),
    }
    for name, (rows, why) in wrong.items():
        if rows.any():
            row = int(found.index[rows][0]) + 2
            more = f"，另有 {int(rows.sum()) - 1} 行也不对" if rows.sum() > 1 else ""
            raise UserError(f"{path.name} 第 {row} 行「{name}」{why}{more}。", "整个文件都没有收；改好后重新提交。")
