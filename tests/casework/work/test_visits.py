"""What is new counts from the visit before this one."""

from datetime import date, datetime, timedelta

from lib.access import Viewer
from lib.access.personas import personas
from lib.casework.store.register import Register
from lib.casework.work.visits import visit_since as visit

_, OFFICE, INSPECTOR, *_ = personas(True)
MORNING = datetime(2022, 9, 6, 8, 30)


def visit_since(register: Register, viewer: Viewer, at: datetime) -> datetime:
    """Where the city's clock is the one on the wall."""
    return visit(register, viewer, at, at)


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


def test_where_the_day_never_moves_on_the_clock_on_the_wall_says_how_long_one_was_away(register: Register) -> None:
    """The city's day is 25 September; people work on 2 and 3 March."""

    def came(day: int, hour: int, minute: int = 0) -> datetime:
        wall = datetime(2026, 3, day, hour, minute)
        return visit(register, INSPECTOR, datetime.combine(date(2022, 9, 25), wall.time()), wall)

    assert came(2, 17) == datetime(2022, 9, 24, 17)
    # The next morning the city's clock is behind that of the last visit; it is another visit all the same.
    assert came(3, 8) == datetime(2022, 9, 24, 17)
    assert came(3, 11) == datetime(2022, 9, 24, 17)
    # After five hours away, what came since 11:00 is new.
    assert came(3, 16, 30) == datetime(2022, 9, 25, 11)
    assert came(3, 17, 30) == datetime(2022, 9, 25, 11)
