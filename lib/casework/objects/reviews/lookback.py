"""A look-back (回头看) on closed cases: what is drawn from, how, and how sure the rate is to be."""

from sqlalchemy import Column, Date, Integer, String, Table

from lib.casework.objects.kind import Kind
from lib.casework.reviews.steps import LOOKBACK, PLAN
from lib.casework.store.schema import metadata

lookback = Table(
    "lookback",
    metadata,
    Column("lookback_id", String(24), primary_key=True),
    Column("title", String(200), nullable=False),
    Column("review_type", String(16), nullable=False),
    # The cases closed on these days, both included, of a place and a domain: none for the whole city, all domains.
    Column("from_day", Date, nullable=False),
    Column("to_day", Date, nullable=False),
    Column("area_code", String(9)),
    Column("domain_code", String(4)),
    # What the population is divided by, a comma between.
    Column("strata", String(64), nullable=False),
    # Percentage points, percent.
    Column("error", Integer, nullable=False),
    Column("expected", Integer, nullable=False),
    Column("double_share", Integer, nullable=False),
    Column("seed", Integer, nullable=False),
)

KIND = Kind(
    lookback,
    LOOKBACK,
    first=(PLAN.action,),
    scope=("area_code", "domain_code"),
    noted={PLAN.action: PLAN.name, "escalate": "超期升级"},
    page=("lookback", "lookback"),
)
