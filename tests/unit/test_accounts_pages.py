"""The officers' pages: who may open them, what they show, what they do, and how many queries they take."""

from __future__ import annotations

import base64
import io
import re
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
import time_machine
from django.contrib.auth.hashers import check_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.fixtures import officer_areas as places
from tests.fixtures import officers as people
from tests.fixtures.officer_areas import FAR_VILLAGE, HERE, VILLAGE

from dtks.foundation.accounts import actions, factors, officers_file, queries, web_officers
from dtks.foundation.accounts.models import Account, Grant
from dtks.foundation.kernel.months import long_date
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.ledger.models import LedgerEvent

pytestmark = pytest.mark.django_db
LIST = "/petugas/akun/"


@pytest.fixture(autouse=True)
def areas(db: Any) -> None:
    places.load()


@pytest.fixture
def admin(client: Client) -> Client:
    people.sign_in(client, role="admin-daerah", area=HERE, username="admin-here", name="Admin Banyumas")
    return client


def officer(username: str, role: str = "operator-desa", area: str = VILLAGE) -> Account:
    account = people.account(username, name=f"Ibu {username.title()}")
    if role:
        people.grant(account, role, area)
    return account


def fill(**changes: Any) -> dict[str, Any]:
    return {
        "username": "siti.baru", "name": "Siti Baru", "role": "operator-desa", "area": VILLAGE,
        "valid_from": timezone.localdate().isoformat(), **changes,
    }  # fmt: skip


def paths(account: uuid.UUID, grant: uuid.UUID) -> list[str]:
    acts = [f"{LIST}{account}/{act}/" for act in ("tutup", "buka-lagi", "kata-sandi", "faktor-kedua")]
    return [
        LIST, f"{LIST}baru/", f"{LIST}massal/", f"{LIST}massal/templat.xlsx", f"{LIST}{account}/",
        f"{LIST}{account}/peran/", f"{LIST}{account}/peran/{grant}/akhiri/", f"{LIST}{account}/serah-terima/",
        *acts,
    ]  # fmt: skip


def test_the_list_shows_the_officers_of_the_area_alone(admin: Client) -> None:
    officer("here")
    officer("there", area=FAR_VILLAGE)
    page = admin.get(LIST).content.decode()
    assert "Ibu Here" in page
    assert "Ibu There" not in page
    assert "2 petugas" in page
    assert LedgerEvent.objects.get(action="accounts.list").count == 2


def test_officers_elsewhere_cannot_be_opened_by_their_key(admin: Client) -> None:
    there = officer("there", area=FAR_VILLAGE)
    grant = Grant.objects.get(account=there)
    for path in paths(there.pk, grant.pk)[4:]:
        assert admin.get(path).status_code == 404, path
        assert admin.post(path, {"reason": "x", **fill()}).status_code in (404, 405), path
    grant.refresh_from_db()
    assert grant.ended_at is None


def test_other_roles_open_none_of_the_pages(client: Client) -> None:
    people.sign_in(client, role="operator-desa", area=VILLAGE)
    here = officer("here")
    for path in [
        *paths(here.pk, Grant.objects.get(account=here).pk),
        f"{LIST}tinjauan/",
        "/petugas/pelimpahan/",
    ]:
        assert client.get(path).status_code == 403, path
        assert client.post(path, fill()).status_code in (403, 405), path


def test_every_page_says_what_it_needs() -> None:
    for pattern in web_officers.urlpatterns:
        entrance = pattern.callback.entrance  # type: ignore[union-attr]
        assert entrance.permission is not None, pattern


def test_changes_want_a_factor_shown_just_now(admin: Client) -> None:
    here = officer("here")
    session = admin.session
    session[factors.CONFIRMED] -= factors.FRESH_SECONDS + 1
    session.save()
    assert admin.get(LIST).status_code == 200
    for path in (f"{LIST}baru/", f"{LIST}{here.pk}/tutup/", f"{LIST}massal/"):
        answer = admin.post(path, {"reason": "x", **fill()})
        assert answer.status_code == 302
        assert urlsplit(answer["Location"]).path == reverse("accounts:step_up")
    here.refresh_from_db()
    assert here.is_active
    assert not Account.objects.filter(username="siti.baru").exists()


def test_a_search_is_not_in_the_address_and_survives_the_back_button(admin: Client) -> None:
    officer("wulandari")
    officer("other")
    answer = admin.post(LIST, {"cari": "Wulan", "status": "", "peran": "operator-desa"})
    assert "wulan" not in answer["Location"].lower()
    query = parse_qs(urlsplit(answer["Location"]).query)
    assert query["peran"] == ["operator-desa"]
    for _again in range(2):
        page = admin.get(answer["Location"]).content.decode()
        assert "Ibu Wulandari" in page
        assert "Ibu Other" not in page
        assert 'value="Wulan"' in page
    ended = admin.get(f"{LIST}?cari={'0' * 24}").content.decode()
    assert "Pencarian ini sudah berakhir" in ended
    assert "Ibu Other" not in ended


def test_filters_narrow(admin: Client) -> None:
    officer("kades", "kepala-desa")
    officer("tutup")
    Account.objects.filter(username="tutup").update(is_active=False)
    assert "Ibu Kades" in admin.get(f"{LIST}?peran=kepala-desa").content.decode()
    assert "Ibu Tutup" not in admin.get(f"{LIST}?peran=kepala-desa").content.decode()
    assert "Ibu Tutup" in admin.get(f"{LIST}?status=tertutup").content.decode()
    assert "Ibu Kades" in admin.get(f"{LIST}?wilayah=33.02.01").content.decode()
    assert "Ibu Kades" not in admin.get(f"{LIST}?wilayah=33.02.02").content.decode()
    assert "Tidak ada petugas yang cocok" in admin.get(f"{LIST}?wilayah=33.02.02").content.decode()
    assert admin.get(f"{LIST}?wilayah=xx&status=yy&peran=zz&hal=0").status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_list(admin: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert admin.get(LIST).status_code == 200
        return len(found)

    officer("one")
    asked()  # the first page of a session also reads what is kept afterwards
    few = asked()
    for number in range(40):
        officer(f"petugas{number}")
    assert asked() == few
    assert few < 25


def test_a_new_officer_gets_a_role_and_a_password_shown_once(admin: Client) -> None:
    answer = admin.post(f"{LIST}baru/", fill(nik="3302914708820001", reason="SK 1/2026"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    account = Account.objects.get(username="siti.baru")
    [password] = re.findall(r'font-bold">([2-9a-z]{4}(?:-[2-9a-z]{4}){3})<', page)
    assert check_password(password, account.password)
    [coded] = re.findall(r'href="data:[^;]+;base64,([^"]+)" download', page)
    sheet = openpyxl.load_workbook(io.BytesIO(base64.b64decode(coded)))["Petugas"]
    assert [cell.value for cell in sheet[4]] == ["Siti Baru", "siti.baru", password]
    assert [each.area for each in queries.standing(account=account.pk, on=timezone.localdate())] == [VILLAGE]
    assert password not in admin.get(f"{LIST}{account.pk}/").content.decode()
    assert "3302914708820001" not in admin.get(f"{LIST}{account.pk}/").content.decode()


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"username": "x"}, "3–50 huruf kecil"),
        ({"username": "admin-here"}, "sudah dipakai"),
        ({"role": "bupati", "area": HERE}, "tidak dapat memberikan peran"),
        ({"area": FAR_VILLAGE}, "Di luar wilayah tugas Anda"),
        ({"area": "Desa Yang Tidak Ada"}, "Tidak ada wilayah bernama"),
        ({"valid_to": "2020-01-01"}, "tidak dapat dipakai"),
        ({"valid_to": "besok"}, "2026-12-31"),
        ({"nik": "123"}, "NIK"),
    ],
)
def test_a_wrong_form_comes_back_filled_and_makes_nothing(
    admin: Client, changes: dict[str, str], text: str
) -> None:
    before = Account.objects.count()
    answer = admin.post(f"{LIST}baru/", fill(**changes))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert text in page
    assert 'value="Siti Baru"' in page
    assert Account.objects.count() == before


def test_an_area_is_found_by_its_name(admin: Client) -> None:
    from dtks.foundation.areas import queries as areas_

    village = next(
        area for area in areas_.areas_under(code=HERE, level=4)
        if sum(other.name == area.name for other in areas_.areas_under(code=HERE, level=4)) == 1
    )  # fmt: skip
    answer = admin.post(f"{LIST}baru/", fill(area=f"{village.name}"))
    if answer.status_code == 422:
        # Other names contain this one: the page asks which.
        assert village.code in answer.content.decode()
        answer = admin.post(f"{LIST}baru/", fill(area=village.code))
    assert answer.status_code == 200
    assert Grant.objects.get(account__username="siti.baru").area == village.code


def test_an_area_that_has_no_such_name_is_told_so(admin: Client) -> None:
    page = admin.post(f"{LIST}baru/", fill(area="Tempat Karangan")).content.decode()
    assert "Tidak ada wilayah bernama “Tempat Karangan” di dalam " in page
    assert "Bukan kode wilayah" not in page
    assert "Bukan kode wilayah" in admin.post(f"{LIST}baru/", fill(area="33.02.1")).content.decode()


def test_every_wrong_field_is_named_at_once(admin: Client) -> None:
    wrong = fill(username="X", email="tanpa-at", phone="12", area="Tempat Karangan", role="", expires_on="x")
    answer = admin.post(f"{LIST}baru/", wrong)
    assert answer.status_code == 422
    named = {"username", "email", "phone", "area", "role", "expires_on"}
    assert set(answer.context["errors"]) == named


def test_the_whole_area_may_be_found_by_its_name_whatever_the_role(admin: Client) -> None:
    page = admin.post(f"{LIST}baru/", fill(area="Banyumas", role="operator-desa"))
    assert page.status_code == 422
    assert "Bukan kode wilayah" not in page.content.decode()


def test_an_unknown_role_lists_those_that_this_officer_may_give(admin: Client) -> None:
    page = admin.post(f"{LIST}massal/", {"file": workbook(("siti", "Siti", "bukan-peran", VILLAGE))})
    text = page.content.decode()
    assert "(operator-desa)" in text
    assert text.count("(rt-rw)") == 1
    assert "(bupati)" not in text, "an administrator of a regency does not give it"
    assert "warga" not in re.findall(r"Pilihan: ([^<]*)", text)[0]


def test_one_officers_page_and_its_queries(admin: Client) -> None:
    here = officer("here")
    admin.post(f"{LIST}{here.pk}/peran/", {**fill(), "role": "rt-rw", "area": VILLAGE, "reason": "SK 9"})
    with CaptureQueriesContext(connection) as found:
        page = admin.get(f"{LIST}{here.pk}/").content.decode()
    assert len(found) < 25
    for text in ("Operator desa/kelurahan", "Ketua RT/RW", "SK 9", "Peran diberikan", "Admin Banyumas"):
        assert text in page
    assert LedgerEvent.objects.filter(action="accounts.read", subject=str(here.pk)).exists()


def test_days_are_those_of_the_place(client: Client) -> None:
    """At 01.00 WIB the database's day is still yesterday."""
    with time_machine.travel(datetime(2026, 11, 24, 18, 0, tzinfo=UTC), tick=False):
        people.sign_in(client, role="admin-daerah", area=HERE, username="admin-malam")
        night = officer("malam")
        Account.objects.filter(pk=night.pk).update(created_at=timezone.now(), last_login=timezone.now())
        grant = Grant.objects.get(account=night)
        Grant.objects.filter(pk=grant.pk).update(ended_at=timezone.now(), ended_by="a", end_reason="uji")
        page = client.get(f"{LIST}{night.pk}/").content.decode()
        listed = client.get(LIST).content.decode()
    assert "25 November 2026</dd>" in page and "–25 Nov 2026" in page
    assert "25 Nov 2026" in listed and "24 Nov" not in listed + page


def test_ending_a_role_asks_first(admin: Client) -> None:
    here = officer("here")
    grant = Grant.objects.get(account=here)
    path = f"{LIST}{here.pk}/peran/{grant.pk}/akhiri/"
    assert "berakhir sekarang juga" in admin.get(path).content.decode()
    assert admin.post(path, {"reason": ""}).status_code == 422
    grant.refresh_from_db()
    assert grant.ended_at is None
    assert admin.post(path, {"reason": "pindah"}).status_code == 302
    grant.refresh_from_db()
    assert grant.ended_at is not None
    assert admin.get(path).status_code == 302


def test_closing_reopening_and_a_new_password(admin: Client) -> None:
    here, today = officer("here"), timezone.localdate()
    assert admin.post(f"{LIST}{here.pk}/kata-sandi/", {"reason": "lupa"}).status_code == 200
    assert admin.post(f"{LIST}{here.pk}/faktor-kedua/", {"reason": "hilang"}).status_code == 302
    assert admin.post(f"{LIST}{here.pk}/tutup/", {"reason": "pensiun"}).status_code == 302
    assert queries.standing(account=here.pk, on=today) == []
    page = admin.post(f"{LIST}{here.pk}/buka-lagi/", {"reason": "keliru"}).content.decode()
    assert "Tampil satu kali ini saja" in page
    assert admin.get(f"{LIST}{here.pk}/hapus/").status_code == 404


def test_an_account_that_has_expired_can_be_reopened(admin: Client) -> None:
    here = officer("here")
    Account.objects.filter(pk=here.pk).update(expires_on=timezone.localdate() - timedelta(days=1))
    page = admin.get(f"{LIST}{here.pk}/").content.decode()
    assert "buka-lagi" in page
    assert "kata-sandi" not in page
    admin.post(f"{LIST}{here.pk}/buka-lagi/", {"reason": "kontrak diperpanjang"})
    assert len(queries.standing(account=here.pk, on=timezone.localdate())) == 1


def test_an_old_session_ends_with_the_password(admin: Client) -> None:
    other = Client()
    here = people.sign_in(other, role="kepala-desa", area=VILLAGE, username="here")
    assert other.get("/petugas/pelimpahan/").status_code == 200
    admin.post(f"{LIST}{here.pk}/kata-sandi/", {"reason": "lupa"})
    assert other.get("/petugas/pelimpahan/").status_code == 302


def test_a_session_in_which_the_old_factor_was_shown_ends_with_it(admin: Client) -> None:
    from allauth.usersessions.models import UserSession

    other = Client()
    here = people.sign_in(other, role="kepala-desa", area=VILLAGE, username="here")
    UserSession.objects.create(user=here, ip="127.0.0.1", session_key=other.session.session_key)
    assert other.get("/petugas/pelimpahan/").status_code == 200
    admin.post(f"{LIST}{here.pk}/faktor-kedua/", {"reason": "ponsel hilang"})
    assert other.get("/petugas/pelimpahan/").status_code == 302
    assert not UserSession.objects.filter(user=here).exists()


def test_a_hand_over(admin: Client) -> None:
    old, new = officer("lama"), officer("baru", "rt-rw")
    grant = Grant.objects.get(account=old)
    path = f"{LIST}{old.pk}/serah-terima/"
    assert str(grant.pk) in admin.get(path).content.decode()
    data = {
        "grant": [str(grant.pk)],
        "to": "baru",
        "on": timezone.localdate().isoformat(),
        "reason": "mutasi",
    }
    assert admin.post(path, {**data, "to": "tidak.ada"}).status_code == 422
    assert admin.post(path, {**data, "on": "x"}).status_code == 422
    assert admin.post(path, data).status_code == 302
    roles = {each.role for each in queries.standing(account=new.pk, on=timezone.localdate())}
    assert roles == {"operator-desa", "rt-rw"}


def test_a_delegation_and_taking_it_back(client: Client) -> None:
    people.sign_in(client, role="kepala-desa", area=VILLAGE, username="kades")
    deputy = officer("sekdes", "rt-rw")
    today = timezone.localdate()
    data = {"to": "sekdes", "valid_from": today.isoformat(), "reason": "cuti"}
    too_long = (today + timedelta(days=120)).isoformat()
    assert "90 hari" in client.post("/petugas/pelimpahan/", {**data, "valid_to": too_long}).content.decode()
    soon = (today + timedelta(days=9)).isoformat()
    assert client.post("/petugas/pelimpahan/", {**data, "valid_to": soon}).status_code == 302
    assert "Ibu Sekdes" in client.get("/petugas/pelimpahan/").content.decode()
    grant = Grant.objects.get(account=deputy, origin="delegated")
    assert client.post(f"/petugas/pelimpahan/{grant.pk}/akhiri/", {"reason": "kembali"}).status_code == 302
    grant.refresh_from_db()
    assert grant.ended_at is not None


def test_why_a_delegation_is_refused(client: Client) -> None:
    people.sign_in(client, role="kepala-desa", area=VILLAGE, username="kades")
    officer("sekdes", "rt-rw")
    today = timezone.localdate()
    data = {"to": "sekdes", "valid_from": (today + timedelta(days=9)).isoformat(), "reason": "cuti"}
    early = today + timedelta(days=3)
    page = client.post("/petugas/pelimpahan/", {**data, "valid_to": early.isoformat()}).content.decode()
    assert "90 hari dan" not in page
    assert f"sampai {long_date(early)} tidak dapat dipakai" in page
    late = {**data, "valid_to": (today + timedelta(days=120)).isoformat()}
    assert long_date(today + timedelta(days=99)) in client.post("/petugas/pelimpahan/", late).content.decode()
    own = {**data, "to": "kades", "valid_to": (today + timedelta(days=12)).isoformat()}
    assert "Itu nama masuk Anda sendiri" in client.post("/petugas/pelimpahan/", own).content.decode()


def test_whoever_may_delegate_finds_the_way(client: Client) -> None:
    people.sign_in(client, role="kepala-desa", area=VILLAGE, username="kades")
    for path in ("/petugas/", "/akun/", "/akun/peran/"):
        assert 'href="/petugas/pelimpahan/"' in client.get(path).content.decode(), path
    other = Client()
    people.sign_in(other, role="operator-desa", area=VILLAGE, username="operator")
    for path in ("/petugas/", "/akun/", "/akun/peran/"):
        assert "/petugas/pelimpahan/" not in other.get(path).content.decode(), path


def test_the_review_names_who_may_end_a_role_and_what_ends_with_it(client: Client) -> None:
    with time_machine.travel(datetime(2026, 5, 1, 3, tzinfo=UTC), tick=False):
        people.sign_in(client, role="dinsos-kepala", area=HERE, username="kadis")
        chief, deputy = officer("kades", "kepala-desa"), officer("sekdes", "rt-rw")
    given = Grant.objects.get(account=chief)
    by = Actor(str(chief.pk), "kepala-desa", VILLAGE, grant=str(given.pk))
    with time_machine.travel(datetime(2026, 11, 24, 3, tzinfo=UTC), tick=False):
        actions.delegate(by=by, grant=given.pk, to="sekdes", valid_to=date(2026, 12, 9), reason="cuti")
        client.force_login(Account.objects.get(username="kadis"))
        _fresh(client)
        page = client.get(f"{LIST}tinjauan/").content.decode()
        assert "hanya dapat diakhiri oleh: " in page
        assert "/akhiri/" not in page
        asked = f"{LIST}tinjauan/{given.pk}/akhiri/"
        answer = client.post(asked, {"reason": "coba"})
        assert answer.status_code == 422
        assert "Anda tidak dapat mengakhiri peran" in answer.content.decode()
        other = Client()
        people.sign_in(other, role="admin-daerah", area=HERE, username="admin-here")
        question = other.get(asked).content.decode()
        assert "Ibu Sekdes, sampai 9 Desember 2026" in question
        assert other.post(asked, {"reason": "pindah"}).status_code == 302
    assert not Grant.objects.filter(account=deputy, origin="delegated", ended_at=None).exists()


def _fresh(client: Client) -> None:
    session = client.session
    session[factors.CONFIRMED] = timezone.now().timestamp()
    session.save()


def workbook(*lines: tuple[str, ...]) -> SimpleUploadedFile:
    book = openpyxl.load_workbook(io.BytesIO(officers_file.template()))
    for line in lines:
        book["Petugas"].append(line)
    buffer = io.BytesIO()
    book.save(buffer)
    return SimpleUploadedFile("petugas.xlsx", buffer.getvalue())


def test_many_are_judged_then_made_once(admin: Client) -> None:
    wrong = admin.post(f"{LIST}massal/", {"file": workbook(("siti", "Siti", "rt-rw", FAR_VILLAGE))})
    assert wrong.status_code == 422
    assert "Baris 2" in wrong.content.decode()
    assert admin.post(f"{LIST}massal/terapkan/").status_code == 302
    good = workbook(("siti", "Siti", "rt-rw", VILLAGE), ("wati", "Wati", "operator-desa", VILLAGE))
    assert "2 petugas siap dibuat" in admin.post(f"{LIST}massal/", {"file": good}).content.decode()
    assert not Account.objects.filter(username="siti").exists()
    page = admin.post(f"{LIST}massal/terapkan/").content.decode()
    assert len(re.findall(r"[2-9a-z]{4}(?:-[2-9a-z]{4}){3}", page)) == 2
    assert Account.objects.filter(username__in=("siti", "wati")).count() == 2
    assert admin.post(f"{LIST}massal/terapkan/").status_code == 302, "a second time there is nothing left"


def test_another_session_cannot_apply_the_file(admin: Client) -> None:
    admin.post(f"{LIST}massal/", {"file": workbook(("siti", "Siti", "rt-rw", VILLAGE))})
    other = Client()
    people.sign_in(other, role="admin-daerah", area=HERE, username="admin-two")
    assert other.post(f"{LIST}massal/terapkan/").status_code == 302
    assert not Account.objects.filter(username="siti").exists()


def test_the_review_page(client: Client) -> None:
    with time_machine.travel(datetime(2026, 5, 1, 3, tzinfo=UTC), tick=False):
        people.sign_in(client, role="admin-daerah", area=HERE, username="admin-here")
        accounts = [officer(f"petugas{number}") for number in range(3)]
    with time_machine.travel(datetime(2026, 11, 24, 3, tzinfo=UTC), tick=False):
        client.force_login(Account.objects.get(username="admin-here"))
        session = client.session
        session[factors.CONFIRMED] = timezone.now().timestamp()
        session.save()
        page = client.get(f"{LIST}tinjauan/").content.decode()
        assert "0 dari 4 peran sudah ditinjau" in page
        assert "Peran Anda sendiri ditinjau orang lain" in page
        grants = [Grant.objects.get(account=account) for account in accounts]
        assert client.post(f"{LIST}tinjauan/{grants[0].pk}/", {"reason": "diperiksa"}).status_code == 302
        asked = f"{LIST}tinjauan/{grants[1].pk}/akhiri/"
        question = client.get(asked).content.decode()
        assert "Akhiri peran Ibu Petugas1" in question
        assert client.post(asked, {"reason": ""}).status_code == 422
        assert Grant.objects.get(pk=grants[1].pk).ended_at is None, "asking ends nothing"
        answer = client.post(asked, {"reason": "diperiksa"}, follow=True).content.decode()
        assert "Peran Operator desa/kelurahan dari Ibu Petugas1 diakhiri." in answer
        assert client.get(asked).status_code == 302
        page = client.get(f"{LIST}tinjauan/?semua=1").content.decode()
        assert "2 dari 4 peran sudah ditinjau" in page
        assert "Dilanjutkan" in page
        with CaptureQueriesContext(connection) as few:
            client.get(f"{LIST}tinjauan/")
        with time_machine.travel(datetime(2026, 5, 1, 3, tzinfo=UTC), tick=False):
            for number in range(20):
                officer(f"lebih{number}")
        with CaptureQueriesContext(connection) as many:
            client.get(f"{LIST}tinjauan/")
        assert len(many) == len(few) < 25
        answer = client.get(f"{LIST}tinjauan/hasil.xlsx")
        assert answer["Content-Disposition"] == 'attachment; filename="tinjauan-akses-2026.xlsx"'
    assert Grant.objects.get(pk=grants[1].pk).ended_at is not None
