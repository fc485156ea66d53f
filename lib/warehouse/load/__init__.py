"""Files into the warehouse: read, normalised, checked, merged, published; what cannot be taken is set aside."""

from lib.warehouse.load.apart import load_apart
from lib.warehouse.load.export import export_quarantine
from lib.warehouse.load.loading import load_paths
from lib.warehouse.load.report import FileReport, LoadReport

__all__ = ["FileReport", "LoadReport", "export_quarantine", "load_apart", "load_paths"]
