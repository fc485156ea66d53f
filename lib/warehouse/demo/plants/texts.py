"""Numbers and wording of planted cases, in the manner of the base city."""

import duckdb
import numpy as np

_PREFIXES = """
select org_id, max(regexp_extract(case_no, '^(.*?)立〔', 1)) as prefix
from penalty_case where case_no is not null group by org_id
"""

_LAST_NUMBERS = """
with numbers as (
    select case_no as text from penalty_case union all select doc_no from penalty_case
)
select
    regexp_extract(text, '^(.*第)(\\d+)号$', 1) as head,
    max(try_cast(regexp_extract(text, '^(.*第)(\\d+)号$', 2) as integer)) as last
from numbers where text is not null
group by head
"""

_PLACES = """
select distinct area_code, place_text from penalty_case
where place_text is not null order by hash($seed || place_text), place_text limit 4000
"""

_WORDS = {"处罚": "罚决字", "不予处罚": "不罚字"}


class Texts:
    """Fills case_no, doc_no, case_name, place_text, illegal_fact and basis_text."""

    def __init__(self, con: duckdb.DuckDBPyConnection, seed: int) -> None:
        prefixes = con.execute(_PREFIXES).df()
        self._prefix = dict(zip(prefixes["org_id"], prefixes["prefix"], strict=True))
        last = con.execute(_LAST_NUMBERS).df()
        self._last: dict[str, int] = dict(zip(last["head"], last["last"], strict=True))
        items = con.execute("select item_code, item_name, law_basis from power_item").fetchall()
        self._subject = {code: name.removeprefix("对").removesuffix("的行政处罚") for code, name, _ in items}
        self._law = {code: law for code, _, law in items}
        places = con.execute(_PLACES, {"seed": f"{seed}:"}).df()
        self._places = places["place_text"].to_numpy()
        self._county_places = {
            county: rows["place_text"].to_numpy() for county, rows in places.groupby(places["area_code"].str[:6])
        }

    def fill(self, rng: np.random.Generator, sheet: dict[str, np.ndarray]) -> None:
        """Add the columns to a sheet of cases (columns as arrays)."""
        subjects = [self._subject[item] for item in sheet["item_code"]]
        days = [day.item() for day in sheet["incident_date"]]
        prefixes = [self._prefix.get(org, "嘉综执") for org in sheet["org_id"]]
        texts = {
            "case_name": [f"{name}{text}案" for name, text in zip(sheet["party_name"], subjects, strict=True)],
            "basis_text": [self._law[item] for item in sheet["item_code"]],
            "illegal_fact": [
                f"经查，当事人于{day.year}年{day.month}月{day.day}日存在{text}的行为"
                for day, text in zip(days, subjects, strict=True)
            ],
            "place_text": [self._place(rng, area) for area in sheet["area_code"]],
            "case_no": [
                self._number(f"{prefix}立〔{filed.astype(str)[:4]}〕第")
                for prefix, filed in zip(prefixes, sheet["filed_date"], strict=True)
            ],
            "doc_no": [
                self._number(f"{prefix}{_WORDS[result]}〔{decided.astype(str)[:4]}〕第") if result in _WORDS else None
                for prefix, result, decided in zip(prefixes, sheet["result_type"], sheet["decision_date"], strict=True)
            ],
        }
        sheet |= {column: np.array(values, dtype=object) for column, values in texts.items()}

    def _place(self, rng: np.random.Generator, area: str) -> str:
        places = self._county_places.get(area[:6], self._places)
        return str(places[int(rng.integers(len(places)))])

    def _number(self, head: str) -> str:
        self._last[head] = self._last.get(head, 0) + 1
        return f"{head}{self._last[head]:06d}号"
