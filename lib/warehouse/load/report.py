"""What a load did, file by file."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

STATES = {
    "loaded": "已装载",
    "known": "以前装载过，未作改动",
    "refused": "未装载",
    "unknown": "不认识，跳过",
}


@dataclass
class FileReport:
    """One table of one file. rows_read = accepted + quarantined + unchanged; `replaced` and `superseded` are
    among the accepted: rows that took the place of an older version, and older versions filed as history."""

    file: str
    sheet: str | None = None
    dataset: str | None = None
    title: str | None = None
    state: str = "loaded"
    message: str = ""
    rows_read: int = 0
    accepted: int = 0
    quarantined: int = 0
    unchanged: int = 0
    replaced: int = 0
    superseded: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    ignored: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def place(self) -> str:
        return f"{self.file}〔{self.sheet}〕" if self.sheet else self.file

    def lines(self) -> list[str]:
        """Chinese lines for a terminal."""
        target = f" → {self.title}（{self.dataset}）" if self.dataset else ""
        head = f"{self.place}{target}：{STATES[self.state]}"
        if self.state == "loaded":
            parts = [("更正", self.replaced), ("旧版本入历史", self.superseded)]
            among = "、".join(f"{name} {count}" for name, count in parts if count)
            head += (
                f"，读入 {self.rows_read} 行，接收 {self.accepted}{f'（其中{among}）' if among else ''}，"
                f"未变 {self.unchanged}，隔离 {self.quarantined}"
            )
        if self.message:
            head += f"。{self.message}"
        body = [f"  隔离：{reason}（{count} 行）" for reason, count in self.reasons.most_common()]
        if self.ignored:
            body.append("  未采用的列：" + "、".join(self.ignored))
        return [head, *body, *(f"  {remark}" for remark in self.remarks)]

    def as_dict(self) -> dict[str, Any]:
        return {
            "file": self.file, "sheet": self.sheet, "dataset": self.dataset, "state": self.state,
            "message": self.message, "rows_read": self.rows_read, "accepted": self.accepted,
            "quarantined": self.quarantined, "unchanged": self.unchanged, "replaced": self.replaced,
            "superseded": self.superseded, "reasons": dict(self.reasons), "ignored": self.ignored,
            "remarks": self.remarks,
        }  # fmt: skip


@dataclass
class LoadReport:
    """One load. `generation` is None when nothing was published because nothing changed."""

    files: list[FileReport] = field(default_factory=list)
    batch_id: str | None = None
    generation: int | None = None

    @property
    def changed(self) -> bool:
        return self.generation is not None

    @property
    def refused(self) -> list[FileReport]:
        """Files that were meant to be loaded and could not be."""
        return [file for file in self.files if file.state == "refused"]

    def total(self, figure: str) -> int:
        """Sum of one figure (rows_read, accepted, quarantined, unchanged, replaced) over all files."""
        return sum(getattr(file, figure) for file in self.files)

    def lines(self) -> list[str]:
        """Chinese lines for a terminal: each file, then the sum."""
        lines = [line for file in self.files for line in file.lines()]
        if self.changed:
            lines.append(
                f"合计读入 {self.total('rows_read')} 行：接收 {self.total('accepted')}，"
                f"未变 {self.total('unchanged')}，隔离 {self.total('quarantined')}。"
                f"批次 {self.batch_id}，已发布第 {self.generation} 代数据。"
            )
        else:
            lines.append("数据没有变化，没有发布新一代数据。")
        if self.total("quarantined"):
            lines.append("隔离的行可导出为表格，按“隔离原因”一列改好后重新装载。")
        return lines

    def as_dict(self) -> dict[str, Any]:
        figures = ("rows_read", "accepted", "quarantined", "unchanged", "replaced", "superseded")
        return {
            "batch_id": self.batch_id,
            "generation": self.generation,
            "changed": self.changed,
            **{figure: self.total(figure) for figure in figures},
            "files": [file.as_dict() for file in self.files],
        }
