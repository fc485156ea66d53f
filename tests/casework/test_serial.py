"""Numbers of documents: one after the other in each year, whoever signs at the same time."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from lib.access import Viewer
from lib.casework.notices.states import number_text
from lib.casework.store.register import Register
from lib.casework.store.schema import serial
from lib.casework.store.verify import verify_register
from lib.errors import UserError
from tests.casework.notices.test_steps import OFFICE, do, draft
from tests.casework.tampering import lift

ROOT = Path(__file__).resolve().parents[2]
SECOND = Viewer("p-office-2", "示范员05", "office")
DRAFTER_AS_LEADER = Viewer(OFFICE.person_id, OFFICE.name, "leader")


def _numbers(register: Register) -> dict[int, list[int]]:
    with register.read() as connection:
        rows = connection.execute(select(serial).order_by(serial.c.year, serial.c.number)).all()
    return {year: [row.number for row in rows if row.year == year] for year in sorted({row.year for row in rows})}


def _reviewed(register: Register, count: int, at: datetime) -> list[str]:
    found = [draft(register, at=at, key=f"{at}-{number}") for number in range(count)]
    for notice_id in found:
        do(register, "review", notice_id, at)
    return found


SIGNER = """
import sys
from datetime import datetime
from lib.casework.store.register import Register
from tests.casework.tampering import lift
from tests.casework.notices.test_steps import do

url, at, *ids = sys.argv[1:]
register = Register(url)
for notice_id in ids:
    do(register, "sign", notice_id, datetime.fromisoformat(at))
register.close()
"""


def test_two_processes_and_four_threads_that_sign_at_once_leave_no_gap(register: Register, url: str) -> None:
    at = datetime(2022, 9, 5, 9)
    ids = _reviewed(register, 24, at)
    others = [
        subprocess.Popen([sys.executable, "-c", SIGNER, url, at.isoformat(), *ids[start:16:2]], cwd=ROOT)
        for start in (0, 1)
    ]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda notice_id: do(register, "sign", notice_id, at), ids[16:]))
    assert [one.wait() for one in others] == [0, 0]
    assert _numbers(register) == {2022: list(range(1, 25))}
    assert verify_register(register) == []


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from([2021, 2022, 2023]), st.sampled_from(["sign", "refuse", "own", "withdraw"])),
        min_size=1,
        max_size=8,
    )
)
def test_whatever_is_signed_refused_or_withdrawn_the_numbers_of_a_year_are_whole(
    tmp_path_factory: pytest.TempPathFactory, deeds: list[tuple[int, str]]
) -> None:
    register = Register(f"sqlite:///{tmp_path_factory.mktemp('serial') / 'a.sqlite'}")
    expected: dict[int, int] = {}
    for number, (year, deed) in enumerate(deeds):
        at = datetime(year, 9, 6, 9)
        notice_id = draft(register, viewer=OFFICE, at=at, key=str(number))
        do(register, "review", notice_id, at, viewer=SECOND)
        if deed == "refuse":
            do(register, "refuse", notice_id, at)
        elif deed == "own":
            with pytest.raises(UserError, match="拟稿人"):
                do(register, "sign", notice_id, at, viewer=DRAFTER_AS_LEADER)
        else:
            do(register, "sign", notice_id, at)
            expected[year] = expected.get(year, 0) + 1
            if deed == "withdraw":
                do(register, "withdraw", notice_id, at, viewer=OFFICE)
    assert _numbers(register) == {year: list(range(1, count + 1)) for year, count in sorted(expected.items())}
    register.close()


def test_a_number_changed_or_taken_away_behind_the_register_is_found(register: Register) -> None:
    at = datetime(2022, 9, 5, 9)
    first, second = _reviewed(register, 2, at)
    do(register, "sign", first, at)
    do(register, "sign", second, at)
    with register.engine.begin() as connection:
        lift(connection)
        connection.execute(update(serial).where(serial.c.object_id == second).values(number=5))
    faults = verify_register(register)
    assert any(second in fault and "文号" in fault for fault in faults)
    assert any("不连续" in fault and "第 5 号" in fault for fault in faults)
    with register.engine.begin() as connection:
        connection.execute(delete(serial).where(serial.c.object_id == first))
    assert any(first in fault for fault in verify_register(register))


def test_how_a_number_is_written() -> None:
    assert number_text(2022, 1) == "监督通知〔2022〕第001号"
    assert number_text(2023, 1234) == "监督通知〔2023〕第1234号"
