"""What stands in data/messages.yaml and in the files of addresses, and what is said of what is wrong there."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lib import yamltext
from lib.casework.messages import settings as module
from lib.casework.messages.settings import MESSAGES, addresses, addresses_path, read_settings
from lib.errors import UserError

pytestmark = pytest.mark.usefixtures("in_force")
MAIL = "mailto://u:topsecret@mail.jx.example/a@jx.example"


def test_the_file_as_it_comes_is_sound_and_sends_nothing(tmp_path: Path) -> None:
    rules = read_settings(MESSAGES)
    assert set(rules.route("prompt")) <= set(rules.channels)
    assert rules.lease.total_seconds() > rules.whole
    assert "://" not in MESSAGES.read_text(encoding="utf-8").split("channels:")[1]
    assert addresses(tmp_path).open == frozenset()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda raw: raw["channels"]["mail"].update(schemes=["gopher"]), "channels.mail.schemes"),
        (lambda raw: raw["kinds"].update(nothing=["mail"]), "kinds 没有 nothing 这种对象"),
        (lambda raw: raw["kinds"].update(others=["pigeon"]), "kinds.others 没有 pigeon 这个通道"),
        (lambda raw: raw["kinds"].pop("others"), "kinds 缺少 others"),
        (lambda raw: raw.update(lease_seconds=10), "lease_seconds 要大于"),
        (lambda raw: raw["retry"].update(longest_minutes=0.5), "longest_minutes 不能小于"),
        (lambda raw: raw["retry"].update(times=0), "retry.times"),
        (lambda raw: raw["quiet"].update(until="25:00"), "quiet.until"),
        (lambda raw: raw.update(mail="x"), "不认识的键 mail"),
    ],
)
def test_what_is_wrong_in_the_file_is_named_with_its_place(
    tmp_path: Path, change: Callable[[dict], object], said: str
) -> None:
    raw = yamltext.parse(MESSAGES.read_text(encoding="utf-8"))
    change(raw)
    path = tmp_path / "messages.yaml"
    path.write_text(str(raw).replace("'", '"'), encoding="utf-8")
    with pytest.raises(UserError, match="messages") as refused:
        read_settings(path)
    assert said in refused.value.sentence


def put(home: Path, text: str, mode: int = 0o600) -> Path:
    path = addresses_path(home)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_addresses_of_channels_and_units(tmp_path: Path) -> None:
    put(tmp_path, f'link = "http://10.0.0.5:8501/"\nmail = "{MAIL}"\n[units.O2]\ngateway = "json://10.0.0.7/push"\n')
    book = addresses(tmp_path)
    assert book.open == {"mail", "gateway"} and book.link == "http://10.0.0.5:8501"
    assert (book.of("mail", "O1"), book.of("mail", "O2"), book.of("mail", None)) == (MAIL, MAIL, MAIL)
    assert (book.of("gateway", "O1"), book.of("gateway", "O2")) == (None, "json://10.0.0.7/push")
    assert "topsecret" not in repr(book)


def test_the_environment_comes_before_secrets_before_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, 'gateway = "json://home/"\nmail = "mailto://home"\nlink = "http://home"\n')
    secrets = tmp_path / "secrets.toml"
    secrets.write_text('[auth]\nx = "y"\n[messages]\nmail = "mailto://secrets"\ngateway = "json://secrets"\n')
    secrets.chmod(0o600)
    monkeypatch.setattr(module, "SECRETS", secrets)
    monkeypatch.setenv("COCKPIT_MESSAGES_GATEWAY", "jsons://environment")
    book = addresses(tmp_path)
    assert book.channels == {"gateway": "jsons://environment", "mail": "mailto://secrets"}
    assert book.link == "http://home"


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        (f'mail = "{MAIL}"', 0o640, "chmod 600"),
        (f'pigeon = "{MAIL}"', 0o600, "没有名为 pigeon 的消息通道"),
        (f'gateway = "{MAIL}"', 0o600, "政务钉钉网关（gateway）的地址种类不对"),
        ('mail = "tgram://topsecret"', 0o600, "邮件（mail）的地址种类不对"),
        ("mail = topsecret", 0o600, "读不了"),
        ('units = "topsecret"', 0o600, "写法不对"),
        ('[units]\nO1 = "topsecret"', 0o600, "写法不对"),
        ('link = "topsecret"', 0o600, "链接地址 link 不对"),
        ('[units.O1]\npigeon = "topsecret"', 0o600, "没有名为 pigeon"),
    ],
)
def test_what_is_wrong_with_the_addresses_is_said_without_them(tmp_path: Path, text: str, mode: int, said: str) -> None:
    put(tmp_path, text, mode)
    with pytest.raises(UserError) as refused:
        addresses(tmp_path)
    assert said in refused.value.sentence
    assert "topsecret" not in refused.value.sentence
