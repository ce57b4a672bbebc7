"""The other layouts that villages hold, each with its quirks, from a made-up file to the register."""

from __future__ import annotations

import datetime
from pathlib import Path

import polars as pl
import pytest
import xlwt
import yaml
from django.db import connection
from tests.fixtures import intake_files as made

from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.vault import blind, configured
from dtks.registration.intake import actions, errors, mapping, queries, report
from dtks.registration.intake.models import SavedMapping

pytestmark = pytest.mark.django_db
COUNTS = {
    "opensid_penduduk": {"penduduk": 43},
    "siak_dukcapil": {"penduduk": 37},
    "bdt2015": {"anggota": 101},
    "opensid_regsosek2022k_import": {
        "tempat": 10,
        "petugas": 11,
        "perumahan": 17,
        "anggota": 56,
        "program": 45,
    },
    # 'Terakhir diubah' stands in the first of two rows of headings, so the second has 86.
    "opensid_regsosek2022k_export": {"keluarga": 86, "anggota": 58},
}


@pytest.fixture(autouse=True)
def _areas() -> None:
    areas.load(by=Actor.system("test"), under="32.01.02")


def stored(query: str) -> pl.DataFrame:
    """What the register holds; the tests of a file's way end there."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        columns = [column[0] for column in cursor.description]
        return pl.DataFrame(cursor.fetchall(), schema=columns, orient="row", infer_schema_length=None)


def test_layouts_have_the_columns_of_the_real_files() -> None:
    found = {
        layout.id: {sheet.id: len(sheet.columns) for sheet in layout.sheets}
        for layout in mapping.formats().values()
    }
    assert found == COUNTS


def siak_xls(path: Path, rows: list[made.Row]) -> Path:
    book = xlwt.Workbook()
    page = book.add_sheet("Sheet1")
    for number, row in enumerate(made.table("siak_dukcapil", "penduduk", rows)):
        for column, value in enumerate(row):
            page.write(number, column, value)
    book.save(str(path))
    return path


@pytest.mark.parametrize("suffix", ["xls", "xlsx"])
def test_siak_labels_and_serial_dates(tmp_path: Path, suffix: str) -> None:
    people = made.people(6)
    rows = [made.siak_row(person) for person in people]
    path = tmp_path / f"siak.{suffix}"
    if suffix == "xls":
        siak_xls(path, rows)
    else:
        made.write_sheets(path, [("Sheet1", made.table("siak_dukcapil", "penduduk", rows))])
    # The village comes from its name and the district's.
    done = actions.import_file(by=Actor.system("test"), path=path, area="32.01")
    assert (done.format, done.rows_pending, done.people_new) == ("siak_dukcapil", 0, len(people))
    index = blind.blind_index(people[0].nik, kind="nik", ring=configured.ring()).hex()
    person = stored(f"SELECT * FROM registry_persondemographics WHERE nik_index = '{index}'")
    assert person["sex"][0] == people[0].sex
    assert str(person["birth_date"][0]) == people[0].born.isoformat()
    assert (person["occupation"][0], person["religion"][0], person["id_documents"][0]) == (9, 1, 1)
    assert stored("SELECT DISTINCT village FROM registry_familycard")["village"].to_list() == [made.VILLAGE]


def test_siak_from_an_unknown_village_waits(tmp_path: Path) -> None:
    rows = [made.siak_row(person) for person in made.people(3)]
    rows[0]["Desa/Kel"] = "ANTAH BERANTAH"
    rows[1]["SHDK"] = "TETANGGA"
    path = made.write_sheets(tmp_path / "s.xlsx", [("Sheet1", made.table("siak_dukcapil", "penduduk", rows))])
    done = actions.import_file(by=Actor.system("test"), path=path, area="32.01.02")
    assert done.problems == {"DTKS-IMP-105": 1, "DTKS-IMP-119": 1}


def test_bdt_one_row_per_member(tmp_path: Path) -> None:
    people = made.people(6)
    rows = []
    for household, members in enumerate(made.families_of(people)):
        rows += [made.bdt_row(person, household=household) for person in members]
    rows[0]["NIK"] = "1234567890123456"
    rows[1]["NIK"] = ""
    path = made.write_sheets(tmp_path / "bdt.xlsx", [("Sheet1", made.table("bdt2015", "anggota", rows))])
    done = actions.import_file(by=Actor.system("test"), path=path)
    assert (done.format, done.rows_pending, done.rows_accepted) == ("bdt2015", 0, len(rows))
    assert done.families_new == 6
    assert done.warnings["DTKS-IMP-135"] == 1  # noted, not used: this source does not vouch for NIK
    assert done.warnings["DTKS-IMP-127"] >= 1
    dwelling = stored("SELECT * FROM registry_dwelling").row(0, named=True)
    assert (dwelling["lighting"], dwelling["floor_material"], dwelling["roof_material"]) == (2, 8, 3)
    assets = stored("SELECT * FROM registry_assets").row(0, named=True)
    # Asset codes alternate: 1/2 in one column, 3/4 in the next.
    assert (assets["has_refrigerator"], assets["has_ac"], assets["has_motorcycle"]) == (2, 2, 1)
    assert (assets["has_motor_boat"], assets["has_bicycle"], assets["cattle"]) == (1, 1, 2)
    valid = stored("SELECT DISTINCT valid_from FROM registry_dwelling")["valid_from"].to_list()
    assert [str(day) for day in valid] == ["2015-07-01"]


def test_regsosek_import_joins_five_sheets(tmp_path: Path) -> None:
    people = made.people(8)
    path = made.regsosek_import_workbook(tmp_path / "r.xlsx", people)
    done = actions.import_file(by=Actor.system("test"), path=path, area=made.VILLAGE)
    assert done.format == "opensid_regsosek2022k_import"
    assert (done.people_new, done.families_new, done.rows_pending) == (len(people), 8, 0)
    dwelling = stored("SELECT * FROM registry_dwelling").row(0, named=True)
    # 306b = 8 and 308 = 0 are the paper form's codes.
    assert (dwelling["water_distance"], dwelling["cooking_fuel"], dwelling["power_1"]) == (3, 12, 2)
    aid = stored("SELECT * FROM registry_familyassistance").row(0, named=True)
    assert (aid["got_sembako"], aid["sembako_month"], aid["sembako_year"], aid["got_pkh"]) == (1, 5, 2022, 2)
    assert stored("SELECT count(*) AS n FROM registry_familymembership")["n"][0] == len(people)
    assert str(stored("SELECT valid_from FROM registry_dwelling")["valid_from"][0]) == "2022-10-20"


def test_regsosek_import_with_faults_comes_back_mended(tmp_path: Path) -> None:
    people = made.people(6)
    path = made.regsosek_import_workbook(tmp_path / "r.xlsx", people)
    import openpyxl

    book = openpyxl.load_workbook(path)
    members, dwellings = book["4.ket sos-ek anggota"], book["3.keterangan perumahan"]
    members.cell(row=2, column=24).value = "ORANG LAIN"  # the second 402 must equal the first
    dwellings.cell(row=3, column=5).value = 77  # 303: no such floor
    book["5.keikutsertaan program dll"].cell(row=4, column=1).value = "3201900101080099"
    book.save(path)
    done = actions.import_file(by=Actor.system("test"), path=path, area=made.VILLAGE)
    assert done.problems == {"DTKS-IMP-105": 1, "DTKS-IMP-121": 1, "DTKS-IMP-123": 1}
    assert done.rows_pending == 3
    sheets = {problem.sheet for problem in queries.problems(job_id=done.job, only_pending=True)}
    assert sheets == {"3.keterangan perumahan", "4.ket sos-ek anggota", "5.keikutsertaan program dll"}
    mended = openpyxl.load_workbook(report.write(job_id=done.job, path=tmp_path / "laporan.xlsx"))
    page = mended["4.ket sos-ek anggota"]
    assert page.cell(row=2, column=1).value == people[0].kk
    page.cell(row=2, column=24).value = people[0].name
    mended["3.keterangan perumahan"].cell(row=2, column=5).value = "8. Tanah"
    mended["5.keikutsertaan program dll"].cell(row=2, column=1).value = list(made.families_of(people))[2][
        0
    ].kk
    mended.save(tmp_path / "lagi.xlsx")
    again = actions.import_file(by=Actor.system("test"), path=tmp_path / "lagi.xlsx", area=made.VILLAGE)
    assert (again.rows_accepted, again.rows_pending, again.rows_mended) == (3, 0, 3)
    assert again.people_new == 1
    assert queries.open_pending() == 0
    floors = stored("SELECT floor_material FROM registry_dwelling WHERE superseded_at IS NULL")
    assert sorted(floors["floor_material"].to_list()) == [6, 6, 6, 6, 6, 8]


def test_regsosek_export_has_header_rows_and_bps_codes(tmp_path: Path) -> None:
    people = made.people(5)
    path = made.regsosek_export_workbook(tmp_path / "r.xlsx", people)
    done = actions.import_file(by=Actor.system("test"), path=path, area=made.VILLAGE)
    assert done.format == "opensid_regsosek2022k_export"
    assert (done.people_new, done.families_new, done.rows_pending) == (len(people), 5, 0)
    # 1101 is Simeulue to BPS; Kemendagri's 11.01 is another regency. Neither is the village that was chosen.
    other = made.regsosek_export_workbook(tmp_path / "o.xlsx", made.people(2, seed=5), bps="1101")
    elsewhere = actions.import_file(by=Actor.system("test"), path=other, area=made.VILLAGE)
    assert elsewhere.rows_accepted == 0
    shown = queries.problems(job_id=elsewhere.job)
    assert {(p.code, p.value) for p in shown if p.holds_back} == {("DTKS-IMP-120", "11.09")}


def test_bps_codes_do_not_tell_a_village(tmp_path: Path) -> None:
    path = made.regsosek_export_workbook(tmp_path / "r.xlsx", made.people(2))
    with pytest.raises(errors.AreaNeeded):
        actions.import_file(by=Actor.system("test"), path=path)


OWN = """
id: kelurahan_kami
title: {id: "Buku induk kelurahan", en: "Our register"}
sheets:
  - id: warga
    level: person
    columns:
      Nama Lengkap: {to: name, required: true}
      No. KK: kk_number
      No. KTP: nik
      JK: {to: sex, required: true, labels: {1: "L|Laki-laki", 2: "P|Perempuan"}}
      Tgl Lahir: birth_date
      Hub: {to: relation, labels: {1: "KK", 2: "Istri|Suami", 3: "Anak"}}
      Kode Desa: village
"""


def own_file(path: Path) -> tuple[Path, list[made.Made]]:
    people = [person for person in made.people(5) if person.relation in (1, 3, 4)]
    head = "Nama Lengkap;No. KK;No. KTP;JK;Tgl Lahir;Hub;Kode Desa"
    relations = {1: "KK", 3: "Istri", 4: "Anak"}
    code = made.VILLAGE.replace(".", "")
    lines = [
        f"{p.name};{p.kk};{p.nik};{'LP'[p.sex - 1]};{p.born:%d/%m/%Y};{relations[p.relation]};{code}"
        for p in people
    ]
    path.write_text("\n".join([head, *lines]), encoding="utf-8")
    return path, people


def test_a_mapping_of_ones_own(tmp_path: Path) -> None:
    path, people = own_file(tmp_path / "warga.csv")
    mapping_file = tmp_path / "peta.yaml"
    mapping_file.write_text(OWN, encoding="utf-8")
    done = actions.import_file(by=Actor.system("test"), path=path, format=str(mapping_file))
    assert (done.format, done.people_new, done.rows_pending) == ("kelurahan_kami", len(people), 0)


def test_a_saved_mapping_is_recognised(tmp_path: Path) -> None:
    path, people = own_file(tmp_path / "warga.csv")
    with pytest.raises(errors.UnknownFormat):
        actions.import_file(by=Actor.system("test"), path=path)
    actions.save_mapping(by=Actor.system("test"), name="kelurahan_kami", content=yaml.safe_load(OWN))
    done = actions.import_file(by=Actor.system("test"), path=path)
    assert (done.format, done.people_new) == ("kelurahan_kami", len(people))
    assert actions.import_file(by=Actor.system("test"), path=path).already_imported


def test_a_broken_saved_mapping_stops_no_other_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path, people = own_file(tmp_path / "warga.csv")
    actions.save_mapping(by=Actor.system("test"), name="kelurahan_kami", content=yaml.safe_load(OWN))
    actions.save_mapping(by=Actor.system("test"), name="a_broken_one", content=yaml.safe_load(OWN))
    # As if the register no longer had the variable.
    broken = SavedMapping.objects.get(name="a_broken_one")
    broken.content["sheets"][0]["columns"]["Nama Lengkap"]["to"] = "dahulu_ada"
    broken.save()
    shipped = made.opensid_csv(tmp_path / "opensid.csv", [made.opensid_row(one) for one in made.people(2)])
    known = actions.import_file(by=Actor.system("test"), path=shipped, area=made.VILLAGE, dry_run=True)
    assert known.format == "opensid_penduduk"
    done = actions.import_file(by=Actor.system("test"), path=path)
    assert (done.format, done.people_new) == ("kelurahan_kami", len(people))
    assert "a_broken_one" in caplog.text
    with pytest.raises(errors.MappingInvalid):
        actions.import_file(by=Actor.system("test"), path=path, format="a_broken_one")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [("nama_ibu_kandung", "no variable"), ("person: x", "MappingInvalid"), ("", "")],
)
def test_a_wrong_mapping_is_refused(tmp_path: Path, wrong: str, told: str) -> None:
    path, _ = own_file(tmp_path / "warga.csv")
    mapping_file = tmp_path / "peta.yaml"
    mapping_file.write_text(OWN.replace("to: name", f"to: {wrong or '[]'}"), encoding="utf-8")
    with pytest.raises(errors.MappingInvalid):
        actions.import_file(by=Actor.system("test"), path=path, format=str(mapping_file))


def test_what_a_format_says_and_the_register_has_agree() -> None:
    """Every code table ends in codes of the register."""
    from dtks.registration.registry import dictionary

    for layout in mapping.formats().values():
        for sheet in layout.sheets:
            for target in sheet.targets:
                variable = dictionary.by_name(level=target.level).get(target.variable)
                for source in target.sources:
                    if variable is None or not source.codes or variable.kind != "code":
                        continue
                    unknown = {v for v in source.codes.values() if v is not None} - set(variable.codes)
                    assert not unknown, (layout.id, target.variable, unknown)


def test_dates_as_people_write_them() -> None:
    from dtks.registration.intake.cell_values import date

    cells = [
        "1987-03-25",
        "25-03-1987",
        "25/03/1987",
        "25.03.1987",
        "31861",
        "25 Maret 1987",
        "1987-03-25 00:00:00",
    ]
    read = date(pl.Series(cells), today=datetime.date(2026, 1, 1))
    assert read.values.to_list() == [datetime.date(1987, 3, 25)] * len(cells)
    assert read.bad == []
    bad = date(
        pl.Series(["31-02-2001", "2031-01-01", "25/03/87", "0000-00-00", None]),
        today=datetime.date(2026, 1, 1),
    )
    assert bad.values.null_count() == 5
    assert [(p.code, rows.to_list()) for p, rows, _ in bad.bad] == [
        ("DTKS-IMP-106", [True, False, True, False, False]),
        ("DTKS-IMP-107", [False, True, False, False, False]),
    ]
