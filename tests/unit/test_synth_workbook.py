"""The OpenSID workbook of made-up people: 43 columns, OpenSID's codes, importable, always the same."""

import datetime
import re

import pytest
from python_calamine import CalamineWorkbook

from dtks.determination.synth import opensid_rows, workbook
from dtks.determination.synth.errors import SynthAreaUnknown
from dtks.foundation.areas import actions as areas
from dtks.foundation.kernel.nik import KkNumber, Nik
from dtks.foundation.ledger.domain import Actor
from dtks.registration.intake import actions as intake

VILLAGE = "32.01.02.2007"
DAY = workbook.TAKEN_ON
CODES = {
    "sex": range(1, 3),
    "agama_id": range(1, 8),
    "pendidikan_kk_id": range(1, 11),
    "pendidikan_sedang_id": range(1, 19),
    "pekerjaan_id": range(1, 90),
    "status_kawin": range(1, 5),
    "kk_level": range(1, 12),
    "warganegara_id": range(1, 4),
    "golongan_darah_id": range(1, 14),
    "cacat_id": range(1, 8),
    "cara_kb_id": [*range(1, 8), 99],
    "hamil": (1, 2),
    "ktp_el": (1, 2),
    "status_rekam": range(1, 9),
    "status_dasar": (1, 2, 3, 4, 6, 9),
    "id_asuransi": (1, 2, 3, 4, 99),
}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("workbook") / "penduduk.xlsx"
    report = workbook.opensid(area=VILLAGE, families=400, seed=5, out=path)
    return path, report


@pytest.fixture(scope="module")
def rows(book):
    path, _ = book
    header, *body = CalamineWorkbook.from_path(path).get_sheet_by_name("Data Penduduk").to_python()
    assert tuple(header) == opensid_rows.COLUMNS
    return [dict(zip(header, row, strict=True)) for row in body]


def test_it_has_a_row_for_each_person(book, rows):
    _, report = book
    assert report.rows == len(rows)
    assert report.families == len({row["no_kk"] for row in rows}) == 400
    assert len(opensid_rows.COLUMNS) == 43


def test_codes_are_those_of_opensid(rows):
    for column, codes in CODES.items():
        found = {row[column] for row in rows if row[column] != ""}
        assert found, column
        assert found <= set(codes), column


def test_numbers_dates_and_parents_agree(rows):
    by_nik = {row["nik"]: row for row in rows}
    assert len(by_nik) == len(rows)
    for row in rows:
        nik, born = Nik.parse(row["nik"]), datetime.date.fromisoformat(row["tanggallahir"])
        assert nik.is_made_up
        assert KkNumber.parse(row["no_kk"]).is_made_up
        assert (nik.birth_date(DAY), nik.sex) == (born, int(row["sex"]))
        for parent, sex in (("ayah", 1), ("ibu", 2)):
            if row[f"{parent}_nik"]:
                found = by_nik[row[f"{parent}_nik"]]
                assert (found["nama"], found["sex"]) == (row[f"nama_{parent}"], sex)
                assert found["no_kk"] == row["no_kk"]


def test_each_family_has_one_head_and_couples_share_a_certificate(rows):
    families = {}
    for row in rows:
        families.setdefault(row["no_kk"], []).append(row)
    for members in families.values():
        assert [member["kk_level"] for member in members].count(1) == 1
        couple = [
            member for member in members if member["kk_level"] in (1, 2, 3) and member["akta_perkawinan"]
        ]
        if len(couple) == 2:
            assert couple[0]["akta_perkawinan"] == couple[1]["akta_perkawinan"]
            wedding = datetime.date.fromisoformat(couple[0]["tanggalperkawinan"])
            born = max(datetime.date.fromisoformat(member["tanggallahir"]) for member in couple)
            assert born.year + 15 <= wedding.year <= DAY.year
    wives = [row for row in rows if row["kk_level"] == 3]
    assert wives
    assert {row["sex"] for row in wives} == {2}


def test_points_and_places_are_written_as_a_village_office_writes_them(rows):
    for row in rows:
        assert re.fullmatch(r"-?\d+\.\d+", row["lat"])
        assert re.fullmatch(r"\d+\.\d+", row["lng"])
        assert re.fullmatch(r"\d{3}", row["rt"])
        assert row["dusun"]
        assert row["tempatlahir"] == row["tempatlahir"].upper()


def test_the_same_seed_gives_the_same_workbook(book, tmp_path):
    path, _ = book
    workbook.opensid(area=VILLAGE, families=400, seed=5, out=tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == path.read_bytes()


def test_it_ends_after_as_many_rows_as_are_wanted(tmp_path):
    report = workbook.opensid(area=VILLAGE, families=400, seed=5, out=tmp_path / "x.xlsx", most_rows=100)
    assert report.rows == 100


@pytest.mark.parametrize("area", ["32.01.02", "all", "32.01.02.9999"])
def test_only_a_village_has_a_workbook(tmp_path, area):
    with pytest.raises(SynthAreaUnknown):
        workbook.opensid(area=area, families=10, seed=1, out=tmp_path / "x.xlsx")


@pytest.mark.django_db
def test_the_register_takes_every_row(book):
    path, report = book
    areas.load(by=Actor.system())
    done = intake.import_file(by=Actor.system(), path=path, format="auto", area=VILLAGE, dry_run=True)
    assert (done.rows_read, done.rows_pending) == (report.rows, 0)
