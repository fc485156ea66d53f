"""Which columns hold the names of persons, and how such a name is kept outside the table it belongs to."""

import re
import unicodedata

# A name that ends like this is an organisation's.
ORGANISATION = re.compile(
    "(公司|厂|店|行|社|部|所|院|局|队|站|场|馆|中心|超市|工作室|有限合伙|集团|协会|学校|运输户|加工点|网咖|网吧)$"
)
_PERSON = (
    "姓名|法定代表|法人代表|法人|负责人|驾驶员|司机|业主|户主|经营者|证人|原告|被告|家属|处罚对象|执法者"
    "|(?:经办|承办|主办|协办|办案|执法|联系|举报|投诉|来电|反映|信访|申请|代理|被处罚|被执行|受理|当事|相对|审核|审批|填表|制表"
    "|录入|登记|见证|监护|受委托|经营|管理|调查|检查|记录|送达)人员?"
)
# What may follow: 行政相对人名称, 执法人员1; what tells something else of the person does not: 当事人类型.
_HEADING = re.compile(
    rf"(?:{_PERSON})(?:人|姓名|名称|名字|名|全称|签名|签字|签章|信息|标识|代码|编号|哈希|等)*\d*$"
    r"|(?:^|[^A-Z]|CF)(?:XDRMC|FDDBR|FRDB|FZR|JBR|LXR|XM|PARTY|NAMEMASKED|PERSON|OFFICER|LEGALREP|HANDLER|APPLICANT|REPORTER|CONTACT)"
    r"(?:NAMES?|HASH(?:ES)?|MC|XM|ID)?\d*$",
    re.IGNORECASE,
)
_HAN = re.compile("[\u4e00-\u9fff\u3400-\u4dbf]+(?:[·•・][\u4e00-\u9fff\u3400-\u4dbf]+)*")
_LATIN = re.compile(r"[A-Za-z][A-Za-z'.\- ]*[A-Za-z]")
_LABELLED = re.compile(
    rf"((?:{_PERSON})(?:名称)?[\"'”’]?\s*[:：=]\s*[\"'“‘]?)([\u4e00-\u9fff·]{{2,5}})(?![\u4e00-\u9fff])"
)
_LONGEST = 5
# Organisations by a word that ends persons' names as well, when it stands behind three others.
_HOUSE = re.compile("(企业|商户|个体户|摊|铺|坊|吧)$|.{3}(楼|轩|阁|屋|园|庄|城|家|堂|苑|记|村|镇)$")
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱林郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎潘杜戴夏钟汪田任姜范"
    "姚谭廖邹熊陆郝孔崔康毛邱秦史顾侯邵孟龙段钱汤尹黎易武乔贺赖龚庞樊兰殷施洪翟倪俞翁鲁褚"
)
_LIKELY = re.compile(f"[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}")


def is_person_heading(heading: str) -> bool:
    """Whether a column of this heading names persons, alone or beside organisations."""
    bare = re.sub(r"[(\[【].*?[)\]】]|[\s*]", "", unicodedata.normalize("NFKC", heading))
    return any(_HEADING.search(spelt) for spelt in (bare, bare.replace("_", "")))


def starred_names(text: str) -> str:
    """A cell of such a column with all but the first character of each person's name starred; organisations, codes,
    hashes and names that are starred already stay."""
    starred = _HAN.sub(lambda found: _starred(found[0]), text)
    return starred if any(sign.isdigit() for sign in text) else _LATIN.sub(lambda found: f"{found[0][0]}***", starred)


def starred_labels(text: str) -> str:
    """Any text with the names starred that it introduces as such: 姓名：张三."""
    return _LABELLED.sub(lambda found: found[1] + _starred(found[2]), text)


def is_likely_name(text: str) -> bool:
    """Whether a text is a Chinese name by its looks: a usual surname with one or two characters behind it."""
    return _LIKELY.fullmatch(text.strip()) is not None and not _HOUSE.search(text) and not ORGANISATION.search(text)


def _starred(name: str) -> str:
    long = len(name) > _LONGEST and not re.search("[·•・]", name)
    if len(name) < 2 or long or "某" in name or ORGANISATION.search(name) or _HOUSE.search(name):
        return name
    return name[0] + "*" * (len(name) - 1)
