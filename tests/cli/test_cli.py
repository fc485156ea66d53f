import json
from pathlib import Path

import pytest

from lib.casework.accounts.people import person
from lib.casework.store.register import open_register
from lib.cli import main
from tests.cities import handmade


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    return tmp_path


@pytest.mark.parametrize(
    "arguments", [["nothing"], ["demo", "--rows", "many"], ["demo", "--as-of", "25.9.2022"], ["load"], ["run", "--rul"]]
)
def test_wrong_use_ends_with_2_and_one_line_in_chinese(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("命令用法不对") and said.count("\n") == 1


def test_running_without_data_ends_with_1_and_says_what_to_do(empty_home: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["run"]) == 1
    said = capsys.readouterr().err
    assert "python -m lib demo" in said and "Traceback" not in said


@pytest.mark.parametrize("command", ["run", "check"])
def test_an_engine_that_is_none_is_told_once_and_before_anything_is_written(
    tmp_path: Path, command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    home = handmade.put(tmp_path / "home")
    monkeypatch.setenv("COCKPIT_HOME", str(home))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    monkeypatch.setenv("COCKPIT_ENGINE", "")
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    assert main([command, "--engine", "spark"]) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("不认识的计算引擎") and err.count("\n") == 1
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before


def test_where_names_both_stores_and_no_truth_before_the_first_build(
    empty_home: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["where"]) == 0
    where = json.loads(capsys.readouterr().out)
    assert where["warehouse"] is None and where["truth"] is None
    assert where["casework"] == f"sqlite:///{empty_home}/casework.sqlite"


def test_where_on_a_synthetic_city_names_the_generation_and_the_truth(
    city_home: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["where"]) == 0
    where = json.loads(capsys.readouterr().out)
    assert where["warehouse"] == str(city_home / "warehouse" / "gen-000001.duckdb")
    assert where["truth"] == str(city_home / "truth.parquet")


@pytest.mark.scale
def test_check_passes_on_the_synthetic_city(city_copy: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["check"]) == 0, capsys.readouterr().err
    assert "业务库：问题 0 处" in capsys.readouterr().out


def test_a_second_run_without_changes_runs_nothing(city_copy: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["run", "--json"]) == 0
    capsys.readouterr()
    assert main(["run", "--json"]) == 0
    results = json.loads(capsys.readouterr().out)
    assert len(results) == 19 and {result["status"] for result in results} == {"fresh"}


def test_an_unknown_benchmark_lists_the_known_ones(capsys: pytest.CaptureFixture[str]):
    assert main(["bench", "nothing"]) == 1
    assert "page" in capsys.readouterr().err


def test_a_county_person_without_a_county_is_refused(empty_home: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["person", "--id", "a", "--name", "某", "--role", "county"]) == 1
    assert "6 位" in capsys.readouterr().err
    assert main(["person", "--id", "a", "--name", "某", "--role", "county", "--area", "330483"]) == 0


def test_a_liaison_is_entered_with_the_unit(empty_home: Path, capsys: pytest.CaptureFixture[str]):
    asked = ["person", "--id", "a", "--name", "某", "--role", "liaison"]
    assert main(asked) == 1
    assert "--org" in capsys.readouterr().err
    assert main([*asked, "--org", "O0134"]) == 0
    found = person(open_register(empty_home), "a")
    assert found is not None and (found.role, found.org_id, found.area_code) == ("liaison", "O0134", None)


def test_alerts_of_another_platform_come_in_from_a_file_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("COCKPIT_HOME", str(handmade.put(tmp_path / "home")))
    monkeypatch.delenv("COCKPIT_CASEWORK_URL", raising=False)
    file = tmp_path / "推送.csv"
    file.write_text("记录编号,颜色,单位编号,发生日期,事由\nA1,黄,O0003,2022-09-20,派单未签收\n", encoding="utf-8")
    for new in (1, 0):
        assert main(["alerts", str(file), "--platform", "四平台"]) == 0
        assert f"文件 1 条，新预警 {new} 条" in capsys.readouterr().out
    assert main(["alerts", str(file), "--platform", "五平台"]) == 1
    assert "四平台" in capsys.readouterr().err


def test_the_demo_city_is_never_built_over_real_data(empty_home: Path, capsys: pytest.CaptureFixture[str]):
    import duckdb

    from lib.warehouse.generation import begin, publish
    from lib.warehouse.skeleton import create_tables

    tmp = begin(empty_home)
    with duckdb.connect(str(tmp)) as con:
        create_tables(con)
        con.execute("insert into meta values ('synthetic', 'false')")
    published = publish(empty_home, tmp)
    assert main(["demo", "--rows", "60000"]) == 1
    assert "真实数据" in capsys.readouterr().err
    assert published.path.exists()


@pytest.mark.parametrize("role", ["trainee", "system", "chief"])
def test_a_role_that_nobody_has_on_real_data_is_refused_with_those_there_are(
    empty_home: Path, capsys: pytest.CaptureFixture[str], role: str
):
    assert main(["person", "--id", "a", "--name", "某", "--role", role]) == 2
    said = capsys.readouterr().err
    assert f"没有角色 {role}" in said and "sysadmin（系统管理员）" in said and "trainee（" not in said


def test_the_monthly_report_is_written_beside_and_an_unknown_month_says_which_there_are(
    empty_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    from tests.cities import handmade

    handmade.put(empty_home)
    monkeypatch.chdir(empty_home)
    assert main(["report", "--month", "2022-09"]) == 0
    written = sorted(path.name for path in empty_home.glob("执法监督工作月报_*"))
    assert written == ["执法监督工作月报_全市_2022-09.docx", "执法监督工作月报_全市_2022-09.xlsx"]
    capsys.readouterr()
    assert main(["report", "--month", "2022-13"]) == 1
    said = capsys.readouterr().err
    assert "2022-13" in said and "2022-09" in said and "Traceback" not in said
