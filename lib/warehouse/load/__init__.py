"""Files into the warehouse: read, normalised, checked, merged, published; what cannot be taken is set aside."""

from lib.warehouse.load.apart import load_apart
from lib.warehouse.load.confirm import confirm
from lib.warehouse.load.doubts import Answer, Doubt, answers_of, open_doubts
from lib.warehouse.load.export import export_quarantine
from lib.warehouse.load.loading import load_paths
from lib.warehouse.load.report import FileReport, LoadReport

__all__ = [
    "Answer",
    "Doubt",
    "FileReport",
    "LoadReport",
    "answers_of",
    "confirm",
    "export_quarantine",
    "load_apart",
    "load_paths",
    "open_doubts",
]
