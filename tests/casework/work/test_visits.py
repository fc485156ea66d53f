"""What is new counts from the visit before this one."""

from datetime import datetime, timedelta

from lib.access.personas import personas
from lib.casework.store.register import Register
from lib.casework.work.visits import visit_since

_, OFFICE, INSPECTOR, *_ = personas(True)
MORNING = datetime(2022, 9, 6, 8, 30)


def test_a_visit_lasts_while_one_comes_back_and_the_next_counts_from_its_end(register: Register) -> None:
    assert visit_since(register, INSPECTOR, MORNING) == MORNING - timedelta(days=1)
    noon = MORNING + timedelta(hours=3, minutes=59)
    assert visit_since(register, INSPECTOR, noon) == MORNING - timedelta(days=1)
    # Four hours and a minute away: what came since noon is new, and stays so during the visit.
    evening = noon + timedelta(hours=4, minutes=1)
    assert visit_since(register, INSPECTOR, evening) == noon
    assert visit_since(register, INSPECTOR, evening + timedelta(minutes=2)) == noon
    midnight = datetime(2022, 9, 7, 0, 5)
    late = datetime(2022, 9, 6, 23, 55)
    visit_since(register, INSPECTOR, late)
    assert visit_since(register, INSPECTOR, midnight) == late


def test_everybody_has_a_visit_of_their_own_and_nobody_reads_anew_for_it(register: Register) -> None:
    visit_since(register, INSPECTOR, MORNING)
    before = register.written
    assert visit_since(register, INSPECTOR, MORNING + timedelta(minutes=4)) == MORNING - timedelta(days=1)
    assert register.written == before
    assert visit_since(register, OFFICE, MORNING + timedelta(hours=5)) == MORNING + timedelta(hours=5, days=-1)
