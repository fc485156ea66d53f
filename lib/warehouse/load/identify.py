"""Which dataset a table belongs to."""

import re

from lib.catalog import Dataset, load_catalog
from lib.errors import UserError
from lib.warehouse.load.derive import derivable
from lib.warehouse.load.header import Mapping, map_headings, plain
from lib.warehouse.load.sheet import Sheet


def named_dataset(name: str) -> Dataset:
    """The dataset of an English name or Chinese title.

    Raises UserError listing all of them when there is none.
    """
    for dataset in load_catalog().values():
        if plain(name) in (plain(dataset.name), plain(dataset.title)):
            return dataset
    known = "、".join(f"{d.name}（{d.title}）" for d in load_catalog().values())
    raise UserError(f"没有叫“{name}”的数据集。", f"可用：{known}")


def _hinted(hint: str) -> Dataset | None:
    """The dataset whose name or title stands in a file, folder or sheet name; the longest wins."""
    found: dict[int, Dataset] = {}
    for dataset in load_catalog().values():
        if re.search(rf"(?<![a-z]){dataset.name}(?![a-z])", hint.lower()):
            found[len(dataset.name)] = dataset
        if plain(dataset.title) in plain(hint):
            found[len(dataset.title)] = dataset
    return found[max(found)] if found else None


def fits(mapping: Mapping) -> bool:
    """Whether every required column is there or can be derived from others."""
    return not [f for f in mapping.missing if not derivable(mapping, f)]


def identify(sheet: Sheet, given: Dataset | None) -> tuple[Mapping, str]:
    """The table's columns in the dataset it belongs to, and how that was found ('' when it was named).

    Raises UserError when the dataset cannot be told or a required column is missing.
    """
    if given is not None:
        return _complete(map_headings(sheet.headings, given)), ""
    hinted = [dataset for hint in sheet.hints if (dataset := _hinted(hint)) is not None]
    mappings = [map_headings(sheet.headings, dataset) for dataset in hinted]
    for mapping in mappings:
        if fits(mapping):
            return mapping, ""
    if mappings and mappings[0].columns:
        return _complete(mappings[0]), ""
    return _by_columns(sheet)


def _complete(mapping: Mapping) -> Mapping:
    missing = [f for f in mapping.missing if not derivable(mapping, f)]
    if not missing:
        return mapping
    raise UserError(
        f"作为“{mapping.dataset.title}”缺少必需的列：" + "、".join(f"{f.title}（{f.name}）" for f in missing),
        f"请补上这些列，或用 --dataset 指明是别的数据集。现有列：{'、'.join(_headings(mapping)) or '无一可用'}",
    )


def _headings(mapping: Mapping) -> list[str]:
    return [column.heading for column in mapping.columns.values()] + mapping.ignored


def _by_columns(sheet: Sheet) -> tuple[Mapping, str]:
    candidates = []
    for dataset in load_catalog().values():
        mapping = map_headings(sheet.headings, dataset)
        if mapping.columns and fits(mapping):
            candidates.append((len(mapping.columns), mapping))
    best = max((count for count, _ in candidates), default=0)
    winners = [mapping for count, mapping in candidates if count == best]
    if len(winners) == 1:
        title = winners[0].dataset.title
        return winners[0], f"按列名判断为“{title}”；如不对，请用 --dataset 指明"
    if winners:
        names = "、".join(f"{m.dataset.name}（{m.dataset.title}）" for m in winners)
        raise UserError("列名符合不止一个数据集：" + names, "请用 --dataset 指明，或以数据集名命名文件或文件夹。")
    near = []
    for dataset in load_catalog().values():
        mapping = map_headings(sheet.headings, dataset)
        if len(mapping.columns) >= 2:
            missing = "、".join(f.title for f in mapping.missing if not derivable(mapping, f))
            near.append((len(mapping.columns), f"{dataset.name}（{dataset.title}，缺 {missing}）"))
    near.sort(key=lambda found: -found[0])
    listed = "、".join(text for _, text in near[:5])
    raise UserError(
        "认不出是哪个数据集。" + (f"最接近：{listed}" if listed else "没有一列是数据目录里的列"),
        "请用 --dataset 指明，或以数据集名命名文件、文件夹或工作表，例如 penalty_case.csv、处罚案件_2022年9月.csv。",
    )
