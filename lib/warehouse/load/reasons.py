"""Why a row was set aside, in words that say what to do. The part before 。 names the fault, and counts by it."""

from lib.catalog import Dataset, Field, load_catalog
from lib.warehouse.load.header import loadable
from lib.warehouse.load.reading import is_party

KEY = -2
ROW = -1

# Patterns of the reasons that may pass by themselves once what the row refers to has come.
WAITING = {"unmatched": "在“%”中找不到。%", "undocumented": "按决定书文号找不到%", "doubtful": "%存疑。%"}

_BY_TYPE = {
    "date": "日期无法识别。请写成 2022-09-25",
    "datetime": "时间无法识别。请写成 2022-09-25 10:20:30",
    "number": "不是数。请只填数字",
    "integer": "不是整数。请只填整数",
    "boolean": "是否无法识别。请填 是 或 否",
    "array": "列表无法识别。请用分号分隔，例如 罚款；没收违法所得",
}


def _unreadable(field: Field) -> str:
    if field.enum:
        return "不在代码表中。可填：" + "、".join(field.enum)
    if field.type in _BY_TYPE:
        if field.duckdb_type.startswith("DECIMAL"):
            return "金额无法识别。请填数字，可带 元、万元"
        return _BY_TYPE[field.type]
    if field.check == "uscc":
        return "统一社会信用代码校验不通过。请核对 18 位代码"
    if is_party(field):
        return "当事人标识既不是统一社会信用代码也不是哈希。单位填 18 位代码，个人填加盐哈希"
    if field.name.endswith("_hash"):
        return "不是哈希。请填加盐哈希，不要填明文"
    if field.pattern:
        return f"格式不对。应符合 {field.pattern}"
    return "内容已被表格软件损坏。编号请按文本格式重新导出，不要用科学计数法或出错的公式"


def _bounds(field: Field) -> str:
    if field.maximum is None:
        return f"超出范围。应不小于 {field.minimum:g}"
    if field.minimum is None:
        return f"超出范围。应不大于 {field.maximum:g}"
    return f"超出范围。应在 {field.minimum:g} 到 {field.maximum:g} 之间"


def _unmatched(dataset: Dataset, field: Field) -> str:
    if field.name == "area_code":
        return "没有这个区划代码。请填 9 位镇街代码或 6 位县市区代码"
    for key in dataset.foreign_keys:
        if key.field == field.name:
            title = load_catalog()[key.dataset].title
            return f"在“{title}”中找不到。请更正编号，或先装载“{title}”（它若也被隔离，先改它）"
    raise KeyError(field.name)


def reason_text(dataset: Dataset, place: int, kind: str, detail: str | None) -> str:
    """The reason of one issue. `place` is the column's place among `loadable(dataset)`, or KEY, or ROW."""
    if kind == "fault":
        return detail or ""
    if kind == "duplicate":
        return f"主键重复而内容不同。第 {detail} 行已有同一主键，请只留一行，或以版本号区分"
    if kind == "case_of_document":
        return "按决定书文号找不到唯一的案件。请核对文号，或补上“案件编号”列"
    field = loadable(dataset)[place]
    if kind == "missing":
        return f"必填项为空。请补上{field.title}"
    if kind == "private":
        return "是明文身份证号、电话或证件号。请先换成加盐哈希再报送"
    if kind == "garbled":
        return "是乱码。文件或其中几行的编码不对，请从来源按 UTF-8 重新导出"
    if kind == "unquoted":
        return "引号没有配对，内容可能不全。请核对原文，含引号或分隔符的内容要加双引号"
    if kind == "ditto":
        return "写的是“同上”。请填上完整的内容，排序或筛选以后“同上”指的就不是原来那一行"
    if kind == "unfinished":
        return "文号没有写完。请补上序号，或把这一格留空"
    if kind == "fraction":
        return "金额有不到一分的零头。请核对原值和单位，可在格内写明单位，如 0.5万元"
    if kind == "check_digit":
        return "统一社会信用代码校验不通过。请核对 18 位代码；老代码确实如此的，请在数据页确认一次"
    if kind == "style":
        return "日、月、年的次序存疑。请在数据页确认这一列的写法，或改成 2022-09-25"
    if kind == "doubt":
        return detail or ""
    if kind == "size":
        return "金额大得或小得不像，单位可能不对。请核对，可在格内写明单位，如 500元"
    if kind == "unlike_known":
        return f"与库中已有的金额正好差一万倍。库中是 {detail}；请核对单位，可在格内写明，如 500元"
    if kind == "unlike_case":
        fine, told = (float(part) for part in (detail or "0|0").split("|"))
        return f"与案件的罚款金额差得太远。案件是 {fine:,.2f} 元，这里合 {told:,.2f} 元；请核对单位"
    if kind == "ahead":
        return "日期在将来。请核对年份"
    if kind == "day_count":
        return "像是表格软件的日期序号，但与同列的日期相差太远。请改成 2022-09-25"
    if kind == "rounded":
        return "长编号的末几位被表格软件改成了零。请把这一列设为文本格式后重新导出"
    if kind == "zeros":
        return f"编号可能丢了前面的零。库中已有 {detail}；确是另一个编号的请联系数据管理员"
    if kind == "outside":
        return _bounds(field)
    if kind == "unmatched":
        return _unmatched(dataset, field)
    if kind == "disorder":
        return f"时间先后颠倒。应不早于{detail}"
    if kind == "disorder_before":
        return f"时间先后颠倒。应不晚于库中已有的{detail}"
    return _unreadable(field)
