"""The page 消息: what was sent and what was not, sending again, and a prompt all the way to a mail server."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from lib.casework.accounts.people import enter_person
from lib.casework.messages import delivery, worker
from lib.casework.messages.settings import MESSAGES, addresses_path, read_settings
from lib.casework.store.register import Register, open_register
from lib.casework.store.schema import delivery as table
from lib.warehouse.clock import now
from lib.warehouse.store import open_warehouse
from tests.casework.messages import servers
from tests.casework.messages.conftest import write
from tests.cities import handmade
from tests.pages.opening import drawn, open_page, open_signed_in, words

PAGE, WARNING = "pages/admin/messages.py", "pages/warnings/warning.py"
RULES = replace(
    read_settings(MESSAGES), quiet=(time(0), time(0)), together=timedelta(0), answer=1.0, whole=2.0, times=1
)


@pytest.fixture
def register(home: Path, monkeypatch: pytest.MonkeyPatch) -> Register:
    monkeypatch.setattr("lib.casework.messages.worker.settings", lambda: RULES)
    return open_register(home)


def put(home: Path, text: str) -> None:
    path = addresses_path(home)
    path.write_text(f'link = "http://10.0.0.5:8501"\n{text}\n')
    path.chmod(0o600)


@pytest.fixture
def mail() -> Iterator[servers.Mail]:
    with servers.mail() as took:
        yield took


def listed(app) -> list[str]:
    found = [one for one in drawn(app) if one.get("label") == "消息清单"]
    return [" ".join(row["cells"]) for one in found for row in one["rows"]]


def test_without_an_address_the_page_says_that_nothing_goes_out(home: Path, register: Register) -> None:
    write(register, at=now(open_warehouse(home)))
    app = open_page(PAGE)
    assert "不外发，也不连接任何机器" in words(app)
    assert "未外发 1" in app.segmented_control[0].options
    [row] = listed(app)
    assert row.startswith("工作提示 P1") and row.endswith("没有可用的通道")


def test_a_prompt_reaches_the_unit_by_mail_with_a_link_and_nothing_else(
    home: Path, register: Register, mail: servers.Mail
) -> None:
    put(home, f'mail = "{mail.address}"')
    found = handmade_warnings(home)
    app = open_page(WARNING, "demo-office", id=found)
    app.segmented_control(key=f"{found}_demo-office_新生成_step").set_value("prompt").run()
    app.button(key=f"{found}_prompt_submit").click().run()
    assert "已保存" in app.success[0].value
    done = worker.work(register, open_warehouse(home), home)
    assert (done.taken_in, done.sent, done.failed) == (1, 1, 0)
    [(_, letter)] = mail.letters
    lines = letter.get_content().split()
    assert lines[0] == "【演示】您有一条工作提示待办，请登录执法监督舱查看。"
    assert lines[1].startswith("编号：") and lines[2].startswith("办理期限：2022-")
    assert lines[3].startswith("http://10.0.0.5:8501/prompts?prompt=P") and len(lines) == 4
    app = open_page(PAGE, sending="已送达")
    [row] = listed(app)
    assert "桐乡市综合行政执法局" in row and "送达" in row
    assert "已送达 1" in app.segmented_control[0].options


def handmade_warnings(home: Path) -> str:
    from lib.access.personas import personas
    from lib.insight.warnings.listing import warning_list

    office = next(one for one in personas(True) if one.person_id == "demo-office")
    found = warning_list(open_register(home), open_warehouse(home), office)
    return str(found.set_index("subject_id").loc["CA3", "warning_id"])


def test_what_was_given_up_says_why_and_is_sent_again_by_a_button(
    home: Path, register: Register, mail: servers.Mail
) -> None:
    put(home, f'mail = "mailto://127.0.0.1:{servers.free_port()}/a@jx.example?from=b@jx.example&smtp=127.0.0.1"')
    outbox_id = write(register, org_id="O0003", at=now(open_warehouse(home)))
    worker.work(register, open_warehouse(home), home)
    app = open_page(PAGE)
    assert app.segmented_control[0].value == "停发待查"
    [row] = listed(app)
    assert "濮院镇综合行政执法队" in row and row.endswith("对方没有应答或连不上")
    app.button(key="resend_全部重发").click().run()
    assert "已重发 1 条" in words(app)
    with register.transaction() as tx:
        told = tx.last_event("message", outbox_id)
    assert told is not None and told.actor_id == "demo-office"
    put(home, f'mail = "{mail.address}"')
    worker.work(register, open_warehouse(home), home)
    assert len(mail.letters) == 1
    app = open_page(PAGE, message=f"{outbox_id}-mail")
    text = words(app)
    assert "您有一条工作提示待办" in text and "已送达" in str(app.get("badge") or text)


def test_what_was_put_together_is_listed_under_the_newest(home: Path, register: Register, mail: servers.Mail) -> None:
    put(home, f'mail = "{mail.address}"')
    older = write(register, at=now(open_warehouse(home)))
    newer = write(register, at=now(open_warehouse(home)))
    worker.work(register, open_warehouse(home), home)
    assert len(mail.letters) == 1
    assert [one.split()[-1] for one in listed(open_page(PAGE, sending="已合并"))] == ["并入较新的一条"]
    first, second = (open_page(PAGE, message=f"{one}-mail") for one in (newer, older))
    told = words(first) + words(second)
    assert "合并在内的 1 条" in told


def test_an_address_that_is_open_to_others_is_said_and_stops_nothing_else(home: Path, register: Register) -> None:
    put(home, 'mail = "mailto://mail.jx.example/a@jx.example"')
    addresses_path(home).chmod(0o644)
    assert "chmod 600" in words(open_page(PAGE))


def test_a_message_that_is_not_there(home: Path) -> None:
    assert "没有这条记录" in words(open_page(PAGE, message="M0-mail"))


@pytest.mark.parametrize("person", ["demo-leader", "demo-inspector", "demo-county", "demo-town", "demo-liaison"])
def test_others_are_told_who_reads_it(home: Path, person: str) -> None:
    assert "您的角色不查看消息的发送情况" in words(open_page(PAGE, person))


def test_the_system_administrator_sends_again_and_opens_no_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    handmade.put(tmp_path, synthetic=False)
    register = open_register(tmp_path)
    enter_person(register, person_id="s1", name="某", role="sysadmin", area_code=None, list_ids=[], at=now())
    outbox_id = write(register, org_id="O0003", at=now())
    with register.transaction() as tx:
        values = {"outbox_id": outbox_id, "channel": "mail", "state": delivery.DEAD, "attempts": 8, "reason": "不通"}
        tx.connection.execute(table.insert().values(**values, next_at=now()))
    app = open_signed_in(PAGE, "s1", message=f"{outbox_id}-mail")
    assert not [one for one in app.get("page_link") if "打开" in one.proto.label]
    app.button(key="resend_重发").click().run()
    with register.transaction() as tx:
        told = tx.last_event("message", outbox_id)
    assert told is not None and told.actor_id == "s1"
