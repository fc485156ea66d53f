"""What the values of a column leave open: shifted days, the order of dates, codes; and the rows that wait for it."""

import re

from lib.warehouse.load.doubts import AS_WRITTEN, CODE, DROP, REAL, SHIFT, STYLE, STYLES, UNIT, UNREAL, Doubt
from lib.warehouse.load.header import PENDING, loadable
from lib.warehouse.load.reading import is_moment
from lib.warehouse.load.settling import FEWEST_VALUES, SAMPLES, Settling

_MOST_CODES = 50


def settle_values(settling: Settling, odd: list[int]) -> None:
    """Doubts by what the values say, over `typed`; issues for the rows that wait, for these doubts or earlier ones."""
    names = [f.name for f in loadable(settling.mapping.dataset)]
    for early, late in settling.mapping.dataset.time_order:
        if early in settling.mapping.columns and late in settling.mapping.columns:
            _shifted(settling, names.index(late), early, late)
    _styles(settling, odd, names)
    _wait(settling, names)
    _codes(settling, odd, names)


def _shifted(settling: Settling, place: int, early: str, late: str) -> None:
    """Whether a column lies a day or up to eight hours before one that it must follow, row after row: then its
    other rows are shifted as well, and nothing in them shows it."""
    dataset = settling.mapping.dataset
    gap = f'typed."{early}"::timestamp - typed."{late}"::timestamp'
    near = f"{gap} <= interval 8 hours"
    if dataset[early].type == dataset[late].type == "date":
        near = f"{gap} = interval 1 day"
    sql = f"""
        select count_if({near}), count(*), (select count(*) from typed where "{late}" is not null)
        from typed semi join (select row_no from issue where place = $place and kind = 'disorder') using (row_no)
    """
    shifted, disordered, rows = settling.con.execute(sql, {"place": place}).fetchall()[0]
    if not shifted or shifted < FEWEST_VALUES or shifted < 0.8 * disordered or shifted < 0.05 * rows:
        return
    if settling.choice(late, SHIFT, early) is None:
        why = (
            f"{shifted} 行的“{dataset[late].title}”恰好比“{dataset[early].title}”早一点（一天或几小时），"
            "像是时区换算错了，整列可能都偏了"
        )
        settling.ask(late, SHIFT, why, "整列偏了，请从来源重新导出", (AS_WRITTEN, DROP), early)


def _styles(settling: Settling, odd: list[int], names: list[str]) -> None:
    """A question for each column that has dates of open order."""
    for place in odd:
        name = names[place]
        if name not in settling.mapping.columns or not is_moment(settling.mapping.dataset[name]):
            continue
        sql = f"select raw from reading_{place} where fault = 'style' and is_present and value is null"
        texts = [text for (text,) in settling.con.execute(f"{sql} order by raw limit 1000").fetchall()]
        if texts:
            options, belief = _orders(texts)
            why = "年、月、日的次序没有写明，同一串数字可以是两个日期"
            settling.ask(name, STYLE, why, belief, (*options, DROP), "", texts[:SAMPLES])


def _wait(settling: Settling, names: list[str]) -> None:
    """Issues for the rows of the columns in doubt; amounts with a unit of their own do not wait for one."""
    for doubt in settling.doubts:
        if doubt.kind in (STYLE, CODE):
            continue
        place = names.index(doubt.field)
        if doubt.kind == UNIT:
            settling.sheet.units[settling.mapping.columns[doubt.field].index] = PENDING
        rows = f"bare_{place}" if doubt.kind == UNIT else f'typed where "{doubt.field}" is not null'
        why = f"{doubt.kind}存疑。{doubt.why}；请在数据页确认一次（编号 {doubt.number}），确认后自动入库"
        if doubt.kind == UNIT:
            fractions = f"place = $place and kind = 'fraction' and row_no in (select row_no from bare_{place})"
            settling.con.execute(f"delete from issue where {fractions}", {"place": place})
        sql = f"insert into issue select row_no, $place, 'doubt', $why from {rows}"
        settling.con.execute(sql, {"place": place, "why": why})


def _codes(settling: Settling, odd: list[int], names: list[str]) -> None:
    """A question for each credit code whose check character does not agree."""
    for place in odd:
        name = names[place]
        if name not in settling.mapping.columns:
            continue
        sql = f"""
            select upper(load_code(raw)) from reading_{place}
            where fault = 'check_digit' and is_present and value is null limit {_MOST_CODES}
        """
        for (code,) in settling.con.execute(sql).fetchall():
            why = "校验位不符：多半是抄错了一位，个别早年的代码确实如此"
            heading = settling.mapping.columns[name].heading
            settling.doubts.append(
                Doubt(
                    "code",
                    code,
                    CODE,
                    settling.mapping.dataset.name,
                    settling.mapping.dataset.title,
                    heading,
                    why,
                    UNREAL,
                    (REAL, UNREAL),
                    (code,),
                    "",
                    settling.sheet.label,
                )
            )


def _orders(texts: list[str]) -> tuple[list[str], str]:
    """The orders that the texts allow, and the likeliest."""
    parts = [re.findall(r"\d+", text)[:3] for text in texts]
    options = [order for order in STYLES if order != "年/月/日" or any(len(part[-1]) < 3 for part in parts)]
    if any(int(part[1]) > 12 for part in parts):
        return options, "月/日/年"
    if any(int(part[0]) > 12 for part in parts) and "年/月/日" not in options:
        return options, "日/月/年"
    return options, options[0]
