"""One go of a trainee at an exercise, in the store of the trainee's own seat: nobody else reads it there."""

from sqlalchemy import Column, Integer, String, Table

from lib.casework.objects.kind import EVERYWHERE, Kind
from lib.casework.store.schema import metadata
from lib.casework.training.answering import ATTEMPTS, START

attempt = Table(
    "attempt",
    metadata,
    Column("attempt_id", String(24), primary_key=True),
    Column("exercise", String(64), nullable=False),
    Column("title", String(200), nullable=False),
    Column("trainee_id", String(128), nullable=False),
    # Which go of the trainee at this exercise, from 1.
    Column("number", Integer, nullable=False),
    # What the draw was made from, and what was drawn, as a JSON list; nothing of what is true of it.
    Column("seed", String(64), nullable=False),
    Column("items", String(8000), nullable=False),
)

KIND = Kind(
    attempt,
    ATTEMPTS,
    first=(START.action,),
    scope=EVERYWHERE,
    noted={START.action: START.name},
    own="trainee_id",
    page=("exercises", "attempt"),
)
