"""Made-up case texts with everything that tells whose case it was, in awkward places, and the list of what was put in.

It knows nothing of the lists and patterns under test: names, places and numbers are drawn from stocks of its own.
"""

from dataclasses import dataclass, field
from random import Random

# Rare surnames, given names of any sort, ordinary words as given names, people of other tongues.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪"
    "廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤岳仝冀农佘隗过计屠茹钮"
)
_COMPOUND = ("欧阳", "司马", "上官", "诸葛", "皇甫")
_GIVEN = (
    "建国", "志强", "晓燕", "文博", "国庆", "海涛", "秀兰", "桂香", "梓涵", "雨桐", "子轩", "一鸣", "慧敏", "红梅",
    "丽华", "永康", "根法", "阿毛", "小龙", "金发", "水根", "学军", "卫东", "爱民", "俊杰", "静怡", "浩然", "思远",
    "若曦", "天佑", "玉洁", "春生", "平安", "成功", "高兴", "方正", "明理", "向阳", "和平", "建设", "解放", "跃进",
    "援朝", "胜利", "伟", "敏", "强", "芳", "磊", "娟", "勇", "艳", "杰", "涛", "琳", "晨", "昊", "瑶", "凯", "岩",
    "蕾", "峥", "赟", "犇", "喆", "淼",
)  # fmt: skip
_TOWNS = (
    "凤桥镇",
    "大云镇",
    "澉浦镇",
    "钟埭街道",
    "黄湾镇",
    "濮院镇",
    "新塍镇",
    "乌镇",
    "石门镇",
    "硖石街道",
    "洪合镇",
    "干窑镇",
)
_ROADS = (
    "创业路",
    "纺工路",
    "学府路",
    "环城西路",
    "中山东路",
    "百步大道",
    "东升支路",
    "文昌巷",
    "南梅弄",
    "勤俭路",
    "洲泉街",
    "由拳路",
)
_VILLAGES = ("三星村", "永丰村", "庄史村", "联丰村", "民联社区", "新桥村", "桃园村", "红旗塘社区")
_BRANDS = ("腾飞隆昌", "宏图聚贤", "永兴凯旋", "瑞丰", "久盛海润", "秀水明珠", "百川", "嘉禾谷雨", "双山", "天凝")
_TRADES = (
    "运输有限公司",
    "商贸有限公司",
    "建筑劳务有限公司",
    "食品厂",
    "物流有限公司",
    "餐饮管理有限公司",
    "建材经营部",
    "大酒店",
)
_OTHER_BRANDS = ("鑫源", "恒泰", "金桂", "好又多", "四季红")
_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_HAN = "〇一二三四五六七八九"
_FULL = str.maketrans(
    "0123456789Xx-ABCDEFGHJKLMNPQRSTUVWXYZ",
    "０１２３４５６７８９Ｘｘ－ＡＢＣＤＥＦＧＨＪＫＬＭＮＰＱＲＳＴＵＶＷＸＹＺ",
)


@dataclass
class Made:
    """A text, what was put into it (kind, the very characters, from, to), and what the warehouse knows of the case."""

    text: str = ""
    truth: list[tuple[str, str, int, int]] = field(default_factory=list)
    known: dict[str, set[str]] = field(default_factory=dict)

    def put(self, words: str) -> None:
        self.text += words

    def hide(self, kind: str, shown: str) -> None:
        self.truth.append((kind, shown, len(self.text), len(self.text) + len(shown)))
        self.text += shown


def name(chance: Random) -> str:
    surname = chance.choice(_COMPOUND) if chance.random() < 0.03 else chance.choice(_SURNAMES)
    return surname + chance.choice(_GIVEN)


def _digits(chance: Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def _identity(chance: Random) -> str:
    born = f"{chance.randint(1950, 2003)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
    area = chance.choice(("330402", "330421", "330483", "341225", "522121", "411524"))
    if chance.random() < 0.15:
        return area + born[2:] + _digits(chance, 3)
    return area + born + _digits(chance, 3) + chance.choice("0123456789Xx")


def _spaced(chance: Random, number: str) -> str:
    """A number as people write it."""
    way = chance.randrange(8)
    if way == 0:
        return " ".join(number[place : place + 4] for place in range(0, len(number), 4))
    if way == 1:
        return number.translate(_FULL)
    if way == 2:
        return "-".join((number[:3], number[3:7], number[7:]))
    if way == 3:
        return " ".join(number)
    if way == 4:
        cut = chance.randint(3, len(number) - 3)
        return number[:cut] + "\n" + number[cut:]
    if way == 5:
        return f"{number[:6]}　{number[6:]}"
    if way == 6:
        cut = chance.randint(2, len(number) - 2)
        return number[:cut] + "\u200b" + number[cut:]
    return number


def _phone(chance: Random) -> str:
    number = chance.choice(("138", "139", "150", "187", "199", "166")) + _digits(chance, 8)
    way = chance.random()
    if way < 0.1:
        return "".join(_HAN[int(sign)] for sign in number)
    if way < 0.2:
        return f"+86 {number}"
    if way < 0.35:
        return f"0573{chance.choice(('-', '—', ' ', ''))}{chance.choice('28')}{_digits(chance, 7)}"
    return _spaced(chance, number)


def _plate(chance: Random) -> str:
    province, city = chance.choice("浙沪苏皖豫"), chance.choice("ABFDE")
    if chance.random() < 0.35:
        body = (
            chance.choice("DF") + _digits(chance, 5)
            if chance.random() < 0.6
            else _digits(chance, 5) + chance.choice("DF")
        )
    else:
        body = (
            _digits(chance, 4) + chance.choice(_SIGNS)
            if chance.random() < 0.5
            else chance.choice(_SIGNS) + _digits(chance, 4)
        )
    way = chance.randrange(7)
    plain = province + city + body
    return (
        plain, f"{province}{city}·{body}", f"{province} {city} {body}", plain.translate(_FULL), plain.lower(),
        f"{province}{city}-{body}", f"{province}{city}{body[:2]} {body[2:]}",
    )[way]  # fmt: skip


def _code(chance: Random) -> str:
    number = "9" + chance.choice("12") + "3304" + _digits(chance, 2) + "".join(chance.choice(_USCC) for _ in range(10))
    return (
        number,
        number.lower(),
        number.translate(_FULL),
        f"{number[:8]} {number[8:]}",
        f"{number[:2]}-{number[2:]}",
    )[chance.randrange(5)]


def _address(chance: Random) -> tuple[str, str]:
    """Before it, and it."""
    town = chance.choice(_TOWNS)
    way = chance.randrange(6)
    road, number = chance.choice(_ROADS), chance.randint(1, 888)
    if way == 0:
        return town, f"{road}{number}号"
    if way == 1:
        return town, f"{road}{number}-{chance.randint(1, 9)}号{chance.randint(1, 9)}幢{chance.randint(101, 1800)}室"
    if way == 2:
        return town, f"{chance.choice(_VILLAGES)}{chance.randint(1, 20)}组{chance.randint(1, 90)}号"
    if way == 3:
        return town, f"{road}{chance.choice(('一百二十', '三十五', '八', '二十一'))}号"
    if way == 4:
        return town, f"{road} {number} 号"
    return town, f"世纪花园{chance.randint(1, 30)}幢{chance.randint(1, 3)}单元{chance.randint(101, 906)}室"


def _broken(chance: Random, person: str) -> str:
    """A name as it can stand in a text."""
    way = chance.random()
    if way < 0.15:
        return " ".join(person)
    if way < 0.22:
        return person[0] + "　" + person[1:]
    if way < 0.27:
        return person[0] + "\n" + person[1:]
    return person


# Before and after a name: titles, verbs, brackets, lists, and places where nothing tells that a person comes.
_ROUND = (
    ("当事人", "在现场"), ("执法人员", "到场后"), ("经询问，", "承认上述事实"), ("其妻", "系该店实际经营者"), ("（",
    "，男，汉族）"),
    ("由", "签收"), ("证人", "的证言证实"), ("据", "反映"), ("", "同志未出示证件"), ("店主", "拒不配合"), ("与",
    "系夫妻关系"),
    ("将款项转入", "的账户"), ("经", "、"), ("案涉车辆由", "驾驶"), ("送达回证由", "代为签收"), ("负责人：", "。"),
    ("联系人", "，"),
    ("请", "师傅帮忙"), ("时任中队长", "未回避"), ("听取了", "的陈述申辩"), ("随后", "赶到现场"), ("在场的还有",
    "。"), ("委托", "办理"),
    ("“", "”在笔录上签名"), ("协办人", "未在笔录上签字"), ("当日", "又来到店内"), ("（签名：", "）"), ("姓名：",
    "　性别：男"),
    ("该摊位实际由", "承租"), ("举报人", "称"), ("事后", "托人说情"), ("打电话给", "要求关照"),
)  # fmt: skip
# The same, never looked at while the lists were written.
_HELD_OUT = (
    ("老板娘", "把账本藏了起来"), ("送水工", "看见了经过"), ("后来才知道是", "找的关系"), ("收了", "两条烟"),
    ("那天值班的", "没有出警"),
    ("房子登记在", "母亲名下"), ("车子是从", "手里买来的"), ("", "夫妇在此经营多年"), ("几次与", "通话"),
    ("现金交给了", "，没有收据"),
    ("这家店是", "和别人合开的"), ("科里的", "负责初审"), ("签字栏写的是", "，日期被涂改"), ("把货卸给", "后离开"),
    ("电话里", "表示可以减轻"),
    ("带队的", "没有亮证"), ("经手人一栏为", ""), ("邻铺的", "作证"), ("中间人", "牵线"), ("笔录末尾有", "的指印"),
    ("外号老三的", "闻讯逃离"),
    ("孩子叫", "，在附近上学"), ("复议申请由", "递交"), ("退款打到", "卡上"), ("受害人", "报警"), ("照片中左一为",
    ""), ("值班记录：", " 夜班"),
    ("同车还有", "等三人"), ("", "辩解不知情"), ("押金由", "代缴"),
)  # fmt: skip
_FILLER = (
    "经查，当事人存在未经批准擅自占用城市道路的行为，", "执法人员于2022年3月4日开展双随机检查，",
    "上述事实有现场检查笔录、照片证据证实，",
    "本机关依法告知当事人享有陈述、申辩和要求听证的权利，",
    "依据《浙江省城市市容和环境卫生管理条例》第二十一条，责令限期改正，",
    "处罚款人民币 5,000 元，", "该案经集体讨论后作出处罚决定，", "案卷评查认为裁量说理不够充分，",
    "整改期限为 10 个工作日，",
    "现场发现占道经营面积约 12.5 平方米，", "按照自由裁量基准第二档，", "于2022-05-06 10:30 完成复查，",
    "施工单位未采取扬尘防治措施，",
    "高频事项办理时间较长，", "平时安全生产管理制度不落实，", "金额合计 123,456.78 元，",
)  # fmt: skip


def made(number: int, held_out: bool = False) -> Made:
    """The case text of a number, always the same; `held_out`: names stand between other words."""
    chance = Random(f"made-up|{number}{'|held out' if held_out else ''}")
    text, town = Made(), chance.choice(_TOWNS)
    party, officers = name(chance), [name(chance), name(chance)]
    brand, trade = chance.choice(_BRANDS), chance.choice(_TRADES)
    firm = f"嘉兴示例{brand}{trade}"
    plate = _plate(chance)
    road = f"{chance.choice(_ROADS)}{chance.randint(1, 999)}号"
    document = f"桐综执罚决字〔2022〕第{chance.randint(1, 999):06}号"
    text.known = {
        "姓名": {party, *officers},
        "企业名称": {firm},
        "车牌号": {plate},
        "地名地址": {town, road},
        "文号案号": {document},
    }

    def sentence() -> None:
        text.put(chance.choice(_FILLER))

    def person(kind: str, who: str) -> None:
        before, after = chance.choice(_HELD_OUT if held_out else _ROUND)
        text.put(before)
        text.hide(kind, _broken(chance, who))
        text.put(after + "，")

    parts = []
    parts += [lambda who=who: person("案内姓名", who) for who in (party, *officers)]
    parts += [lambda: person("其他姓名", name(chance)) for _ in range(2)]

    def firm_named() -> None:
        text.put(chance.choice(("当事企业", "", "系", "向", "在")))
        short = (firm, f"{brand}{trade}", " ".join((firm[:4], firm[4:])), f"嘉兴示例{brand}")
        text.hide("企业", chance.choice(short))
        text.put(chance.choice(("存在上述行为，", "的厂房内，", "，")))

    def other_firm() -> None:
        place, brand = chance.choice(("海宁", "平湖", "杭州", "")), chance.choice(_OTHER_BRANDS)
        other = place + brand + chance.choice((*_TRADES[:3], "超市", "商行"))
        text.put(chance.choice(("货物购自", "由", "与")))
        text.hide("其他企业", other)
        text.put(chance.choice(("提供，", "签订合同，")))

    def numbered(kind: str, before: tuple[str, ...], number: str) -> None:
        text.put(chance.choice(before))
        text.hide(kind, number)
        text.put(chance.choice(("，", "。", "）", "；", "的")))

    def address() -> None:
        before, place = _address(chance)
        text.put(chance.choice(("住", "位于", "家住", "在")))
        if before == town:
            text.hide("本案镇街", before)
        else:
            text.put(before)
        text.hide("地址", place)
        text.put(chance.choice(("，", "的店铺内，", "附近，")))

    parts += [firm_named, other_firm, address]
    parts.append(
        lambda: numbered(
            "身份证号", ("身份证号", "（", "证件号码：", "公民身份号码为", "编号"), _spaced(chance, _identity(chance))
        )
    )
    parts.append(lambda: numbered("电话", ("电话", "联系方式：", "（", "手机", "号码", "打"), _phone(chance)))
    parts.append(
        lambda: numbered(
            "车牌号", ("驾驶", "车牌", "号牌为", "一辆", "（"), _plate(chance) if chance.random() < 0.5 else plate
        )
    )
    parts.append(lambda: numbered("信用代码", ("统一社会信用代码", "（", "代码：", "税号"), _code(chance)))
    parts.append(
        lambda: numbered(
            "银行账号",
            ("账号", "卡号：", "转入", "（"),
            _spaced(chance, "62" + _digits(chance, chance.choice((14, 17)))),
        )
    )
    parts.append(
        lambda: numbered(
            "文号",
            ("见", "《", "案号", ""),
            document if chance.random() < 0.6 else f"嘉市监立〔2021〕{chance.randint(1, 99)}号",
        )
    )
    if chance.random() < 0.3:
        parts.append(
            lambda: numbered(
                "邮箱",
                ("邮箱", "（", "发至"),
                chance.choice(("zhang_san88@163.com", "lihua@qq.com", "wang.wu ＠ example.cn")),
            )
        )
    chance.shuffle(parts)
    for part in parts:
        if chance.random() < 0.6:
            sentence()
        part()
    text.put("处理完毕。")
    return text
