"""The scores of the exercises that are worked on in the pages: hand-worked cases of each."""

import io
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from statistics import mean

import pandas as pd
import pytest

from lib.casework.store.chain import Event
from lib.casework.training.answering import FINISHED
from lib.casework.training.attempts import Deeds, Go, Look, seed_of
from lib.casework.training.states import WORKING
from lib.catalog.exercises import exercises
from lib.insight.training import chain, colleague, mending, tuning, urgent
from lib.insight.training.score import total
from lib.insight.training.sheets import SHEETS, faults, fields
from lib.insight.training.tuning import Tried
from lib.warehouse.store import open_warehouse
from tests.insight.training.answerers import event
from tests.insight.training.answerers import events as saved

BEGUN = datetime(2022, 9, 25, 9)
GO = Go("A1", "x", 1, "seed", [{"warning_id": "W1", "org_id": "O1", "officer_id": "P1"}], FINISHED, 9)


def done(
    seq: int, kind: str, about: str, action: str, role: str, minute: float = 0, text: str = "", **payload
) -> Event:
    """An event of the seat's store."""
    at = BEGUN + timedelta(minutes=minute)
    return Event(
        seq, "", at, f"T-X-01:{role}", role, role, kind, about, action, None, None, text, payload, None, "", ""
    )


WHOLE = [
    done(1, "warning", "W1", "sign", "inspector", 1),
    done(2, "warning", "W1", "start", "inspector", 2),
    done(3, "warning", "W1", "conclude", "inspector", 4, conclusion="属实"),
    done(4, "warning", "W1", "review", "office", 5),
    done(5, "notice", "N1", "draft", "inspector", 8),
    done(6, "notice", "N1", "review", "office", 9),
    done(7, "notice", "N1", "sign", "leader", 10),
    done(8, "notice", "N1", "deliver", "office", 12),
]


def walked(events: list[Event], minutes: int = 20) -> dict[str, float]:
    found = chain.course(GO, Deeds(tuple(events), ()), {"N1": "W1", "N2": "W9"})
    return chain.shares(found, done(0, "attempt", "A1", "start", "", 0), minutes)


def test_a_notice_by_every_step_in_time_and_by_people_apart_is_all() -> None:
    assert walked(WHOLE) == {"steps": 1, "time": 1, "apart": 1}


def test_twelve_minutes_where_eight_were_given_is_half_the_time() -> None:
    assert walked(WHOLE, minutes=8)["time"] == pytest.approx(0.5)
    assert walked(WHOLE, minutes=6)["time"] == 0


def test_what_comes_after_a_skipped_step_does_not_count() -> None:
    skipped = [one for one in WHOLE if one.seq != 4]
    assert walked(skipped) == {"steps": 3 / 8, "time": 0, "apart": 0}
    untrue = [one if one.seq != 3 else done(3, "warning", "W1", "conclude", "inspector", 4, conclusion="不属实")
              for one in WHOLE]  # fmt: skip
    assert walked(untrue)["steps"] == 2 / 8


def test_a_review_before_the_warning_was_concluded_is_out_of_order() -> None:
    early = [done(5, *("warning", "W1", "review", "office")), *WHOLE[:3]]
    early[0] = done(0, "warning", "W1", "review", "office")
    assert walked(early)["steps"] == 3 / 8


def test_one_person_in_two_places_is_not_apart() -> None:
    alone = [one if one.seq != 6 else done(6, "notice", "N1", "review", "inspector", 9) for one in WHOLE]
    assert walked(alone)["apart"] == pytest.approx(2 / 3)


def test_a_notice_about_another_warning_is_none() -> None:
    other = [*WHOLE[:4], *(done(one.seq, "notice", "N2", one.action, "office", 9) for one in WHOLE[4:])]
    assert walked(other)["steps"] == 4 / 8


def behaved(events: list[Event], looks: list[tuple[str, str, str]] = ()) -> dict[str, float]:  # type: ignore[assignment]
    return colleague.shares(colleague.conduct(GO, Deeds(tuple(events), tuple(Look("T-X-01:x", *one) for one in looks))))


HANDED = done(3, "warning", "W1", "assign", "office", 3, "与当事人共事多年，申请回避")
OPENED = ("view", "warning", "W1")


def test_a_colleague_handed_over_with_a_reason_and_left_alone_is_all() -> None:
    assert behaved([HANDED], [OPENED]) == {"handed": 1, "untouched": 1, "masked": 1}


def test_doing_nothing_is_worth_nothing() -> None:
    assert set(behaved([], [OPENED]).values()) == {0}


def test_handling_it_oneself_costs_and_taking_it_back_does_not() -> None:
    signed = done(1, "warning", "W1", "sign", "inspector")
    assert behaved([signed, HANDED])["untouched"] == 0
    assert behaved([signed, done(2, "warning", "W1", "undo", "inspector", undoes=1), HANDED])["untouched"] == 1
    assert behaved([done(3, "warning", "W1", "assign", "office")])["handed"] == 0.5


def test_every_needless_look_costs_half_and_the_same_one_once() -> None:
    file = ("view", "officer", "P1")
    assert behaved([HANDED], [OPENED, file, file])["masked"] == 0.5
    assert behaved([HANDED], [file, ("view", "warning", "W2")])["masked"] == 0
    assert behaved([HANDED], [("reveal", "warning", "W1")])["masked"] == 0.5
    told = done(3, "warning", "W1", "assign", "office", text="他的电话 13812345678")
    assert behaved([told])["masked"] == 0


UNITS = pd.DataFrame(
    {
        "key": ["A", "B", "C", "D", "E"],
        "ratio": [1.8, 1.5, 1.2, 0.95, 0.7],
        "low": [1.4, 1.1, 0.9, 0.7, 0.5],
        "high": [2.2, 1.9, 1.5, 1.2, 0.9],
    }
)


def test_the_most_urgent_unit_and_how_sure_that_is() -> None:
    true = urgent.right(UNITS)
    assert true[:2] == ("A", {"B", "C"})
    full = {"unit": ["A"], "ratio": ["1.80"], "sure": ["unsure"], "rivals": ["B", "C"]}
    assert urgent.shares(full, true) == {"unit": 1, "sure": 1, "rivals": 1}
    assert urgent.shares({**full, "unit": ["B"], "ratio": ["1.5"]}, true) == {"unit": 0.5, "sure": 1, "rivals": 1}
    assert set(urgent.shares({**full, "ratio": ["1.5"]}, true).values()) == {0}
    assert urgent.shares({**full, "unit": ["E"], "ratio": ["0.7"]}, true) == {"unit": 0, "sure": 0, "rivals": 0}
    assert urgent.shares({**full, "sure": ["sure"], "rivals": ["B", "D"]}, true) == {"unit": 1, "sure": 0, "rivals": 0}
    alone = urgent.right(UNITS.assign(high=[2.2, 1.3, 1.2, 1.1, 1.0]))
    assert urgent.shares({"unit": ["A"], "ratio": ["1.8"], "sure": ["sure"]}, alone) == {
        "unit": 1,
        "sure": 1,
        "rivals": 1,
    }


def test_guessing_the_unit_gains_nothing() -> None:
    chance, true, found = Random(3), urgent.right(UNITS), []
    for _ in range(3000):
        keys = list(UNITS["key"])
        given = {
            "unit": [chance.choice(keys)],
            "ratio": [f"{chance.uniform(0.5, 3):.1f}"],
            "sure": [chance.choice(["sure", "unsure"])],
            "rivals": [one for one in keys if chance.random() < 0.5],
        }
        found.append(total(exercises()["urgent"], urgent.shares(given, true), []).points)
    assert mean(found) <= 10


def test_a_threshold_is_judged_by_what_it_catches_and_what_it_costs() -> None:
    assert tuning.shares(Tried(20, 0.8, 0.7), 0.7, 0.75) == {"recall": 1, "workload": 1}
    short = tuning.shares(Tried(30, 0.68, 0.5), 0.7, 0.75)
    assert short["recall"] == short["workload"] == pytest.approx(0.6)
    # Nothing caught and nothing done, everything caught and too much done: both ends are worth nothing.
    assert set(tuning.shares(Tried(60, 0.1, 0.1), 0.7, 0.75).values()) == {0}
    assert set(tuning.shares(Tried(1, 1.0, 3.0), 0.7, 0.75).values()) == {0}
    assert set(tuning.shares(None, 0.7, 0.75).values()) == {0}


def test_a_value_counts_between_two_that_were_seen_to_fail(small_city: Path) -> None:
    """The lowest catches all and makes too much work, the highest misses too much; 8 keeps both bounds."""
    warehouse = open_warehouse(small_city)
    item = {"rule_id": "M04", "parameter": "entry_days", "recall": 0.75, "workload": 0.9}
    go = Go("A1", "tune", 1, "s", [item], WORKING, 1)

    def points(*given: float) -> float:
        return tuning.scored(warehouse, exercises()["tune"], go, saved([[f"value={one}"] for one in given])).points

    assert points(8, 1, 8, 30) == 100
    assert [points(8), points(8, 8), points(8, 1, 8), points(8, 8, 30), points(8, 1, 30), points(8, 8, 9, 7)] == [0] * 6


def test_a_value_that_is_no_number_or_out_of_bounds_is_refused() -> None:
    go = Go("A1", "tune", 1, "s", [{"rule_id": "M04", "parameter": "entry_days"}], WORKING, 1)
    assert tuning.fault(go, "8") is None
    assert all(tuning.fault(go, text) is not None for text in ("", "很多", "nan", "1e9", "-1"))


def test_a_bad_file_is_mended_cell_by_cell_until_the_loader_takes_all_of_it(small_city: Path) -> None:
    warehouse = open_warehouse(small_city)
    [item] = mending.drawn(exercises()["mend"], "a seed", [])
    bad, true = mending.bad_rows(warehouse, item), mending.ledger(warehouse, item)
    assert len(true) == item["rows"] and len(item["spoilt"]) == 6

    def load(rows: list) -> mending.Loaded:
        return mending.load(warehouse, item, "x.csv", mending.in_a_file(item, rows))

    found = load(bad)
    assert len(found.rows) == item["rows"] - 6 and found.reasons
    assert mending.shares(item, true, found) == {"rows": 0, "values": 0}
    # One cell mended.
    place, column, _ = item["spoilt"][0]
    saved = [f"cell={place}|{column}|{true[place][column]}"]
    rows = mending.sheet_rows(warehouse, item, [event("answer", {"item": 1, "answers": saved})])
    assert mending.shares(item, true, load(rows)) == {"rows": pytest.approx(1 / 6), "values": pytest.approx(1 / 6)}
    # A key that no ledger has in exchange: a row is gone, and one is there that should not be.
    rows[next(one for one in range(10) if one not in {place for place, *_ in item["spoilt"]})][
        SHEETS[item["dataset"]].columns[0]
    ] = "X999"
    found = load(rows)
    assert mending.shares(item, true, found) == {"rows": 0, "values": 0}
    assert [len(each) for each in mending.lost(item, true, found)] == [0, 1, 1]
    # Where it was loaded to is gone, and the city's own generation is the one it was.
    assert open_warehouse(small_city) is warehouse


@pytest.mark.parametrize("dataset", SHEETS)
def test_every_way_to_spoil_a_cell_is_set_aside_and_a_mended_workbook_loads(small_city: Path, dataset: str) -> None:
    warehouse, ways = open_warehouse(small_city), faults(dataset)
    item = {"dataset": dataset, "seed": "a seed", "rows": len(ways) + 2,
            "spoilt": [[place, *way] for place, way in enumerate(ways)]}  # fmt: skip
    bad, true = mending.bad_rows(warehouse, item), mending.ledger(warehouse, item)
    assert len(mending.load(warehouse, item, "x.csv", mending.in_a_file(item, bad)).rows) == 2
    # Mended elsewhere, in another order, with amounts and days spelt in another way, saved as a workbook.
    known, book = fields(dataset), io.BytesIO()
    frame = pd.DataFrame(true)[list(known)].iloc[::-1]
    for name, one in known.items():
        frame[name] = pd.to_datetime(frame[name]) if one.type in ("date", "datetime") else frame[name]
        frame[name] = frame[name].astype(float) if one.type == "number" else frame[name]
    frame.rename(columns={name: one.title for name, one in known.items()}).to_excel(book, index=False)
    found = mending.load(warehouse, item, "改好 了.XLSX", book.getvalue())
    assert mending.shares(item, true, found) == {"rows": 1, "values": 1}
    assert mending.load(warehouse, item, "坏.xlsx", b"not a workbook").rows == {}


def test_seats_mend_files_of_every_dataset_and_the_next_go_is_about_another() -> None:
    exercise = exercises()["mend"]
    first = [mending.drawn(exercise, seed_of(7, "mend", seat, 1), [])[0]["dataset"] for seat in range(1, 21)]
    assert set(first) == set(SHEETS) == set(exercise.settings["files"])
    used = [{"dataset": first[0]}]
    again = mending.drawn(exercise, seed_of(7, "mend", 1, 2), used)[0]["dataset"]
    assert again != first[0]
