"""A family's page: components, members, map, open tasks, and what it never shows."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.fixtures import village_families as sample
from tests.fixtures.officers import sign_in

from dtks.delivery.workspace import components, family_page
from dtks.delivery.workspace.reasons import CriterionView, FamilyReasons, Influence, ProgrammeView
from dtks.delivery.workspace.results import RunView
from dtks.determination.runs.models import FamilyResult, Run
from dtks.foundation.areas import actions as areas
from dtks.foundation.kernel.area_codes import number_of
from dtks.foundation.ledger.domain import Actor
from dtks.registration.registry import queries as registry
from dtks.registration.registry.domain import FamilyRow

pytestmark = pytest.mark.django_db
MOST_QUERIES = 11


@pytest.fixture
def families(db: Any) -> list[FamilyRow]:
    areas.load(by=Actor.system(), under="32.04")
    sample.load(count=12)
    return list(registry.families(area=sample.VILLAGE, sort="rt", limit=100).rows)


@pytest.fixture
def officer(client: Client) -> Client:
    """One who may see everything that a page has but what is asked for."""
    sign_in(client, role="dinsos-supervisor")
    return client


def page_of(officer: Client, family: uuid.UUID) -> str:
    answer = officer.get(f"/petugas/keluarga/{family}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_all_seven_components_and_every_member(families: Any, officer: Client) -> None:
    for row in families:
        page = page_of(officer, row.family_id)
        for title in components.TITLES.values():
            assert str(title) in page
        for member in registry.family(id=row.family_id).members:
            assert member.facts["name"] in page


def test_numbers_are_never_whole(families: Any, officer: Client) -> None:
    for row in families:
        page = page_of(officer, row.family_id)
        assert not re.search(r"(?<!\d)\d{16}(?!\d)", page)


def test_the_map_shows_the_regency_the_village_and_the_house(families: Any, officer: Client) -> None:
    with_point = next(row for row in families if registry.family(id=row.family_id).facts["lat"] is not None)
    without = next(row for row in families if registry.family(id=row.family_id).facts["lat"] is None)
    answer = officer.get(f"/petugas/keluarga/{with_point.family_id}/")
    drawing = answer.context["map"]
    assert drawing.outline.startswith("M")
    assert len(drawing.villages) > 200
    # The made-up houses lie within a kilometre or two of the village's own point.
    across = abs(drawing.family[0] - drawing.village[0]) + abs(drawing.family[1] - drawing.village[1])
    assert across < drawing.width / 10
    assert "Rumah keluarga" in answer.content.decode()
    assert "Titik rumah belum tercatat" in page_of(officer, without.family_id)


def test_every_family_costs_the_same_queries(families: Any, officer: Client) -> None:
    officer.get("/petugas/")  # the first page notes when the session began
    counts = set()
    for row in families:
        with CaptureQueriesContext(connection) as log:
            page_of(officer, row.family_id)
        counts.add(len(log))
    assert len(counts) == 1
    assert counts.pop() <= MOST_QUERIES


def test_a_missing_number_is_an_open_task(families: Any, officer: Client) -> None:
    without_kk = next(row for row in families if row.kk_number is None)
    page = page_of(officer, without_kk.family_id)
    assert "Keluarga ini belum punya nomor KK" in page
    assert "belum ada" in page


def test_a_family_without_a_head_and_without_a_determination(families: Any, officer: Client) -> None:
    without = families[3]
    assert registry.family(id=without.family_id).head.facts["relation"] != 1
    page = page_of(officer, without.family_id)
    assert "Keluarga ini belum ikut penetapan" in page
    assert "Program dan alasannya" not in page


def test_history_says_when_and_from_where(families: Any, officer: Client) -> None:
    answer = officer.get(f"/petugas/keluarga/{families[3].family_id}/")
    assert [entry.text.split(":")[0] for entry in answer.context["history"]] == ["uji"]
    assert "Data sosial-ekonomi" in answer.context["history"][0].text


def test_history_and_places_are_told_in_words(families: Any, officer: Client) -> None:
    """Neither the name of a layout nor the code of the village."""
    page = registry.family(id=families[0].family_id)

    def told(source: str) -> str:
        origins = {table: replace(each, source=source) for table, each in page.origins.items()}
        found = family_page._history(replace(page, origins=origins, members=()), "WIB")
        return " ".join(entry.text for entry in found)

    assert told("opensid_penduduk").startswith("OpenSID") and "opensid_penduduk" not in told(
        "opensid_penduduk"
    )
    assert told("snapshot").startswith("Kumpulan data:")
    assert told("kelurahan_kami").startswith("kelurahan_kami:")
    answer = officer.get(f"/petugas/keluarga/{families[0].family_id}/")
    (demographic,) = [each for each in answer.context["components"] if each.key == "demographic"]
    texts = [item.text for subject in demographic.subjects for item in subject.known]
    assert sample.VILLAGE not in texts and any("Cileunyi Kulon" in text for text in texts)


def test_days_are_those_of_the_place(families: Any, officer: Client) -> None:
    """At 01.00 WIB the database's day is still yesterday."""
    page = registry.family(id=families[0].family_id)

    def days(hour: int, zone: str) -> set[int]:
        recorded = datetime(2026, 11, 24, hour, 30, tzinfo=UTC)
        origins = {table: replace(each, recorded_at=recorded) for table, each in page.origins.items()}
        at_night = replace(page, origins=origins, members=())
        return {entry.on.day for entry in family_page._history(at_night, zone)}

    assert days(18, "WIB") == {25}
    assert (days(15, "WIB"), days(15, "WIT")) == ({24}, {25})


def test_in_english(families: Any, officer: Client) -> None:
    officer.cookies["django_language"] = "en"
    page = page_of(officer, families[0].family_id)
    assert "Head of family" in page
    assert "Health data" in page


def test_an_unknown_family_is_not_found(families: Any, officer: Client) -> None:
    assert officer.get(f"/petugas/keluarga/{uuid.uuid4()}/").status_code == 404


def test_nothing_is_shown_without_signing_in(families: Any, client: Client) -> None:
    answer = client.get(f"/petugas/keluarga/{families[0].family_id}/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/masuk/")


def test_reasons_show_decile_outcomes_and_what_moved_the_score() -> None:
    result = FamilyReasons(
        run=RunView(uuid.uuid4(), "2026-12", timezone.now(), demonstration=True, within_run=True),
        desil=2,
        status="penerima",
        rules_note="Aturan berubah sejak penetapan ini: PKH.",
        programmes=(
            ProgrammeView(
                "pkh", "Program Keluarga Harapan", "Memenuhi syarat", "yes", 3_000_000,
                (CriterionView("Desil 1–4", "yes", "Keluarga berada di desil 2."),
                 CriterionView("NIK lengkap", "unknown", "NIK satu anggota belum tercatat.")),
            ),
        ),
        strongest=(Influence("Lantai", "tanah", lowers=True), Influence("Kulkas", "ya", lowers=False)),
    )  # fmt: skip
    page = render_to_string(
        "workspace/family_result.html", {"result": result, "ladder": range(1, 11), "zone": "WIT"}
    )
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    for told in (
        "Periode Desember 2026", "WIT", "bukan se-Indonesia", "Rp3.000.000", "Keluarga berada di desil 2.",
        "Terpenuhi: Desil 1–4", "Belum diketahui: NIK lengkap",
        "Aturan berubah sejak penetapan ini: PKH.",
        "Lantai : tanah – menandakan kurang sejahtera", "Kulkas : ya – menandakan lebih sejahtera",
    ):  # fmt: skip
        assert told in text, text
    assert 'aria-label="Desil 2 dari 10"' in page


def test_when_the_run_is_gone_the_page_still_stands(families: Any, officer: Client, tmp_path: Path) -> None:
    row = families[3]
    run = Run.objects.create(
        id=uuid.uuid4(), area=sample.VILLAGE, period="2026-12", regime="DTSEN-2025",
        taken_on=date(2026, 11, 24), snapshot_sha256="", output_sha256="",
        directory=str(tmp_path), snapshot_directory=str(tmp_path / "gone"),
        model_name="uji", model_status="demonstration", programmes={}, people=1, families=1,
        families_unscored=0, families_verification=0, made_at=timezone.now(), made_by="system",
    )  # fmt: skip
    FamilyResult.objects.create(
        run=run, family=row.family_id, village=sample.VILLAGE, area_number=number_of(sample.VILLAGE), size=1,
        score=1, desil=4, current=True,
    )  # fmt: skip
    page = page_of(officer, row.family_id)
    assert "Alasannya tidak bisa ditampilkan lagi" in page
    assert "Desil 4 dari 10" in page
