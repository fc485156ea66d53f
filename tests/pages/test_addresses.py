"""No address leads to an error: parameters that are empty, unknown, doubled, endless or not text at all."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from tests.cities import handmade
from tests.pages.opening import APP, at, begun, links

PARAMETERS = {
    "pages/overview/overview.py": ("period", "large", "county", "figure", "during", "then", "of"),
    "pages/map/map.py": (
        "period", "measure", "m_levels", "m_rules", "county", "town", "m_tab", "m_all", "in_town", "in_all", "closer",
    ),
    "pages/ranking/ranking.py": (
        "officer", "r_areas", "r_domains", "r_detail", "r_by", "r_units", "r_fair", "r_everyone", "r_insufficient",
    ),
    "pages/clues/clues.py": ("due", 
        "period", "clue", "c_areas", "c_origins", "c_by", "c_group", "c_part", "figure", "during", "then", "of",
    ),
    "pages/warnings/workbench.py": (
        "w_text", "w_levels", "w_rules", "w_areas", "w_orgs", "w_officers", "w_states", "w_conclusions", "w_since",
        "w_until", "w_due", "w_size", "w_page", "w_standing", "w_mine", "w_order", "figure", "during", "then", "of",
    ),
    "pages/warnings/warning.py": ("id", "back"),
    "pages/notices/notices.py": ("due", "notice", "draft", "n_part", "back"),
    "pages/grid/grid.py": ("due", "check", "dispatch", "send", "g_checks", "g_part", "g_town", "period", "back"),
    "pages/motions/motions.py": ("due", "motion", "propose", "mo_part", "back"),
    "pages/library/reform.py": ("task", "issue", "rf_part", "rf_county", "rf_department", "rf_known", "back"),
    "pages/library/lists.py": (
        "indicator", "month", "li_list", "li_light", "li_place", "li_level", "li_rows", "li_row", "back",
    ),
    "pages/library/risks.py": ("risk", "register", "rk_part", "rk_unit", "rk_cases", "back"),
    "pages/library/discipline.py": ("dc_entry", "enter", "back"),
    "pages/officers/officer.py": ("officer", "back"),
    "pages/reviews/exemplars.py": ("exemplar", "edition", "nominate", "compile", "ex_part", "ex_words", "back"),
    "pages/officers/network.py": ("about", "rest", "back"),
    "pages/rules/rules.py": ("rule", "version", "m_view", "m_rule", "figure"),
    "pages/rules/tuning.py": ("rule", "version", "t_rule", "t_version"),
    "pages/admin/messages.py": ("message", "sending", "back"),
    "pages/help/help.py": ("entry", "he_words", "back"),
    "pages/data/data.py": ("d_view", "q_datasets", "q_faults", "dataset"),
}  # fmt: skip
ODD = [
    "", " ", "x", "0", "-1", "1e309", "NaN", "9" * 400, "true", "null", "M01", "W0000000000000000", "2022-13-45",
    "9999-12-31", "0001-01-01", "本年", "全部", "late", "generated", "org:O9999", "officer:", "::", "\x00", "\ufffe",
    "\u202e", "a" * 20_000, "[" * 5_000, "%", "' or 1=1 --", "../../etc/passwd", "<script>", "红\n橙", "📎",
]  # fmt: skip
values = st.one_of(st.sampled_from(ODD), st.text(st.characters(codec="utf-8"), max_size=30))
asked = st.one_of(values, st.lists(values, min_size=1, max_size=4))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("handmade")
    handmade.put(home)
    return home


def run(page: str, person: str, address: dict[str, object]) -> AppTest:
    """The page as opened at an address."""
    app = begun()
    app.switch_page(page)
    at(app, {"as": person, **address})
    return app


@pytest.mark.parametrize("examples", [5, pytest.param(50, marks=pytest.mark.scale)])
@pytest.mark.parametrize("page", PARAMETERS)
def test_no_address_leads_to_an_error(page: str, examples: int, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCKPIT_HOME", str(place))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(
        st.fixed_dictionaries({}, optional=dict.fromkeys(PARAMETERS[page], asked)),
        st.sampled_from(["demo-office", "demo-town", "x"]),
    )
    def tried(address: dict[str, object], person: str) -> None:
        app = run(page, person, address)
        assert not app.exception, (address, app.exception[0].message)

    tried()


# What ends the page with a message when it names nothing.
ENDING = {"figure", "clue", "id", "officer", "back"}


@pytest.mark.parametrize("page", PARAMETERS)
def test_no_odd_value_of_all_parameters_leads_to_an_error(
    page: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COCKPIT_HOME", str(place))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    names = [name for name in PARAMETERS[page] if name not in ENDING]
    addresses = [dict.fromkeys(names, value) for value in ("", "x", ["", "x"], "9" * 400, "\x00")]
    addresses += [{name: value} for name in ENDING & {*PARAMETERS[page]} for value in ("", "x")]
    for address in addresses:
        app = run(page, "demo-office", address)
        assert not app.exception, (address, app.exception[0].message)


def test_every_link_of_the_very_first_run_says_who_is_looking(home: Path) -> None:
    """Before the switch between personas has been drawn once."""
    app = AppTest.from_file(APP, default_timeout=120)
    app.query_params["as"] = "demo-county"
    app.run()
    found = [query for _, _, query in links(app)]
    assert len(found) > 10 and [query for query in found if "as=demo-county" not in query] == []
