"""The list of families and the summary: filters, order, pages, export, and the number of queries."""

from __future__ import annotations

import io
import re
import uuid
from datetime import date, timedelta
from html import unescape as html_unescape
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.fixtures import village_families as sample
from tests.fixtures.officers import sign_in

from dtks.delivery.workspace import listing, web_list
from dtks.delivery.workspace.filters import Filters
from dtks.delivery.workspace.listing import Listing
from dtks.determination.runs import totals
from dtks.determination.runs.models import FamilyResult, Run
from dtks.determination.runs.queries import latest_run_and_label
from dtks.foundation.areas import actions as areas
from dtks.foundation.kernel.area_codes import number_of
from dtks.foundation.ledger.domain import Actor
from dtks.registration.registry import queries as registry

PROGRAMMES = ("pkh", "sembako")
pytestmark = pytest.mark.django_db


@pytest.fixture
def register(db: Any) -> list[uuid.UUID]:
    """30 families of a village and 5 of its neighbour; value: the ids of the 30, in order of the list."""
    areas.load(by=Actor.system(), under=sample.DISTRICT)
    sample.load(count=30)
    sample.load(count=5, village=sample.NEIGHBOUR, seed=2)
    return [row.family_id for row in registry.families(area=sample.VILLAGE, sort="rt", limit=100).rows]


@pytest.fixture
def results(register: list[uuid.UUID], tmp_path: Path) -> list[uuid.UUID]:
    """A run over the village: family n has decile 1 + n mod 10; two wait, the last two were not there."""
    run = Run.objects.create(
        id=uuid.uuid4(),
        area=sample.VILLAGE,
        period="2026-12",
        regime="DTSEN-2025",
        taken_on=date(2026, 11, 24),
        snapshot_sha256="",
        output_sha256="",
        directory=str(tmp_path),
        snapshot_directory=str(tmp_path / "gone"),
        model_name="uji",
        model_status="demonstration",
        programmes=dict.fromkeys(PROGRAMMES, ""),
        people=0,
        families=28,
        families_unscored=1,
        families_verification=1,
        made_at=timezone.now(),
        made_by="system",
    )
    rows = [_result(run, family, number) for number, family in enumerate(register[:28])]
    FamilyResult.objects.bulk_create(rows)
    table = pl.DataFrame([_output(row) for row in rows], infer_schema_length=None)
    totals.of_all_levels(totals.of_villages(table, PROGRAMMES)).write_parquet(tmp_path / "totals.parquet")
    return register


def _result(run: Run, family: uuid.UUID, number: int) -> FamilyResult:
    faults, desil = int(number == 0) * 2, None if number < 2 else 1 + number % 10
    chosen = desil is not None and desil <= 3
    status = {0: 1, 1: 0}[int(not chosen)] if desil else 2
    return FamilyResult(
        run=run, family=family, village=sample.VILLAGE, area_number=number_of(sample.VILLAGE), size=3,
        score=desil and desil * 1000, desil=desil,
        faults=faults, eligible="pkh" if chosen else "", current=True,
        programmes={"pkh": [status, None, 0, 0, 0], "sembako": [0, None, 0, 0, 0]},
    )  # fmt: skip


def _output(row: FamilyResult) -> dict[str, Any]:
    chosen = int(row.eligible == "pkh")
    values = {f"{name}__{column}": 0 for name in PROGRAMMES for column in ("status", "people", "amount")}
    facts = {"village": int(row.village.replace(".", "")), "size": row.size}
    return {**facts, "faults": row.faults, "desil": row.desil, **values, "pkh__status": chosen}


def see(**wanted: Any) -> Listing:
    return listing.families(Filters(area=sample.VILLAGE, **wanted), programmes=PROGRAMMES)


def ids(found: Listing) -> list[uuid.UUID]:
    return [row.id for row in found.rows]


def test_before_any_determination_everybody_is_listed(register: list[uuid.UUID]) -> None:
    found = see()
    assert (found.total, ids(found)) == (30, register)
    assert {row.status for row in found.rows} == {"belum-ditetapkan"}
    assert see(desil=1).total == see(programme="pkh").total == see(status="menunggu").total == 0
    assert see(status="belum-ditetapkan").total == 30


def test_each_filter_leaves_who_it_says(results: list[uuid.UUID]) -> None:
    assert ids(see(desil=3)) == [results[n] for n in (2, 12, 22)]
    assert set(ids(see(programme="pkh"))) == {results[n] for n in (2, 10, 11, 12, 20, 21, 22)}
    assert see(programme="sembako").total == 0
    assert set(ids(see(status="penerima"))) == set(ids(see(programme="pkh")))
    assert see(status="bukan-penerima").total == 28 - 2 - 7
    assert ids(see(status="menunggu")) == results[:2]
    assert ids(see(programme="pkh", status="menunggu")) == results[:2]
    assert ids(see(status="belum-ditetapkan")) == results[28:]
    assert see(status="belum-ditetapkan", desil=1).total == 0


def test_filters_hold_together(results: list[uuid.UUID]) -> None:
    first = see(desil=3).rows[0]
    assert first.head is not None
    assert first.id in ids(
        see(desil=3, text=first.head, rt=str(int(first.rt or 0)), rw=str(int(first.rw or 0)))
    )
    assert see(desil=3, text="tidak ada orangnya").total == 0


def test_the_poorest_come_first_and_the_unknown_last(results: list[uuid.UUID]) -> None:
    desils = [row.desil for row in see(sort="desil").rows]
    assert desils[:-4] == sorted(desil for desil in desils if desil)
    assert desils[-4:] == [None] * 4
    downwards = [row.desil for row in see(sort="desil", descending=True).rows]
    assert downwards[0] == 10
    assert downwards[-4:] == [None] * 4


@pytest.mark.parametrize("view", [{"sort": "desil"}, {"status": "belum-ditetapkan", "sort": "nama"}])
def test_whole_rows_are_read_of_one_page_alone(
    results: list[uuid.UUID], monkeypatch: pytest.MonkeyPatch, view: dict[str, Any]
) -> None:
    everybody = listing.families(Filters(area="32", **view), programmes=PROGRAMMES, size=100).rows
    ask, read = listing.registry.families, []

    def told(**given: Any) -> Any:
        found = ask(**given)
        read.append(len(found.rows))
        return found

    monkeypatch.setattr(listing.registry, "families", told)
    paged = [
        row
        for page in range(1, -(-len(everybody) // 4) + 1)
        for row in listing.families(Filters(area="32", page=page, **view), programmes=PROGRAMMES, size=4).rows
    ]
    assert [row.id for row in paged] == [row.id for row in everybody]
    assert max(read) <= 4


def test_the_label_stays_while_results_of_a_demonstration_model_are_current(results: list[uuid.UUID]) -> None:
    trial = Run.objects.get()

    def run_of(area: str, days: int, status: str) -> None:
        trial.pk, trial.area, trial.model_status = uuid.uuid4(), area, status
        trial.made_at = timezone.now() + timedelta(days=days)
        trial.save(force_insert=True)

    def labelled(area: str) -> bool:
        return latest_run_and_label(area=area)[1]

    for day in range(8):
        run_of("32.04.06", day, "official")
    assert (labelled("32.04"), labelled("32.04.06"), labelled(sample.VILLAGE)) == (True, False, True)
    run_of("32.04", 10, "official")
    assert (labelled("32"), labelled("32.04"), labelled(sample.VILLAGE)) == (False, False, False)
    run_of(sample.VILLAGE, 11, "demonstration")
    assert (labelled("32"), labelled("32.04"), labelled(sample.NEIGHBOUR)) == (True, True, False)
    run_of(sample.VILLAGE, 12, "official")
    assert (labelled("32.04"), labelled(sample.VILLAGE)) == (False, False)


@pytest.mark.parametrize("area", ["32", "32.04", "32.04.05"])
def test_larger_areas_hold_everybody_village_by_village(
    results: list[uuid.UUID], officer: Client, area: str
) -> None:
    found = listing.families(Filters(area=area), programmes=PROGRAMMES, size=100)
    assert (found.total, found.wide) == (35, False)
    assert [row.village for row in found.rows] == [sample.VILLAGE] * 30 + [sample.NEIGHBOUR] * 5
    assert [row.id for row in found.rows][:30] == results
    assert (
        listing.families(Filters(area=area, status="belum-ditetapkan"), programmes=PROGRAMMES, size=100).total
        == 2 + 5
    )
    page = officer.get("/petugas/keluarga/", {"wilayah": area})
    where = {"32": "Cileunyi Kulon, Cileunyi, Kabupaten Bandung", "32.04": "Cileunyi Kulon, Cileunyi"}
    assert page.context["rows"][0]["village"] == where.get(area, "Cileunyi Kulon")
    assert "Model peragaan" in page.content.decode(), "also when only a village of it has been determined"


def test_an_area_that_is_too_large_is_searched_and_not_sorted(
    results: list[uuid.UUID], officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MOST_ROWS", 20)
    query = {"wilayah": "32.04", "desil": "3", "urut": "desil", "hal": "99"}
    page = officer.get("/petugas/keluarga/", query)
    assert "terlalu besar" in page.content.decode()
    assert "20+ keluarga" in page.content.decode()
    assert not any(column["query"] for column in page.context["columns"])
    assert 'name="desil"' not in page.content.decode()
    assert page.context["here"] == "wilayah=32.04"
    found = officer.post("/petugas/keluarga/", {"wilayah": "32.04", "cari": "wulandari"}, follow=True)
    assert found.context["listing"].total == 2
    small = officer.get("/petugas/keluarga/", {"wilayah": "32.04.05", "desil": "3"})
    assert small.context["listing"].total == 3, "a district is never too large"


def test_a_programme_that_another_goes_before_is_named_with_it(
    results: list[uuid.UUID], officer: Client
) -> None:
    chosen = FamilyResult.objects.get(family=results[2])
    chosen.programmes = {**chosen.programmes, "blt_dd": [3, None, 0, 0, 0]}
    chosen.save()
    (row,) = [row for row in see(desil=3).rows if row.id == results[2]]
    assert row.covered == {"blt_dd": ("pkh",)}
    page = officer.get("/petugas/keluarga/", {"wilayah": sample.VILLAGE, "desil": "3"}).content.decode()
    assert "BLT-DD: sudah tercakup PKH" in page


def test_statuses_of_rows(results: list[uuid.UUID]) -> None:
    status = {row.id: row.status for row in see().rows}
    assert [status[results[n]] for n in (0, 1, 2, 3, 29)] == [
        "verifikasi", "belum-dinilai", "penerima", "bukan-penerima", "belum-ditetapkan",
    ]  # fmt: skip


def test_pages_cover_everybody_once_and_the_last_answers_for_those_beyond(register: list[uuid.UUID]) -> None:
    view = Filters(area=sample.VILLAGE)
    pages = [
        listing.families(Filters(area=sample.VILLAGE, page=page), programmes=PROGRAMMES, size=7)
        for page in (1, 2, 3, 4, 5)
    ]
    assert [row.id for page in pages for row in page.rows] == register
    assert (pages[4].first, pages[4].last, pages[4].pages) == (29, 30, 5)
    beyond = listing.families(Filters(area=sample.VILLAGE, page=99), programmes=PROGRAMMES, size=7)
    assert (beyond.page, len(beyond.rows)) == (5, 2)
    assert view.page == 1


@pytest.fixture
def officer(client: Client) -> Client:
    sign_in(client)
    return client


@pytest.mark.parametrize("path", ["/petugas/", "/petugas/keluarga/", "/petugas/keluarga/unduh.xlsx"])
def test_nothing_is_shown_without_signing_in(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/masuk/")


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/petugas/?wilayah=32.04.05", 9),
        ("/petugas/keluarga/?wilayah=32.04.05", 13),
        ("/petugas/keluarga/?wilayah=32.04.05&desil=3", 14),
        ("/petugas/keluarga/?wilayah=32.04.05&urut=desil", 15),
        ("/petugas/keluarga/?wilayah=32.04.05&status=penerima", 22),
        ("/petugas/keluarga/?wilayah=32.04", 14),
        ("/petugas/keluarga/?wilayah=32&urut=desil", 16),
    ],
)
def test_more_families_ask_no_more_queries(
    results: list[uuid.UUID], officer: Client, address: str, most: int
) -> None:
    officer.get("/petugas/")  # the first page notes when the session began
    counts = []
    for seed in (1, 3):
        with CaptureQueriesContext(connection) as log:
            assert officer.get(address).status_code == 200
        counts.append(len(log))
        sample.load(count=60, village=sample.EMPTY_VILLAGE, seed=seed)
    assert counts[0] == counts[1] <= most


def test_numbers_are_masked_in_the_list_and_in_the_workbook(
    results: list[uuid.UUID], officer: Client
) -> None:
    page = officer.get("/petugas/keluarga/", {"wilayah": sample.VILLAGE}).content.decode()
    data = officer.get("/petugas/keluarga/unduh.xlsx", {"wilayah": sample.VILLAGE, "desil": "3"}).content
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    kks = [row.kk for row in see().rows if row.kk]
    assert kks
    assert not any(kk in page or kk.encode() in data for kk in kks)
    assert [cell.value for cell in sheet[3]][:3] == ["Kepala keluarga", "Nomor KK", "Desa/kelurahan"]
    assert sheet.max_row == 3 + 3
    assert {sheet.cell(row, 7).value for row in (4, 5, 6)} == {3}
    assert re.fullmatch(r"3204\*{8}\d{4}", str(sheet["B4"].value))


def test_the_address_keeps_every_filter(results: list[uuid.UUID], officer: Client) -> None:
    query = {"wilayah": sample.VILLAGE, "desil": "3", "urut": "nama", "turun": "1"}
    page = officer.get("/petugas/keluarga/", query).content.decode()
    family = f"/petugas/keluarga/{results[2]}/?wilayah=32.04.05.2001&amp;desil=3&amp;urut=nama&amp;turun=1"
    assert family in page
    back = officer.get(family.replace("&amp;", "&")).content.decode()
    assert "/petugas/keluarga/?wilayah=32.04.05.2001&amp;desil=3&amp;urut=nama&amp;turun=1" in back


def searched(officer: Client, text: str, **filters: str) -> str:
    """The address that a search leads to."""
    form = {"wilayah": sample.VILLAGE, "cari": text, **filters}
    return officer.post("/petugas/keluarga/", form).headers["Location"]


@pytest.mark.parametrize("text", ["wulandari", "3204910101200001"])
def test_a_search_never_stands_in_an_address(results: list[uuid.UUID], officer: Client, text: str) -> None:
    address = searched(officer, text, urut="nama")
    assert text not in address
    page = officer.get(address)
    html = page.content.decode()
    assert page.context["listing"].total == 1
    assert re.search(f'<input[^>]*name="cari" value="{text}"', html)
    addresses = re.findall(r'(?:href|action|hx-[a-z-]+)="([^"]*)"', html)
    assert addresses
    assert not any(text in each for each in addresses)
    family = next(each for each in addresses if str(page.context["rows"][0]["row"].id) in each)
    assert html_unescape(address.partition("?")[2]) in officer.get(html_unescape(family)).context["back"]
    # The workbook and the printed list hold the same.
    data = officer.get(address.replace("keluarga/?", "keluarga/unduh.xlsx?")).content
    assert openpyxl.load_workbook(io.BytesIO(data)).active.max_row == 3 + 1
    assert officer.get(f"{address}&cetak=1").context["listing"].total == 1
    assert searched(officer, text, urut="nama") == address


def test_a_search_belongs_to_its_session(results: list[uuid.UUID], officer: Client) -> None:
    address = searched(officer, "wulandari")
    stranger = Client()
    sign_in(stranger, username="lain")
    page = stranger.get(address)
    assert "Pencarian ini sudah berakhir" in page.content.decode()
    assert page.context["rows"] == []
    assert address.partition("cari=")[2] not in page.context["here"]
    workbook = stranger.get(address.replace("keluarga/?", "keluarga/unduh.xlsx?"))
    assert workbook.headers["Location"] == address


@pytest.mark.parametrize("path", ["keluarga/", "keluarga/unduh.xlsx", "keluarga/{family}/"])
def test_a_text_in_an_address_is_neither_searched_nor_shown(
    results: list[uuid.UUID], officer: Client, path: str
) -> None:
    address = f"/petugas/{path.format(family=results[2])}"
    answer = officer.get(address, {"wilayah": sample.VILLAGE, "desil": "3", "cari": "wulandari"})
    assert answer.headers["Location"].endswith("/?wilayah=32.04.05.2001&desil=3")
    page = officer.get(answer.headers["Location"]).content.decode()
    assert "tidak dicari lewat alamat" in page
    assert "wulandari" not in page


def test_the_search_form_needs_its_token_and_an_officer(register: Any, client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    sign_in(strict)
    assert strict.post("/petugas/keluarga/", {"cari": "wulandari"}).status_code == 403
    asked = client.post("/petugas/keluarga/", {"cari": "wulandari"})
    # The form is not sent again by itself; nobody comes back to an address that shows no page.
    assert asked.headers["Location"] == "/masuk/?next=/petugas/"


def test_empty_states_say_what_to_do(results: list[uuid.UUID], officer: Client) -> None:
    nobody = officer.post(
        "/petugas/keluarga/", {"wilayah": sample.VILLAGE, "cari": "zzzz"}, follow=True
    ).content.decode()
    assert "Hapus semua saringan" in nobody
    empty = officer.get("/petugas/keluarga/", {"wilayah": sample.EMPTY_VILLAGE}).content.decode()
    assert "/petugas/impor/" in empty
    assert "Belum ada keluarga" in empty
    assert officer.get("/petugas/keluarga/", {"wilayah": "99"}).status_code == 404
    assert "Cari desa" in officer.get("/petugas/keluarga/").content.decode()


def test_the_summary_counts_the_area(results: list[uuid.UUID], officer: Client) -> None:
    answer = officer.get("/petugas/", {"wilayah": sample.VILLAGE})
    assert [tile[1] for tile in answer.context["tiles"]] == [30, 1, 26, 2]
    assert [bar.count for bar in answer.context["decile_bars"]] == [2, 2, 3, 3, 3, 3, 3, 3, 2, 2]
    assert {bar.label: bar.count for bar in answer.context["programme_bars"]}["Program Keluarga Harapan"] == 7
    assert "Model peragaan" in answer.content.decode()
    above = officer.get("/petugas/", {"wilayah": "32.04"}).content.decode()
    assert "Penetapan di dalam wilayah ini" in above
    assert "Desa Cileunyi Kulon, Kecamatan Cileunyi" in above


def test_an_area_is_found_by_name_and_told_apart_by_where_it_lies(register: Any, officer: Client) -> None:
    page = officer.get("/petugas/", {"tempat": "cimekar"}).content.decode()
    assert "Desa Cimekar" in page
    assert "Kecamatan Cileunyi, Kabupaten Bandung, Jawa Barat" in page
    assert "tidak ditemukan" in officer.get("/petugas/", {"tempat": "xyzxyz"}).content.decode()


def test_what_does_not_hold_everything_says_so(
    register: Any, officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_list, "MOST_EXPORTED", 7)
    monkeypatch.setattr(web_list, "MOST_PRINTED", 7)
    data = officer.get("/petugas/keluarga/unduh.xlsx", {"wilayah": sample.VILLAGE}).content
    title = openpyxl.load_workbook(io.BytesIO(data)).active["A1"].value
    assert "hanya 7 dari 30" in str(title)
    page = officer.get("/petugas/keluarga/", {"wilayah": sample.VILLAGE, "cetak": "1"}).content.decode()
    assert "Hanya 7 dari 30 keluarga yang dicetak" in page


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["keluarga/", "keluarga/unduh.xlsx"])
def test_a_name_in_an_old_address_is_dropped_before_the_way_to_sign_in(client: Client, page: str) -> None:
    answer = client.get(f"/petugas/{page}", {"wilayah": "32", "cari": "SITI"})
    while answer.status_code == 302:
        assert "SITI" not in answer.headers["Location"]
        answer = client.get(answer.headers["Location"])
    assert answer.status_code == 200
