"""The synthetic city."""

from lib.warehouse.demo.city import build_city
from lib.warehouse.demo.content import content_hash
from lib.warehouse.demo.months import build_months
from lib.warehouse.demo.spec import AS_OF, FULL_ROWS

__all__ = ["AS_OF", "FULL_ROWS", "build_city", "build_months", "content_hash"]
