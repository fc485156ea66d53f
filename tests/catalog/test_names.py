"""Which headings name persons, and how a name is kept."""

import pytest

from lib.catalog import load_catalog
from lib.catalog.names import is_person_heading, starred_labels, starred_names


@pytest.mark.parametrize(
    "heading",
    ["姓名", "姓名（脱敏）", "*当事人姓名", "当事人", "行政相对人名称", "CF_XDR_MC", "法定代表人",
     "法定代表人（负责人）", "法人",
     "经办人", "主办执法人员", "执法人员1", "承办人_2", "party_name", "name_masked", "CF_FRDB", "XM", "被处罚人名称",
     "当事人标识"],
)  # fmt: skip
def test_headings_of_persons(heading: str) -> None:
    assert is_person_heading(heading)


@pytest.mark.parametrize(
    "heading",
    ["当事人类型", "相对人类别", "执法人员数", "办案单位", "企业名称", "案件名称", "审核意见", "联系人电话",
     "申请人类别", "登记状态", "检查结果",
     "officer_type", "event_id", "处理结果", "备注", "罚款金额"],
)  # fmt: skip
def test_headings_of_other_things(heading: str) -> None:
    assert not is_person_heading(heading)


def test_no_column_with_a_code_list_names_persons() -> None:
    for dataset in load_catalog().values():
        for field in dataset.all_fields:
            if field.enum or field.type != "string":
                assert not any(map(is_person_heading, (field.name, field.title, *field.aliases))), field.title


@pytest.mark.parametrize(
    ("text", "starred"),
    [
        ("张三", "张*"),
        ("欧阳修文", "欧***"),
        ("张三、李四", "张*、李*"),
        ("张三，李四五", "张*，李**"),
        ("张*", "张*"),
        ("张某某", "张某某"),
        ("阿卜杜拉·买买提江", "阿********"),
        ("John Smith", "J***"),
        ("桐乡市张三面馆", "桐乡市张三面馆"),
        ("张三（桐乡市某某公司）", "张*（桐乡市某某公司）"),
        ("91330483MA00000016", "91330483MA00000016"),
        ("0a1b2c3d0a1b2c3d", "0a1b2c3d0a1b2c3d"),
        ("无", "无"),
        ("企业1", "企业1"),
        ("桐乡张记得月楼", "桐乡张记得月楼"),
        ("P1", "P1"),
    ],
)
def test_names_are_starred_and_organisations_stay(text: str, starred: str) -> None:
    assert starred_names(text) == starred == starred_names(starred)


def test_names_that_a_text_introduces_are_starred() -> None:
    assert starred_labels('{"姓名": "张三", "电话"') == '{"姓名": "张*", "电话"'
    assert starred_labels("负责人：李四，店名：某店") == "负责人：李*，店名：某店"
    assert starred_labels("当事人张三擅自占道") == "当事人张三擅自占道"
