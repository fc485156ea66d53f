"""What a column means before its values are read: unit, order of dates, which of two equal headings."""

from dataclasses import replace

from lib.catalog import Field
from lib.warehouse.load.doubts import AS_WRITTEN, DROP, KEEP, MEANING, SHIFT, STYLE, STYLES, TWIN, UNIT, UNITS, UTC
from lib.warehouse.load.header import PENDING, Column, bracketed, unit_factor
from lib.warehouse.load.reading import is_moment, is_money
from lib.warehouse.load.settling import FEWEST_VALUES, SAMPLES, Settling
from lib.warehouse.load.units import Said


def settle_columns(settling: Settling, said: Said) -> None:
    """Unit, meaning and twins of every column, changed in the mapping; doubts are gathered."""
    for name, column in list(settling.mapping.columns.items()):
        one = settling.mapping.dataset[name]
        if column.qualifier and column.qualifier != PENDING:
            _meaning(settling, name, column)
        if name in settling.mapping.columns and column.twins:
            _twins(settling, name, column)
        if name in settling.mapping.columns and is_money(one):
            _unit(settling, name, one, said)
        if name in settling.mapping.columns and is_moment(one):
            _moments(settling, name)


def _meaning(settling: Settling, name: str, column: Column) -> None:
    title = settling.mapping.dataset[name].title
    choice = settling.choice(name, MEANING, column.qualifier)
    if choice == DROP:
        settling.drop(name)
    elif choice is None:
        why = f"列名里的“{column.qualifier}”可能改变含义，不一定就是“{title}”"
        settling.ask(name, MEANING, why, title, (KEEP, DROP), column.qualifier)


def _twins(settling: Settling, name: str, column: Column) -> None:
    places = (column.index, *column.twins)
    others = [f"c{index}" for index in column.twins]
    differs = " or ".join(f"coalesce(trim({o}), '') <> coalesce(trim(c{column.index}), '')" for o in others)
    row = settling.con.execute(f"select count(*) from raw where {differs}").fetchone()
    if not row or not row[0]:
        return
    labels = {f"第 {index + 1} 列“{settling.mapping.headings[index]}”": index for index in sorted(places)}
    choice = settling.choice(name, TWIN, "|".join(labels))
    if choice == DROP:
        settling.drop(name)
    elif choice in labels:
        index = labels[choice]
        settling.mapping.columns[name] = replace(
            column, index=index, heading=settling.mapping.headings[index], twins=()
        )
    else:
        title = settling.mapping.dataset[name].title
        cells = ", ".join((f"c{column.index}", *others))
        sql = f"select {cells} from raw where {differs} order by row_no limit {SAMPLES}"
        samples = [" ≠ ".join(cell or "空" for cell in cells) for cells in settling.con.execute(sql).fetchall()]
        why = f"有 {len(places)} 列都是“{title}”，{row[0]} 行的内容不同"
        settling.ask(name, TWIN, why, next(iter(labels)), (*labels, DROP), "|".join(labels), samples)


def _unit(settling: Settling, name: str, one: Field, said: Said) -> None:
    column = settling.mapping.columns[name]
    own = ({column.unit: f"列名“{column.heading}”"} if column.unit else {}) | said.at.get(column.index, {})
    wide = said.wide
    told = own if own else wide
    factors = {unit_factor(unit) for unit in told}
    clash = {unit_factor(unit) for unit in (*own, *wide)} if own and wide and len(wide) == 1 else factors
    # What nobody can read in a heading belongs to the question: （K） is answered for （K） alone.
    evidence = ",".join(sorted({**wide, **own})) or (bracketed(column.heading) if column.unsure else "")
    settling.told[name] = evidence
    choice = settling.unit_answer(name)[0]
    if choice == DROP:
        settling.drop(name)
    elif choice is not None:
        settling.confirmed.add(name)
        _reckon(settling, name, choice)
        settling.remarks.append(f"{column.heading}：按已确认的单位“{choice}”记")
    elif len(factors) > 1 or len(clash) > 1:
        places = "；".join(f"{where}说是{unit}" for unit, where in {**wide, **own}.items())
        settling.ask(name, UNIT, f"单位说法不一：{places}", next(iter(own or wide)), (*UNITS, DROP), evidence)
    elif told and not column.unit:
        unit, where = next(iter(told.items()))
        _reckon(settling, name, unit)
        settling.remarks.append(f"{column.heading}：按{where}以{unit}计")
    elif column.qualifier == PENDING:
        settling.ask(name, UNIT, "单位还没有确认", column.unit or one.unit or "元", (*UNITS, DROP), PENDING)
    elif column.unsure and not told:
        unread = f"看不懂列名里的单位“{evidence}”" if evidence else "列名没有写单位"
        settling.ask(name, UNIT, f"{unread}，可能是元也可能是万元", "万元", (*UNITS, DROP), evidence)


def _reckon(settling: Settling, name: str, unit: str) -> None:
    """Count a column in a unit that its heading does not name; the heading is kept with the unit, so that a row
    exported from quarantine says it as well."""
    column = settling.mapping.columns[name]
    settling.mapping.columns[name] = replace(column, factor=unit_factor(unit), unsure=False)
    settling.sheet.units[column.index] = unit


def _moments(settling: Settling, name: str) -> None:
    column = settling.mapping.columns[name]
    style = settling.choice(name, STYLE, "")
    if style == DROP:
        return settling.drop(name)
    if style is not None:
        settling.mapping.columns[name] = replace(column, style=STYLES[style])
        return None
    cell = f"trim(c{column.index})"
    sql = f"""
        select count(*), count_if(regexp_matches({cell}, '\\d[T ]16:00(:00(\\.0+)?)?[\\s\\x{{3000}}]*$')) from raw
        where regexp_matches({cell}, '\\d{{4}}')
    """
    filled, late = settling.con.execute(sql).fetchall()[0]
    # A day needs no hour; a moment may well be four o'clock.
    is_day = settling.mapping.dataset[name].type == "date"
    if not late or late < (0.5 if is_day else 0.9) * filled or (filled < FEWEST_VALUES and not is_day):
        return None
    choice = settling.choice(name, SHIFT, "16:00")
    if choice == DROP:
        settling.drop(name)
    elif choice == UTC:
        settling.mapping.columns[name] = replace(column, style="utc")
    elif choice is None:
        why = "多数是 16:00:00，像是北京时间零点被写成了 UTC，日期会差一天"
        settling.ask(name, SHIFT, why, UTC, (UTC, AS_WRITTEN, DROP), "16:00")
    return None
