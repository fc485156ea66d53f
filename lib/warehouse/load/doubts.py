"""Columns and codes that a load cannot be sure of: asked once for each source, answered by a person, remembered.

Questions and answers are lines of one file beside the generations. An answer belongs to a source, not to a generation:
it must outlive a generation that is rebuilt or dropped, and loading from a terminal must find it without the casework
store. Nothing is ever taken out of the file; the last answer counts, and who gave it and when stays.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from lib.errors import UserError

UNIT, STYLE, MEANING, TWIN, SHIFT, CODE = "单位", "日期写法", "含义", "重名", "时区", "代码"
DROP = "不采用这一列"
KEEP = "就是这一列"
STYLES = {"年/月/日": "ymd", "日/月/年": "dmy", "月/日/年": "mdy"}
AS_WRITTEN, UTC = "照写的记", "是 UTC 时间，加 8 小时"
UNITS = ("元", "百元", "千元", "万元", "亿元")
REAL, UNREAL = "代码无误，予以接受", "不是真实代码"


@dataclass(frozen=True)
class Doubt:
    """One question. `source` is Mapping.source, `field` the column's name (for a code the code itself), `evidence`
    what the doubt rests on: an answer given for other evidence does not settle it."""

    source: str
    field: str
    kind: str
    dataset: str
    title: str
    heading: str
    why: str
    belief: str
    options: tuple[str, ...]
    samples: tuple[str, ...]
    evidence: str = ""
    file: str = ""

    @property
    def number(self) -> str:
        """A short name of the question, the same whenever it is asked again."""
        text = "|".join((self.source, self.field, self.kind, self.evidence))
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    @property
    def sentence(self) -> str:
        """The question in one Chinese line."""
        options = " / ".join(f"“{option}”" for option in self.options)
        shown = "、".join(self.samples[:4])
        return f"[{self.number}] {self.heading}（{self.kind}）：{self.why}。如 {shown}。可选：{options}"


@dataclass(frozen=True)
class Answer:
    """What a person chose, who and when."""

    doubt: Doubt
    choice: str
    by: str
    at: datetime


class Answers:
    """The answers in force."""

    def __init__(self, answers: list[Answer]) -> None:
        self._latest = {(a.doubt.source, a.doubt.field, a.doubt.kind): a for a in answers}

    def choice(self, source: str, field: str, kind: str, evidence: str | None) -> str | None:
        """What was chosen for a column; None as evidence takes whatever was answered last."""
        answer = self._latest.get((source, field, kind))
        if answer is None or (evidence is not None and answer.doubt.evidence != evidence):
            return None
        return answer.choice

    def latest(self, source: str, field: str, kind: str) -> Answer | None:
        """The last answer for a column, whatever it was given for."""
        return self._latest.get((source, field, kind))

    def codes(self) -> list[str]:
        """Credit codes accepted although their check character does not agree."""
        return [field for (_, field, kind), a in self._latest.items() if kind == CODE and a.choice == REAL]


def _file(home: Path) -> Path:
    return home / "warehouse" / "doubts.jsonl"


def _lines(home: Path) -> list[dict[str, Any]]:
    path = _file(home)
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _append(home: Path, lines: list[dict[str, Any]]) -> None:
    with _file(home).open("a", encoding="utf-8") as handle:
        handle.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _doubt(raw: dict[str, Any]) -> Doubt:
    return Doubt(**{**raw, "options": tuple(raw["options"]), "samples": tuple(raw["samples"])})


def ask(home: Path, doubts: list[Doubt], at: datetime) -> None:
    """Write down questions, those apart that stand already."""
    written = {line["number"] for line in _lines(home) if "asked" in line}
    news = {doubt.number: doubt for doubt in doubts if doubt.number not in written}
    _append(home, [{"number": number, "at": at.isoformat(), "asked": asdict(doubt)} for number, doubt in news.items()])


def answers_of(home: Path) -> list[Answer]:
    """Every answer ever given, the oldest first."""
    lines = _lines(home)
    asked = {line["number"]: _doubt(line["asked"]) for line in lines if "asked" in line}
    return [
        Answer(asked[line["number"]], line["answered"], line["by"], datetime.fromisoformat(line["at"]))
        for line in lines
        if "answered" in line and line["number"] in asked
    ]


def open_doubts(home: Path) -> list[Doubt]:
    """Questions without an answer, the newest first."""
    lines = _lines(home)
    answered = {line["number"] for line in lines if "answered" in line}
    return [_doubt(line["asked"]) for line in reversed(lines) if "asked" in line and line["number"] not in answered]


def answer(home: Path, number: str, choice: str, by: str, at: datetime) -> Doubt:
    """Write down an answer; returns the question.

    Raises UserError when there is no such question, the choice is none of its options, or nobody answers for it.
    """
    asked = {line["number"]: _doubt(line["asked"]) for line in _lines(home) if "asked" in line}
    doubt = asked.get(number)
    if doubt is None:
        raise UserError(f"没有编号为 {number} 的待确认列。", "用不带参数的 confirm 查看全部待确认列。")
    if choice not in doubt.options:
        raise UserError(f"“{choice}”不是可选的答案。", "可选：" + "、".join(doubt.options))
    if not by.strip():
        raise UserError("没有写明是谁确认的。", "请写明确认人。")
    _append(home, [{"number": number, "at": at.isoformat(), "answered": choice, "by": by.strip()}])
    return doubt
