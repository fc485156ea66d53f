"""Amounts that cannot be in the unit their column says: by what is usual, and by what is known of the same case."""

from lib.catalog import Field
from lib.warehouse.load.doubts import DROP, UNIT, UNITS
from lib.warehouse.load.header import Column, loadable, unit_factor
from lib.warehouse.load.reading import is_money
from lib.warehouse.load.settling import FEWEST_VALUES, Settling

_FEWEST_KNOWN = 20
_FAR = 2.5  # powers of ten between two medians
# Amounts that another table tells as well: column, table, its column, key.
_TOLD_BY_CASE = {"penalty_disclosure": "fine_wan", "fine_receipt": "pay_amt"}


def settle_amounts(settling: Settling, odd: list[int]) -> None:
    """Doubts by the size of amounts, over `typed`."""
    names = [f.name for f in loadable(settling.mapping.dataset)]
    asked = {doubt.field for doubt in settling.doubts if doubt.kind == UNIT}
    for name, column in settling.mapping.columns.items():
        one = settling.mapping.dataset[name]
        if not is_money(one):
            continue
        place = names.index(name)
        _bare(settling, place, name, column, place in odd)
        _against_known(settling, place, name)
        if name == _TOLD_BY_CASE.get(settling.mapping.dataset.name):
            _against_case(settling, place, name)
        if name not in asked:
            _size(settling, place, name, one)


def _bare(settling: Settling, place: int, name: str, column: Column, is_odd: bool) -> None:
    """bare: rows whose amount stands without a unit of its own, in 元."""
    scale = 10_000 if name.endswith("_wan") else 1
    reading = f"left join reading_{place} as reading on raw.c{column.index} = reading.raw" if is_odd else ""
    alone = "where reading.raw is null or reading.mark = 'bare'" if is_odd else ""
    settling.con.execute(f"""
        create or replace temp table bare_{place} as
        select row_no, yuan from (
            select row_no, cast("{name}" as double) * {scale} as yuan from typed where "{name}" > 0
        ) semi join (select raw.row_no from raw {reading} {alone}) using (row_no)
    """)
    if is_odd:
        # What is no amount to the fen may be one in another unit.
        settling.con.execute(f"""
            insert into bare_{place}
            select raw.row_no, try_cast(replace(load_numeral(reading.raw), ',', '') as double) * {column.factor}
            from raw {reading}
            where raw.fault is null and reading.fault = 'fraction' and reading.value is null
                and reading.mark = 'bare'
        """)


def _size(settling: Settling, place: int, name: str, one: Field) -> None:
    scale = 10_000 if name.endswith("_wan") else 1
    # Rows that another table contradicts tell nothing of the others.
    sizes = f"select count(*), median(yuan) from bare_{place}"
    apart = "anti join (select row_no from issue where place = $place and kind like 'unlike%') using (row_no)"
    count, middle = settling.con.execute(f"{sizes} {apart}", {"place": place}).fetchall()[0]
    if not count:
        count, middle = settling.con.execute(sizes).fetchall()[0]
    if not count or one.usual is None:
        return
    low, high = one.usual
    known, own = settling.con.execute(
        f'select count(*), median("{name}") * {scale} from "{settling.mapping.dataset.name}" where "{name}" > 0'
    ).fetchall()[0]
    far = known >= _FEWEST_KNOWN and count >= FEWEST_VALUES
    ratio = middle / float(own) if far else 1.0
    small = middle < low or ratio < 10**-_FAR
    if small or middle > high or ratio > 10**_FAR:
        belief = "万元" if small else "元"
        usual = f"库中已有的一般是 {_money(own)}" if far else f"一般在 {_money(low)} 到 {_money(high)} 之间"
        why = f"按现在的单位，一半的金额{'不到' if small else '超过'} {_money(middle)}，{usual}，单位像是{belief}"
        size = "small" if small else "large"
        choice, then = settling.unit_answer(name)
        if choice is None or then != size or unit_factor(choice) != settling.mapping.columns[name].factor:
            settling.ask(name, UNIT, why, belief, (*UNITS, DROP), f"{settling.told[name]}|{size}")
        return
    if name in settling.confirmed:
        return
    settling.con.execute(
        f"insert into issue select row_no, $place, 'size', yuan::bigint::varchar from bare_{place} "
        "where yuan < $low or yuan > $high",
        {"place": place, "low": low / 5, "high": high * 20},
    )


def _against_known(settling: Settling, place: int, name: str) -> None:
    """Amounts ten thousand times what the warehouse holds for the same key, or a ten-thousandth."""
    dataset = settling.mapping.dataset
    if any(key not in settling.mapping.columns for key in dataset.primary_key):
        return
    key = ", ".join(f'"{column}"' for column in dataset.primary_key)
    settling.con.execute(
        f"""
        insert into issue
        with both_ as (
            select typed.row_no, cast(typed."{name}" as double) as coming, cast(live."{name}" as double) as known
            from typed join "{dataset.name}" as live using ({key}) where typed."{name}" > 0 and live."{name}" > 0
        )
        select row_no, $place, 'unlike_known', known::varchar from both_
        where coming / known between 9950 and 10050 or known / coming between 9950 and 10050
        """,
        {"place": place},
    )


def _against_case(settling: Settling, place: int, name: str) -> None:
    """Amounts that cannot be the fine of their case: off by a thousand times, or for one of several receipts by
    ten thousand exactly."""
    scale = 10_000 if name.endswith("_wan") else 1
    off = "yuan / fine >= 1000 or fine / yuan >= 1000"
    if settling.mapping.dataset.name == "fine_receipt":
        off = "yuan / fine >= 1000 or fine / yuan between 9950 and 10050"
    settling.con.execute(
        f"""
        insert into issue
        with both_ as (
            select typed.row_no, cast(typed."{name}" as double) * {scale} as yuan,
                cast(penalty_case.fine_amt as double) as fine
            from typed join penalty_case using (case_id) where typed."{name}" > 0 and penalty_case.fine_amt > 0
        )
        select row_no, $place, 'unlike_case', fine::varchar || '|' || yuan::varchar from both_ where {off}
        """,
        {"place": place},
    )


def _money(yuan: float) -> str:
    return f"{yuan / 10_000:,.6g} 万元" if yuan >= 10_000 else f"{yuan:,.6g} 元"
