"""How many rows each dataset of a synthetic city gets."""

from lib.catalog import Catalog
from lib.errors import UserError

SMALLEST = 20_000
# What a city cannot do without however small: a team of eight in every office, every domain's items.
FLOORS = {
    "officer": 1_950,
    "officer_cert": 2_300,
    "officer_posting": 3_900,
    "power_item": 420,
    "discretion_benchmark": 1_350,
    "inspection_plan": 1_250,
}


def rows_by_dataset(catalog: Catalog, rows: int) -> dict[str, int]:
    """Rows per dataset, in the shares of the catalog's `demo_rows`, summing to `rows` up to rounding.

    Datasets that would fall below their floor get the floor and the others share the rest.
    Raises UserError when `rows` is too small for a city.
    """
    if rows < SMALLEST:
        raise UserError(f"行数 {rows} 太少，建不成演示城市。", f"请使用 --rows {SMALLEST} 或更大的数。")
    wanted = {dataset.name: dataset.demo_rows for dataset in catalog.numbered}
    floored: dict[str, int] = {}
    while True:
        free = {name: share for name, share in wanted.items() if name not in floored}
        scale = (rows - sum(floored.values())) / sum(free.values())
        short = {name: FLOORS[name] for name, share in free.items() if share * scale < FLOORS.get(name, 0)}
        if not short:
            break
        floored |= short
    return {name: floored.get(name) or max(1, round(share * scale)) for name, share in wanted.items()}
