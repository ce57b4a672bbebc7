"""Where each role comes in, and what its pages leave out."""

from __future__ import annotations

import re
import uuid
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django.utils import timezone
from tests.fixtures import village_families as sample
from tests.fixtures.officers import sign_in

from dtks.determination.runs.models import Run
from dtks.foundation.accounts.roles import ROLES, Permission
from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger.domain import Actor
from dtks.registration.registry import queries as registry

pytestmark = pytest.mark.django_db
WITH_TOTALS = [role.id for role in ROLES.values() if Permission.SUMMARY in role.permissions]
CITIZENS = {role.id for role in ROLES.values() if Permission.OWN_READ in role.permissions}
WITHOUT = [
    role.id
    for role in ROLES.values()
    if Permission.SUMMARY not in role.permissions and role.id not in CITIZENS
]


@pytest.fixture(autouse=True)
def register(db: Any) -> None:
    areas.load(by=Actor.system(), under=sample.DISTRICT)
    sample.load(count=3)


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_every_page_of_officers_and_citizens_says_what_it_needs() -> None:
    unmarked = [
        pattern.name
        for prefix in get_resolver().url_patterns
        if getattr(prefix, "namespace", "") in ("workspace", "public", "intake")
        for pattern in prefix.url_patterns  # type: ignore[union-attr]
        if getattr(pattern.callback, "entrance", None) is None
    ]
    assert unmarked == []


@pytest.mark.parametrize("role", WITHOUT)
def test_a_role_without_totals_is_told_what_it_can_do(client: Client, role: str) -> None:
    sign_in(client, role=role, area=sample.VILLAGE)
    page = client.get("/petugas/")
    assert page.status_code == 200
    assert ROLES[role].name_id in text_of(page)
    addresses = [each[0] for each in page.context["pages"]]
    assert {client.get(address).status_code for address in addresses} <= {200, 302}
    assert addresses or "Belum ada halaman untuk peran ini" in text_of(page)
    assert addresses or page.context["waiting"], "at least what is still to come is named"
    assert ("/petugas/keluarga/" in addresses) is (Permission.FAMILY_READ in ROLES[role].permissions)


def test_citizens_are_led_to_their_own_page(client: Client) -> None:
    sign_in(client, role="warga", area=sample.VILLAGE)
    assert client.get("/petugas/").headers["Location"] == "/warga/"
    page = client.get("/warga/")
    assert page.status_code == 200 and "Cileunyi Kulon" in text_of(page)


@pytest.mark.parametrize("role", WITH_TOTALS)
def test_totals_offer_only_what_the_role_may_open(client: Client, role: str) -> None:
    sign_in(client, role=role, area=sample.VILLAGE)
    page = client.get("/petugas/").content.decode()
    assert "Keluarga terdaftar" in page
    permissions = ROLES[role].permissions
    assert ("/petugas/keluarga/" in page) is (Permission.FAMILY_READ in permissions)
    assert ("/petugas/impor/" in page) is (Permission.IMPORT in permissions)
    listed = client.get("/petugas/keluarga/")
    assert listed.status_code == (200 if Permission.FAMILY_READ in permissions else 403)
    if listed.status_code == 200:
        assert ("unduh.xlsx" in listed.content.decode()) is (Permission.FAMILY_EXPORT in permissions)
    download = client.get("/petugas/keluarga/unduh.xlsx")
    assert download.status_code == (200 if Permission.FAMILY_EXPORT in permissions else 403)


def test_an_empty_village_says_what_this_role_can_do(client: Client) -> None:
    sign_in(client, role="kepala-desa", area=sample.EMPTY_VILLAGE)
    for address in ("/petugas/", "/petugas/keluarga/"):
        text = text_of(client.get(address))
        assert "Datanya dimasukkan oleh petugas" in text
        assert "Impor berkas" not in text


def test_somebody_without_a_role_is_told_so(client: Client) -> None:
    sign_in(client, role="")
    page = client.get("/petugas/")
    assert page.status_code == 403
    assert "Belum ada peran" in page.content.decode()
    assert client.get("/petugas/keluarga/").status_code == 403


def test_breadcrumbs_lead_to_where_the_role_may_go(client: Client) -> None:
    sign_in(client, role="pendata", area=sample.DISTRICT)
    family = registry.families(area=sample.VILLAGE).rows[0].family_id
    page = client.get(f"/petugas/keluarga/{family}/").content.decode()
    (crumbs,) = re.findall(r'<nav aria-label="Wilayah".*?</nav>', page, re.DOTALL)
    assert re.findall(r'href="([^"]+)"', crumbs) == [
        f"/petugas/keluarga/?wilayah={sample.DISTRICT}",
        f"/petugas/keluarga/?wilayah={sample.VILLAGE}",
    ]


def test_a_download_asks_for_the_factor_again_when_it_was_long_ago(client: Client) -> None:
    sign_in(client, area=sample.VILLAGE)
    session = client.session
    session["accounts_second_factor_at"] -= 3600
    session.save()
    answer = client.get("/petugas/keluarga/unduh.xlsx")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/masuk/ulang/")


def determined(area: str, *, families: int = 3, period: str = "2026-12", **more: Any) -> None:
    """A determination of that area, without its files."""
    Run.objects.create(
        id=uuid.uuid4(), area=area, period=period, regime="DTSEN-2025", taken_on=date(2026, 11, 24),
        snapshot_sha256="", output_sha256="", directory="gone", snapshot_directory="gone", model_name="uji",
        model_status="national", programmes={}, people=0, families=families, families_unscored=0,
        families_verification=0, made_at=timezone.now(), made_by="system", **more,
    )  # fmt: skip


def test_a_regency_is_told_which_of_its_parts_have_a_determination(client: Client) -> None:
    sign_in(client, role="dinsos-kepala", area="32.04")
    assert "Belum ada penetapan di wilayah ini." in text_of(client.get("/petugas/"))
    determined(sample.DISTRICT, families=1234)
    page = client.get("/petugas/")
    assert "Belum ada penetapan di wilayah ini" not in text_of(page)
    assert "Belum ada penetapan untuk seluruh wilayah ini. Untuk bagian-bagiannya ada" in text_of(page)
    assert "Kecamatan Cileunyi Desember 2026 · 1.234 keluarga" in text_of(page)
    assert f'href="?wilayah={sample.DISTRICT}"' in page.content.decode()
    below = text_of(client.get("/petugas/", {"wilayah": sample.DISTRICT}))
    assert "Penetapan terakhir: Desember 2026" in below
    determined("32.04")
    assert "Penetapan di dalam wilayah ini" not in text_of(client.get("/petugas/"))


def test_many_parts_cost_one_query_and_the_page_says_when_it_leaves_some_out(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, role="dinsos-kepala", area="32.04")
    determined(f"{sample.DISTRICT}.2001")
    client.get("/petugas/")
    with CaptureQueriesContext(connection) as few:
        client.get("/petugas/")
    for village in ("2002", "2003", "2004"):
        determined(f"{sample.DISTRICT}.{village}")
    with CaptureQueriesContext(connection) as many:
        page = client.get("/petugas/")
    assert len(many) == len(few)
    assert len(page.context["runs_inside"]) == 4
    assert "yang terbaru" not in text_of(page)
    monkeypatch.setattr("dtks.delivery.workspace.results.MOST_INSIDE", 3)
    page = client.get("/petugas/")
    assert [each["area"][-4:] for each in page.context["runs_inside"]] == ["2004", "2003", "2002"]
    assert "Hanya 3 yang terbaru" in text_of(page)
