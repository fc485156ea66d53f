"""Good files spoilt at random, as exports are: every row of the original must be accepted right or accounted for."""

import csv
import io
import json
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl

from tests.warehouse.load.messy import CASE_COLUMNS, hashed, uscc

_ALIASES = {
    "案件编号": ("case_id", "*案件编号", "1.案件编号", "案件编号（必填）", "案件标识"),
    "决定书文号": ("doc_no", "处罚决定书文号", "行政处罚决定书文号", "CF_WSH"),
    "案件名称": ("case_name", "案件\n名称"),
    "当事人标识": ("party_id", "当事人", "当 事 人 标 识"),
    "当事人类型": ("party_type", "行政相对人类别"),
    "事项代码": ("item_code", "权力事项代码"),
    "办案单位": ("org_id",),
    "程序类型": ("procedure_type", "办案程序"),
    "立案日期": ("filed_date", "立案时间", "立案日期（yyyy-mm-dd）"),
    "决定日期": ("decision_date", "处罚决定日期", "CF_JDRQ"),
    "处罚种类": ("penalty_types", "处罚类别"),
    "处理结果": ("result_type",),
    "非现场执法": ("is_offsite",),
}
_EXTRA = ("序号", "备注", "经办意见", "LXDH", "罚款金额（已缴）", "审核人")
_NOTHING = ("", "-", "NULL", "NaN", "<NA>", "无", "——", "\\N", "None")


@dataclass
class Original:
    """The true values of one case."""

    case_id: str
    doc_no: str
    case_name: str
    party_id: str
    filed: date
    decided: date | None
    fine: Decimal | None
    offsite: bool


@dataclass
class Spoilt:
    """One file, what its rows truly say, and how it was spoilt."""

    path: Path
    rows: list[Original]
    how: list[str] = field(default_factory=list)


def originals(rng: random.Random, first: int, count: int) -> list[Original]:
    rows = []
    for n in range(first, first + count):
        filed = date(2021, 1, 1) + timedelta(days=rng.randrange(700))
        decided = filed + timedelta(days=rng.randrange(1, 90)) if rng.random() < 0.85 else None
        fine = Decimal(rng.choice((50, 100, 200, 500, 800, 1200, 3000, 5000, 20000, 150000))) if decided else None
        party = uscc(n) if rng.random() < 0.5 else hashed(n)
        names = (f"案件{n}", f"濮院镇第{n}号店占道，经营案", f'"小太阳"店{n}案', f"A&B公司{n}案", f"企业{n}\n分店案")
        name = rng.choice(names)
        rows.append(
            Original(
                f"S{n:07d}",
                f"嘉综执罚决字〔{filed.year}〕第{n:07d}号",
                name,
                party,
                filed,
                decided,
                fine,
                rng.random() < 0.3,
            )
        )
    return rows


def _day(rng: random.Random, day: date | None, style: str) -> str:
    if day is None:
        return rng.choice(_NOTHING)
    y, m, d = day.year, day.month, day.day
    return {
        "iso": f"{y}-{m:02}-{d:02}",
        "slash": f"{y}/{m}/{d}",
        "dots": f"{y}.{m}.{d}",
        "han": f"{y}年{m}月{d}日",
        "compact": f"{y}{m:02}{d:02}",
        "clock": f"{y}-{m:02}-{d:02} 00:00:00",
        "serial": str((day - date(1899, 12, 30)).days),
        "utc": f"{day - timedelta(days=1)}T16:00:00Z",
        "shifted": f"{day - timedelta(days=1)}T16:00:00",
        "mdy": f"{m}/{d}/{y}",
        "dmy": f"{d}/{m}/{y}",
        "short": f"{y % 100}-{m}-{d}",
        "half": f"{y}/{m}/{d} 上午9:05",
        "words": "".join("〇一二三四五六七八九"[int(c)] for c in str(y)) + f"年{m}月{d}日",
        "month": f"{y}{m}",
    }[style]


_DAYS = ("iso", "slash", "dots", "han", "compact", "clock", "serial", "utc", "shifted", "mdy", "dmy", "short", "half",
         "words", "month")  # fmt: skip
_WIDE = str.maketrans("0123456789.", "０１２３４５６７８９．")


def _fine(rng: random.Random, fine: Decimal | None, unit: str, own: str) -> str:
    """The fine in the unit of its column, or with a unit of its own."""
    if fine is None:
        return rng.choice(_NOTHING)
    wan = f"{fine / 10000:f}"
    bare = {"元": f"{fine:f}", "万元": wan, "千元": f"{fine / 1000:f}", "百元": f"{fine / 100:f}"}[unit]
    return {
        "bare": bare,
        "comma": f"{fine / 10000:,f}" if unit == "万元" else f"{Decimal(bare):,f}",
        "yuan": f"{fine}元",
        "wan": f"{wan}万元",
        "round": f"￥{fine:,}元整",
        "wide": bare.translate(_WIDE),
        "float": f"{float(bare):.4f}",
        "about": f"约{fine}元",
        "sci": f"{float(fine):.1E}",
    }[own]


_OWN = ("bare", "bare", "bare", "comma", "yuan", "wan", "round", "wide", "float", "about", "sci")


def _heading_of_fine(rng: random.Random, unit: str, kind: str, how: list[str]) -> tuple[str, str, str]:
    """heading, title line, note: where the unit stands. Nowhere for 万元 as well: that must be noticed. Hundreds and
    thousands always say so: without a word no one could tell 8 from 800. JSON has neither titles nor notes."""
    where = rng.choice(("bracket", "slash", "plain", "both", "nowhere", "title", "note", "contradict"))
    if kind.startswith("json") and where in ("title", "note", "contradict"):
        where = "slash"
    where = "bracket" if where == "nowhere" and unit in ("百元", "千元") else where
    how.append(f"unit:{unit}@{where}")
    bare = rng.choice(("罚款金额", "处罚金额", "罚款数额"))
    other = "元" if unit != "元" else "万元"
    return {
        "bracket": (f"{bare}{rng.choice(('（%s）', '(%s)', '【%s】', '（单位：%s）', '[%s]')) % unit}", "", ""),
        "slash": (f"{bare}{rng.choice('/_：、 ')}{unit}", "", ""),
        "plain": (f"{bare}{unit}", "", ""),
        "title": (bare, f"单位：{unit}", ""),
        "note": (bare, "", f"注：金额单位为{unit}"),
        "nowhere": (bare, "", ""),
        "both": (f"{bare}（{unit}）", f"金额单位：{unit}", ""),
        "contradict": (f"{bare}（{other}）", f"单位：{unit}", ""),
    }[where]


def spoil(rng: random.Random, folder: Path, number: int, rows: list[Original]) -> Spoilt:
    """Write one spoilt file of these rows."""
    how: list[str] = []
    unit = rng.choice(("元", "元", "元", "万元", "万元", "千元", "百元"))
    kind = rng.choice(("csv", "csv", "csv", "tsv", "xlsx", "jsonl", "json"))
    fine_heading, title, note = _heading_of_fine(rng, unit, kind, how)
    styles = _DAYS[:8] if rng.random() < 0.6 else _DAYS
    days = (rng.choice(styles), rng.choice(styles))
    own = rng.choice(_OWN)
    how.append(f"days:{days} fine:{own}")
    headings = []
    for column in CASE_COLUMNS:
        if column == "罚款金额":
            headings.append(fine_heading)
        else:
            headings.append(rng.choice((column, *_ALIASES[column])) if rng.random() < 0.3 else column)
    flags = rng.choice((("是", "否"), ("1", "0"), ("Y", "N"), ("true", "false"), ("√", "×")))
    table = []
    for row in rows:
        cells = [
            row.case_id,
            row.doc_no,
            row.case_name,
            row.party_id,
            "自然人",
            "I0001",
            "O0003",
            "普通",
            _day(rng, row.filed, days[0]),
            _day(rng, row.decided, days[1]),
            "罚款" if row.fine is not None else rng.choice(_NOTHING),
            _fine(rng, row.fine, unit, own),
            "处罚" if row.decided else "未决",
            flags[0] if row.offsite else flags[1],
        ]
        table.append(cells)
    for extra in rng.sample(_EXTRA, rng.randrange(3)):
        place = rng.randrange(len(headings) + 1)
        headings.insert(place, extra)
        how.append(f"extra:{extra}@{place}")
        for n, cells in enumerate(table, 1):
            cells.insert(place, {"序号": str(n), "LXDH": "13800001111", "罚款金额（已缴）": "1"}.get(extra, "见卷"))
    if rng.random() < 0.3:
        order = rng.sample(range(len(headings)), len(headings))
        headings = [headings[i] for i in order]
        table = [[cells[i] for i in order] for cells in table]
        how.append("shuffled")
    above = [["桐乡市行政处罚案件一览表"]] if rng.random() < 0.4 else []
    if title:
        above.append(rng.choice(([title], ["", "", title], ["填报单位：桐乡市综合行政执法局", title])))
    below = [[note]] if note else []
    if rng.random() < 0.2:
        below.append(["制表人：王某", "审核：李某"])
    if rng.random() < 0.15 and table:
        table[rng.randrange(len(table))][headings.index(fine_heading)] += "."
        how.append("dot after a fine")
    table = _damaged(rng, headings, table, how)
    return Spoilt(_write(rng, folder, number, kind, above, headings, table, below, how), rows, how)


def _damaged(rng: random.Random, headings: list[str], table: list[list[str]], how: list[str]) -> list[list[str]]:
    """Damage of single rows: a repeated heading, a blank row, a twin, a cell lost or split, a sum, a second table."""
    roll = rng.random()
    if not table or roll > 0.5:
        return table
    at = rng.randrange(len(table))
    if roll < 0.06:
        how.append("heading again")
        table.insert(at, list(headings))
    elif roll < 0.12:
        how.append("blank row")
        table.insert(at, [""] * len(headings))
    elif roll < 0.18:
        how.append("row twice")
        table.insert(at, list(table[at]))
    elif roll < 0.24:
        how.append("cell lost")
        table[at] = table[at][:-1]
    elif roll < 0.30:
        how.append("cell split")
        table[at] = [*table[at], "多"]
    elif roll < 0.36:
        how.append("sum")
        table.append(["合计", *[""] * (len(headings) - 1)])
    elif roll < 0.42:
        how.append("white space")
        table[at] = [f" {cell}　" for cell in table[at]]
    else:
        how.append("stacked")
        table[at:at] = [["2022年第二批"], list(headings)]
    return table


def _write(
    rng: random.Random,
    folder: Path,
    number: int,
    kind: str,
    above: list[list[str]],
    headings: list[str],
    table: list[list[str]],
    below: list[list[str]],
    how: list[str],
) -> Path:
    how.append(kind)
    path = folder / f"处罚案件_{number:05d}.{kind}"
    if kind == "xlsx":
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        for row in [*above, headings, *table, *below]:
            sheet.append([cell or None for cell in row])
        book.save(path)
        return path
    if kind in ("jsonl", "json"):
        objects = [dict(zip(headings, cells, strict=False)) for cells in table if any(cells)]
        text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects)
        path.write_text(text if kind == "jsonl" else json.dumps(objects, ensure_ascii=False), encoding="utf-8")
        return path
    out = io.StringIO()
    delimiter = "\t" if kind == "tsv" else rng.choice((",", ",", ";", "|"))
    quoting = rng.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=rng.choice(("\n", "\r\n")))
    writer.writerows([*above, headings, *table, *below])
    text = out.getvalue()
    if rng.random() < 0.08:
        how.append("quote lost")
        place = text.find('"', rng.randrange(len(text)))
        text = text if place < 0 else text[:place] + text[place + 1 :]
    encoding = rng.choice(("utf-8", "utf-8-sig", "gb18030", "gb18030", "utf-16"))
    how.append(f"{encoding} {delimiter!r}")
    path.write_bytes(text.encode(encoding))
    return path
