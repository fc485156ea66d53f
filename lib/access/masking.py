"""What is hidden by default: names, numbers of persons and vehicles, hashes, whoever reported something.

The published content of a penalty hides address, contact, identity number, bank account, health and third persons'
names (浙江省行政处罚结果信息网上公开暂行办法第七条, 待核); on screen the same holds for what identifies a person.
"""

import re
from functools import lru_cache
from typing import Any

import pandas as pd

from lib.catalog.names import ORGANISATION
from lib.catalog.private import mask_text

HIDDEN = "不展示"
_HASH_SHOWN = 6
PERSON = "自然人"
# A case about one has such a word before the words that say what was done: a person may have done it in a shop.
_DEED = re.compile("未|擅自|违|在|使用|无证|非法|从事|占用|出店")
_OF_ORGANISATION = re.compile(
    "公司|厂|店|馆|商行|车行|银行|(?:合作|图文|旅行|出版)社|(?:经营|服务|门市|营业|货运|安装|装饰|加工|维修)部"
    "|(?:养殖|种植|农|林|牧|渔|加工|批发|菜)场|(?:车|工程|施工)队|(?:服务|加油|收购)站|(?:事务|诊疗|研究)所"
    "|当事企业|运输户|加工点|诊所|医院|学校|幼儿园|集团|协会|超市|中心|工作室|网咖|网吧"
)
_OWN = re.compile("[A-Z][0-9a-f]{16,20}")
_USCC = re.compile(r"^[0-9A-Z]{18}$")


@lru_cache(maxsize=65536)
def _masked(text: str) -> str:
    return mask_text(text)


def mask_free_text(value: object) -> Any:
    """A text somebody wrote, with numbers of persons, plates and house numbers starred; anything else as it is."""
    return _masked(value) if isinstance(value, str) and any(sign.isdigit() for sign in value) else value


def mask_cell(value: object) -> str:
    """A cell of a file that is handed out: masked as above; the numbers of our own records are no texts."""
    text = str(value)
    return text if _OWN.fullmatch(text) else str(mask_free_text(text))


def mask_name(name: object) -> str:
    """The first character and one star; a name that carries stars already stays as it is."""
    text = "" if name is None or pd.isna(name) else str(name).strip()
    return text if not text or "*" in text else f"{text[0]}*"


def mask_party_name(name: object) -> str:
    """A natural person's name masked, an organisation's name as it is."""
    text = "" if name is None or pd.isna(name) else str(name).strip()
    return text if ORGANISATION.search(text) else mask_name(text)


def mask_case_name(name: object) -> str:
    """A case's name, which begins with the party's: a natural person's given name starred."""
    text = "" if name is None or pd.isna(name) else str(name).strip()
    masked = text[1:2] in ("某", "*") or _OF_ORGANISATION.search(_DEED.split(text, maxsplit=1)[0])
    return text if masked or not text else f"{text[0]}**{text[3:]}"


def shorten(value: object) -> str:
    """The first characters of a hash, enough to see that two are the same."""
    text = "" if value is None or pd.isna(value) else str(value)
    return text if len(text) <= _HASH_SHOWN else f"{text[:_HASH_SHOWN]}…"


def mask_party(party_id: object) -> str:
    """A unified social credit code as it is, the salted hash of a natural person shortened."""
    text = "" if party_id is None or pd.isna(party_id) else str(party_id)
    return text if _USCC.match(text) else shorten(text)


def party_title(party_id: object) -> str:
    """A party by its number alone: the code of an organisation, for a natural person the word and the short hash."""
    shown = mask_party(party_id)
    return shown if not shown or _USCC.match(shown) else f"{PERSON} {shown}"


def mask_plate(plate: object) -> str:
    """A number plate with its first two and last characters."""
    text = "" if plate is None or pd.isna(plate) else str(plate)
    return text if len(text) < 4 or "*" in text else f"{text[:2]}****{text[-1]}"


_BY_COLUMN = {
    "reporter_hash": lambda _value: HIDDEN,
    "party_id": mask_party,
    "party_name": mask_party_name,
    "case_name": mask_case_name,
    "plate_no": mask_plate,
    "name_masked": mask_name,
}


# Numbers of records, units and codes are no texts; the loader refuses a person's number in them.
_CODES = ("party_id", "plate_no", "uscc")
_CODE_ENDS = ("_id", "_no", "_code", "_hash", "_hashes")


def mask_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy of source rows with what identifies a person masked, column by column after the catalog's names."""
    masked = frame.copy()
    for column in frame.columns:
        if column in _BY_COLUMN:
            masked[column] = frame[column].map(_BY_COLUMN[column])
        elif column.endswith("_hashes"):
            masked[column] = frame[column].map(lambda values: "" if values is None else f"{len(values)} 个")
        elif column.endswith("_hash"):
            masked[column] = frame[column].map(shorten)
        if column not in _CODES and not column.endswith(_CODE_ENDS) and frame[column].dtype in ("object", "str"):
            masked[column] = masked[column].map(mask_free_text)
    return masked
