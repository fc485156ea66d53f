"""The sheet on which one person scores a drawn file: nobody else reads it before both are handed in."""

from sqlalchemy import Column, Index, Integer, String, Table

from lib.casework.objects.kind import SCOPE, Kind
from lib.casework.reviews.standing import sheet_standing
from lib.casework.reviews.steps import GIVE, REVIEW_SHEET, VOIDED
from lib.casework.store.schema import metadata

review_sheet = Table(
    "review_sheet",
    metadata,
    Column("sheet_id", String(24), primary_key=True),
    Column("lookback_id", String(24), nullable=False),
    Column("review_case_id", String(24), nullable=False),
    Column("review_type", String(16), nullable=False),
    Column("title", String(200), nullable=False),
    # 1 or 2.
    Column("slot", Integer, nullable=False),
    Column("reviewer_id", String(128), nullable=False),
    Column("reviewer_name", String(64), nullable=False),
    Column("officer_id", String(64)),
    Column("org_id", String(16)),
    Column("area_code", String(9)),
    Column("domain_code", String(4)),
    Index("review_sheet_of_case", "review_case_id"),
)

KIND = Kind(
    review_sheet,
    REVIEW_SHEET,
    first=(GIVE,),
    scope=SCOPE,
    own="reviewer_id",
    page=("lookback", "sheet"),
    states=sheet_standing,
    noted={GIVE: "分派", VOIDED: "作废"},
)
