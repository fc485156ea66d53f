"""Figures: a number on screen is how many rows one definition has, and the list it opens is those rows.

An address names the definition, the period and what it is cut down to (`Asked`); the page that lists takes the rows
from the same definition, for its own viewer, so the list can be neither longer nor shorter than the number.
"""

from lib.insight.figure.address import DURING, FIGURE, OF, THEN, Query, asked_in, asked_in_text, query_of, text_of
from lib.insight.figure.asked import BEFORE, NOW, YEAR_AGO, Asked, Part, Sentence, span_of
from lib.insight.figure.casework import Casework
from lib.insight.figure.cuts import NO_VERSION, NOBODY, NOBODY_ZH, area_name
from lib.insight.figure.definitions import CLUES, DATASETS, DEFINITIONS, NOTICES, SPOT_CHECKS, WARNINGS, rows

__all__ = [
    "BEFORE",
    "CLUES",
    "DATASETS",
    "DEFINITIONS",
    "DURING",
    "FIGURE",
    "NOBODY",
    "NOBODY_ZH",
    "NOTICES",
    "NOW",
    "NO_VERSION",
    "OF",
    "SPOT_CHECKS",
    "THEN",
    "WARNINGS",
    "YEAR_AGO",
    "Asked",
    "Casework",
    "Part",
    "Query",
    "Sentence",
    "area_name",
    "asked_in",
    "asked_in_text",
    "query_of",
    "rows",
    "span_of",
    "text_of",
]
