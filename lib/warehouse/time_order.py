"""When two moments of a row stand in the wrong order."""

from lib.catalog import Dataset


def disorder_sql(dataset: Dataset, early: str, late: str) -> str:
    """Condition that `early` is after `late`, both columns of the dataset.

    Sources mix moments with bare dates, which stand at midnight: against one of those only the day counts.
    """
    a, b = f'"{early}"', f'"{late}"'
    by_day = f"cast({a} as date) > cast({b} as date)"
    if "date" in (dataset[early].type, dataset[late].type):
        return by_day
    return f"case when {b} = date_trunc('day', {b}) then {by_day} else {a} > {b} end"
