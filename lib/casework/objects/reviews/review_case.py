"""A file that was drawn for a look-back; its unit is told what came of it, not how it was drawn or who scored it."""

from sqlalchemy import Boolean, Column, Date, Float, Index, Integer, String, Table, Text

from lib.casework.objects.kind import SCOPE, Kind
from lib.casework.reviews.standing import file_standing
from lib.casework.reviews.steps import COMPARE, RESULT_NAME, REVIEW_CASE, TAKE_IN, TELL
from lib.casework.store.schema import metadata

review_case = Table(
    "review_case",
    metadata,
    Column("review_case_id", String(24), primary_key=True),
    Column("lookback_id", String(24), nullable=False),
    Column("review_type", String(16), nullable=False),
    Column("case_id", String(64), nullable=False),
    # Number and name of the case.
    Column("title", String(200), nullable=False),
    Column("closed_date", Date, nullable=False),
    # How it was drawn: so many of the cases of its stratum, by which seed, from which generation of the warehouse.
    Column("stratum", String(400), nullable=False),
    Column("stratum_size", Integer, nullable=False),
    Column("stratum_drawn", Integer, nullable=False),
    Column("probability", Float, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("is_double", Boolean, nullable=False),
    # Who may not judge it: the numbers of officers, a comma between.
    Column("barred", Text, nullable=False),
    Column("officer_id", String(64)),
    Column("org_id", String(16)),
    Column("area_code", String(9)),
    Column("domain_code", String(4)),
    Index("review_case_of_lookback", "lookback_id"),
)

KIND = Kind(
    review_case,
    REVIEW_CASE,
    first=(TAKE_IN,),
    scope=SCOPE,
    page=("lookback", "reviewed"),
    states=file_standing,
    noted={TAKE_IN: "抽中", COMPARE: "汇总评分", TELL: "结果送单位"},
    reaches=(TELL,),
    asks=RESULT_NAME,
    kept=("lookback_id", "stratum", "stratum_size", "stratum_drawn", "probability", "seed", "generation", "is_double",
          "barred", "opener_id", "handler_id", "handler_name", "noted"),
)  # fmt: skip
