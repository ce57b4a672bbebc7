"""Many officers from a spreadsheet: hostile files, every mistake by line and column, all or nothing."""

from __future__ import annotations

import csv
import io
import os
import time
import zipfile
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.fixtures import officer_areas as places
from tests.fixtures.officer_areas import FAR_VILLAGE, HERE, VILLAGE

from dtks.foundation.accounts import errors, many, officers_file, pending_file, workbook_guard
from dtks.foundation.accounts.models import Account, Grant
from dtks.foundation.accounts.officers_file import COLUMNS, OfficerRow
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.ledger.models import LedgerEvent

register = places.register


def line(number: int = 1, **changes: Any) -> dict[str, Any]:
    """An ordinary line."""
    ordinary = {"username": f"petugas.{number}", "name": f"Petugas {number}", "role": "operator-desa"}
    return {**ordinary, "area": VILLAGE, **changes}


def workbook(*lines: dict[str, Any]) -> bytes:
    """The template, filled as in a spreadsheet program."""
    book = openpyxl.load_workbook(io.BytesIO(officers_file.template()))
    sheet = book["Petugas"]
    for at, given in enumerate(lines, start=2):
        for column, key in enumerate(COLUMNS, start=1):
            if key in given:
                sheet.cell(at, column, given[key])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read(*lines: dict[str, Any]) -> tuple[list[OfficerRow], list[tuple[int, str]]]:
    rows, problems = officers_file.read(workbook(*lines), name="petugas.xlsx")
    return rows, [(each.line, each.column) for each in problems]


def refused(content: bytes, name: str = "petugas.xlsx") -> str:
    with pytest.raises(errors.OfficersFileRefused) as problem:
        officers_file.read(content, name=name)
    assert problem.value.text("en") != problem.value.text("id")
    return problem.value.text()


def repacked(content: bytes, change: Any) -> bytes:
    """The workbook with its first sheet's XML changed."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            data = old.read(part)
            new.writestr(part.filename, change(data) if part.filename == "xl/worksheets/sheet1.xml" else data)
    return buffer.getvalue()


def test_a_filled_template_is_read() -> None:
    rows, problems = read(
        line(phone="812 3456 7890", nik="3302914708820001", valid_to=date(2027, 12, 31)),
        line(
            2, role="Operator desa/kelurahan", area="3302012001", valid_from="01/02/2027", email="a@desa.id"
        ),
        line(3, role="kemensos-program", area="nasional", programme="PKH"),
    )
    assert problems == []
    assert rows[0].data.phone == "081234567890"
    assert rows[0].valid_to == date(2027, 12, 31)
    assert (rows[1].role, rows[1].area, rows[1].valid_from) == ("operator-desa", VILLAGE, date(2027, 2, 1))
    assert (rows[2].area, rows[2].programme) == ("", "pkh")
    assert [row.line for row in rows] == [2, 3, 4]


def test_empty_lines_are_skipped_and_lines_keep_their_number() -> None:
    rows, _ = read(line(1), {}, line(3))
    assert [row.line for row in rows] == [2, 4]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_as_spreadsheets_write_it(delimiter: str) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows([list(COLUMNS.values()), ["siti", "Siti", "rt-rw", VILLAGE]])
    rows, problems = officers_file.read(("\ufeff" + text.getvalue()).encode(), name="P.CSV")
    assert (rows[0].data.username, rows[0].area, problems) == ("siti", VILLAGE, [])


def test_every_cell_that_is_not_understood_is_named() -> None:
    _, problems = read(
        line(valid_to="besok"), line(2, nik=3302914708820001), line(3, role="@SUM(1)"), line(4, area="")
    )
    assert problems == [(2, "Sampai"), (3, "NIK"), (4, "Peran"), (5, "Wilayah")]


def test_a_file_that_is_no_table_of_officers_is_refused() -> None:
    assert "5 MB" in refused(b"x" * (workbook_guard.MOST_BYTES + 1))
    assert "kosong" in refused(b"")
    assert ".xlsx atau .csv" in refused(b"abc", "petugas.pdf")
    assert "utuh" in refused(b"PK\x03\x04 no zip")
    assert "UTF-8" in refused("é".encode("latin-1"), "a.csv")
    assert "kolom tidak ada" in refused(b"Nama masuk,Peran\na,b", "a.csv")
    assert "tidak dikenal" in refused(b"Nama masuk,Nama lengkap,Peran,Wilayah,Gaji\n", "a.csv")
    assert "tidak ada baris" in refused(workbook())
    assert "50 kolom" in refused(b"," * 60 + b"\n", "a.csv")


def test_too_many_lines() -> None:
    text = "Nama masuk,Nama lengkap,Peran,Wilayah\n" + "a,b,c,d\n" * (workbook_guard.MOST_ROWS + 1)
    assert "5001 baris" in refused(text.encode(), "a.csv")


@pytest.mark.parametrize("quote", [b'"', b"'"])
def test_a_cell_in_the_last_corner_does_not_take_all_memory(quote: bytes) -> None:
    far = b"<c r=" + quote + b"XFD1048576" + quote + b' t="inlineStr"><is><t>x</t></is></c>'
    content = repacked(workbook(line()), lambda xml: xml.replace(b"</row>", far + b"</row>", 1))
    assert "kolom" in refused(content)
    low = b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    content = repacked(workbook(line()), lambda xml: xml.replace(b"</sheetData>", low + b"</sheetData>"))
    assert "baris 1048576" in refused(content)


VALUE = b"<v>1</v>"
CELL = b"<c>" + VALUE + b"</c>"


def table_of(rows: bytes, *, before: bytes = b"") -> bytes:
    """A workbook with these rows as they stand; `before`: in front of them."""
    return repacked(
        workbook(), lambda _: b"<worksheet>" + before + b"<sheetData>" + rows + b"</sheetData></worksheet>"
    )


def size_of(content: bytes) -> tuple[int, int]:
    found = workbook_guard.table(content, "a.xlsx")
    return len(found), max(map(len, found), default=0)


def test_cells_without_a_place_are_counted_as_the_reader_counts_them() -> None:
    """Of 5,604 bytes the reader made 8,001 rows of 300 cells."""
    wide, short = b"<row>" + CELL * 300 + b"</row>", b"<row>" + CELL + b"</row>"
    assert len(content := table_of(wide + short * 8_000)) < 20_000
    assert "50 kolom" in refused(content)
    assert "baris 5101" in refused(table_of(short * 8_000))
    assert "baris 5101" in refused(table_of(b"<row/>" * 5_100 + short))
    assert "50 kolom" in refused(table_of(b'<row><c r="AW1"/><c/>' + CELL + b"</row>"))
    assert size_of(table_of(b'<row><c r="AW1"/>' + CELL + b"</row>" + b"<row/>" * 9 + short)) == (11, 50)
    assert size_of(table_of(short * 5_100)) == (5_100, 1)


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (b'<row r="1048576">' + CELL + b"</row>", "baris 1048576"),
        (b'<row r = "9999">' + CELL + b"</row>", "baris 9999"),
        (b'<row><c\nr = "XFD1">' + VALUE + b"</c></row>", "50 kolom"),
        (b'<row><c r="xfd1">' + VALUE + b"</c></row>", "50 kolom"),
        (b'<x:row xmlns:x="x"><x:c r="XFD1"><x:v>1</x:v></x:c></x:row>', "50 kolom"),
        (b'<row r="5100">' + CELL + b"</row><row>" + CELL + b"</row>", "baris 5101"),
        # The reader would stop the whole process at this one.
        (b'<row><c r="AAAAAAAAAAA1">' + VALUE + b"</c></row>", "utuh"),
        (b'<row r="A9999">' + CELL + b"</row>", "utuh"),
        (b'<row r="1"><c>' + VALUE + b"</row>", "utuh"),
    ],
)
def test_no_way_of_writing_a_place_goes_round_the_limit(rows: bytes, problem: str) -> None:
    assert problem in refused(table_of(rows))


def test_what_is_only_painted_stretches_nothing() -> None:
    """Spreadsheet programs write rows and cells without content down to the last corner."""
    painted = b'<row r="1">' + CELL + b'</row><row r="1048576" ht="12"><c r="XFD1048576" s="0"/></row>'
    assert size_of(table_of(painted)) == (1, 1)
    assert size_of(table_of(painted, before=b'<dimension ref="A1:XFD1048576"/>')) == (1, 1)


@pytest.mark.parametrize("at", range(0, 24, 3))
def test_a_tag_cut_at_the_border_of_two_pieces_is_seen(at: int) -> None:
    start, tag = b"<worksheet><sheetData><row>", b'<c foo="abc" r="XFD1">'
    space = b" " * (workbook_guard.PIECE - len(start) - at)
    rows = space + tag + VALUE + b"</c></row>"
    whole = b"<worksheet><sheetData><row>" + rows
    assert whole.index(tag) + at == workbook_guard.PIECE
    assert "50 kolom" in refused(table_of(b"<row>" + rows))
    row = space + b'<row r="1048576">' + CELL + b"</row></row>"
    assert "baris 1048576" in refused(table_of(b"<row>" + row))


def with_texts(rows: bytes, texts: bytes) -> bytes:
    """The same with shared texts."""
    buffer = io.BytesIO(table_of(rows))
    with zipfile.ZipFile(buffer) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts["xl/sharedStrings.xml"] = texts
    return packed(parts)


def packed(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return buffer.getvalue()


def test_shared_texts_take_no_more_room_than_the_file_may() -> None:
    row = b"<row>" + b'<c t="s"><v>0</v></c>' * 50 + b"</row>"
    long = b"<sst><si><t>" + b"x" * 32_767 + b"</t></si></sst>"
    assert "mengembang" in refused(with_texts(row * 50, long))
    assert size_of(with_texts(row * 2, long)) == (2, 50)
    assert "mengembang" in refused(with_texts(row, long.replace(b"<t>", b"<t>x")))
    # The reader makes room for what is promised: the process would end here.
    assert "mengembang" in refused(with_texts(row, b'<sst count="1" uniqueCount="4294967295"><si/></sst>'))
    assert "mengembang" in refused(with_texts(row, b"<sst>" + b"<si/>" * 3_100_000 + b"</sst>"))


@pytest.mark.parametrize(
    "value", [b"+0", b"0" * 25, b"00", b"0<![CDATA[999]]>", b" 0", b"0x0", b"1", b"-0", b"", b"0.0", b"0e0"]
)
def test_the_number_of_a_shared_text_is_read_as_the_reader_reads_it_or_not_at_all(value: bytes) -> None:
    texts = b"<sst><si><t>x</t></si></sst>"
    assert "utuh" in refused(with_texts(b'<row><c t="s"><v>' + value + b"</v></c></row>", texts))
    assert size_of(with_texts(b'<row><c t="s"><v>0</v></c></row>', texts)) == (1, 1)


def test_shared_texts_by_a_name_that_only_the_reader_takes_for_theirs() -> None:
    buffer = io.BytesIO(table_of(b'<row><c t="s"><v>0</v></c></row>'))
    with zipfile.ZipFile(buffer) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    assert "utuh" in refused(packed({**parts, "xl\\sharedStrings.xml": b"<sst><si><t>x</t></si></sst>"}))


def test_the_reader_sees_only_what_was_looked_at() -> None:
    far = b'<sst><sheetData><row r="1048576">' + CELL + b"</row></sheetData></sst>"
    with zipfile.ZipFile(io.BytesIO(table_of(b"<row>" + CELL + b"</row>"))) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    links = parts["xl/_rels/workbook.xml.rels"]
    assert b"worksheets/sheet1.xml" in links

    def elsewhere(name: str) -> bytes:
        moved = links.replace(b"worksheets/sheet1.xml", name.encode())
        return packed({**parts, "xl/_rels/workbook.xml.rels": moved, f"xl/{name}": far})

    assert "baris 1048576" in refused(elsewhere("sharedStrings.xml"))
    assert "baris 1048576" in refused(elsewhere("theme/other.xml"))
    assert "rusak" in refused(elsewhere("media/image1.png"))
    assert "utuh" in refused(packed({**parts, "XL/worksheets/sheet1.xml": far}))
    sheet = parts["xl/worksheets/sheet1.xml"].decode().encode("utf-16")
    assert "XML yang" in refused(packed({**parts, "xl/worksheets/sheet1.xml": sheet}))


def test_pictures_and_printer_settings_are_no_obstacle() -> None:
    content = workbook(line())
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    extra = {"xl/printerSettings/printerSettings1.bin": b"\x00\xff" * 50, "xl/media/image1.png": b"\x89PNG"}
    rows, problems = officers_file.read(packed({**parts, **extra}), name="a.xlsx")
    assert (len(rows), problems) == (1, [])


def test_a_bomb_a_formula_and_an_entity_are_refused() -> None:
    swollen = repacked(workbook(line()), lambda xml: xml + b" " * (workbook_guard.MOST_INFLATED + 1))
    assert len(swollen) < workbook_guard.MOST_BYTES
    assert "mengembang" in refused(swollen)
    assert "rumus" in refused(workbook(line(name="=1+1")))
    entity = repacked(workbook(line()), lambda xml: b'<!DOCTYPE x [<!ENTITY a "b">]>' + xml)
    assert "XML" in refused(entity)


@pytest.fixture
def admin(register: str) -> Actor:
    return places.actor("admin-here", "admin-daerah", HERE)


def judged(by: Actor, *lines: dict[str, Any]) -> list[tuple[int, str]]:
    rows, unread = officers_file.read(workbook(*lines), name="a.xlsx")
    return [(each.line, each.column) for each in [*unread, *many.judge(by=by, lines=rows)]]


def test_every_mistake_is_said_with_its_line_and_column(admin: Actor) -> None:
    assert judged(admin, line(1), line(2)) == []
    yesterday = timezone.localdate() - timedelta(1)
    assert judged(
        admin,
        line(1, username="admin-here"),
        line(2, area=FAR_VILLAGE),
        line(3, role="bupati", area=HERE),
        line(4, role="ketua"),
        line(5, area=HERE),
        line(6, programme="pkh"),
        line(7, valid_to=yesterday),
        line(8, email="bukan surel"),
        line(9, phone="081234567890"),
        line(10, phone="+62 812 3456 7890"),
    ) == [
        (2, "Nama masuk"), (3, "Wilayah"), (4, "Peran"), (5, "Peran"), (6, "Wilayah"), (7, "Program"),
        (8, "Sampai"), (9, "Surel"), (10, "Telepon"), (11, "Telepon"),
    ]  # fmt: skip


def test_all_are_made_with_their_role_and_a_password_each(admin: Actor) -> None:
    rows, _ = officers_file.read(workbook(*(line(n) for n in range(1, 31))), name="a.xlsx")
    with CaptureQueriesContext(connection) as asked:
        made = many.create_all(by=admin, lines=rows)
    assert len(asked) < 30, "no query for each line"
    assert [each.username for each in made] == [f"petugas.{n}" for n in range(1, 31)]
    assert len({each.password for each in made}) == 30
    account = Account.objects.get(username="petugas.7")
    assert check_password(made[6].password, account.password)
    assert account.must_change_password
    assert Grant.objects.filter(role="operator-desa", area=VILLAGE, granted_by=admin.account).count() == 30
    assert LedgerEvent.objects.filter(action="accounts.create").count() == 30
    assert LedgerEvent.objects.filter(action="accounts.grant", area=VILLAGE).count() == 30


def test_one_wrong_line_and_nothing_is_made(admin: Actor) -> None:
    rows, _ = officers_file.read(workbook(line(1), line(2, area=FAR_VILLAGE)), name="a.xlsx")
    with pytest.raises(errors.OfficersFileWrong):
        many.create_all(by=admin, lines=rows)
    assert not Account.objects.filter(username__startswith="petugas").exists()


def test_a_name_that_is_taken_between_judgement_and_storing(
    admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, _ = officers_file.read(workbook(line(1), line(2)), name="a.xlsx")
    judge, taken = many.judge, []

    def judge_then_take(**given: Any) -> Any:
        found = judge(**given)
        if not taken:
            taken.append(places.actor("petugas.2", "rt-rw", VILLAGE))
        return found

    monkeypatch.setattr(many, "judge", judge_then_take)
    with pytest.raises(errors.OfficersFileWrong):
        many.create_all(by=admin, lines=rows)
    assert not Account.objects.filter(username="petugas.1").exists()


def test_only_who_manages_accounts(register: str) -> None:
    with pytest.raises(errors.NotAllowed):
        many.judge(by=places.actor("op", "operator-desa", VILLAGE), lines=[])


def test_pending_rows_are_sealed_taken_once_and_for_an_hour() -> None:
    from django.conf import settings

    rows, _ = read(line(name="Nurhayati", phone="081234567890", valid_to=date(2027, 1, 1)))
    token = pending_file.keep(rows)
    folder = settings.HOME / "pending-officers"
    stored = (folder / token).read_bytes()
    assert b"Nurhayati" not in stored
    assert b"81234567890" not in stored
    assert pending_file.take(token) == rows
    assert pending_file.take(token) is None
    assert pending_file.take("../../etc/passwd") is None
    assert not list(folder.glob(f"{token}*"))
    old = pending_file.keep(rows)
    an_hour_ago = time.time() - pending_file.KEPT_SECONDS - 1
    os.utime(folder / old, (an_hour_ago, an_hour_ago))
    assert pending_file.take(old) is None
    assert not list(folder.glob(f"{old}*"))
