"""Numbers and wording of planted cases, in the manner of the base city."""

import duckdb
import numpy as np
import pandas as pd

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


class Texts:
    """Fills case_no, doc_no, case_name, place_text, illegal_fact and basis_text."""

    def __init__(self, con: duckdb.DuckDBPyConnection, seed: int) -> None:
        prefixes = con.execute(_PREFIXES).df()
        self._prefix = dict(zip(prefixes["org_id"], prefixes["prefix"], strict=True))
        last = con.execute(_LAST_NUMBERS).df()
        self._last: dict[str, int] = dict(zip(last["head"], last["last"], strict=True))
        items = con.execute("select item_code, item_name, law_basis from power_item").df().set_index("item_code")
        self._subject = items["item_name"].str.removeprefix("对").str.removesuffix("的行政处罚")
        self._law = items["law_basis"]
        places = con.execute(_PLACES, {"seed": f"{seed}:"}).df()
        self._places = places["place_text"].to_numpy()
        self._county_places = {
            county: rows["place_text"].to_numpy() for county, rows in places.groupby(places["area_code"].str[:6])
        }

    def fill(self, rng: np.random.Generator, case: pd.DataFrame) -> None:
        subject = case["item_code"].map(self._subject)
        case["case_name"] = case["party_name"] + subject + "案"
        case["basis_text"] = case["item_code"].map(self._law)
        day = pd.to_datetime(case["incident_date"])
        spoken = day.dt.year.astype(str) + "年" + day.dt.month.astype(str) + "月" + day.dt.day.astype(str) + "日"
        case["illegal_fact"] = "经查,当事人于" + spoken + "存在" + subject + "的行为"
        case["place_text"] = [
            rng.choice(self._county_places.get(area[:6], self._places)) for area in case["area_code"]
        ]
        case["case_no"] = [
            self._number(f"{self._prefix.get(org, '嘉综执')}立〔{filed.year}〕第")
            for org, filed in zip(case["org_id"], pd.to_datetime(case["filed_date"]), strict=True)
        ]
        word = {"处罚": "罚决字", "不予处罚": "不罚字"}
        case["doc_no"] = [
            self._number(f"{self._prefix.get(org, '嘉综执')}{word[result]}〔{decided.year}〕第") if result in word else None
            for org, result, decided in zip(
                case["org_id"], case["result_type"], pd.to_datetime(case["decision_date"]), strict=True
            )
        ]

    def _number(self, head: str) -> str:
        self._last[head] = self._last.get(head, 0) + 1
        return f"{head}{self._last[head]:06d}号"
