"""What a notice is about, in the words of its title."""

from lib.access import Viewer, under
from lib.warehouse.store import Warehouse

_NUMBER = "select coalesce(doc_no, case_no) as number from penalty_case where case_id = $case_id"


@under("draft", "notice")
def case_of(warehouse: Warehouse, viewer: Viewer, subject_type: str, subject_id: str) -> str:
    """The case that a warning is about (嘉综执罚决字〔2022〕第000168号案件); empty when it is about none."""
    if subject_type != "penalty_case":
        return ""
    found = warehouse.query(_NUMBER, {"case_id": subject_id})["number"].dropna()
    return "".join(f"{number}案件" for number in found)
