"""Indicators of the whole city whose light turned red in the month that closed last."""

from lib.access import SYSTEM
from lib.casework.lists.in_force import indicators_in_force
from lib.casework.lists.tasks import Turned
from lib.casework.store.register import Register
from lib.insight.library.indicators import ALL, indicator_table
from lib.insight.library.lights import MISSED
from lib.insight.wording import number
from lib.rules.indicators.indicator import first_of
from lib.warehouse.store import Warehouse


def turned_red(register: Register, warehouse: Warehouse) -> list[Turned]:
    """Those that missed their target in the last whole month and not in the one before it, the ones that are only
    watched left out."""
    closed, before = (first_of(warehouse.as_of, back) for back in (1, 2))
    table = indicator_table(register, warehouse, SYSTEM)
    whole = table[table["level"].eq(ALL)].set_index(["indicator_id", "month"])
    found = []
    for one in indicators_in_force(register).values():
        cell = whole.loc[(one.id, str(closed))]
        if one.monitor or cell["light"] != MISSED.word or whole.loc[(one.id, str(before)), "light"] == MISSED.word:
            continue
        value = f"{number(cell['value'])}{one.unit}，n={number(cell['n'])}；{one.target}"
        found.append(Turned(one.id, one.list, closed, f"{one.id} {one.title} {closed:%Y-%m} {MISSED.word}：{value}"))
    return found
