"""Warnings of a model about a subject, held back for a time."""

from lib.casework.objects.kind import SCOPE, Kind
from lib.casework.store.schema import suppression
from lib.casework.suppressions.steps import HOLD, OPEN, SUPPRESSION, WAKE

KIND = Kind(
    suppression,
    SUPPRESSION,
    first=(OPEN,),
    scope=SCOPE,
    page=("suppressions", "suppression"),
    noted={OPEN: "抑制", HOLD: "未入册", WAKE: "到期恢复"},
)
