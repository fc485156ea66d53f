"""Rows of a table that are not data: blank ones, sums, remarks around the table, headings printed again."""

import duckdb

from lib.warehouse.load.header import Mapping
from lib.warehouse.load.sheet import Sheet

SUM, REMARK, HEADING, UNIT_ROW = "合计", "说明、落款等文字", "重复的表头", "写单位的行"

_SUM = r"(本页|本月|本年|全年|全市|累计)?(合计|总计|小计|共计|累计)(数|金额)?[:：]?"
# How remarks open. Words that also open values (a case may be called 注销…) count only with a colon or a number after.
_REMARK = (
    r"(注|备注|说明|附注|填表|填报|制表|制单|审核|复核|审批|负责人|单位负责人|联系人|联系电话|报送|数据来源|统计|打印|导出|备案)"
    r"[^：:]{0,12}[：:].*|注\s*[\d一二三四五六七八九十]+\s*[、.．].*|第\s*\d+\s*页.*|以下空白.*|[-—－\s]*以下为空[-—－\s]*"
)
# A lone text below the last row: a sentence, a day, or an office that signs. A lone name could be a row cut short.
_CLOSING = r".*[。；，：:！].*|(二〇|20)\S{2,4}年\S{1,3}月(\S{1,3}日)?|.*(以上|以下|本表|本页|截至).*"
_FEW = 4


def drop_notes(con: duckdb.DuckDBPyConnection, sheet: Sheet, mapping: Mapping) -> tuple[int, dict[str, list[int]]]:
    """Take blank rows, sums, remarks and repeated headings out of `raw`.

    Returns how many rows were blank, and the numbers of the others by what they are.
    """
    cells = [f"c{i}" for i in range(len(sheet.headings))]
    blank = [f"(c{i} is null or trim(c{i}) = '')" for i in _needed(mapping)]
    filled = " + ".join(f"(coalesce(trim({cell}), '') <> '')::integer" for cell in cells)
    first = "coalesce(" + ", ".join(f"nullif(trim({cell}), '')" for cell in cells) + ")"
    columns = list(mapping.columns.values())[:3]
    again = " and ".join(f"c{column.index} = $heading{i}" for i, column in enumerate(columns))
    headings = {f"heading{i}": column.heading for i, column in enumerate(columns)}
    sql = f"""
        create or replace temp table note as
        with suspect as materialized (
            select row_no, {filled} as filled, {first} as opening, ({again}) as is_heading
            from raw where surplus is null and (({" or ".join(blank) or "true"}) or ({again}))
        ),
        bottom as (
            select coalesce(max(raw.row_no), 0) as last_row
            from raw anti join (select row_no from suspect where filled <= 1) using (row_no)
        ),
        final as (
            select row_no, case
                when opening is null then null
                when is_heading then $heading
                when regexp_full_match(regexp_replace(opening, '\\s', '', 'g'), $sum) then $sum_kind
                when filled <= {_FEW} and filled < {max(len(cells), 2)} and regexp_full_match(opening, $remark)
                    then $remark_kind
                when filled = 1 and row_no > last_row and {len(cells)} > 2 and regexp_matches(opening, '\\p{{Han}}')
                    and regexp_full_match(opening, $closing)
                    then $remark_kind
                else ''
            end as kind
            from suspect, bottom
        )
        select * from final where kind is null or kind <> ''
    """
    words = {"sum": _SUM, "remark": _REMARK, "closing": _CLOSING}
    kinds = {"heading": HEADING, "sum_kind": SUM, "remark_kind": REMARK}
    con.execute(sql, {**words, **kinds, **headings})
    con.execute("delete from raw where row_no in (select row_no from note)")
    rows = con.execute("select kind, row_no from note order by row_no").fetchall()
    con.execute("drop table note")
    found: dict[str, list[int]] = {}
    for kind, row_no in rows:
        if kind is not None:
            found.setdefault(kind, []).append(row_no)
    return sum(kind is None for kind, _ in rows), found


def _needed(mapping: Mapping) -> list[int]:
    """Cells that every row of data fills: the required ones after the first, which a remark may stand in."""
    needed = [column.index for name, column in mapping.columns.items() if mapping.dataset[name].required]
    return needed[1:]
