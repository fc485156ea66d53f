"""One warning: what it shows to whom, and what recording does."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from streamlit.testing.v1 import AppTest

from lib.access.personas import personas
from lib.casework import audit
from lib.casework.attachments import MAX_MB
from lib.casework.drafts import load_draft
from lib.casework.reading.visible import events_of
from lib.casework.store.register import Register
from lib.casework.store.schema import outbox, warning
from lib.insight.warnings.listing import warning_list
from lib.warehouse.clock import now
from lib.warehouse.store import Warehouse
from tests.casework.stepping import on_warning
from tests.pages.opening import box, html_lines, open_page

PAGE = "pages/warnings/warning.py"
VIEWERS = {viewer.person_id: viewer for viewer in personas(True)}
OFFICE, COUNTY = VIEWERS["demo-office"], VIEWERS["demo-county"]


def numbers(city: tuple[Register, Warehouse]) -> dict[str, str]:
    """Warning number by subject."""
    frame = warning_list(*city, OFFICE)
    return dict(zip(frame["subject_id"], frame["warning_id"], strict=True))


def opened(warning_id: str, person: str = "demo-office") -> AppTest:
    return open_page(PAGE, person, id=warning_id)


def typed(app: AppTest, key: str, text: str) -> None:
    """Text that has arrived from the text box."""
    app.session_state[key] = text
    app.run()


def texts(app: AppTest) -> str:
    kinds = ("markdown", "caption", "text", "success", "info", "error", "warning")
    said = [element.value for kind in kinds for element in app.get(kind)]
    return "\n".join([*said, *html_lines(app)])


def state(city: tuple[Register, Warehouse], warning_id: str) -> str:
    frame = warning_list(*city, OFFICE).set_index("warning_id")
    return frame.loc[warning_id, "state"]


def take(city: tuple[Register, Warehouse], step: str, warning_id: str, viewer=COUNTY, **more) -> None:
    on_warning(step, city[0], viewer, warning_id, submission_id=f"{viewer.person_id}-{step}", at=now(city[1]), **more)


def test_the_page_says_why_on_what_law_and_what_to_check(city) -> None:
    shown = texts(opened(numbers(city)["CA3"]))
    assert "超期天数 100 日，阈值 0 日。" in shown
    assert "核查提示，非结论" in shown
    assert "行政处罚法（2021修订）第六十条" in shown and "已核" in shown
    assert "调阅延期审批表" in shown
    assert "听证、鉴定、公告时间" in shown


def test_a_hit_that_is_over_shows_the_rows_of_its_last_day(city) -> None:
    number = numbers(city)["CA3"]
    assert "按最近命中日" not in texts(opened(number))
    with city[0].transaction() as tx:
        # The run is not on record: the day the warning was last seen counts.
        gone = {"firing": False, "run_id": "", "last_seen_at": datetime(2022, 8, 1, 6)}
        tx.connection.execute(update(warning).where(warning.c.warning_id == number).values(gone))
        tx.touch()
    shown = texts(opened(number))
    assert "按最近命中日 2022-08-01 的数据" in shown
    assert "没有来源数据" not in shown


def test_a_form_says_in_chinese_what_must_be_filled_in(city) -> None:
    number = numbers(city)["CA3"]
    take(city, "sign", number, OFFICE)
    take(city, "start", number, OFFICE)
    app = opened(number)
    assert box(app, "情况说明")["required"]
    assert app.segmented_control(key=f"{number}_conclude_conclusion").label == "核查结论（必填）"
    assert app.multiselect(key=f"{number}_conclude_checked").label == "核查了什么（必填）"


def test_an_unknown_number_and_one_out_of_scope_get_the_same_words(city) -> None:
    outside = opened(numbers(city)["CA3"], "demo-town")
    unknown = opened("W0000000000000000", "demo-town")
    assert [box.value for box in outside.info] == [box.value for box in unknown.info]
    assert "没有这条记录，或不在您的权限范围内" in outside.info[0].value.replace(",", "，")
    assert "CA3" not in texts(outside)


def test_signing_is_recorded_and_the_next_form_follows(city) -> None:
    number = numbers(city)["CA3"]
    app = opened(number)
    typed(app, f"{number}_sign_text", "已阅")
    app.button(key=f"{number}_sign_submit").click().run()
    assert not app.exception
    assert "已保存" in app.success[0].value and "签收" in app.success[0].value
    assert state(city, number) == "已签收"
    last = events_of(city[0], OFFICE, city[1], "warning", number).iloc[-1]
    assert (last["action"], last["actor_id"], last["text"]) == ("sign", "demo-office", "已阅")
    assert f"第 {last['seq']} 号事件" in app.success[0].value
    assert app.button(key=f"{number}_start_submit").label == "开始核查"


def test_a_submission_sent_again_is_told_it_is_there_already(city) -> None:
    number = numbers(city)["CA3"]
    app = opened(number)
    seq = int(warning_list(*city, OFFICE).set_index("warning_id").loc[number, "last_seq"])
    submission = app.session_state[f"{number}_sign_{seq}_submission"]
    on_warning("sign", city[0], OFFICE, number, submission_id=submission, at=now(city[1]), expected_seq=seq)
    app.button(key=f"{number}_sign_submit").click().run()
    assert "已经记录过" in app.info[0].value
    events = events_of(city[0], OFFICE, city[1], "warning", number)
    assert (events["action"] == "sign").sum() == 1


def test_a_conflict_shows_what_the_other_did_and_keeps_the_words(city) -> None:
    number = numbers(city)["CA2"]
    take(city, "sign", number, OFFICE)
    take(city, "start", number, OFFICE)
    app = opened(number)
    typed(app, f"{number}_conclude_text", "经查属实")
    app.segmented_control(key=f"{number}_conclude_conclusion").set_value("属实").run()
    app.multiselect(key=f"{number}_conclude_checked").set_value(["调阅案卷"]).run()
    take(city, "prompt", number, COUNTY, text="请尽快核实")
    app.button(key=f"{number}_conclude_submit").click().run()
    assert not app.exception
    shown = texts(app)
    assert "没有记录" in shown and "示范县丙" in shown and "浙政钉提示" in shown and "请尽快核实" in shown
    assert app.session_state[f"{number}_conclude_text"] == "经查属实"
    assert load_draft(city[0], OFFICE, "warning", number, "conclude")["text"] == "经查属实"
    assert state(city, number) == "核查中"
    app.button(key=f"{number}_conclude_submit").click().run()
    assert "已保存" in app.success[0].value
    assert state(city, number) == "已反馈"


def test_a_conflict_that_ends_the_step_says_so_and_gives_the_words_back(city) -> None:
    number = numbers(city)["CA2"]
    app = opened(number)
    typed(app, f"{number}_sign_text", "我来办")
    take(city, "sign", number)
    app.button(key=f"{number}_sign_submit").click().run()
    shown = texts(app)
    assert "现在不能再签收" in shown and "我来办" in shown and "示范县丙" in shown
    events = events_of(city[0], OFFICE, city[1], "warning", number)
    assert events["actor_id"].tolist()[-1] == "demo-county"


def test_what_was_typed_is_there_after_a_reload(city) -> None:
    number = numbers(city)["CA1"]
    take(city, "sign", number, OFFICE)
    take(city, "start", number, OFFICE)
    app = opened(number)
    typed(app, f"{number}_conclude_text", "写到一半")
    app.segmented_control(key=f"{number}_conclude_conclusion").set_value("部分属实").run()
    assert box(app, "情况说明")["note"].startswith("已自动保存")
    again = opened(number)
    assert again.session_state[f"{number}_conclude_text"] == "写到一半"
    assert again.segmented_control(key=f"{number}_conclude_conclusion").value == "部分属实"
    assert box(again, "情况说明")["note"] == "已恢复您上次未提交的内容。"
    assert opened(number, "demo-county").session_state[f"{number}_take_over_text"] == ""


def test_a_conclusion_needs_a_choice_and_words_and_keeps_its_file(city) -> None:
    number = numbers(city)["CA1"]
    take(city, "sign", number, OFFICE)
    take(city, "start", number, OFFICE)
    app = opened(number)
    app.button(key=f"{number}_conclude_submit").click().run()
    told = texts(app)
    assert "还不能提交：核查结论、核查了什么、情况说明" in told
    assert "请选择核查结论" in told and "请至少选择一项核查内容" in told
    assert box(app, "情况说明")["fault"] == "请填写情况说明。"
    app.segmented_control(key=f"{number}_conclude_conclusion").set_value("不属实").run()
    app.multiselect(key=f"{number}_conclude_checked").set_value(["调阅案卷"]).run()
    app.button(key=f"{number}_conclude_submit").click().run()
    assert "还不能提交：情况说明" in texts(app)
    assert state(city, number) == "核查中"
    typed(app, f"{number}_conclude_text", "延期审批在案")
    app.checkbox(key=f"{number}_conclude_work_prompt").check().run()
    app.file_uploader(key=f"{number}_conclude_attachment").upload("审批表.pdf", b"%PDF-1.7 ...").run()
    app.button(key=f"{number}_conclude_submit").click().run()
    assert "已保存" in app.success[0].value
    last = events_of(city[0], OFFICE, city[1], "warning", number).iloc[-1]
    assert last["payload"]["conclusion"] == "不属实" and last["payload"]["work_prompt"] is True
    assert last["payload"]["attachment"]["name"] == "审批表.pdf"
    assert any("审批表.pdf" in button.label for button in app.get("download_button"))
    assert load_draft(city[0], OFFICE, "warning", number, "conclude") is None


def test_too_large_a_file_is_refused_and_the_form_stays(city) -> None:
    number = numbers(city)["CA1"]
    take(city, "sign", number, OFFICE)
    take(city, "start", number, OFFICE)
    app = opened(number)
    app.segmented_control(key=f"{number}_conclude_conclusion").set_value("属实").run()
    typed(app, f"{number}_conclude_text", "见附件")
    app.multiselect(key=f"{number}_conclude_checked").set_value(["调阅案卷"]).run()
    app.file_uploader(key=f"{number}_conclude_attachment").upload("大.zip", b"0" * (MAX_MB * 1024 * 1024 + 1)).run()
    app.button(key=f"{number}_conclude_submit").click().run()
    assert f"超过 {MAX_MB} MB" in texts(app)
    assert state(city, number) == "核查中"
    assert app.session_state[f"{number}_conclude_text"] == "见附件"


@pytest.mark.parametrize(
    ("person", "subject", "line"),
    [("demo-leader", "CA3", "下一步是「签收」"), ("demo-inspector", "CA4", "没有这条记录")],
)
def test_who_may_not_record_gets_no_form(city, person: str, subject: str, line: str) -> None:
    app = opened(numbers(city)[subject], person)
    assert line in texts(app)
    assert not app.get("button_group")
    assert not [one for one in app.button if (one.key or "").endswith("_submit")]


def test_a_town_records_on_grid_warnings_only(city) -> None:
    number = numbers(city)["P0003"]
    app = opened(number, "demo-town")
    assert app.button(key=f"{number}_sign_submit").label == "签收"
    assert set(app.segmented_control[0].options) == {"签收", "浙政钉提示"}


def test_a_prompt_goes_into_the_outbox_and_says_so(city) -> None:
    number = numbers(city)["CA3"]
    app = opened(number)
    app.segmented_control(key=f"{number}_demo-office_新生成_step").set_value("prompt").run()
    assert "只有一句提示和链接" in texts(app)
    app.button(key=f"{number}_prompt_submit").click().run()
    assert "已保存" in app.success[0].value
    with city[0].read() as connection:
        sent = connection.execute(select(outbox).where(outbox.c.object_type == "prompt")).one()
    assert (sent.to_org_id, sent.sent_at) == ("O0002", None)


def test_opening_a_named_officers_warning_is_logged_once(city) -> None:
    number = numbers(city)["CA3"]
    app = opened(number)
    app.run()
    app.run()

    def views() -> int:
        log = audit.entries(city[0], OFFICE)
        return int(((log["action"] == "view") & (log["object_id"] == number)).sum())

    assert views() == 1
    app.switch_page("pages/warnings/workbench.py").run()
    app.switch_page(PAGE)
    app.query_params["id"] = number
    app.run()
    assert views() == 2
    opened(numbers(city)["CA4"])
    assert (audit.entries(city[0], OFFICE)["object_id"] == numbers(city)["CA4"]).sum() == 0


def test_a_group_warning_lists_its_signals(city) -> None:
    app = opened(numbers(city)["P0003"])
    lists = [table.value for table in app.dataframe]
    signals = next(table for table in lists if "情形" in table)
    assert len(signals) == 6
    assert set(signals["情形"]) == {"超期"}


def test_an_overdue_warning_says_by_how_many_days(city, monkeypatch: pytest.MonkeyPatch) -> None:
    later = now(city[1]) + timedelta(days=14)
    monkeypatch.setattr("lib.ui.state.now", lambda _warehouse: later)
    assert "超期 13 天" in texts(opened(numbers(city)["CA3"]))


def test_both_deadlines_stay_in_sight_and_say_how_they_were_kept(city, monkeypatch: pytest.MonkeyPatch) -> None:
    number = numbers(city)["CA1"]
    later = now(city[1]) + timedelta(days=9)
    on_warning("sign", city[0], OFFICE, number, submission_id="late", at=later)
    monkeypatch.setattr("lib.ui.state.now", lambda _warehouse: later + timedelta(days=20))
    told = texts(opened(number))
    assert "签收期限" in told and "迟 4 天" in told
    assert "核查期限" in told and "超期 5 天" in told


def test_signing_and_starting_is_one_click_and_can_be_taken_back(city) -> None:
    number = numbers(city)["CA1"]
    app = opened(number)
    app.button(key=f"{number}_sign_both").click().run()
    assert state(city, number) == "核查中"
    assert "核查中，待反馈核查结论" in app.success[0].value
    app.button(key=f"{number}_undo_submit").click().run()
    assert not app.exception
    assert state(city, number) == "新生成"


def test_what_another_handles_is_taken_over_first_and_the_former_is_told(city) -> None:
    number = numbers(city)["CA1"]
    take(city, "sign", number, OFFICE)
    app = opened(number, "demo-county")
    assert "由 示范监督室甲 经办" in texts(app)
    assert set(app.segmented_control[0].options) == {"接手", "浙政钉提示", "撤销", "交办"}
    typed(app, f"{number}_take_over_text", "经办人出差。")
    app.button(key=f"{number}_take_over_submit").click().run()
    assert "已保存" in app.success[0].value
    assert "您经办的这条预警已转由 示范县丙 经办" in texts(opened(number))
    assert "原经办 示范监督室甲" in texts(opened(number, "demo-county"))


def test_untrue_offers_no_clue_and_says_who_is_next(city) -> None:
    number = numbers(city)["CA1"]
    take(city, "sign", number)
    take(city, "start", number)
    app = opened(number, "demo-county")
    typed(app, f"{number}_conclude_text", "延期审批在案")
    app.segmented_control(key=f"{number}_conclude_conclusion").set_value("不属实").run()
    app.multiselect(key=f"{number}_conclude_checked").set_value(["调阅案卷"]).run()
    app.button(key=f"{number}_conclude_submit").click().run()
    assert "已反馈，待监督室复核" in app.success[0].value
    assert "转线索" not in app.segmented_control[0].options


def test_people_see_a_number_they_can_say(city) -> None:
    number = numbers(city)["CA1"]
    frame = warning_list(*city, OFFICE).set_index("warning_id")
    told = texts(opened(number))
    assert f"预警 {frame.loc[number, 'number']}" in told and number not in told


def test_two_steps_in_one_that_somebody_overtook_say_so(city) -> None:
    number = numbers(city)["CA1"]
    app = opened(number)
    typed(app, f"{number}_sign_text", "我来办")
    take(city, "sign", number)
    app.button(key=f"{number}_sign_both").click().run()
    shown = texts(app)
    assert "没有记录" in shown and "签收并开始核查未提交" in shown and "示范县丙" in shown and "我来办" in shown
    assert state(city, number) == "已签收"


def test_a_second_click_on_a_step_that_leaves_the_state_is_recorded_once(city) -> None:
    number = numbers(city)["CA1"]
    app = opened(number)
    app.segmented_control(key=f"{number}_demo-office_新生成_step").set_value("prompt").run()
    seq = int(warning_list(*city, OFFICE).set_index("warning_id").loc[number, "last_seq"])
    app.button(key=f"{number}_prompt_submit").click().run()
    sent = app.session_state[f"{number}_prompt_{seq}_sent"]
    assert sent.submission_id == app.session_state[f"{number}_prompt_{seq}_submission"]
    assert "已保存" in app.success[0].value
    events = events_of(city[0], OFFICE, city[1], "warning", number)
    assert (events["action"] == "prompt").sum() == 1
