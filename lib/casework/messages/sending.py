"""Sending one letter through Apprise: mail, JSON webhooks, DingTalk robots; with an end to every wait."""

import logging
import re
import smtplib
import socket
import ssl
import threading
from types import SimpleNamespace
from typing import Any, NamedTuple

from lib.casework.messages.letter import Letter
from lib.casework.messages.settings import Settings

KEY_HEADER = "Idempotency-Key"


class Failure(NamedTuple):
    """Why a letter did not go; `silent`: nobody answered, so that others to the same address need not be tried now."""

    reason: str
    silent: bool = False


# Of the letter that a thread is sending, what a mail is numbered by.
_under_way = threading.local()
_NO_ANSWER = Failure("对方没有应答或连不上", True)
_NO_SENSE = Failure("地址不能使用，请检查消息地址的写法")


def send(address: str, letter: Letter, settings: Settings) -> Failure | None:
    """Send a letter; None when the other side has taken it. Ends after `settings.whole` seconds whatever happens.

    What hangs longer than every single wait allows (a name that is looked up, an answer that drips) goes on in a
    thread of its own and ends with the process.
    """
    found: list[Failure | None] = []

    def sending() -> None:
        found.append(_sent(address, letter, settings))

    thread = threading.Thread(target=sending, name="sending", daemon=True)
    thread.start()
    thread.join(settings.whole)
    return found[0] if found else _NO_ANSWER


def _sent(address: str, letter: Letter, settings: Settings) -> Failure | None:
    _under_way.key = letter.key
    try:
        service = _service(address, letter, settings)
    except Exception:  # what a library says of an address may hold its password
        return _NO_SENSE
    if service is None:
        return _NO_SENSE
    with _Heard() as heard:
        try:
            taken = service.notify(body=letter.body, title=letter.title, body_format="text")
        except Exception as error:
            return Failure(f"发送出错：{type(error).__name__}", isinstance(error, OSError))
    return None if taken else heard.failure()


def _service(address: str, letter: Letter, settings: Settings) -> Any:
    """What Apprise sends to an address by, None when it makes no sense to it."""
    from apprise import Apprise, AppriseAsset, NotifyFormat

    _mend()
    asset = AppriseAsset(secure_logging=True)
    # A gateway that points elsewhere is not followed out of the intranet.
    asset.http_redirects = False
    asset.app_id = asset.app_desc = "执法监督舱" if address.lower().startswith("mailto") else "cockpit"
    service: Any = Apprise.instantiate(address, asset=asset)
    if service is None:
        return None
    # Of the two a mail server is given the first for every wait.
    mail = hasattr(service, "smtp_host")
    service.socket_connect_timeout = settings.answer if mail else settings.connect
    service.socket_read_timeout = settings.answer
    service.request_rate_per_sec = 0
    service.notify_format = NotifyFormat.TEXT
    if hasattr(service, "headers"):
        service.headers = {**service.headers, KEY_HEADER: letter.key}
    if hasattr(service, "payload_extras"):
        service.payload_extras = {**service.payload_extras, "key": letter.key, "org_id": letter.org_id or ""}
    return service


class _Heard(logging.Handler):
    """What Apprise says, in this thread, of why it could not send: it returns no more than that it could not."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._thread = threading.get_ident()
        self._lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self._lines.append(record.getMessage())

    def __enter__(self) -> "_Heard":
        logging.getLogger("apprise").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("apprise").removeHandler(self)

    def failure(self) -> Failure:
        """In words of ours alone: theirs may name an address."""
        text = "\n".join(self._lines)
        if code := re.search(r"error=(\d{3})", text):
            return Failure(f"对方返回错误 {code[1]}")
        if code := re.search(r"was refused: (\d{3})", text):
            return Failure(f"邮件服务器拒收（{code[1]}）")
        if code := re.search(r"errcode=(-?\d+)", text):
            return Failure(f"钉钉拒收（{code[1]}）")
        return _NO_ANSWER


_mended = threading.Lock()


def _mend() -> None:
    """Mend what Apprise does otherwise than it should here, in its own modules alone."""
    from apprise.plugins import dingtalk
    from apprise.plugins.email import base, smtp

    letters: Any = base
    mail: Any = smtp
    robot: Any = dingtalk

    with _mended:
        if isinstance(mail.smtplib, SimpleNamespace):
            return
        mail.smtplib = SimpleNamespace(SMTP=_Mail, SMTP_SSL=_SecureMail, SMTPException=smtplib.SMTPException)
        # A mail that is sent again has the same number, so that mail servers can tell as well.
        letters.make_msgid = lambda domain: f"<{_under_way.key}@{domain}>"
        requests = robot.requests
        robot.requests = SimpleNamespace(
            post=_told_by_robot, codes=requests.codes, RequestException=requests.RequestException
        )


# A mail server is told who calls. Left alone, the library asks the name server for the own machine's name.
_CALLER = f"{socket.gethostname().partition('.')[0] or 'cockpit'}.localdomain"


class _Mail(smtplib.SMTP):
    def __init__(self, host: str, port: int, _caller: None, *, timeout: float) -> None:
        super().__init__(host, port, _CALLER, timeout=timeout)


class _SecureMail(smtplib.SMTP_SSL):
    def __init__(self, host: str, port: int, _caller: None, *, timeout: float, context: ssl.SSLContext) -> None:
        super().__init__(host, port, _CALLER, timeout=timeout, context=context)


def _told_by_robot(*given: Any, **named: Any) -> Any:
    """A DingTalk robot answers 200 when it refuses, and says so in the body only."""
    import requests

    answer = requests.post(*given, **named)
    if answer.status_code == 200:
        try:
            code = answer.json().get("errcode", 0)
        except (ValueError, AttributeError):
            code = -1
        if code:
            logging.getLogger("apprise").warning("refused: errcode=%s", code)
            raise requests.RequestException("refused")
    return answer
