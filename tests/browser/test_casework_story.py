"""A matter from its warning to its end, in a real browser: six people, one prompt, one clue, one notice, two letters.

The inspector asks the unit by a prompt, the unit answers from its phone, a clue and a notice come of it; the notice is
reviewed, signed, delivered, answered and closed. The figures move by what was done and by nothing else.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page

from lib.access.personas import personas
from lib.casework.messages import worker
from lib.casework.messages.settings import MESSAGES, Addresses, read_settings
from lib.casework.reading.visible import objects
from lib.casework.store.register import open_register
from lib.catalog.private import mask_text
from lib.insight.casework import casework
from lib.insight.kpi.groups import groups
from lib.insight.period import DEFAULT_PERIOD, period
from lib.insight.warnings.listing import warning_list
from lib.warehouse.store import open_warehouse
from tests.browser import served
from tests.browser.hand import choose, press, saved, tick_first, write
from tests.casework.messages import servers

pytestmark = served.NEEDS_BROWSER

VIEWERS = {viewer.person_id: viewer for viewer in personas(True)}
UNIT = VIEWERS["demo-liaison"]
LINK = "http://10.0.0.5:8501"
ASKED = "请核实渣土车遗撒事件的到场时间,附现场照片。"
FOUND = "到场时间晚于规定二十分钟,其余属实。"
TITLE = "关于渣土车遗撒到场超时的问题"
# Ten workdays after the delivery lie the October holidays and 2022-10-12.
AFTER_THE_DEADLINE = datetime(2022, 10, 14, 9)


def _of_unit(home: Path) -> str:
    """A warning about the liaison's unit that somebody else is looking into."""
    frame = warning_list(open_register(home), open_warehouse(home), VIEWERS["demo-inspector"])
    own = frame[frame["org_id"].eq(UNIT.org_id) & frame["state"].eq("核查中")]
    return str(own["warning_id"].iloc[0])


def _on_page(page: Page) -> Counter[tuple[str, str]]:
    """The numbers that the figures of 指标 are made of, by figure and word."""
    found: Counter[tuple[str, str]] = Counter()
    for tile in page.locator('[class*="st-key-card-figure-"]').all():
        title = tile.get_by_test_id("stCaptionContainer").first.inner_text().strip()
        for told in tile.locator(".numbers").first.locator("a").all_inner_texts():
            words, count = told.rsplit(maxsplit=1)
            found[title, words] = int(count.replace(",", ""))
    return found


def _on(home: Path, at: datetime) -> Counter[tuple[str, str]]:
    """The same as the page will show them at another moment, when nothing else is done until then."""
    register, warehouse, viewer = open_register(home), open_warehouse(home), VIEWERS["demo-leader"]
    held = casework(register, warehouse, viewer, at)
    shown = groups(held, period(DEFAULT_PERIOD, at.date()))
    return Counter(
        {(one.title, part.words): part.number for each in shown for one in each.figures for part in one.parts}
    )


def _moved(before: Counter[tuple[str, str]], after: Counter[tuple[str, str]]) -> dict[tuple[str, str], int]:
    return {one: after[one] - before[one] for one in before | after if after[one] != before[one]}


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[servers.Mail]:
    """A mail server on this machine, to which the worker sends at once and at any hour."""
    rules = replace(read_settings(MESSAGES), quiet=(time(0), time(0)), together=timedelta(0))
    monkeypatch.setattr(worker, "settings", lambda: rules)
    with servers.mail() as took:
        monkeypatch.setattr(worker, "addresses", lambda _: Addresses({"mail": took.address}, {}, LINK))
        yield took


def _sent(home: Path, mail: servers.Mail) -> list[str]:
    """What the worker sends when it wakes up: the letters that come in, of which none names anybody or anything."""
    known = len(mail.letters)
    worker.work(open_register(home), open_warehouse(home), home)
    return [_read(letter) for _, letter in mail.letters[known:]]


def _read(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    text: str = letter["subject"] + "\n" + body.get_content()
    said = re.sub(r"http://\S+", "", text)
    assert mask_text(said) == said
    assert not any(word in said for word in ("渣土", "示范", "濮院", "执法队", "到场"))
    return text


def test_a_matter_goes_from_its_warning_to_its_end_and_the_rates_move(
    city_copy: Path, tmp_path: Path, mail: servers.Mail
) -> None:
    warning_id = _of_unit(city_copy)
    _sent(city_copy, mail)
    ahead = _on(city_copy, AFTER_THE_DEADLINE)
    photo = tmp_path / "现场.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0 a photo")
    with served.app(city_copy) as address, served.browser(maps=False) as (context, strangers):
        page = context.new_page()

        def at(person: str, place: str) -> None:
            page.goto(f"{address}/{place}{'&' if '?' in place else '?'}as={person}")
            served.settle(page)

        at("demo-leader", "kpi")
        before = _on_page(page)

        # The inspector takes the warning over and asks the unit.
        at("demo-inspector", f"warning?id={warning_id}")
        write(page, "接手理由", "经办人出差，由本人核查。")
        press(page, "接手")
        served.settle(page)
        choose(page, "浙政钉提示")
        write(page, "提示内容", ASKED)
        press(page, "发送提示", "浙政钉提示")

        # The unit's letter leads to what it has to do; it answers by phone, once, however often it presses.
        [letter] = _sent(city_copy, mail)
        assert "工作提示待办" in letter
        link = re.search(rf"{LINK}/(\S+)", letter)[1]
        with served.beside(context, strangers, width=390, height=844) as phones:
            phone = served.opened(phones, f"{address}/{link}&as=demo-liaison")
            assert phone.get_by_text(ASKED.rstrip("。"), exact=False).count() and warning_id not in phone.content()
            choose(phone, "部分属实")
            tick_first(phone, "核实了什么")
            write(phone, "核实情况", FOUND)
            phone.locator('input[type="file"]').first.set_input_files(str(photo))
            phone.get_by_text("现场.jpg").first.wait_for()
            phone.get_by_role("button", name="提交回复").dblclick()
            saved(phone, "回复")

        # The inspector accepts it, concludes, and makes a clue and a notice of it.
        at("demo-inspector", "work")
        page.get_by_text(ASKED.rstrip("。"), exact=False).first.click()
        page.get_by_text(FOUND).first.wait_for()
        prompt_id = re.search("prompt=([^&]+)", page.url)[1]
        press(page, "采纳")
        page.get_by_role("link", name="来源预警").click()
        page.wait_for_url("**/warning?**")
        served.settle(page)
        choose(page, "属实")
        tick_first(page, "核查了什么")
        write(page, "情况说明", "单位回复与派单记录一致，到场确有超时。")
        press(page, "提交核查结论", "反馈核查结论")
        choose(page, "转线索")
        write(page, "线索情况", "到场超时属实，按问题线索办理。")
        press(page, "转线索")
        page.get_by_role("link", name=re.compile("^.*线索 .*登记")).click()
        page.wait_for_url("**/clues?**")
        served.settle(page)
        page.get_by_role("link", name="拟制执法监督通知书").click()
        page.get_by_label("联系人及电话").wait_for()
        served.settle(page)
        page.get_by_label("标题").fill(TITLE)
        page.get_by_label("依据").fill("《数字城管案件处置规范》。")
        page.get_by_label("联系人及电话").fill("示范派驻乙，0573-88110001")
        page.get_by_test_id("stBaseButton-primary").get_by_text("拟稿", exact=True).click()
        page.get_by_text("下一步是「审核」").first.wait_for()
        notice = f"notices?notice={re.search('notice=([^&]*)', page.url)[1]}"

        at("demo-liaison", notice)
        page.get_by_text("没有这条记录").first.wait_for()
        at("demo-office", notice)
        press(page, "审核")
        at("demo-leader", notice)
        press(page, "签发")
        at("demo-inspector", notice)
        choose(page, "浙政钉")
        press(page, "送达")

        # The unit acknowledges it, mends what was wrong and says so.
        [letter] = _sent(city_copy, mail)
        assert f"{LINK}/{notice}" in letter
        at("demo-liaison", notice)
        assert page.get_by_text("示范领导").count() == 0 and page.get_by_text("审核").count() == 0
        page.get_by_label("签收人").fill("示范联络员戊")
        press(page, "回执")
        write(page, "整改结果", "已全部整改到位。")
        press(page, "反馈")

        at("demo-inspector", notice)
        choose(page, "现场复核")
        write(page, "复核意见", "到现场核对，整改到位。")
        press(page, "复核")
        with page.expect_download() as taken:
            page.get_by_role("button", name="下载 Word").first.click()
        assert taken.value.suggested_filename.startswith("执法监督通知书_监督通知〔2022〕第")
        at("demo-office", notice)
        press(page, "销号")

        at("demo-leader", "kpi")
        assert _moved(before, _on_page(page)) == {
            ("预警核实率", "属实"): 1,
            ("预警核实率", "仅属实"): 1,
            ("预警核实率", "已判定"): 1,
            ("误报率", "有结论"): 1,
            ("转线索率", "转线索"): 1,
            ("转线索率", "有结论"): 1,
            ("预警处置时长", "已办结"): 1,
            ("预警处置时长", "期末未办结"): -1,
            ("线索处置率", "收到"): 1,
            ("线索了结率", "收到"): 1,
            ("一次通过率", "首次复核"): 1,
            ("一次通过率", "一次通过"): 1,
        }
        assert strangers == []
    later = _moved(ahead, _on(city_copy, AFTER_THE_DEADLINE))
    assert {words: by for (title, words), by in later.items() if title == "整改率"} == {"到期": 1, "已销号": 1}

    register, warehouse = open_register(city_copy), open_warehouse(city_copy)
    prompts = objects(register, UNIT, None, "prompt").set_index("prompt_id")
    assert prompts.loc[prompt_id, ["asked", "state"]].tolist() == [ASKED, "已采纳"]
    row = objects(register, VIEWERS["demo-office"], warehouse, "notice").set_index("title").loc[TITLE]
    assert (row["state"], row["origin"]) == ("销号", "clue")
