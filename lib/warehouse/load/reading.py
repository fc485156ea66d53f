"""How the text of a cell becomes a value: expressions in the macros of normalise.sql.

Clean text is read by `clean` straight away; odd text goes through `tidy`, `present`, `parts` and `value`, once for
each distinct text.
"""

from lib.catalog import Field

_CODE_ENDINGS = ("_id", "_no", "_code", "_pk", "_type", "_status", "_channel", "_result", "_color", "uscc")
_DOCUMENTS = ("doc_no", "case_no", "basis_doc_no")


def literal(text: str) -> str:
    """A catalog value as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def _values(field: Field) -> str:
    return ", ".join(literal(value) for value in field.enum)


def _has_letters(field: Field) -> bool:
    return any(character.isascii() and character.isalpha() for value in field.enum for character in value)


def _is_money(field: Field) -> bool:
    return field.duckdb_type.startswith("DECIMAL")


def _is_number(field: Field) -> bool:
    """What one thing is told from others by: the number of a document, receipt or filing, a key, a code."""
    apart = field.name == "area_code" or is_party(field)
    return is_code(field) and field.name.endswith(("_no", "_id", "_code")) and not apart


def _is_code(field: Field) -> bool:
    return bool(field.enum or field.check or field.pattern) or field.name.endswith(_CODE_ENDINGS) or is_hash(field)


def is_hash(field: Field) -> bool:
    """A salted hash of a person, account or picture, or a list of them."""
    return field.name.endswith(("_hash", "_hashes"))


def is_party(field: Field) -> bool:
    """A party is known by its credit code or a salted hash, never by name or identity number."""
    return field.name == "party_id"


def is_clean(field: Field, cell: str, factor: int) -> str:
    """Whether the text of a filled cell can be read straight away: then `clean` of it is never null."""
    if field.type == "array":
        return "false"
    if field.enum:
        return f"{cell} in ({_values(field)})"
    if field.type == "date":
        day = rf"regexp_full_match({cell}, '(19|20)\d{{2}}-\d{{2}}-\d{{2}}') and try_cast({cell} as date) is not null"
        return f"{day} and not load_may_be_no_day({cell})"
    if field.type == "datetime":
        moment = f"load_is_iso({cell}) and try_cast({cell} as timestamp) is not null"
        return f"{moment} and not load_may_be_no_day({cell})"
    if _is_money(field):
        digits, to_the_fen = 12 - len(str(factor)), min(6, len(str(factor)) + 1)
        return rf"regexp_full_match({cell}, '-?\d{{1,{digits}}}(\.\d{{1,{to_the_fen}}})?')"
    if field.type == "integer":
        return rf"regexp_full_match({cell}, '-?\d{{1,9}}')"
    if field.type == "number":
        return rf"regexp_full_match({cell}, '-?\d{{1,15}}(\.\d{{1,15}})?')"
    if field.type == "boolean":
        return f"{cell} in ('是', '否', '1', '0', 'true', 'false')"
    return _is_clean_text(field, cell)


def clean(field: Field, text: str, factor: int) -> str:
    """The value of clean text."""
    if _is_money(field):
        return _money(field, f"cast({text} as decimal(22, 8)) * {factor}")
    if field.type == "boolean":
        return f"{text} in ('是', '1', 'true')"
    if field.type == "array":
        return "cast(null as varchar[])"
    return f"cast({text} as {field.duckdb_type})"


def _is_clean_text(field: Field, cell: str) -> str:
    if field.check == "uscc":
        return f"load_uscc_ok({cell})"
    if is_party(field):
        return f"load_party({cell}) = {cell} and load_party_ok({cell})"
    if is_hash(field):
        return f"load_is_hash({cell})"
    there = "load_numbered" if _is_number(field) else "load_present"
    present = f"{there}({cell}) is not null and load_intact({cell}) and not load_is_odd_text({cell})"
    if is_words(field):
        return f"{present} and not load_has_number({cell}) and load_is_words({cell})"
    present += f" and not load_is_code_private({cell})"
    if field.pattern:
        return f"{present} and regexp_full_match({cell}, {literal(field.pattern)})"
    if field.name == "area_code":
        return rf"regexp_full_match({cell}, '\d{{6}}|\d{{9}}')"
    if field.name in _DOCUMENTS:
        return f"{present} and load_is_document({cell}) and not load_is_unfinished({cell})"
    if field.name == "name_masked":
        return f"{present} and contains({cell}, '*') and load_is_words({cell})"
    return f"{present} and load_is_code({cell})"


def tidy(field: Field, cell: str) -> str:
    """The text without stray white space and in half width."""
    if field.type in ("date", "datetime"):
        return f"load_moment_text({cell})"
    if field.type in ("number", "integer"):
        return f"load_numeral({cell})"
    if field.type == "array":
        return f"load_words(replace({cell}, chr(10), ';'))"
    if field.name == "area_code":
        return f"load_area(load_undotted(load_code({cell})))"
    if field.name in _DOCUMENTS:
        return f"load_document({cell})"
    if field.type == "boolean":
        return f"load_code({cell})"
    return f"load_undotted(load_code({cell}))" if _is_code(field) else f"load_words({cell})"


def present(field: Field, text: str, style: str = "") -> str:
    """The tidied text, null where it says that there is nothing; `style` is the order of day, month and year that a
    person has confirmed."""
    if field.type in ("date", "datetime"):
        shown = f"load_restyled(load_present({text}), {literal(style)})" if style else f"load_present({text})"
        return f"load_open_end(load_no_zero_day({shown}))"
    if field.type == "array":
        return f"load_list_text(load_present({text}))"
    if _is_number(field):
        return f"load_numbered({text})"
    return text if "无" in field.enum else f"load_present({text})"


def parts(field: Field, text: str) -> str:
    """A first reading that the value needs more than once; null where it needs none."""
    if field.type in ("date", "datetime"):
        return f"load_moment_parts({text})"
    if _is_money(field):
        return f"load_amount_parts({text})"
    if field.type in ("number", "integer"):
        return f"load_number_text({text}, {literal(field.unit or '')})"
    if field.type == "array":
        return f"load_list({text})"
    return "null"


def value(field: Field, text: str, taken: str, factor: int) -> str:
    """The value, null where the text cannot be read as one; `taken` are its parts."""
    if field.type in ("date", "datetime"):
        return f"cast(load_moment({text}, {taken}) as {field.duckdb_type})"
    if _is_money(field):
        return _money(field, f"load_fen(load_amount({text}, {taken}, {factor}))")
    if field.type == "integer":
        return f"load_integer({taken})"
    if field.type == "number":
        return f"try_cast({taken} as double)"
    if field.type == "boolean":
        return f"load_flag({text})"
    if field.type == "array":
        return _list(field, taken)
    return f"case when {_acceptable(field, text)} then {_canonical(field, text)} end"


def _money(field: Field, yuan: str) -> str:
    """An amount in 元 as the field counts it: 元, or 万元 for *_wan. Both keep it to the fen."""
    scale = " * cast(0.0001 as decimal(5, 4))" if field.name.endswith("_wan") else ""
    return f"try_cast({yuan}{scale} as {field.duckdb_type})"


def _list(field: Field, items: str) -> str:
    if field.enum:
        return f"case when list_has_all([{_values(field)}], {items}) then {items} end"
    if is_hash(field):
        return f"case when len(list_filter({items}, lambda item: not load_is_hash(item))) = 0 then {items} end"
    return items


def is_words(field: Field) -> bool:
    """Free text: what stands in it is written by people, and a number of a person in it is starred."""
    return field.type == "string" and not _is_code(field) and field.name not in ("area_code", "name_masked")


def is_moment(field: Field) -> bool:
    """A day or a moment."""
    return field.type in ("date", "datetime")


def is_code(field: Field) -> bool:
    """A number or code given by some system, without a code list of its own."""
    return field.type == "string" and _is_code(field) and not (field.enum or field.check or field.pattern)


def is_money(field: Field) -> bool:
    """An amount of money."""
    return _is_money(field)


def fault(field: Field, raw: str, text: str, taken: str, garbled: str, factor: int) -> str:
    """What kind of fault makes a text that says something no value; `taken` are its parts."""
    kinds = []
    if is_party(field) or is_hash(field):
        kinds.append(f"when load_is_private(load_code({raw})) then 'private'")
    elif field.check == "uscc":
        kinds.append(f"when load_is_person_number(load_code({raw})) then 'private'")
        kinds.append(f"when load_is_uscc_shape(upper({text})) then 'check_digit'")
    elif field.type == "string":
        kinds.append(f"when load_is_code_private(load_code({raw})) then 'private'")
        kinds.append(f"when {garbled} or load_garbled({raw}) then 'garbled'")
        kinds.append(f"when {_unquoted(field, text)} then 'unquoted'")
        kinds.append(f"when load_is_ditto({text}) then 'ditto'")
        if field.name in _DOCUMENTS:
            kinds.append(f"when load_is_unfinished({text}) then 'unfinished'")
    elif _is_money(field):
        kinds.append(f"when load_is_fraction(load_amount({text}, {taken}, {factor})) then 'fraction'")
    elif is_moment(field):
        kinds.append(f"when load_needs_style({text}) then 'style'")
    return f"case {' '.join(kinds)} else 'bad' end" if kinds else "'bad'"


def mark(field: Field, text: str, read: str) -> str:
    """What a load says or asks of a value that was read: masked, bare (a number without its own unit), dotted; null
    for most."""
    if is_words(field):
        return f"case when load_has_number({text}) then 'masked' end"
    if _is_money(field):
        return rf"case when regexp_full_match({text}, '[+-]?[\d,]+(\.\d+)?') then 'bare' end"
    if is_moment(field):
        return f"case when load_is_no_day({read}) then 'no_day' when load_is_day_count({text}) then 'day_count' end"
    return "null"


def _acceptable(field: Field, text: str) -> str:
    if field.enum:
        upper = f" or upper({text}) in ({_values(field)})"
        return f"{text} in ({_values(field)})" + (upper if _has_letters(field) else "")
    if field.check == "uscc":
        return f"load_uscc_ok(upper({text}))"
    if is_party(field):
        return f"load_party_ok(load_party({text}))"
    if is_hash(field):
        return f"load_is_hash({text})"
    if field.pattern:
        return f"regexp_full_match({text}, {literal(field.pattern)})"
    if field.name == "area_code":
        return f"load_intact({text})"
    whole = f" and not load_is_unfinished({text})" if field.name in _DOCUMENTS else ""
    return f"load_intact({text}) and not load_garbled({text}) and not {_unquoted(field, text)}{whole}" + (
        "" if is_words(field) or field.name == "name_masked" else f" and not load_is_code_private({text})"
    )


def _unquoted(field: Field, text: str) -> str:
    """Whether a quote was lost. Words may end with inches, as in 5"; in a code no quote has a place."""
    return f"load_unquoted({text})" if is_words(field) else f"contains({text}, '\"')"


def _canonical(field: Field, text: str) -> str:
    if field.enum and _has_letters(field):
        return f"case when {text} in ({_values(field)}) then {text} else upper({text}) end"
    if field.check == "uscc":
        return f"upper({text})"
    if is_party(field):
        return f"load_party({text})"
    if is_words(field):
        return f"case when load_has_number({text}) then load_mask_numbers({text}) else {text} end"
    return f"load_masked_name({text})" if field.name == "name_masked" else text
