"""What a load did, file by file, with an account of every row."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from lib.catalog.private import mask_text
from lib.errors import UserError
from lib.warehouse.load.doubts import Doubt

STATES = {"loaded": "已装载", "known": "以前装载过，未作改动", "refused": "未装载", "unknown": "不认识，跳过"}


@dataclass
class FileReport:
    """One table of one file. Its account: rows_read = accepted + unchanged + quarantined + not_data, blank lines
    apart; `notes` are the numbers of the rows that are not data, by what they are (合计, 说明 …). Among the
    accepted are the `replaced`, which took the place of an older version (`overruled`: of one that another file of
    the same load had brought), and the `superseded`, older versions filed as history."""

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
    overruled: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    ignored: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    notes: dict[str, list[int]] = field(default_factory=dict)

    @property
    def not_data(self) -> int:
        return sum(map(len, self.notes.values()))

    @property
    def account(self) -> str:
        """The account as one Chinese clause."""
        among = "、".join(
            f"{name} {count}" for name, count in (("更正", self.replaced), ("旧版本入历史", self.superseded)) if count
        )
        accepted = f"接收 {self.accepted}" + (f"（其中{among}）" if among else "")
        parts = [accepted, f"未变 {self.unchanged}", f"隔离 {self.quarantined}"]
        parts += [f"不是数据 {self.not_data}"] if self.not_data else []
        return f"读入 {self.rows_read} 行 = " + " + ".join(parts)

    def balance(self) -> None:
        """Raises UserError when a row that was read is not accounted for."""
        found = self.accepted + self.unchanged + self.quarantined + self.not_data
        if found != self.rows_read:
            raise UserError(
                f"{self.place}的账不平：读入 {self.rows_read} 行，有去处的 {found} 行；没有发布，原有数据不受影响。",
                "这是程序的错，请把这句话和这个文件交给管理员；其余文件可先单独装载。",
            )

    @property
    def place(self) -> str:
        return f"{self.file}〔{self.sheet}〕" if self.sheet else self.file

    @property
    def told(self) -> list[str]:
        """What is said of the file beside its figures and reasons."""
        ignored = ["未采用的列：" + "、".join(self.ignored)] if self.ignored else []
        return _starred([text for text in (self.message, *self.remarks, *ignored) if text])

    def lines(self) -> list[str]:
        """Chinese lines for a terminal."""
        target = f" → {self.title}（{self.dataset}）" if self.dataset else ""
        head = f"{self.place}{target}：{STATES[self.state]}"
        if self.state == "loaded":
            head += f"，{self.account}"
        if self.message:
            head += f"。{self.message}"
        body = [f"  隔离：{reason}（{count} 行）" for reason, count in self.reasons.most_common()]
        body += [f"  不是数据：{kind}（第 {listed(numbers)} 行）" for kind, numbers in self.notes.items()]
        if self.ignored:
            body.append("  未采用的列：" + "、".join(self.ignored))
        body += [f"  待确认 {doubt.sentence}" for doubt in self.doubts]
        return _starred([head, *body, *(f"  {remark}" for remark in self.remarks)])

    def as_dict(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "sheet": self.sheet,
            "dataset": self.dataset,
            "state": self.state,
            "message": mask_text(self.message, facts=False),
            "rows_read": self.rows_read,
            "accepted": self.accepted,
            "quarantined": self.quarantined,
            "unchanged": self.unchanged,
            "replaced": self.replaced,
            "superseded": self.superseded,
            "not_data": self.not_data,
            "notes": self.notes,
            "reasons": dict(zip(_starred(list(self.reasons)), self.reasons.values(), strict=True)),
            "ignored": _starred(self.ignored),
            "remarks": _starred(self.remarks),
            "doubts": [{"number": doubt.number, "said": doubt.sentence} for doubt in self.doubts],
        }


def _starred(texts: list[str]) -> list[str]:
    """Texts that quote headings of a file: even there a person's number may stand."""
    return [mask_text(text, facts=False) for text in texts]


def listed(numbers: list[int]) -> str:
    """Row numbers for a sentence: all of up to ten, else the first ten and how many there are."""
    shown = "、".join(str(number) for number in numbers[:10])
    return shown if len(numbers) <= 10 else f"{shown} 等 {len(numbers)}"


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
        """Sum of one figure (rows_read, accepted, quarantined, unchanged, replaced, not_data) over all files."""
        return sum(getattr(file, figure) for file in self.files)

    def lines(self) -> list[str]:
        """Chinese lines for a terminal: each file, the sum, and last which files did not come in."""
        lines = [line for file in self.files for line in file.lines()]
        if self.changed:
            lines.append(
                f"合计读入 {self.total('rows_read')} 行：接收 {self.total('accepted')}，"
                f"未变 {self.total('unchanged')}，隔离 {self.total('quarantined')}，不是数据 {self.total('not_data')}。"
                f"批次 {self.batch_id}，已发布第 {self.generation} 代数据。"
            )
        else:
            lines.append("数据没有变化，没有发布新一代数据。")
        if self.total("quarantined"):
            lines.append("隔离的行可导出为表格，按“隔离原因”一列改好后重新装载。")
        if self.changed and any(file.doubts for file in self.files):
            lines.append(
                "待确认的列每个来源只需确认一次：在数据页“待确认”处选择，或运行 "
                "python -m lib confirm 编号 答案 --by 姓名；确认后等着的行自动入库。"
            )
        return lines + ([self.verdict] if self.refused else [])

    @property
    def verdict(self) -> str:
        """Which files were meant to be loaded and were not: then the command ends with status 1. Else ''."""
        if not self.refused:
            return ""
        places = list(dict.fromkeys(file.place for file in self.refused))
        named = "、".join(places[:5]) + (f" 等 {len(places)} 个" if len(places) > 5 else "")
        everything = "全部文件" if len(places) == len({file.place for file in self.files}) else "有文件"
        return f"{everything}没有装载：{named}。原因见上，改好后请重新装载。"

    def as_dict(self) -> dict[str, Any]:
        figures = ("rows_read", "accepted", "quarantined", "unchanged", "replaced", "superseded", "not_data")
        return {
            "batch_id": self.batch_id,
            "generation": self.generation,
            "changed": self.changed,
            "refused": [file.place for file in self.refused],
            **{figure: self.total(figure) for figure in figures},
            "files": [file.as_dict() for file in self.files],
        }
