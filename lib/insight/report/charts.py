"""Charts that Excel and Word draw themselves: described once, put into a workbook, or into a document with its data."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any, NamedTuple

import xlsxwriter
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Cm
from docx.text.paragraph import Paragraph

_INK, _GRID = "#1c2733", "#dfe5ec"
_FONT = "宋体"
_CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_VALUE_ALONE = (
    b'<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/>'
    b'<c:showPercent val="0"/><c:showBubbleSize val="0"/>'
)
_INLINE = """
<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
 xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
 xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
 <wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/>
 <wp:docPr id="{number}" name="图 {number}" descr="{words}"/><wp:cNvGraphicFramePr/>
 <a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">
 <c:chart r:id="{relation}"/></a:graphicData></a:graphic></wp:inline></w:drawing>
"""


class Chart(NamedTuple):
    """What a chart shows: bars (lying) or columns of its series, one beside or on top of the other.

    series: name, values, colour. unit: what the numbers count. A single series needs no legend.
    """

    title: str
    categories: Sequence[str]
    series: Sequence[tuple[str, Sequence[float], str]]
    unit: str
    lying: bool = False


def put(book: xlsxwriter.Workbook, page: Any, chart: Chart, row: int = 0, column: int = 0) -> Any:
    """The chart's data from a cell of a worksheet on, and the chart, to be placed."""
    if chart.lying:
        # The first stands on top.
        turned = [(name, values[::-1], colour) for name, values, colour in chart.series]
        chart = chart._replace(categories=chart.categories[::-1], series=turned)
    page.write_string(row, column, chart.unit)
    for place, name in enumerate(chart.categories, start=1):
        page.write_string(row + place, column, name)
    for number, (name, values, _) in enumerate(chart.series, start=1):
        page.write_string(row, column + number, name)
        for place, value in enumerate(values, start=1):
            page.write_number(row + place, column + number, value)
    alone = len(chart.series) == 1
    drawn = book.add_chart({"type": "bar" if chart.lying else "column", **({} if alone else {"subtype": "stacked"})})
    last = row + len(chart.categories)
    label = {"name": _FONT, "size": 9, "color": _INK}
    for number, (_, _, colour) in enumerate(chart.series, start=1):
        drawn.add_series(
            {
                "name": [page.name, row, column + number],
                "categories": [page.name, row + 1, column, last, column],
                "values": [page.name, row + 1, column + number, last, column + number],
                "fill": {"color": colour},
                "gap": 60,
                **({"data_labels": {"value": True, "font": label, "position": "outside_end"}} if alone else {}),
            }
        )
    font = {"name": _FONT, "size": 9, "color": _INK, "bold": False}
    drawn.set_title({"name": chart.title, "name_font": {**font, "size": 11, "bold": True}, "overlay": False})
    along = {"num_font": font, "line": {"color": _GRID}, "major_gridlines": {"visible": False}, "interval_unit": 1}
    across = {
        "num_font": font, "line": {"none": True}, "major_gridlines": {"visible": True, "line": {"color": _GRID}},
        "num_format": "#,##0", "min": 0, "name": chart.unit, "name_font": font,
    }  # fmt: skip
    # Of lying bars the library calls the axis along the page's bottom x.
    drawn.set_x_axis(across if chart.lying else along)
    drawn.set_y_axis(along if chart.lying else across)
    drawn.set_legend({"none": True} if alone else {"position": "bottom", "font": font})
    drawn.set_chartarea({"border": {"none": True}})
    return drawn


def _parts(chart: Chart) -> tuple[bytes, bytes]:
    """The chart as a part of a document, and the workbook with its data."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("数据")
        page.insert_chart(0, len(chart.series) + 2, put(book, page, chart))
    with zipfile.ZipFile(out) as made:
        drawn = made.read("xl/charts/chart1.xml")
    # What is not said is shown by some programs.
    drawn = drawn.replace(b'<c:showVal val="1"/>', _VALUE_ALONE)
    start = drawn.index(b"<c:printSettings>")
    end = drawn.index(b"</c:printSettings>") + len(b"</c:printSettings>")
    held = b'<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData>'
    return drawn[:start] + held + drawn[end:], out.getvalue()


def draw(document: Document, place: Paragraph, chart: Chart, number: int, width: Cm, height: Cm) -> None:
    """The chart in a paragraph of a document, as Word's own: its numbers can be looked at and changed there."""
    package = document.part.package
    drawn, data = _parts(chart)
    book = Part(PackURI(f"/word/embeddings/chart{number}.xlsx"), _SHEET, data, package)
    part = Part(PackURI(f"/word/charts/chart{number}.xml"), _CHART, drawn, package)
    # The first relation of the part is rId1, as the chart says.
    part.relate_to(book, RELATIONSHIP_TYPE.PACKAGE)
    relation = document.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    words = chart.title.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    place.add_run()._r.append(
        parse_xml(_INLINE.format(width=int(width), height=int(height), number=number, relation=relation, words=words))
    )
