"""The synthetic city."""

from lib.warehouse.demo.city import AS_OF, FULL_ROWS, build_city
from lib.warehouse.demo.content import content_hash

__all__ = ["AS_OF", "FULL_ROWS", "build_city", "content_hash"]
