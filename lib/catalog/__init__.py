"""What the datasets are: one YAML each in data/catalog, read once."""

from lib.catalog.dataset import COMMON, Catalog, Dataset, Field, ForeignKey, load_catalog

__all__ = ["COMMON", "Catalog", "Dataset", "Field", "ForeignKey", "load_catalog"]
