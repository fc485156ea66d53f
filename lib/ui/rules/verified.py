"""How many of some warnings turned out true, as a table."""

from collections.abc import Callable, Sequence

import pandas as pd

from lib.casework.warnings.states import CONCLUSIONS
from lib.ui import figure
from lib.ui.kept import kept
from lib.ui.tables import height, plain_table


def shares(table: pd.DataFrame) -> list[str]:
    """The verified share of each row (rate, low, high) with its interval; a dash where nothing was judged."""
    return [
        "—" if pd.isna(row.rate) else f"{row.rate:.0%}（{row.low:.0%}–{row.high:.0%}）" for row in table.itertuples()
    ]


def verified_table(
    table: pd.DataFrame,
    title: str,
    names: Callable[[str], str | None],
    alt: str,
    warnings: str = "预警",
    key: str = "",
    each: Sequence[Callable[..., figure.Opening | None]] = (),
) -> None:
    """VERIFIED_COLUMNS with the `names` of groups under `title`; `warnings` says which ones are counted, `each` where
    those of a group are listed, `held` (a figure) and `conclusion` narrowing them."""
    shown = _shown(table, title, names, warnings)
    if not each:
        plain_table(shown, key, 20, alt)
        return
    numbers = {
        warnings: [opens() for opens in each],
        "已判定": [opens(held="held_judged") for opens in each],
        **{words: [opens(held="held_concluded", conclusion=words) for opens in each] for words in CONCLUSIONS},
        "误报撤销": [opens(held="held_withdrawn") for opens in each],
    }
    figure.table(shown, numbers, key, height=height(shown, 20), alt=alt)


@kept(64)
def _shown(table: pd.DataFrame, title: str, names: Callable[[str], str | None], warnings: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            title: table["group"].map(names),
            warnings: table["warnings"],
            "已判定": table["n"],
            "属实": table["true"],
            "部分属实": table["partly"],
            "不属实": table["untrue"],
            "误报撤销": table["withdrawn"],
            "无法查实": table["unclear"],
            "核实率（95% 区间）": shares(table),
        }
    )
