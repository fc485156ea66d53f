"""Letters as they arrive at a real mail server and a real webhook, and every way in which they do not."""

import socket
from dataclasses import replace

import pytest

from lib.casework.messages.letter import Letter
from lib.casework.messages.sending import Failure, send
from lib.casework.messages.settings import Settings
from tests.casework.messages.servers import AWAY, CUT, DRIP, FAIL, HANG, REFUSED, TWICE, Hook, Mail, free_port

LETTER = Letter(
    "M1-mail", "O0134", "执法监督舱：工作提示待办", "您有一条工作提示待办，请登录执法监督舱查看。\n编号：7号"
)
NO_ANSWER = Failure("对方没有应答或连不上", True)


def test_a_mail_arrives_as_it_was_written_with_its_key(mail: Mail, rules: Settings) -> None:
    assert send(mail.address, LETTER, rules) is None
    [(to, letter)] = mail.letters
    assert to == ["unit@jx.example"]
    assert letter["Subject"] == LETTER.title
    assert letter["Idempotency-Key"] == LETTER.key
    assert letter["Message-ID"] == f"<{LETTER.key}@127.0.0.1>"
    assert letter.get_content_type() == "text/plain"
    assert letter.get_content().split() == LETTER.body.split()


def test_a_webhook_is_told_key_unit_title_and_text_once(hook: Hook, rules: Settings) -> None:
    assert send(hook.address, LETTER, rules) is None
    [(key, told)] = hook.asked
    assert key == told["key"] == LETTER.key
    assert (told["org_id"], told["title"], told["message"]) == ("O0134", LETTER.title, LETTER.body)


@pytest.mark.parametrize(
    ("behaves", "failure"),
    [
        (FAIL, Failure("对方返回错误 500")),
        (AWAY, Failure("对方返回错误 302")),
        (CUT, NO_ANSWER),
        (HANG, NO_ANSWER),
        (DRIP, NO_ANSWER),
        (TWICE, None),
    ],
)
def test_what_a_webhook_does_instead_of_answering(
    hook: Hook, rules: Settings, behaves: str, failure: Failure | None
) -> None:
    hook.behaves = [behaves]
    assert send(hook.address, LETTER, replace(rules, whole=1.5)) == failure
    assert hook.keys == [LETTER.key]


def test_a_mail_server_that_refuses_or_is_not_there(mail: Mail, rules: Settings) -> None:
    mail.behave = FAIL
    assert send(mail.address, LETTER, rules) is not None
    assert mail.letters == []
    gone = f"mailto://127.0.0.1:{free_port()}/unit@jx.example?from=cockpit@jx.example&smtp=127.0.0.1"
    assert send(gone, LETTER, rules) == NO_ANSWER


def test_a_mail_server_that_takes_the_call_and_says_nothing(rules: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"mailto://127.0.0.1:{silent.getsockname()[1]}/a@jx.example?from=b@jx.example&smtp=127.0.0.1"
        assert send(address, LETTER, rules) == NO_ANSWER


def test_a_robot_that_answers_200_and_refuses_has_refused(
    hook: Hook, rules: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from apprise.plugins.dingtalk import NotifyDingTalk

    monkeypatch.setattr(NotifyDingTalk, "notify_url", f"http://127.0.0.1:{hook.port}/robot?token={{token}}")
    hook.behaves = [REFUSED]
    robot = "dingtalk://abcdefghijklmnop"
    assert send(robot, LETTER, rules) == Failure("钉钉拒收（310000）")
    assert send(robot, LETTER, rules) is None
    assert LETTER.body in hook.asked[-1][1]["text"]["content"]


@pytest.mark.parametrize("address", ["json://", "mailto://", "dingtalk://", "nothing://x", "mailto://:secret@"])
def test_an_address_that_makes_no_sense_is_said_without_it(address: str, rules: Settings) -> None:
    failure = send(address, LETTER, rules)
    assert failure is not None
    assert failure.reason == "地址不能使用，请检查消息地址的写法"


def test_nothing_that_is_told_of_a_failure_holds_the_address(rules: Settings) -> None:
    secret = f"json://user:topsecret@127.0.0.1:{free_port()}/token-abc"
    failure = send(secret, LETTER, rules)
    assert failure == NO_ANSWER


def test_no_name_is_looked_up_but_that_of_the_address(
    mail: Mail, hook: Hook, rules: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = socket.getaddrinfo

    def noted(host: object, *given: object, **named: object) -> object:
        asked.append(str(host))
        return real(host, *given, **named)  # type: ignore[arg-type,call-overload]

    monkeypatch.setattr(socket, "getaddrinfo", noted)
    for name in ("gethostbyname", "gethostbyaddr", "getfqdn", "gethostbyname_ex"):
        monkeypatch.setattr(socket, name, lambda host="", name=name: asked.append(f"{name} {host}"))
    assert send(mail.address, LETTER, rules) is None
    assert send(hook.address, LETTER, rules) is None
    assert set(asked) == {"127.0.0.1"}
