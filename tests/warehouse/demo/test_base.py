"""The base of the synthetic city keeps what the catalog promises."""

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from lib.catalog import Dataset, load_catalog
from lib.errors import UserError
from lib.warehouse import generation
from lib.warehouse.demo import build_city, city, content_hash
from lib.warehouse.demo.sizes import FLOORS, rows_by_dataset
from tests.warehouse.demo.conftest import AS_OF, opened

CATALOG = load_catalog()
# What a record may say about the time to come.
FUTURE = {
    "due_at",
    "due_date",
    "feedback_due_at",
    "expire_date",
    "transfer_due_date",
    "valid_to_date",
    "end_date",
    "day_date",
}


def _count(con: duckdb.DuckDBPyConnection, query: str) -> int:
    (count,) = con.execute(f"select count(*) from ({query})").fetchone() or (0,)
    return count


@pytest.mark.parametrize("dataset", CATALOG.values(), ids=list(CATALOG))
def test_keys_are_unique_and_required_columns_filled(clean_city, dataset: Dataset):
    key = ", ".join(f'"{column}"' for column in dataset.primary_key)
    assert _count(clean_city, f'select 1 from "{dataset.name}"') > 0
    assert _count(clean_city, f'select {key} from "{dataset.name}" group by {key} having count(*) > 1') == 0
    for field in dataset.all_fields:
        if (
            field.required
            or field.name in dataset.primary_key
            or field.name in ("source_pk", "ingested_at", "area_code")
        ):
            assert _count(clean_city, f'select 1 from "{dataset.name}" where "{field.name}" is null') == 0, field.name


@pytest.mark.parametrize("dataset", CATALOG.values(), ids=list(CATALOG))
def test_values_come_from_the_code_lists_and_ranges(clean_city, dataset: Dataset):
    for field in dataset.all_fields:
        column = f'"{field.name}"'
        table = f'"{dataset.name}"'
        if field.enum:
            if field.type == "array":
                table, column = f"(select unnest({column}) as code from {table})", "code"
            allowed = ", ".join(f"'{code}'" for code in field.enum)
            assert _count(clean_city, f"select 1 from {table} where {column} not in ({allowed})") == 0, field.name
        if field.minimum is not None:
            assert _count(clean_city, f"select 1 from {table} where {column} < {field.minimum}") == 0, field.name
        if field.maximum is not None:
            assert _count(clean_city, f"select 1 from {table} where {column} > {field.maximum}") == 0, field.name


@pytest.mark.parametrize("dataset", CATALOG.values(), ids=list(CATALOG))
def test_foreign_keys_are_whole(clean_city, dataset: Dataset):
    for key in dataset.foreign_keys:
        lost = (
            f'select 1 from "{dataset.name}" c anti join "{key.dataset}" t on c."{key.field}" = t."{key.target}" '
            f'where c."{key.field}" is not null'
        )
        assert _count(clean_city, lost) == 0, key


@pytest.mark.parametrize("dataset", CATALOG.numbered, ids=lambda dataset: dataset.name)
def test_times_follow_the_order_of_the_catalog(clean_city, dataset: Dataset):
    for early, late in dataset.time_order:
        assert _count(clean_city, f'select 1 from "{dataset.name}" where "{early}" > "{late}"') == 0, (early, late)


@pytest.mark.parametrize("dataset", CATALOG.numbered, ids=lambda dataset: dataset.name)
def test_nothing_happens_on_or_after_the_citys_day(clean_city, dataset: Dataset):
    for table in (dataset.name, f"{dataset.name}_history"):
        for field in dataset.all_fields:
            if field.type in ("date", "datetime") and field.name not in FUTURE - {"day_date"}:
                late = f'select 1 from "{table}" where "{field.name}" >= date \'{AS_OF}\''
                assert _count(clean_city, late) == 0, (table, field.name)


@pytest.mark.parametrize("dataset", CATALOG.numbered, ids=lambda dataset: dataset.name)
def test_history_holds_superseded_and_voided_versions_only(clean_city, dataset: Dataset):
    key = ", ".join(dataset.primary_key)
    history = f'"{dataset.name}_history"'
    assert _count(clean_city, f'select 1 from "{dataset.name}" where is_void or version_no < 1') == 0
    current = (
        f'select 1 from {history} join "{dataset.name}" c using ({key}) where {history}.version_no >= c.version_no'
    )
    assert _count(clean_city, current) == 0
    orphans = f'select 1 from {history} anti join "{dataset.name}" using ({key}) where not is_void'
    assert _count(clean_city, orphans) == 0


def test_amended_decisions_and_receipts_keep_their_first_version(clean_city):
    assert _count(clean_city, "select 1 from penalty_case where version_no = 2") > 0
    assert _count(clean_city, "select 1 from penalty_case_history where is_void") > 0
    assert (
        _count(
            clean_city,
            "select 1 from fine_receipt_history join fine_receipt f using (receipt_no) where f.version_no = 2",
        )
        > 0
    )


def test_credit_codes_satisfy_both_check_characters(clean_city):
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    for (uscc,) in clean_city.execute("select uscc from enterprise").fetchall():
        body = sum(int(c, 36) * w for c, w in zip(uscc[8:16], (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
        assert uscc[16] == "0123456789X0"[11 - body % 11]
        total = sum(alphabet.index(c) * pow(3, k, 31) for k, c in enumerate(uscc[:17]))
        assert uscc[17] == alphabet[(31 - total % 31) % 31]


def test_every_town_and_domain_lives_in_a_small_city(tmp_path):
    con = opened(tmp_path, rows=60_000)
    towns = "select area_code from area where level = '镇街'"
    for table in ("enterprise", "grid_event", "grid_dispatch", "hotline_ticket", "inspection_record"):
        assert _count(con, f"{towns} except select area_code from {table}") == 0, table
    places = f"{towns} except select area_code from penalty_case"
    assert _count(con, places) <= 1
    assert (
        _count(con, "select domain_code from org except select domain_code from org join penalty_case using (org_id)")
        == 0
    )
    crews = "select use_org_id from officer_posting where end_date is null group by 1 having count(*) < 7"
    assert _count(con, crews) == 0
    assert _count(con, "select 1 from org where org_level = '镇街' and domain_code = 'ZF'") == 72


def test_rows_come_in_the_shares_of_the_catalog(tmp_path):
    con = opened(tmp_path, rows=500_000)
    wanted = rows_by_dataset(CATALOG, 500_000)
    built = {name: _count(con, f'select 1 from "{name}"') for name in wanted}
    assert sum(wanted.values()) == pytest.approx(500_000, rel=1e-4)
    assert sum(built.values()) == pytest.approx(500_000, rel=0.03)
    for name, count in built.items():
        assert count == pytest.approx(wanted[name], rel=0.25 if name == "criminal_referral" else 0.09), name


def test_sizes_give_floors_first_and_share_the_rest():
    small, full = rows_by_dataset(CATALOG, 60_000), rows_by_dataset(CATALOG, 8_612_000)
    assert {name: small[name] for name in FLOORS} == FLOORS
    assert sum(small.values()) == pytest.approx(60_000, abs=30)
    assert full == {dataset.name: dataset.demo_rows for dataset in CATALOG.numbered}
    assert small["case_event"] / small["penalty_case"] == pytest.approx(7.0, abs=0.01)


def test_same_seed_gives_the_same_city_on_any_number_of_threads(tmp_path, monkeypatch):
    two = content_hash(opened(tmp_path / "a", rows=30_000, seed=7))
    connect = duckdb.connect

    def one_thread(path, config=None, **more):
        return connect(path, config={**(config or {}), "threads": "1"}, **more)

    monkeypatch.setattr(city.duckdb, "connect", one_thread)
    build_city(tmp_path / "b", rows=30_000, seed=7, as_of=AS_OF, clean=True)
    monkeypatch.undo()
    named = generation.current(tmp_path / "b")
    assert named is not None
    assert content_hash(duckdb.connect(str(named.path), read_only=True)) == two


def test_another_seed_gives_another_city(tmp_path):
    one = content_hash(opened(tmp_path / "a", rows=30_000, seed=7))
    other = content_hash(opened(tmp_path / "b", rows=30_000, seed=8))
    assert [dataset.name for dataset in CATALOG.numbered if one[dataset.name] == other[dataset.name]] == []
    assert one["area"] == other["area"]
    assert one["workday"] == other["workday"]


def test_content_hash_ignores_order_and_time_of_ingestion():
    def hashed(rows: str) -> str:
        con = duckdb.connect()
        for dataset in CATALOG.values():
            con.execute(dataset.create_table_sql())
            if dataset.kind == "dataset":
                con.execute(dataset.create_table_sql(f"{dataset.name}_history"))
        con.execute(f"insert into officer by name {rows}")
        return content_hash(con)["officer"]

    one = "select 'P1' as officer_id, 'a' as person_hash, timestamp '2022-01-01' as ingested_at"
    two = "select 'P2' as officer_id, 'b' as person_hash, timestamp '2022-01-02' as ingested_at"
    later = one.replace("2022-01-01", "2022-03-01")
    assert hashed(f"{one} union all {two}") == hashed(f"{two} union all {later}")
    assert hashed(f"{one} union all {two}") != hashed(f"{one} union all {one}")
    assert hashed(f"{one} union all {one}") != hashed(f"{two} union all {two}")


def test_books_name_the_city_and_every_load(clean_city):
    meta = dict(clean_city.execute("select key, value from meta").fetchall())
    assert (meta["synthetic"], meta["as_of"], meta["seed"], meta["rows"], meta["clean"]) == (
        "true",
        "2022-09-25",
        "2022",
        "160000",
        "true",
    )
    assert _count(clean_city, "select distinct dataset from load_log") == 29
    for name, count in clean_city.execute("select dataset, row_cnt from dataset_state").fetchall():
        assert count == _count(clean_city, f'select 1 from "{name}"')
        assert _count(clean_city, f'select 1 from "{name}" where batch_id not in (select batch_id from load_log)') == 0


def test_most_datasets_are_fresh_and_three_are_overdue(clean_city):
    updated = dict(clean_city.execute("select dataset, updated_at from dataset_state").fetchall())
    overdue = {
        name for name, moment in updated.items() if moment.date() < AS_OF - timedelta(days=CATALOG[name].freshness_days)
    }
    assert overdue == {"vehicle_trip", "enterprise_credit", "construction_project"}
    assert all(moment.date() >= AS_OF - timedelta(days=3) for name, moment in updated.items() if name not in overdue)


@pytest.mark.parametrize("as_of", [date(2023, 6, 30), date(2026, 3, 31)])
def test_the_city_can_live_on_another_day(tmp_path, as_of):
    named = build_city(tmp_path, rows=30_000, as_of=as_of, clean=True)
    con = duckdb.connect(str(named.path), read_only=True)
    newest, oldest = con.execute("select max(filed_date), min(filed_date) from penalty_case").fetchone() or (None, None)
    assert as_of - timedelta(days=5) <= newest < as_of
    assert as_of - timedelta(days=732) <= oldest <= as_of - timedelta(days=700)


def test_wrong_wishes_are_refused_in_words(tmp_path):
    with pytest.raises(UserError, match="行数 500 太少"):
        build_city(tmp_path, rows=500)
    with pytest.raises(UserError, match="日期应在"):
        build_city(tmp_path, rows=30_000, as_of=date(2020, 1, 1))


def test_a_build_that_fails_leaves_the_old_city_in_force(tmp_path: Path, monkeypatch):
    before = build_city(tmp_path, rows=20_000, clean=True)

    def fail(con: duckdb.DuckDBPyConnection) -> None:
        raise RuntimeError("disk")

    monkeypatch.setattr(city, "build_marts", fail)
    with pytest.raises(RuntimeError, match="disk"):
        build_city(tmp_path, rows=20_000, clean=True)
    assert generation.current(tmp_path) == before
    assert list((tmp_path / "warehouse").glob("*.tmp*")) == []


def test_numbers_of_a_large_city_keep_all_their_digits():
    with duckdb.connect() as con:
        con.execute((city.SQL / "00_macros.sql").read_text(encoding="utf-8"))
        made = con.execute(
            "select code('C', 123, 7), code('C', 99999999, 7), code('C', null, 7), digits(7, 3)"
        ).fetchall()
        assert made == [("C0000123", "C99999999", None, "007")]
    # It cuts off what is too long without a word.
    cutting = [path.name for path in city.SQL.glob("*.sql") if "lpad(" in path.read_text(encoding="utf-8")]
    assert cutting == ["00_macros.sql"]


def test_a_larger_city_gets_more_room_and_never_most_of_the_machine(tmp_path: Path):
    def room(rows: int) -> str:
        return city.room(tmp_path / "gen-000001.1.tmp", rows)["memory_limit"]

    assert room(60_000) == room(8_600_000) == room(25_800_000) == "2500MB"
    assert room(51_600_000) == "5000MB" == room(860_000_000)
    assert city.room(tmp_path / "gen-000001.1.tmp", 1)["temp_directory"] == f"{tmp_path}/gen-000001.1.tmp.tmp"
