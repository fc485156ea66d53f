"""A look-back from its plan to its archive: what is drawn, who may score, adjudicate, see and reply."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select

from lib.access import Forbidden, NotVisible, Viewer
from lib.casework import attachments, drafts
from lib.casework.objects import KINDS
from lib.casework.reading import visible
from lib.casework.reading.visible import events_of, objects
from lib.casework.record import take
from lib.casework.reviews.assigning import give_out, reviewers
from lib.casework.reviews.drawing import draw_files, plan
from lib.casework.reviews.population import Scope, closed_cases, designed
from lib.casework.reviews.scoring import marks, sheets
from lib.casework.reviews.sheets import both_sheets, pairs, progress
from lib.casework.reviews.steps import LOOKBACK, REVIEW_CASE, REVIEW_SHEET
from lib.casework.sight import require_object
from lib.casework.steps import Outcome, Submission
from lib.casework.store.register import Register
from lib.casework.store.verify import verify_register
from lib.errors import UserError
from lib.insight.reviews.listing import lookback_list
from lib.insight.reviews.results import result
from lib.warehouse.store import Warehouse
from tests.casework.replay import illegal
from tests.casework.reviews import city

AT = datetime(2022, 9, 26, 9)
PLAN: dict[str, Any] = {
    "title": "三季度处罚案卷", "review_type": "案卷评查", "from_day": date(2022, 6, 1), "to_day": date(2022, 9, 25),
    "by": ["org"], "error": 10, "expected": 90, "double_share": 100, "seed": 7,
}  # fmt: skip
People = dict[str, Viewer]


def planned(register: Register, viewer: Viewer, key: str = "lb", **more: Any) -> str:
    done = plan(register, viewer, Submission(key, AT, payload=PLAN | more))
    assert done.recorded and done.created is not None
    return done.created


def drawn(register: Register, warehouse: Warehouse, viewer: Viewer, key: str = "lb", **more: Any) -> str:
    one = planned(register, viewer, key, **more)
    assert draw_files(register, viewer, warehouse, one, Submission(f"{key}-draw", AT)).recorded
    return one


def given(register: Register, viewer: Viewer, one: str, *people: str, key: str = "g") -> Outcome:
    sent = Submission(f"{one}-{key}", AT + timedelta(hours=1), payload={"people": list(people)})
    return give_out(register, viewer, one, sent)


def own(register: Register, viewer: Viewer) -> pd.DataFrame:
    return objects(register, viewer, None, "review_sheet")


def hand_in(register: Register, viewer: Viewer, sheet: str, *found: str, at: datetime | None = None) -> Outcome:
    sent = Submission(f"{sheet}-in", at or AT + timedelta(days=2), None, "看了全卷。", {"deductions": list(found)})
    return take(register, viewer, REVIEW_SHEET, sheet, "hand_in", sent)


def step(register: Register, viewer: Viewer, one: str, action: str, days: int = 3, text: str = "同意。") -> Outcome:
    sent = Submission(f"{one}-{action}", AT + timedelta(days=days), None, text)
    return take(register, viewer, LOOKBACK, one, action, sent)


def files(register: Register, viewer: Viewer) -> pd.DataFrame:
    return objects(register, viewer, None, "review_case")


def score_all(register: Register, *people: Viewer, found: dict[str, list[str]] | None = None) -> None:
    """Everybody hands in what lies with them: nothing found but what is given, by account."""
    for viewer in people:
        held = own(register, viewer)
        for sheet in held.loc[held["state"].eq("待评分"), "sheet_id"]:
            hand_in(register, viewer, sheet, *(found or {}).get(viewer.person_id, []))


def test_the_population_and_what_is_drawn_of_each_stratum(warehouse: Warehouse, people: People) -> None:
    office = people["p-office"]
    scope = Scope(date(2022, 6, 1), date(2022, 9, 25), None, None)
    held = closed_cases(warehouse, office, scope, ("org",))
    assert held["case_id"].tolist() == sorted(city.cases()["case_id"])
    found = designed(held, 10, 90)
    # 90 closed, ± 10 points at 90 %: n0 = 34.57, n = 25.2, so 26 and, of three in the smallest unit, two.
    by_unit = dict(zip(found.strata["stratum"].str[-6:-1], found.strata["drawn"], strict=True))
    assert by_unit == {"O0134": 11, "O0002": 5, "O0003": 2, "O0004": 9}
    assert (found.population, found.files) == (90, 27)
    # 1.96 · (0.09 · (0.444² · 0.725/11 + 0.189² · 0.706/5 + 0.033² · 0.333/2 + 0.333² · 0.7/9))^½.
    assert found.reach == pytest.approx(0.0964, abs=1e-4)
    banded = closed_cases(warehouse, office, scope._replace(area_code="330483"), ("band",))
    assert banded["stratum"].value_counts().to_dict() == {
        "无罚款": 13, "1千元以下": 13, "1千至1万元": 12, "1万至5万元": 11, "5万元以上": 11,
    }  # fmt: skip
    assert set(closed_cases(warehouse, office, scope._replace(domain_code="SC"), ())["org_id"]) == {"O0004"}
    assert len(closed_cases(warehouse, office, scope._replace(from_day=date(2022, 9, 24)), ())) == 4
    # A county sees no further than its own, whatever it asks for.
    assert len(closed_cases(warehouse, people["p-county"], scope, ())) == 60
    with pytest.raises(UserError, match="没有已结案件"):
        designed(closed_cases(warehouse, office, scope._replace(area_code="330411"), ()), 10, 90)
    with pytest.raises(UserError, match="不能按「weather」分层"):
        closed_cases(warehouse, office, scope, ("weather",))


def test_each_file_keeps_how_it_was_drawn(register: Register, warehouse: Warehouse, people: People) -> None:
    office = people["p-office"]
    one = drawn(register, warehouse, office)
    held = files(register, office)
    assert len(held) == 27 and held["state"].eq("待评").all()
    assert (held["probability"] == held["stratum_drawn"] / held["stratum_size"]).all()
    assert (1 / held["probability"]).sum() == pytest.approx(90)
    assert held["seed"].eq(7).all() and held["generation"].eq(warehouse.generation.number).all()
    [told] = events_of(register, office, None, "lookback", one).iloc[[-1]]["payload"]
    assert (told["drawn"], told["generation"]) == (27, warehouse.generation.number)
    # Once only, and the same files for the same seed.
    with pytest.raises(UserError, match="不能抽样"):
        draw_files(register, office, warehouse, one, Submission("again", AT))
    assert draw_files(register, office, warehouse, one, Submission("lb-draw", AT)).duplicate
    other = drawn(register, warehouse, office, "lb2")
    third = drawn(register, warehouse, office, "lb3", seed=8)
    cases = {key: set(group["case_id"]) for key, group in files(register, office).groupby("lookback_id")}
    assert cases[one] == cases[other] != cases[third]
    assert verify_register(register) == [] and illegal(register) == []


def test_a_draw_begins_with_the_drawing_and_not_with_a_step(register: Register, people: People) -> None:
    office = people["p-office"]
    one = planned(register, office)
    with pytest.raises(UserError, match="还没有抽出案件"):
        step(register, office, one, "draw")
    assert objects(register, office, None, "lookback")["state"].tolist() == ["草拟"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"to_day": date(2022, 9, 27)}, "2022-09-27 还没有到"),
        ({"from_day": date(2022, 9, 25), "to_day": date(2022, 9, 24)}, "起始日晚于截止日"),
        ({"error": 0}, "应在 1 至 50 之间"),
        ({"expected": 100}, "应在 1 至 99 之间"),
        ({"review_type": "抽查"}, "没有「抽查」这种方式"),
        ({"by": ["weather"]}, "没有「weather」这种分层"),
        ({"title": " "}, "请写明这次回头看什么"),
    ],
)
def test_what_cannot_be_planned(register: Register, people: People, more: dict, said: str) -> None:
    with pytest.raises(UserError, match=said):
        planned(register, people["p-office"], **more)


def test_a_plan_lies_within_the_scope(register: Register, people: People) -> None:
    planned(register, people["p-county"])
    assert objects(register, people["p-county"], None, "lookback")["area_code"].tolist() == ["330483"]
    with pytest.raises(Forbidden):
        planned(register, people["p-county"], "x", area_code="330482")
    listed = Viewer("p-i", "示范员31", "inspector", domains=frozenset({"ZF", "SC"}))
    with pytest.raises(UserError, match="请选择领域"):
        planned(register, listed, "y")
    planned(register, listed, "z", domain_code="SC")
    with pytest.raises(Forbidden):
        planned(register, listed, "w", domain_code="JT")
    with pytest.raises(Forbidden):
        planned(register, people["p-leader"], "v")
    assert objects(register, people["p-other"], None, "lookback").empty


def test_no_seed_given_is_one_that_follows_from_the_submission(register: Register, people: People) -> None:
    planned(register, people["p-office"], "s1", seed=0)
    planned(register, people["p-office"], "s2", seed=0)
    seeds = objects(register, people["p-office"], None, "lookback")["seed"].tolist()
    assert len(set(seeds)) == 2 and all(1 <= int(one) <= 1_000_000 for one in seeds)


def test_two_people_score_each_file_and_all_about_as_many(
    register: Register, warehouse: Warehouse, people: People
) -> None:
    one = drawn(register, warehouse, people["p-office"])
    assert given(register, people["p-office"], one, "p-office", "p-office-2", "p-office-3").recorded
    held = pd.concat([own(register, people[name]) for name in ("p-office", "p-office-2", "p-office-3")])
    assert held.groupby("review_case_id")["reviewer_id"].nunique().eq(2).all() and len(held) == 54
    assert sorted(Counter(held["reviewer_id"]).values()) == [18, 18, 18]
    # 15 workdays on: four in September, 10-08 and 09, then 10-10 to 20.
    assert held["due_at"].eq(datetime(2022, 10, 20, 23, 59, 59)).all()
    assert verify_register(register) == []


def test_a_share_is_scored_twice(register: Register, warehouse: Warehouse, people: People) -> None:
    one = drawn(register, warehouse, people["p-office"], double_share=30)
    given(register, people["p-office"], one, "p-office", "p-office-2")
    # 27 · 0.3 = 8.1.
    assert files(register, people["p-office"])["is_double"].sum() == 9
    held = pd.concat([own(register, people[name]) for name in ("p-office", "p-office-2")])
    assert len(held) == 27 + 9


def test_nobody_scores_what_they_handled_or_are_tied_to(
    register: Register, warehouse: Warehouse, people: People
) -> None:
    office = people["p-office"]
    one = drawn(register, warehouse, office, error=5, expected=50)
    given(register, office, one, "p-handler", "p-approver", "p-relative", "p-office", "p-office-2")
    held = files(register, office).set_index("review_case_id")
    for name, barred in (("p-handler", "P1"), ("p-approver", "P9"), ("p-relative", "P7")):
        mine = held.loc[own(register, people[name])["review_case_id"], ["barred", "case_id", "officer_id"]]
        assert len(mine) > 5
        assert not mine["barred"].str.split(",").map(lambda ids, one=barred: one in ids).any()
    # There was something to keep from each of them.
    every = held["barred"].str.split(",")
    assert all(every.map(lambda ids, one=one: one in ids).sum() >= 3 for one in ("P1", "P9", "P7"))


def test_too_few_people_for_a_file_are_refused_and_nothing_is_written(
    register: Register, warehouse: Warehouse, people: People
) -> None:
    one = drawn(register, warehouse, people["p-office"])
    with pytest.raises(UserError, match="有 27 件找不到足够的评查人"):
        given(register, people["p-office"], one, "p-office")
    # The other county sees none of these files but its own.
    with pytest.raises(UserError, match="有 18 件找不到足够的评查人"):
        given(register, people["p-office"], one, "p-office", "p-other")
    with pytest.raises(UserError, match="p-leader 不能评查"):
        given(register, people["p-office"], one, "p-office", "p-leader")
    with pytest.raises(UserError, match="请选择评查人"):
        given(register, people["p-office"], one)
    assert own(register, people["p-office"]).empty
    assert objects(register, people["p-office"], None, "lookback")["state"].tolist() == ["已抽样"]
    assert "p-leader" not in reviewers(register, people["p-office"], one)
    assert {"p-office", "p-county", "p-handler"} <= set(reviewers(register, people["p-office"], one))


def test_nobody_reads_the_others_sheet_by_any_way_before_both_are_in(
    register: Register, warehouse: Warehouse, people: People
) -> None:
    one = drawn(register, warehouse, people["p-office"], by=[], error=30)
    first, second, third = people["p-office"], people["p-office-2"], people["p-office-3"]
    given(register, first, one, "p-office", "p-office-2")
    mine, theirs = own(register, first), own(register, second)
    sheet, case = mine["sheet_id"].iloc[0], mine["review_case_id"].iloc[0]
    sent = {"deductions": ["F01"], "text": "当事人证词缺失", "action": "hand_in"}
    drafts.save_draft(register, first, "review_sheet", sheet, sent, AT + timedelta(hours=2), "hand_in")
    hand_in(register, first, sheet, "F01")
    for other in (second, third, people["p-leader"], people["p-county"], Viewer("x", "某", "liaison", org_id="O0134")):
        seen: list[Any] = []
        for attempt in (
            lambda who=other: objects(register, who, None, "review_sheet").loc[lambda f: f["sheet_id"].eq(sheet)],
            lambda who=other: visible.events(register, who, None, "review_sheet").loc[
                lambda f: f["object_id"].eq(sheet)
            ],
            lambda who=other: events_of(register, who, None, "review_sheet", sheet),
            lambda who=other: both_sheets(register, who, None),
            lambda who=other: pairs(register, who, None, one),
            lambda who=other: events_of(register, who, None, "review_case", case).loc[
                lambda f: f["action"].ne("take_in")
            ],
            lambda who=other: objects(register, who, None, "review_case").loc[lambda f: f["grade"].notna()],
            lambda who=other: attachments.read(register, who, "review_sheet", sheet, "F1"),
            lambda who=other: drafts.load_draft(register, who, "review_sheet", sheet, "hand_in"),
            lambda who=other: take(
                register, who, REVIEW_SHEET, sheet, "hand_in", Submission(f"{sheet}-in", AT, None, "看")
            ),
        ):
            try:
                found = attempt()
            except (NotVisible, Forbidden):
                continue
            if found is not None and len(found):
                seen.append(found)
        assert seen == []
        with register.read() as connection, pytest.raises(NotVisible):
            require_object(connection, other, "review_sheet", sheet)
    # How many each has handed in is told, which file lies with whom is not.
    told = progress(register, third, None, one)
    assert told.columns.tolist() == ["reviewer_id", "reviewer_name", "given", "handed_in"]
    assert progress(register, third, None, one)["handed_in"].tolist() == [1, 0]
    # Then both are in, and either sees both.
    hand_in(register, second, theirs.loc[theirs["review_case_id"].eq(case), "sheet_id"].iloc[0])
    held = both_sheets(register, second, None)
    assert held["review_case_id"].tolist() == [case, case] and set(held["grade"]) == {"不合格", "优秀"}
    assert both_sheets(register, Viewer("x", "某", "liaison", org_id="O0134"), None).empty
    # The pairs of the whole look-back wait until all are in.
    assert pairs(register, second, None, one).empty


def test_a_sheet_is_handed_in_once(register: Register, warehouse: Warehouse, people: People) -> None:
    one = drawn(register, warehouse, people["p-office"], by=[], error=30)
    given(register, people["p-office"], one, "p-office", "p-office-2")
    sheet = own(register, people["p-office"])["sheet_id"].iloc[0]
    assert hand_in(register, people["p-office"], sheet, "F04").recorded
    # The second click carries the same number; a second sheet under another is refused.
    assert hand_in(register, people["p-office"], sheet, "F04").duplicate
    with pytest.raises(UserError, match="不能交评分表"):
        take(
            register, people["p-office"], REVIEW_SHEET, sheet, "hand_in",
            Submission("other", AT + timedelta(days=3), None, "改一下", {"deductions": []}),
        )  # fmt: skip
    found = own(register, people["p-office"]).set_index("sheet_id").loc[sheet]
    assert (found["score"], found["grade"], found["deductions"]) == (95, "优秀", ("F04",))
    with pytest.raises(UserError, match="没有扣分项「T02」"):
        hand_in(register, people["p-office"], own(register, people["p-office"])["sheet_id"].iloc[1], "T02")


def test_what_two_agree_on_is_settled_and_what_differs_waits_for_a_third(
    register: Register, warehouse: Warehouse, people: People
) -> None:
    office, second, third = people["p-office"], people["p-office-2"], people["p-office-3"]
    one = drawn(register, warehouse, office, by=[])
    given(register, office, one, "p-office", "p-office-2")
    a, b = own(register, office).set_index("review_case_id"), own(register, second).set_index("review_case_id")
    handled = files(register, office).set_index("review_case_id")["barred"].str.contains("P9")
    differing, agreed = handled[handled].index[0], handled[~handled].index[0]
    hand_in(register, office, a.loc[agreed, "sheet_id"], "F04", "F14")
    hand_in(register, second, b.loc[agreed, "sheet_id"], "F04")
    hand_in(register, office, a.loc[differing, "sheet_id"], "F01")
    hand_in(register, second, b.loc[differing, "sheet_id"])
    held = files(register, office).set_index("review_case_id")
    assert held.loc[agreed, ["state", "score", "grade", "deductions", "noted"]].tolist() == [
        "已评定", 93.5, "优秀", ("F04",), ("F14",),
    ]  # fmt: skip
    assert held.loc[differing, "state"] == "待裁决" and pd.isna(held.loc[differing, "score"])
    with pytest.raises(UserError, match="还有 24 件没有评完"):
        step(register, office, one, "gather")

    def settle(viewer: Viewer, key: str, *found: str) -> Outcome:
        sent = Submission(key, AT + timedelta(days=3), None, "证据足以证明。", {"deductions": list(found)})
        return take(register, viewer, REVIEW_CASE, differing, "adjudicate", sent)

    for number, who in enumerate((office, second)):
        with pytest.raises(UserError, match="由第三人裁决"):
            settle(who, f"a{number}")
    with pytest.raises(UserError, match="应当回避"):
        settle(people["p-approver"], "a3")
    settle(third, "a4", "F05")
    row = files(register, office).set_index("review_case_id").loc[differing]
    assert row[["state", "score", "grade", "deductions", "adjudicated"]].tolist() == [
        "已评定", 94, "优秀", ("F05",), True,
    ]  # fmt: skip


def test_what_is_given_back_goes_to_somebody_else(register: Register, warehouse: Warehouse, people: People) -> None:
    office = people["p-office"]
    one = drawn(register, warehouse, office, by=[], error=30)
    given(register, office, one, "p-office", "p-office-2")
    mine = own(register, people["p-office-2"])
    sheet, case = mine["sheet_id"].iloc[0], mine["review_case_id"].iloc[0]
    sent = Submission("r", AT + timedelta(days=1), None, "承办人是我爱人。")
    take(register, people["p-office-2"], REVIEW_SHEET, sheet, "recuse", sent)
    with pytest.raises(UserError, match="有 1 件找不到"):
        given(register, office, one, "p-office", "p-office-2", key="again")
    given(register, office, one, "p-office", "p-office-2", "p-office-3", key="more")
    assert own(register, people["p-office-3"])["review_case_id"].tolist() == [case]
    score_all(register, office, people["p-office-2"], people["p-office-3"])
    assert files(register, office)["state"].eq("已评定").all()


def test_what_lies_with_somebody_who_is_left_out_goes_to_others(
    register: Register, warehouse: Warehouse, people: People
) -> None:
    office, second, third = people["p-office"], people["p-office-2"], people["p-office-3"]
    one = drawn(register, warehouse, office, by=[], error=30)
    given(register, office, one, "p-office", "p-office-2")
    done = own(register, second)["sheet_id"].iloc[0]
    hand_in(register, second, done, "F04")
    # The second is away: what is handed in stays, the rest goes to the third.
    given(register, office, one, "p-office", "p-office-3", key="away")
    left = own(register, second).set_index("sheet_id")["state"]
    assert left.pop(done) == "已交" and set(left) == {"作废"}
    assert len(own(register, third)) == len(left) and own(register, third)["state"].eq("待评分").all()
    with pytest.raises(UserError, match="不能交评分表"):
        hand_in(register, second, left.index[0])
    score_all(register, office, third)
    assert files(register, office)["state"].eq("已评定").all()
    assert verify_register(register) == [] and illegal(register) == []


def test_from_the_plan_to_the_archive(register: Register, warehouse: Warehouse, people: People) -> None:
    office, second, third = people["p-office"], people["p-office-2"], people["p-office-3"]
    one = drawn(register, warehouse, office, error=20)
    given(register, office, one, "p-office", "p-office-2")
    left = files(register, office)["review_case_id"].iloc[0]
    gone = Submission("gone", AT + timedelta(days=1), None, "案卷在法院。")
    take(register, office, REVIEW_CASE, left, "set_aside", gone)
    assert (own(register, office).set_index("review_case_id").loc[left, "state"]) == "作废"
    score_all(register, office, second, found={"p-office": ["F04"]})
    step(register, office, one, "gather")
    with pytest.raises(UserError, match="不能归档"):
        step(register, office, one, "archive", text="早")
    step(register, office, one, "report")
    liaison = Viewer("p-unit", "示范员61", "liaison", org_id="O0134")
    # Nothing reaches a unit before it is told.
    assert files(register, liaison).empty
    settled = files(register, office)["review_case_id"].iloc[1]
    step(register, office, one, "tell", days=4)
    seen = files(register, liaison)
    assert set(seen["org_id"]) == {"O0134"} and seen["state"].eq("已送单位").all()
    assert seen["grade"].eq("优秀").all() and seen["score"].eq(97.5).all()
    assert seen[["lookback_id", "stratum", "probability", "barred", "seed"]].isna().all().all()
    assert left not in set(seen["review_case_id"]) and settled in set(files(register, office)["review_case_id"])
    shown = events_of(register, liaison, None, "review_case", seen["review_case_id"].iloc[0])
    assert shown["action"].tolist() == ["tell"]
    with pytest.raises(Forbidden):
        objects(register, liaison, None, "lookback")
    with pytest.raises(NotVisible):
        other = files(register, office).loc[lambda f: f["org_id"].eq("O0004"), "review_case_id"].iloc[0]
        events_of(register, liaison, None, "review_case", other)
    reply = Submission("reply", AT + timedelta(days=5), None, "已补正。", {"stand": "认可"})
    take(register, liaison, REVIEW_CASE, seen["review_case_id"].iloc[0], "reply", reply)
    assert files(register, office)["stand"].eq("认可").sum() == 1
    # One message a unit, however many files it has.
    table = KINDS["review_case"].table.metadata.tables["outbox"]
    with register.read() as connection:
        to = connection.execute(select(table.c.to_org_id)).scalars().all()
    assert sorted(to) == ["O0002", "O0003", "O0004", "O0134"]
    left = files(register, office)["state"].eq("已送单位")
    with pytest.raises(UserError, match=f"还有 {left.sum()} 件单位没有回复"):
        step(register, office, one, "archive", days=6)
    for row in files(register, office)[left].itertuples():
        answered = Submission(f"{row.review_case_id}-a", AT + timedelta(days=6), None, "已补正。", {"stand": "认可"})
        by = Viewer(f"p-{row.org_id}", "示范员62", "liaison", org_id=row.org_id)
        take(register, by, REVIEW_CASE, row.review_case_id, "reply", answered)
    step(register, office, one, "archive", days=7)
    assert objects(register, office, None, "lookback")["state"].tolist() == ["已归档"]
    assert verify_register(register) == [] and illegal(register) == []
    assert third.person_id not in set(both_sheets(register, office, None)["reviewer_id"])


def test_an_objection_is_answered_by_somebody_else_before_the_archive(
    register: Register, warehouse: Warehouse, people: People
) -> None:
    """Upheld or corrected, with the reason: the unit is told, the correction counts from then on."""
    office, second, third, county = (people[one] for one in ("p-office", "p-office-2", "p-office-3", "p-county"))
    one = drawn(register, warehouse, office, error=20)
    given(register, office, one, "p-office", "p-office-2")
    # F04 found by one of the two in all files.
    score_all(register, office, second, found={"p-office": ["F04"]})
    for action, days in (("gather", 2), ("report", 3), ("tell", 4)):
        step(register, office, one, action, days=days)
    held = files(register, office)
    for row in held.itertuples():
        by = Viewer(f"p-{row.org_id}", "示范员62", "liaison", org_id=row.org_id)
        said = Submission(f"{row.review_case_id}-r", AT + timedelta(days=5), None, "附件在卷。", {"stand": "有异议"})
        take(register, by, REVIEW_CASE, row.review_case_id, "reply", said)
    held = files(register, office)
    assert held["state"].eq("有异议").all() and held["stand"].eq("有异议").all()
    # Five workdays from the holiday on: 8 (worked, a Saturday), 9, 10, 11, 12 October.
    assert held["due_at"].dt.date.eq(date(2022, 10, 12)).all()
    with pytest.raises(UserError, match=f"还有 {len(held)} 件单位有异议"):
        step(register, office, one, "archive", days=6)

    def answer(by: Viewer, number: str, said: str, items: list[str], key: str = "", text: str = "证据足。") -> Outcome:
        sent = Submission(f"{number}-{key}{by.person_id}", AT + timedelta(days=7), None, text,
                          {"answer": said, "deductions": items})  # fmt: skip
        return take(register, by, REVIEW_CASE, number, "answer", sent)

    first, other, *rest = held["review_case_id"]
    for scorer in (office, second):
        with pytest.raises(UserError, match="评过、裁决过这一件的人不能答复异议"):
            answer(scorer, first, "维持", [])
    with pytest.raises(UserError, match="写明维持或更正的理由"):
        answer(third, first, "维持", [], "a", text=" ")
    with pytest.raises(UserError, match="没有更正什么"):
        answer(third, first, "更正", list(held["deductions"].iloc[0]), "b")
    with pytest.raises(Forbidden):
        answer(Viewer("p-x", "示范员63", "inspector", domains=frozenset({"ZF"})), first, "维持", [])
    before = held.set_index("review_case_id")
    answer(third, first, "维持", ["F01"])
    answer(third, other, "更正", ["F01", "F02"])
    now = files(register, office).set_index("review_case_id")
    kept = ["score", "grade", "deductions", "settled_at"]
    assert now.loc[first, kept].tolist() == before.loc[first, kept].tolist()
    assert (now.loc[first, "state"], now.loc[first, "answer"]) == ("异议已答复", "维持")
    assert now.loc[other, "deductions"] == ("F01", "F02") and now.loc[other, "answer"] == "更正"
    sheet = marks(sheets()["案卷评查"], ["F01", "F02"])
    assert (now.loc[other, "score"], now.loc[other, "grade"]) == (sheet.score, sheet.grade)
    assert result(register, warehouse, office, one).reviewed == len(held)
    unit = Viewer("p-unit", "示范员61", "liaison", org_id=str(now.loc[other, "org_id"]))
    seen = events_of(register, unit, None, "review_case", other)
    assert seen["action"].tolist() == ["tell", "reply", "answer"] and seen["text"].iloc[-1] == "证据足。"
    assert files(register, unit).set_index("review_case_id").loc[other, "score"] == sheet.score
    table = KINDS["review_case"].table.metadata.tables["outbox"]
    with register.read() as connection:
        told = connection.execute(select(table.c.object_id)).scalars().all()
    assert {first, other} <= set(told)
    for number in rest:
        answer(third, number, "维持", [])
    step(register, office, one, "archive", days=8)
    assert verify_register(register) == [] and illegal(register) == []
    assert county.may("review", "review_case")


def test_a_draw_that_is_had_again_says_how_often_one_was_taken_back(
    register: Register, warehouse: Warehouse, people: People
) -> None:
    office = people["p-office"]
    one = drawn(register, warehouse, office, by=[], error=30)
    step(register, office, one, "withdraw", text="抽到的案卷不合意")
    planned(register, office, "again", by=[])
    planned(register, office, "else", review_type="案件审理")
    planned(register, office, "where", area_code="330483")
    found = lookback_list(register, warehouse, office, AT).set_index("state")
    assert found.loc["撤回", "redrawn"] == 0 and sorted(found.loc["草拟", "redrawn"]) == [0, 0, 1]


def test_a_draw_that_was_scored_is_not_taken_back(register: Register, warehouse: Warehouse, people: People) -> None:
    office = people["p-office"]
    one = drawn(register, warehouse, office, by=[], error=30)
    given(register, office, one, "p-office", "p-office-2")
    with pytest.raises(UserError, match="不能撤回"):
        step(register, office, one, "withdraw")


def test_who_was_named_to_score_is_told_by_name_to_whoever_names_them_and_by_role_to_others(
    register: Register, warehouse: Warehouse, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visible, "colleagues", lambda _connection: people)
    one = drawn(register, warehouse, people["p-office"])
    assert given(register, people["p-office"], one, "p-office", "p-office-2", "p-office-3").recorded

    def told(viewer: Viewer) -> list[str]:
        events = events_of(register, viewer, None, "lookback", one)
        [payload] = events.loc[events["action"].eq("give_out"), "payload"]
        return list(payload["people"])

    office = people["p-office"].role_name
    assert told(people["p-office"]) == [f"示范员02（{office}）", f"示范员12（{office}）", f"示范员13（{office}）"]
    # Two who score the same do not know of each other; whoever left is no number either.
    assert told(people["p-leader"]) == [f"{office} 3 人"]
    people.pop("p-office-3")
    assert told(people["p-office"])[2] == "已不在册的人"
    assert told(people["p-leader"]) == [f"{office} 2 人", "已不在册 1 人"]
