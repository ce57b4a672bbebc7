"""The fast reader of worksheets says exactly what the slow one says, or steps aside for it."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from dtks.registration.intake.readers import sheet_cells, sheet_tags
from dtks.registration.intake.readers.xlsx import XlsxWorkbook

TEXT = st.text(
    alphabet=st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="_\ufffe\uffff"), max_size=40
)
CELL = st.one_of(
    st.none(),
    TEXT,
    st.sampled_from(["<v>", "&amp;", 'a" t="s', "</row>", "]]>", "3201900101900001", "  dua  spasi "]),
    st.integers(-(10**15), 10**15),
    st.booleans(),
)
ROWS = st.lists(st.lists(CELL, max_size=30), min_size=1, max_size=12)


def read(path: Path) -> list[tuple[int, list[str | None], list[bool]]]:
    book = XlsxWorkbook(path)
    found = []
    for block in book.blocks(book.sheets()[0]):
        for number, cells, numeric in zip(block.rows, block.cells.rows(), block.numeric, strict=True):
            found.append((int(number), list(cells), [bool(each) for each in numeric]))
    book.close()
    return found


def read_slowly(path: Path) -> list[tuple[int, list[str | None], list[bool]]]:
    book = XlsxWorkbook(path)
    with book._zip.open(book.sheets()[0].locator) as file:
        found = list(sheet_tags.rows(file, book.shared_strings()))
    book.close()
    return found


@settings(max_examples=150, deadline=None)
@given(rows=ROWS, shared=st.booleans())
def test_both_readers_agree(rows: list[list[object]], shared: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        options = {"constant_memory": not shared, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(str(path), options) as book:
            page = book.add_worksheet()
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if value is not None:
                        page.write(number, column, value)
        fast, slow = read(path), read_slowly(path)
    assert [number for number, _, _ in fast] == [number for number, _, _ in slow]
    for (_, cells, numeric), (_, expected, numbers) in zip(fast, slow, strict=True):
        assert cells[: len(expected)] == expected
        assert not any(cells[len(expected) :])
        assert numeric[: len(numbers)] == numbers


def sheet(xml: str) -> bytes:
    return f"<sheetData>{xml}</sheetData>".encode()


def test_xml_that_is_not_plain_is_left_to_the_slow_reader() -> None:
    odd = {
        "a prefix": '<x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row>',
        "no reference": '<row><c t="n"><v>1</v></c></row>',
        "formatted text": '<row r="1"><c r="A1" t="inlineStr"><is><r><t>a</t></r></is></c></row>',
        "CDATA": '<row r="1"><c r="A1" t="str"><v><![CDATA[1]]></v></c></row>',
        "type first": '<row r="1"><c t="s" r="A1"><v>0</v></c></row>',
        "blanks between tags": '<row r="1"><c r="A1">\n<v>1</v></c></row>',
    }
    for name, xml in odd.items():
        try:
            cells = sheet_cells.scan(sheet(xml))
        except sheet_cells.NotPlain:
            continue
        assert len(cells.start) == 0, name  # nothing was taken for a cell


def test_the_slow_reader_reads_any_form() -> None:
    shared = pl.Series(["satu", "dua"])
    xml = (
        '<s:sheetData xmlns:s="x"><s:row><s:c t="s"><s:v>1</s:v></s:c><s:c><s:v>5</s:v></s:c></s:row>'
        '<s:row r="7"><s:c r="C7" t="inlineStr"><s:is><s:r><s:t>a</s:t></s:r><s:r><s:t>b</s:t></s:r></s:is>'
        "</s:c></s:row></s:sheetData>"
    )
    rows = list(sheet_tags.rows(io.BytesIO(xml.encode()), shared))
    assert rows == [(1, ["dua", "5"], [False, True]), (7, [None, None, "ab"], [False, False, False])]


def test_sixteen_digits_above_two_to_the_53rd_stay_as_written() -> None:
    xml = sheet('<row r="1"><c r="A1"><v>9101900101900001</v></c></row>')
    cells = sheet_cells.scan(xml)
    assert xml[cells.start[0] : cells.start[0] + cells.length[0]] == b"9101900101900001"
    assert int(float("9101900101900001")) != 9101900101900001


def rewritten(source: Path, target: Path, change: Callable[[str], str]) -> Path:
    """A copy of a workbook with its first sheet's XML changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = old.read(part)
            if part == "xl/worksheets/sheet1.xml":
                content = change(content.decode()).encode()
            new.writestr(part, content)
    return target


def prefixed(xml: str) -> str:
    xml = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", xml)
    return xml.replace('xmlns="', 'xmlns:x="')


CHANGES: dict[str, Callable[[str], str]] = {
    "prefix": prefixed,
    "no references": lambda xml: re.sub(r' r="[A-Z]*[0-9]+"', "", xml),
    "pretty": lambda xml: xml.replace("><", ">\n<"),
    "type first": lambda xml: re.sub(r'<c (r="[A-Z0-9]+") (t="\w+")', r"<c \2 \1", xml),
    "style after type": lambda xml: re.sub(r'<c (r="[A-Z0-9]+") (t="\w+")', r'<c \1 \2 s="0"', xml),
    "comment": lambda xml: xml.replace("<row ", "<!-- baris --><row ", 1),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
@pytest.mark.parametrize("shared", [True, False])
def test_other_programs_forms_read_the_same(
    tmp_path: Path, change: Callable[[str], str], shared: bool
) -> None:
    rows = [[f"R{row}K{column}" for column in range(5)] for row in range(40)]
    plain = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(plain), {"constant_memory": not shared}) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, [*row, number])
    other = rewritten(plain, tmp_path / "b.xlsx", change)
    assert read(other) == read(plain)
