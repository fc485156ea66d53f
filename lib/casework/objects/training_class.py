"""A class that learns on the synthetic city; what its trainees do stands in stores of their own, seat by seat."""

from sqlalchemy import BigInteger, Column, Date, Integer, String, Table, Text, UniqueConstraint

from lib.casework.objects.kind import EVERYWHERE, Kind
from lib.casework.store.schema import metadata
from lib.casework.training.standing import standing
from lib.casework.training.steps import CLASS, JOIN, OPEN, RESET, WORD

training_class = Table(
    "training_class",
    metadata,
    Column("class_id", String(24), primary_key=True),
    # What trainees sign in by.
    Column("code", String(8), nullable=False),
    Column("title", String(200), nullable=False),
    Column("size", Integer, nullable=False),
    Column("seed", BigInteger, nullable=False),
    # The names of its exercises, as a JSON list.
    Column("course", Text, nullable=False),
    # On the trainer's own calendar.
    Column("ends_on", Date, nullable=False),
    UniqueConstraint("code"),
)

KIND = Kind(
    training_class,
    CLASS,
    first=(OPEN.action,),
    scope=EVERYWHERE,
    noted={OPEN.action: OPEN.name, JOIN: "入座", WORD: "换座位口令", RESET: "座位重置"},
    page=("classes", "training"),
    states=standing,
)
