"""Real data is shown to nobody who has not signed in, whatever the address says."""

import time
from datetime import datetime
from pathlib import Path

import handmade
import pytest
from opening import APP, words
from streamlit.testing.v1 import AppTest

from lib.access import SYSTEM
from lib.casework import audit, people, sign_in
from lib.casework.store.register import Register, open_register
from lib.ui.access import session

PASSWORD = "一个很长的密码1234"
AT = datetime(2022, 9, 25)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("real")
    handmade.build(place, synthetic=False)
    return place


@pytest.fixture
def real(built: Path, monkeypatch: pytest.MonkeyPatch) -> Register:
    monkeypatch.setenv("COCKPIT_HOME", str(built))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    monkeypatch.setattr(sign_in, "_N", 2**10)
    return open_register(built)


@pytest.fixture
def admin(real: Register) -> Register:
    people.enter_person(real, person_id="admin", name="某甲", role="office", area_code=None, list_ids=[], at=AT)
    sign_in.set_password(real, "admin", PASSWORD, AT)
    return real


def _opened(**address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=120)
    for key, value in address.items():
        app.query_params[key] = value
    return app.run()


def _sign_in(app: AppTest, password: str) -> AppTest:
    app.text_input[0].input("admin")
    app.text_input[1].input(password)
    return app.button[0].click().run()


def _shows_data(app: AppTest) -> bool:
    return "CA1" in words(app) or bool(app.dataframe) or "数据截至" in words(app)


def test_nobody_entered_is_told_how_and_sees_nothing(real: Register) -> None:
    if people.person(real, "admin") is not None:
        people.revoke_person(real, "admin", AT)
    app = _opened()
    assert "还没有人可以登录" in words(app)
    assert any("python -m lib person" in code.value for code in app.code)
    assert not _shows_data(app)


@pytest.mark.parametrize("persona", ["demo-leader", "demo-office", "demo-town"])
def test_no_persona_is_offered_real_rows(admin: Register, persona: str) -> None:
    app = _opened(**{"as": persona})
    assert "登录" in words(app) and not _shows_data(app)
    assert not app.selectbox


def test_the_password_lets_in_and_out(admin: Register) -> None:
    app = _sign_in(_opened(), "falsch")
    assert "账号或密码不对" in words(app) and not _shows_data(app)
    app = _sign_in(app, PASSWORD)
    assert _shows_data(app) and not app.exception
    app = next(button for button in app.button if button.label == "退出登录").click().run()
    assert not _shows_data(app) and app.text_input
    told = audit.entries(admin, SYSTEM)["action"].tolist()
    assert told[:3] == ["sign_out", "sign_in", "sign_in_failed"]


@pytest.mark.parametrize(
    ("since", "seen"), [(0.0, session.IDLE_SECONDS + 1.0), (session.LONGEST_SECONDS + 1.0, 0.0)], ids=["idle", "long"]
)
def test_a_session_ends(admin: Register, since: float, seen: float) -> None:
    app = AppTest.from_file(APP, default_timeout=120)
    moment = time.monotonic()
    app.session_state["signed_in"] = ("admin", moment - since, moment - seen)
    app.run()
    assert "已退出登录" in words(app) and not _shows_data(app)


def test_a_revoked_person_sees_nothing_more_at_the_next_rerun(admin: Register) -> None:
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state["signed_in"] = ("admin", time.monotonic(), time.monotonic())
    assert _shows_data(app.run())
    people.revoke_person(admin, "admin", AT)
    app.run()
    assert "登记已撤销" in words(app) and not _shows_data(app)


def test_a_home_of_real_data_without_files_builds_no_city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    register = open_register(tmp_path)
    people.enter_person(register, person_id="admin", name="某甲", role="office", area_code=None, list_ids=[], at=AT)
    app = _opened()
    assert "还没有装载数据" in words(app)
    assert any("python -m lib load" in code.value for code in app.code)
    assert not (tmp_path / "demo.log").exists()
