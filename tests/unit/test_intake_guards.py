"""Hostile and broken files are refused before they are parsed, each with its own code and a way out."""

from __future__ import annotations

import codecs
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from tests.fixtures import intake_files as made

from dtks.foundation.kernel.errors import catalogue
from dtks.registration.intake import errors, guards, problems
from dtks.registration.intake.readers.csv_text import CsvWorkbook, encoding_of

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64
OLE = guards.OLE_SIGNATURE + b"\x00" * 504


def workbook(path: Path) -> Path:
    return made.write_sheets(path, [("A", [["nama", "nik"], ["SITI", "1"]])])


def with_part(path: Path, name: str, content: bytes) -> Path:
    """A good workbook with one part replaced or added."""
    source = zipfile.ZipFile(workbook(path.with_suffix(".base.xlsx")))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            if part != name:
                target.writestr(part, source.read(part))
        target.writestr(name, content)
    return path


def zip_bomb(path: Path) -> Path:
    return with_part(path, "xl/media/image1.xml", b"0" * 60_000_000)


def lying_bomb(path: Path) -> Path:
    """A zip bomb whose directory states a harmless size."""
    zip_bomb(path)
    content = path.read_bytes()
    path.write_bytes(content.replace(struct.pack("<L", 60_000_000), struct.pack("<L", 100)))
    return path


def many_parts(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as target:
        for number in range(3_000):
            target.writestr(f"xl/{number}.xml", b"")
    return path


def wide(path: Path) -> Path:
    return made.write_sheets(path, [("A", [[f"k{i}" for i in range(10_000)]])])


def formula(path: Path) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("Data")
        page.write_string("A1", "nama")
        page.write_formula("B7", '=HYPERLINK("http://127.0.0.1","klik")')
    return path


def entities(path: Path) -> Path:
    laughs = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>'
    return with_part(path, "xl/sharedStrings.xml", laughs)


def hidden_entities(path: Path) -> Path:
    """The same in UTF-16, where a search for bytes would miss it."""
    laughs = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE l [<!ENTITY a "ha">]><l>&a;</l>'
    return with_part(path, "xl/sharedStrings.xml", laughs.encode("utf-16"))


def truncated(path: Path) -> Path:
    content = workbook(path).read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return path


def damaged(path: Path) -> Path:
    content = bytearray(workbook(path).read_bytes())
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as package:
        part = package.getinfo("xl/worksheets/sheet1.xml")
    start = part.header_offset + 30 + len(part.filename) + 40
    content[start : start + 20] = b"\xff" * 20
    path.write_bytes(content)
    return path


def raw(content: bytes) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return write


HOSTILE: list[tuple[str, str, Callable[[Path], Path], type[errors.IntakeError]]] = [
    ("kosong", "a.xlsx", raw(b""), errors.EmptyFile),
    ("gambar", "a.xlsx", raw(PNG), errors.NotWhatItSays),
    ("halaman web", "a.xls", raw(b"<html><table></table></html>"), errors.NotWhatItSays),
    ("arsip biasa", "a.xlsx", lambda p: many_parts(p) and with_no_types(p), errors.NotWhatItSays),
    ("program", "a.csv", raw(b"MZ" + b"\x00" * 100), errors.NotWhatItSays),
    ("buku kerja sebagai csv", "a.csv", workbook, errors.NotWhatItSays),
    ("sandi", "a.xlsx", raw(OLE + "EncryptedPackage".encode("utf-16-le")), errors.EncryptedWorkbook),
    ("dokumen Word", "a.xls", raw(OLE + "WordDocument".encode("utf-16-le")), errors.NotWhatItSays),
    ("makro xlsm", "a.xlsm", workbook, errors.MacroWorkbook),
    ("makro dalam xlsx", "a.xlsx", lambda p: with_part(p, "xl/vbaProject.bin", b"x"), errors.MacroWorkbook),
    ("makro xls", "a.xls", raw(OLE + "_VBA_PROJECT".encode("utf-16-le")), errors.MacroWorkbook),
    ("bom zip", "a.xlsx", zip_bomb, errors.ZipBomb),
    ("ukuran palsu", "a.xlsx", lying_bomb, errors.DamagedFile),
    ("terlalu banyak bagian", "a.xlsx", many_parts, errors.TooManyParts),
    ("terlalu lebar", "a.xlsx", wide, errors.TooManyColumns),
    ("rumus", "a.xlsx", formula, errors.FormulaInData),
    ("entitas", "a.xlsx", entities, errors.ForbiddenXml),
    ("entitas tersembunyi", "a.xlsx", hidden_entities, errors.ForbiddenXml),
    ("terpotong", "a.xlsx", truncated, errors.DamagedFile),
    ("rusak", "a.xlsx", damaged, errors.DamagedFile),
    ("jenis lain", "a.docx", workbook, errors.UnknownKindOfFile),
]


def with_no_types(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("readme.txt", b"bukan buku kerja")
    return path


@pytest.mark.parametrize(
    ("name", "make", "refusal"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE]
)
def test_a_hostile_file_is_refused(
    tmp_path: Path, name: str, make: Callable[[Path], Path], refusal: type[errors.IntakeError]
) -> None:
    path = make(tmp_path / name)
    with pytest.raises(refusal) as refused:
        guards.check(path, name=name)
    assert "{" not in refused.value.text("id") + refused.value.text("en")


def test_a_good_file_passes(tmp_path: Path) -> None:
    assert guards.check(workbook(tmp_path / "a.xlsx")) == "xlsx"
    assert guards.check(made.opensid_csv(tmp_path / "a.csv", [])) == "csv"
    with pytest.raises(errors.FileMissing):
        guards.check(tmp_path / "tidak-ada.xlsx")


def test_what_a_file_really_is_is_said_in_the_readers_language(tmp_path: Path) -> None:
    with pytest.raises(errors.NotWhatItSays) as refused:
        guards.check(raw(PNG)(tmp_path / "a.xlsx"))
    assert "gambar PNG" in refused.value.text("id")
    assert "a PNG picture" in refused.value.text("en")
    assert {kind for _, kind in guards.SIGNATURES if " " in kind} <= set(guards.ENGLISH)


def test_the_formula_is_named(tmp_path: Path) -> None:
    with pytest.raises(errors.FormulaInData) as refused:
        guards.check(formula(tmp_path / "a.xlsx"))
    assert refused.value.params["cell"] == "B7"


def test_limits_of_size(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx")
    with pytest.raises(errors.FileTooLarge):
        guards.check(path, limits=guards.Limits(file_bytes=100))
    with pytest.raises(errors.ZipBomb):
        guards.check(path, limits=guards.Limits(inflated_bytes=100))


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [("utf-8", "utf-8-sig"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("cp1252", "cp1252")],
)
def test_encodings_of_text_files(tmp_path: Path, encoding: str, expected: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("nama;alamat\nRÉNÉ;JL. CAFÉ\n", encoding=encoding)
    assert encoding_of(path) == expected
    book = CsvWorkbook(path)
    assert book.separator == ";"
    assert next(iter(book.blocks(book.sheets()[0]))).cells.row(1) == ("RÉNÉ", "JL. CAFÉ")


def test_an_encoding_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"nama\n" + b"x" * 2_000_000 + b"\nA\x81B\xff\xc3\n")
    with pytest.raises(errors.UnknownEncoding) as refused:
        encoding_of(path)
    assert refused.value.params == {"position": 5 + 2_000_000 + 3, "line": 3}


def test_a_binary_file_called_csv(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n" + zlib.compress(b"x" * 1000) + codecs.BOM_UTF16_BE + b"\x00" * 20)
    with pytest.raises(errors.UnknownEncoding):
        encoding_of(path)


def test_every_code_is_in_the_catalogue_with_two_languages() -> None:
    found = [cls for code, cls in catalogue().items() if code.startswith("DTKS-IMP-")]
    assert len(found) >= 50
    for cls in found:
        assert cls.message_id != cls.message_en
    for code, problem in problems.by_code().items():
        assert code.startswith("DTKS-IMP-1")
        assert problem.mend_id
        assert problem.mend_en
