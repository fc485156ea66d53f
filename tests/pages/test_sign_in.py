"""Real data is shown to nobody who has not signed in, whatever the address says."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.access import SYSTEM
from lib.casework import audit
from lib.casework.accounts import people, sign_in, signed_in
from lib.casework.store.register import Register, open_register
from lib.ui.access import session
from lib.ui.server import handover
from lib.warehouse.clock import now
from lib.warehouse.home import home
from tests.cities import handmade
from tests.pages.opening import APP, words

PASSWORD = "一个很长的密码1234"
AT = datetime(2022, 9, 25)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("real")
    handmade.put(place, synthetic=False)
    return place


@pytest.fixture
def real(built: Path, monkeypatch: pytest.MonkeyPatch) -> Register:
    monkeypatch.setenv("COCKPIT_HOME", str(built))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
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


def _held(register: Register, since: timedelta = timedelta()) -> AppTest:
    """The app in a session whose person signed in that long ago and has done nothing since."""
    token = signed_in.begin(register, signed_in.secret(home()), "admin", now() - since)
    app = AppTest.from_file(APP, default_timeout=120)
    app.session_state["signed_in"] = ("admin", token)
    return app


@pytest.mark.parametrize("since", [signed_in.IDLE, signed_in.LONGEST], ids=["idle", "long"])
def test_a_session_ends(admin: Register, since: timedelta) -> None:
    app = _held(admin, since + timedelta(minutes=1)).run()
    assert "已退出登录" in words(app) and not _shows_data(app)
    assert audit.entries(admin, SYSTEM)["action"].tolist()[0] == "sign_out"


@pytest.mark.parametrize("deed", ["revoked", "another password", "locked"])
def test_whoever_is_let_in_no_more_sees_nothing_at_the_next_rerun(admin: Register, deed: str) -> None:
    app = _held(admin)
    assert _shows_data(app.run())
    if deed == "revoked":
        people.revoke_person(admin, "admin", AT)
    elif deed == "another password":
        sign_in.set_password(admin, "admin", PASSWORD + "5", AT)
    else:
        for _ in range(sign_in.MOST_FAILURES):
            with pytest.raises(sign_in.SignInRefused):
                sign_in.sign_in(admin, "admin", "falsch", AT)
    app.run()
    assert ("登记已撤销" if deed == "revoked" else "密码、登记有变") in words(app) and not _shows_data(app)


def test_a_browser_that_is_signed_in_needs_no_password_in_its_next_session(
    admin: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = signed_in.begin(admin, signed_in.secret(home()), "admin", now())
    monkeypatch.setattr(session, "_cookie", {handover.COOKIE: token}.get)
    assert _shows_data(_opened())
    app = next(button for button in _opened().button if button.label == "退出登录").click().run()
    assert not _shows_data(app)
    assert not _shows_data(_opened())


def test_a_home_of_real_data_without_files_builds_no_city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    register = open_register(tmp_path)
    people.enter_person(register, person_id="admin", name="某甲", role="office", area_code=None, list_ids=[], at=AT)
    app = _opened()
    assert "还没有装载数据" in words(app)
    assert any("python -m lib load" in code.value for code in app.code)
    assert not (tmp_path / "demo.log").exists()
