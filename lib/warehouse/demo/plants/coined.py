"""New enterprises, for a city too small to have enough that nobody has dealt with."""

import numpy as np
import pandas as pd

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS17 = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_WEIGHTS8 = (3, 7, 9, 10, 5, 8, 4, 2)
_FIRST, _STEP, _MODULUS = 1_234_567, 48_271, 887_503_681
_PLAIN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def uscc(kind: str, county: str, number: int) -> str:
    """A 统一社会信用代码 with both check characters (GB 32100, GB 11714); one per number."""
    serial, digits = (number * _STEP + _FIRST) % _MODULUS, ""
    for _ in range(6):
        serial, rest = divmod(serial, 31)
        digits = ALPHABET[rest] + digits
    organisation = "MA" + digits
    check = -sum(w * _PLAIN.index(c) for w, c in zip(_WEIGHTS8, organisation, strict=True)) % 11
    body = f"{kind}{county}{organisation}{'X' if check == 10 else check}"
    last = -sum(w * ALPHABET.index(c) for w, c in zip(_WEIGHTS17, body, strict=True)) % 31
    return body + ALPHABET[last]


def coin(first: int, count: int, model: pd.DataFrame, *, traders: bool) -> pd.DataFrame:
    """`count` enterprise rows numbered from `first`, named after those of `model` (entity_name, area_code)."""
    numbers = range(first, first + count)
    like = model.iloc[[number % len(model) for number in numbers]].reset_index(drop=True)
    areas = like["area_code"]
    person = [f"{number * 2_654_435_761 % 2**64:016x}" for number in numbers]
    return pd.DataFrame(
        {
            "uscc": [uscc("92" if traders else "91", area[:6], n) for n, area in zip(numbers, areas, strict=True)],
            "entity_name": like["entity_name"] + "分号" if traders else like["entity_name"] + "分公司",
            "entity_type": "个体工商户" if traders else "企业",
            "legal_rep_hash": person,
            "holder_hashes": [[text] for text in person],
            "founded_date": np.datetime64("2018-05-10"),
            "status_type": "存续",
            "risk_type": "A",
            "area_code": areas,
            "visits": 0,
        }
    )
