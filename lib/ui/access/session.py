"""Who is signed in to this session, and what it reads."""

from dataclasses import replace

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from lib.access import SYSTEM, Viewer
from lib.access.personas import PERSONA_TITLES, personas
from lib.access.policy import policy
from lib.casework import audit
from lib.casework.accounts import signed_in
from lib.casework.accounts.people import person
from lib.casework.accounts.sign_in import sign_out
from lib.casework.demo.build import is_building
from lib.casework.store.register import Register, open_register
from lib.casework.training import seats
from lib.casework.training import walking as walks
from lib.casework.training.classes import held_class, running_classes
from lib.casework.training.opened import Opened, opened
from lib.casework.training.walking import Walking
from lib.errors import UserError
from lib.ui import message, navigation
from lib.ui.access import seat as seat_bar
from lib.ui.access import sign_in as sign_in_page
from lib.ui.access.looking import TRAINEE, WALKING
from lib.ui.browser import script
from lib.ui.paths import CLASS_KEY, PERSONA_KEY, PLAYS_KEY, WALK_KEY
from lib.ui.server import handover
from lib.ui.server.door import COOKIE
from lib.warehouse.clock import now
from lib.warehouse.home import home
from lib.warehouse.store import NoWarehouse, Warehouse, open_warehouse

# Of a trainee's session: the exercise that is not finished.
EXERCISE = "exercise"
_NEW = "seat_new"
# The address of the wall, which looks by itself.
SCREEN_KEY, WALL = "screen", "wall"
_TURNED = "turned_to"
_HELD, _TICKET, _PROVIDED, _LEFT = "signed_in", "ticket", "provided", "left"
_ENDED = "已在别处退出，或密码、登记有变"


def warehouse() -> Warehouse | None:
    """The generation in force, the page stopped with a message when it is broken.

    None before the first one, and while the synthetic city and its casework are still being made.
    """
    try:
        return None if is_building(home()) else open_warehouse(home())
    except NoWarehouse:
        return None
    except UserError as error:
        message.stop(error)


def register() -> Register:
    """The casework register of this home, or of a trainee's seat, or of the walk that is going on."""
    held = st.session_state.get(TRAINEE)
    if held is not None:
        return seats.seat_register(home(), held.seat)
    code = st.session_state.get(WALKING)
    return open_register(home()) if code is None else walks.register_of(home(), code)


def city_register() -> Register:
    """The casework register of this home, whoever looks."""
    return open_register(home())


def sign_in(warehouse: Warehouse) -> Viewer:
    """The viewer of this session; the page is stopped when nobody is signed in.

    A synthetic city offers seats in classes and personas. Real data needs a person entered in the register, signed in
    with the identity provider configured for st.login or with a password of this machine; both are read anew at every
    rerun.
    """
    # Held against the warehouse at every rerun: what is shown beside real work is real, and the other way round.
    try:
        city_register()
    except UserError as error:
        message.stop(error)
    if warehouse.synthetic:
        trainee = _trainee()
        if trainee is not None:
            return trainee
        _keep_to_classes()
        _keep_walking()
        if (turned := st.session_state.get(_TURNED)) is not None:
            st.session_state[PERSONA_KEY] = turned
        offered = {viewer.person_id: viewer for viewer in personas(warehouse.synthetic)}
        # A page switched to from a callback starts without the switch's value: the last viewer stays.
        held = getattr(st.session_state.get("viewer"), "person_id", None)
        chosen = st.session_state.get(PERSONA_KEY) or held or st.query_params.get(PERSONA_KEY)
        viewer = offered.get(chosen or "", next(iter(offered.values())))
        # The switch takes its value from here: one given beside it would be one too many, and one that changes makes it
        # another switch. Links name it before the switch is drawn.
        st.session_state["viewer"], st.session_state[PERSONA_KEY] = viewer, viewer.person_id
        return viewer
    viewer = _signed_in_person()
    st.session_state["viewer"] = viewer
    return viewer


def persona(person_id: str) -> Viewer:
    """A persona of the synthetic city by its account; KeyError for another."""
    return {viewer.person_id: viewer for viewer in personas(True)}[person_id]


def turn_to(person_id: str) -> None:
    """From a callback that leaves for another page: look from there on as this persona."""
    st.session_state[PERSONA_KEY] = st.session_state[_TURNED] = person_id


def walk_in(code: str) -> None:
    """From now on this session works in the store of a walk."""
    st.session_state[WALKING] = code


def walk_out() -> None:
    """And from now on in the city's again."""
    st.session_state.pop(WALKING, None)
    st.query_params.pop(WALK_KEY, None)


def walking() -> Walking | None:
    """The walk that is going on in this session."""
    code = st.session_state.get(WALKING)
    return None if code is None else walks.walking(home(), code)


def _keep_walking() -> None:
    """Go on with the walk of the address, after a reload too; one that was ended is over in every window."""
    code = st.session_state.get(WALKING) or st.query_params.get(WALK_KEY, "")
    if code and walks.walking(home(), code) is not None:
        walk_in(code)
    else:
        st.session_state.pop(WALKING, None)


def _trainee() -> Viewer | None:
    """Who sits in a class in this browser, as the role that is played; None for anybody else.

    The page is stopped with the class's entrance for whoever comes with the code of another class, or of one not
    entered yet.
    """
    asked = st.query_params.get(CLASS_KEY, "")
    account, token = st.session_state.get(_HELD) or ("", _cookie(handover.COOKIE))
    if token:
        account = signed_in.whose(city_register(), signed_in.secret(home()), token, now())
    held = seats.trainee(city_register(), account) if token else None
    if held is None or held.seat is None or (asked and seats.code_of(asked) != held.seat.class_code):
        was = st.session_state.pop(TRAINEE, None)
        if asked or was is not None:
            _entrance(asked or was.seat.class_code, "班级已结束，或座位口令已更换。" if was is not None else "")
        return None
    st.session_state[_HELD] = (account, token)
    st.session_state[TRAINEE] = held
    try:
        st.session_state[EXERCISE] = opened(register())
    except UserError as lost:
        message.stop(lost)
    playing = _playing(held)
    st.session_state["viewer"] = playing
    return playing


def _playing(held: Viewer) -> Viewer:
    """The trainee, or the persona that is played as long as an exercise offers it."""
    exercise: Opened | None = st.session_state[EXERCISE]
    plays = exercise.plays if exercise else ()
    # A page switched to from a callback starts without the switch's value, a reload with the address alone.
    last = getattr(st.session_state.get("viewer"), "role", None)
    asked = (st.session_state.get(PLAYS_KEY), last, st.query_params.get(PLAYS_KEY))
    role = next((one for one in (*asked, *plays) if one in plays), None)
    if role is None:
        st.session_state.pop(PLAYS_KEY, None)
    else:
        st.session_state[PLAYS_KEY] = role
    persona = next((one for one in personas(True) if one.role == role), None)
    if persona is None:
        return held
    name = f"{held.name}·{persona.role_name}"
    return replace(persona, person_id=f"{held.person_id}:{role}", name=name, seat=held.seat)


def _keep_to_classes() -> None:
    """While a class runs, its city is for that class: from another machine the personas, who see what the models found
    and with it what is true, are open to the teacher alone. The page is stopped for anybody else."""
    if _is_local():
        return
    with city_register().read() as connection:
        running = running_classes(connection)
    if not running:
        return
    _, token = st.session_state.get(_HELD) or ("", _cookie(handover.COOKIE))
    account = signed_in.whose(city_register(), signed_in.secret(home()), token, now()) if token else ""
    if not seats.teaches(city_register(), account):
        _entrance("", "这座合成城市正在上课，其他身份暂不开放。")
    st.session_state[_HELD] = (account, token)


def _is_local() -> bool:
    """Whether the browser runs on the machine itself, where the files of the home can be read anyway."""
    remote = [st.context.ip_address, st.context.headers.get("X-Forwarded-For"), st.context.headers.get("Forwarded")]
    return not any(isinstance(one, str) for one in remote)


def teach_here(code: str) -> None:
    """Let this browser teach a class that was opened in it."""
    if not _is_local():
        teach(code)


def teach(code: str, word: str | None = None) -> None:
    """Let this browser teach a class: after opening it, or by the teacher's word. Raises UserError for another word."""
    if word is not None:
        code = seats.code_of(code)
        seats.require_teacher(home(), code, word)
    _signed_in(Viewer(seats.teacher_id(code), "教员", TRAINEE))


def _entrance(code: str, told: str = "") -> None:
    st.navigation(navigation.pages(SYSTEM), position="hidden")
    wanted = seats.code_of(code)
    held = held_class(city_register(), wanted) if wanted else None
    with seat_bar.entrance(held, code if held is None else held.code, sit_down, told):
        if not _is_local():
            seat_bar.teaching(teach)
    st.stop()


def sit_down(code: str, name: str, word: str) -> None:
    """Sign a trainee in on this browser. Raises UserError, see lib.casework.training.seats."""
    came = seats.sit_down(home(), city_register(), code, name, word, now(warehouse()))
    st.session_state.clear()
    st.session_state[_NEW] = True
    _signed_in(came)
    st.query_params.clear()
    if came.seat is not None:
        st.query_params[CLASS_KEY] = came.seat.class_code


def exercise() -> Opened | None:
    """The exercise that the trainee of this session is in the middle of."""
    held: Opened | None = st.session_state.get(EXERCISE)
    return held


def seat(held: Viewer) -> None:
    """Of a trainee: the roles that can be played, the seat, the way out."""
    assert held.seat is not None
    found = held_class(city_register(), held.seat.class_code)
    taken = None if found is None else found.seat(held.seat.number)
    if found is None or taken is None:
        return
    running = exercise()
    plays = {role: policy().roles[role].name for role in (running.plays if running else ())}
    if st.query_params.get(CLASS_KEY) != found.code:
        st.query_params[CLASS_KEY] = found.code
    role = st.session_state.get(PLAYS_KEY)
    if role is None:
        st.query_params.pop(PLAYS_KEY, None)
    elif st.query_params.get(PLAYS_KEY) != role:
        st.query_params[PLAYS_KEY] = role
    word = seats.word_of(home(), held.seat, taken)
    seat_bar.bar(held, held.seat, found.title, word, running.attempt_id if running else "", plays, _leave_seat)
    if st.session_state.pop(_NEW, False):
        seat_bar.greet(held.seat, word)
    stay()


def _leave_seat() -> None:
    _, token = st.session_state.get(_HELD, ("", ""))
    signed_in.end(city_register(), token)
    st.session_state.clear()
    st.query_params.pop(CLASS_KEY, None)


def viewer() -> Viewer:
    """The viewer that app.py resolved for this rerun."""
    return st.session_state["viewer"]


def persona_select(warehouse: Warehouse, viewer: Viewer) -> None:
    """The switch between personas, kept in the address; nothing on real data."""
    if not warehouse.synthetic:
        return
    # Until the switch is drawn the browser sends what it last showed.
    st.session_state.pop(_TURNED, None)
    ids = [offered.person_id for offered in personas(True)]
    # Not bound: a bound list keeps its titles in the address, and links name the person_id.
    if st.query_params.get(PERSONA_KEY) != viewer.person_id:
        st.query_params[PERSONA_KEY] = viewer.person_id
    st.selectbox(
        "演示身份",
        ids,
        format_func=lambda person_id: PERSONA_TITLES[person_id],
        key=PERSONA_KEY,
        label_visibility="collapsed",
        help="合成城市的演示身份，真实数据须统一身份认证登录。",
    )
    stay()


def _provided() -> bool:
    """Whether an identity provider is configured; a machine without one has no secrets file at all."""
    try:
        return "auth" in st.secrets
    except StreamlitSecretNotFoundError:
        return False


def _signed_in_person() -> Viewer:
    provided = _provided()
    if provided and st.user.is_logged_in:
        found = person(register(), str(st.user.get("sub") or st.user.get("email")))
        if found is None:
            message.stop(UserError("您的账号尚未登记。", "请联系系统管理员登记角色和权限范围。"))
        if st.session_state.get(_PROVIDED) != found.person_id:
            st.session_state[_PROVIDED] = found.person_id
            audit.log(register(), found, "sign_in", "session", at=now(), detail={"by": "provider"})
        return found
    if (viewer := _held()) is not None:
        return viewer
    # Known before anybody is, so that the address that was asked for opens afterwards.
    st.navigation(navigation.pages(SYSTEM), position="hidden")
    sign_in_page.show(register(), provided, _signed_in, st.session_state.pop(_LEFT, ""))
    st.stop()


def _signed_in(viewer: Viewer) -> None:
    token = signed_in.begin(city_register(), signed_in.secret(home()), viewer.person_id, now())
    st.session_state[_HELD] = (viewer.person_id, token)
    if browser := _cookie(COOKIE):
        st.session_state[_TICKET] = handover.offer(browser, token, signed_in.longest(viewer))


def _cookie(name: str) -> str:
    """What the browser had in a cookie when it opened this session; empty without it."""
    return str(st.context.cookies.get(name, ""))


def _held() -> Viewer | None:
    """Who is signed in with a password on this browser; None before that, and when it is over."""
    person_id, token = st.session_state.get(_HELD) or ("", _cookie(handover.COOKIE))
    if not token:
        return None
    attended = st.query_params.get(SCREEN_KEY) != WALL
    viewer, why = signed_in.held(register(), signed_in.secret(home()), token, now(), attended)
    if viewer is not None:
        st.session_state[_HELD] = (viewer.person_id, token)
        return viewer
    if person_id:
        revoked = person(register(), person_id) is None
        st.session_state.clear()
        why = "登记已撤销" if revoked else why or _ENDED
    if why:
        st.session_state[_LEFT] = f"{why}，已退出登录。"
    return None


def leave(viewer: Viewer) -> None:
    """Sign out: nothing of the session stays, and no other window of this browser is signed in any more."""
    sign_out(register(), viewer, now())
    _, token = st.session_state.get(_HELD, ("", ""))
    signed_in.end(register(), token)
    provided = _PROVIDED in st.session_state
    st.session_state.clear()
    if provided:
        st.logout()


def identity(viewer: Viewer) -> None:
    """On real data: who is signed in, and the way out."""
    with st.popover(viewer.name, icon=":material/person:", type="tertiary"):
        st.markdown(f"**{viewer.name}**　{viewer.role_name}")
        st.button("退出登录", icon=":material/logout:", on_click=leave, args=(viewer,), width="stretch")
    stay()


def stay() -> None:
    """Let the browser fetch its cookie, once after a sign-in."""
    ticket = st.session_state.get(_TICKET, "")
    if handover.waits(ticket):
        with st.container(height=1, border=False, key="stay"):
            script.part("stay")(key="stay_part", data={"ticket": ticket})
