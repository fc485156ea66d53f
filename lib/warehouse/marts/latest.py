"""How recent the facts in each dataset are, as a mart: the catalog says by which columns."""

from lib.catalog import load_catalog


def dataset_latest() -> str:
    """The newest moment at which something in a dataset happened, was decided or recorded: dataset, latest_at.

    Times that lie ahead by their nature (due, expiry, planned ends) say nothing about that and stand in no `latest` of
    the catalog; lists without such a time go by when they came in.
    """
    newest = [
        f"select '{dataset.name}' as dataset, max(greatest({', '.join(dataset.latest)}))::timestamp as latest_at"
        f' from "{dataset.name}"'
        for dataset in load_catalog().numbered
    ]
    return f"{' union all '.join(newest)} order by dataset"
