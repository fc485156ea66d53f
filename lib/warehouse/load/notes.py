"""Rows of a table that are not data: blank ones, sums, remarks below the table, headings printed again."""

import duckdb

from lib.warehouse.load.header import Mapping
from lib.warehouse.load.sheet import Sheet

_SUM = r"(合计|总计|小计|共计|本页小计|本页合计)[:：]?"
_REMARK = (
    r"(注|备注|说明|附注|填表|填报|制表|制单|审核|复核|审批|负责人|单位负责人|联系人|联系电话|报送|数据来源|统计|打印|导出|备案)"
    r"[^：:]{0,12}[：:].*|注\s*[\d一二三四五六七八九十]+\s*[、.．].*|第\s*\d+\s*页.*"
)
_FEW = 4


def drop_notes(con: duckdb.DuckDBPyConnection, sheet: Sheet, mapping: Mapping) -> list[int]:
    """Take blank rows, sums, remarks and repeated headings out of `raw`.

    Returns the numbers of the dropped rows that were not blank, for the report.
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
            from raw where ({" or ".join(blank) or "true"}) or ({again})
        ),
        bottom as (
            select coalesce(max(raw.row_no), 0) as last_row
            from raw anti join (select row_no from suspect where filled <= 1) using (row_no)
        ),
        final as (
            select row_no, opening is null as is_blank
            from suspect, bottom
            where opening is null
                or is_heading
                or regexp_full_match(regexp_replace(opening, '\\s', '', 'g'), $sum)
                or (filled <= {_FEW} and filled < {max(len(cells), 2)} and regexp_full_match(opening, $remark))
                or (filled = 1 and row_no > last_row and {len(cells)} > 2 and regexp_matches(opening, '\\p{{Han}}'))
        )
        select * from final
    """
    con.execute(sql, {"sum": _SUM, "remark": _REMARK, **headings})
    con.execute("delete from raw where row_no in (select row_no from note)")
    rows = con.execute("select row_no from note where not is_blank order by row_no").fetchall()
    con.execute("drop table note")
    return [row_no for (row_no,) in rows]


def _needed(mapping: Mapping) -> list[int]:
    """Cells that every row of data fills: the required ones after the first, which a remark may stand in."""
    needed = [column.index for name, column in mapping.columns.items() if mapping.dataset[name].required]
    return needed[1:]
