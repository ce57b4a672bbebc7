"""An officer of one village never sees the next one's families: on no page, in no count, in no file."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from tests.fixtures import intake_files as made
from tests.fixtures import village_families as sample
from tests.fixtures.database import THE_OTHER_PARAMETER
from tests.fixtures.officers import sign_in

from dtks.determination.runs import actions as runs
from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.ledger.models import LedgerEvent
from dtks.registration.intake.models import ImportJob
from dtks.registration.registry import queries as registry
from dtks.registration.registry.domain import FamilyPage

LIST, IMPORTS = "/petugas/keluarga/", "/petugas/impor/"
HERE, THERE = made.VILLAGE, "32.01.02.2001"


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=[pytest.mark.django_db, THE_OTHER_PARAMETER]),
        pytest.param("postgresql", marks=pytest.mark.postgres),
    ]
)
def stranger(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Iterator[FamilyPage]:
    """Six families here and nine there, both determined. Value: a family of there."""
    settings.HOME = tmp_path / "home"
    if request.param == "postgresql":
        request.getfixturevalue("postgres")
    assert connection.vendor == request.param
    areas.load(by=Actor.system(), under="32.01.02")
    sample.load(count=6, village=HERE)
    sample.load(count=9, village=THERE, seed=2)
    for village in (HERE, THERE):
        runs.determine(by=Actor.system(), area=village, period="2026-12")
    row = next(row for row in registry.families(area=THERE).rows if row.kk_number and row.head_nik)
    yield registry.family(id=row.family_id)


@pytest.fixture
def officer(stranger: FamilyPage) -> Client:
    """The operator of the village here."""
    client = Client()
    sign_in(client, area=HERE)
    return client


def traces(family: FamilyPage) -> list[str]:
    """What would give the family away."""
    assert family.head is not None
    head = family.head.facts
    return [str(family.family_id), family.facts["kk_number"], head["nik"], head["nik"][-6:]]


def shows_nothing(answer: Any, family: FamilyPage) -> bool:
    body = answer.getvalue() if answer.streaming else answer.content
    return not any(trace.encode() in body for trace in traces(family))


def test_the_own_village_is_where_every_page_begins(stranger: FamilyPage, officer: Client) -> None:
    home = officer.get("/petugas/")
    assert home.context["place"].code == HERE
    assert home.context["tiles"][0][1] == 6
    listed = officer.get(LIST)
    assert listed.context["listing"].total == 6
    assert [area.code for area in listed.context["path"]] == [HERE]
    for page in (home, listed):
        html = page.content.decode()
        assert "Indonesia</a>" not in html
        assert not re.search(r"wilayah=(?!32\.01\.02\.2007)\d", html), "nothing outside is offered"


@pytest.mark.parametrize("area", [THERE, "32.01.02", "32.01", "32", "33.02", "99", "32.01.02.9999"])
def test_any_other_area_is_refused_with_the_reason(stranger: FamilyPage, officer: Client, area: str) -> None:
    for path in ("/petugas/", LIST, f"{LIST}unduh.xlsx"):
        answer = officer.get(path, {"wilayah": area})
        assert answer.status_code == 404
        assert "di luar tugas Anda" in answer.content.decode()
        assert "Desa Cicadas" in answer.content.decode()
        assert shows_nothing(answer, stranger)
    assert officer.post(LIST, {"wilayah": area, "cari": "siti"}).status_code == 404


def test_nobody_of_there_is_found(stranger: FamilyPage, officer: Client) -> None:
    assert stranger.head is not None
    everybody_there = {row.family_id for row in registry.families(area=THERE).rows}
    for text in (
        stranger.head.facts["nik"],
        stranger.facts["kk_number"],
        stranger.head.facts["name"],
        "wulandari",
    ):
        page = officer.post(LIST, {"wilayah": "", "cari": text}, follow=True)
        assert page.status_code == 200
        assert not everybody_there & {entry["row"].id for entry in page.context["rows"]}
    (number,) = LedgerEvent.objects.filter(action="registry.search", kind="number", count=0)[:1]
    assert number.area == HERE
    assert officer.get("/petugas/", {"tempat": "gunung putri"}).context["found"] == []
    assert [each["code"] for each in officer.get("/petugas/", {"tempat": "cicadas"}).context["found"]] == [
        HERE
    ]


@pytest.mark.parametrize(
    "query", [{}, {"urut": "desil"}, {"status": "menunggu"}, {"status": "bukan-penerima"}]
)
def test_lists_by_results_hold_nobody_of_there(
    stranger: FamilyPage, officer: Client, query: dict[str, str]
) -> None:
    here = {row.family_id for row in registry.families(area=HERE).rows}
    page = officer.get(LIST, query)
    assert {entry["row"].id for entry in page.context["rows"]} <= here
    assert page.context["listing"].total <= 6
    assert shows_nothing(page, stranger)


def test_a_family_of_there_is_not_found(stranger: FamilyPage, officer: Client) -> None:
    officer.get("/petugas/")  # the first page notes when the session began
    page = officer.get(f"{LIST}{stranger.family_id}/")
    nowhere = officer.get(f"{LIST}{uuid.uuid4()}/")
    assert page.status_code == nowhere.status_code == 404
    assert "tidak ada di wilayah tugas Anda" in page.content.decode()

    def plain(answer: Any) -> str:
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
        return re.sub(r"[0-9a-f-]{36}", "", text)

    assert plain(page) == plain(nowhere), "whether there is such a family cannot be told"
    own = registry.families(area=HERE).rows[0]
    assert officer.get(f"{LIST}{own.family_id}/").status_code == 200


def test_the_workbook_holds_the_own_village(stranger: FamilyPage, officer: Client) -> None:
    answer = officer.get(f"{LIST}unduh.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet.max_row == 3 + 6
    assert {sheet.cell(row, 3).value for row in range(4, 10)} == {"Cicadas"}


def test_imports_of_there_are_not_there(stranger: FamilyPage, officer: Client, tmp_path: Path) -> None:
    there = Client()
    sign_in(there, area=THERE, username="tetangga")
    rows = [made.opensid_row(person) for person in made.people(15)]
    rows[3]["nik"] = "32019001"
    path = made.opensid_workbook(tmp_path / "rahasia tetangga.xlsx", rows)
    with path.open("rb") as file:
        sent = there.post(IMPORTS, {"berkas": file, "wilayah": THERE, "format": "auto"})
    address = sent.headers["Location"]
    for state in ("uploaded", "queued", "done"):
        assert "rahasia tetangga" not in officer.get(IMPORTS).content.decode()
        for part in ("", "kemajuan/", "laporan.xlsx"):
            answer = officer.get(f"{address}{part}")
            assert answer.status_code == 404, (state, part)
        for part in ("mulai/", "hentikan/", "buang/"):
            answer = officer.post(f"{address}{part}", follow=True)
            assert "rahasia tetangga" not in answer.content.decode()
        before = vars(ImportJob.objects.get())["state"]
        assert before == state, "nothing of it was changed"
        if state == "uploaded":
            there.post(f"{address}mulai/")
        if state == "queued":
            call_command("db_worker", "--batch", "--no-startup-delay", verbosity=0)
    assert "rahasia tetangga" in there.get(IMPORTS).content.decode()
    with path.open("rb") as file:
        refused = officer.post(IMPORTS, {"berkas": file, "wilayah": THERE, "format": "auto"})
    assert refused.status_code in (404, 422)
    assert [
        each["code"]
        for each in officer.get(f"{IMPORTS}wilayah/", {"wilayah": "gunung putri"}).context["places"]
    ] == []


def test_results_of_there_are_not_there(stranger: FamilyPage, officer: Client) -> None:
    home = officer.get("/petugas/")
    assert sum(bar.count for bar in home.context["decile_bars"]) + home.context["tiles"][3][1] == 6
    assert home.context["runs_inside"] == []


def test_a_wider_officer_sees_both(stranger: FamilyPage) -> None:
    client = Client()
    sign_in(client, role="kecamatan", area="32.01.02", username="camat")
    assert client.get(LIST).context["listing"].total == 15
    assert client.get(LIST, {"wilayah": THERE}).context["listing"].total == 9
    assert client.get(f"{LIST}{stranger.family_id}/").status_code == 200
    assert client.get(LIST, {"wilayah": "32.01"}).status_code == 404
    home = client.get("/petugas/")
    assert {area.code[:8] for area in home.context["children"]} == {"32.01.02"}
