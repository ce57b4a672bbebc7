"""An auditor searches the trail and has the browser check it, also on a phone; who tampers is told."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger import cosigning, sequencing, signing, stored
from dtks.foundation.ledger.actions import record
from dtks.foundation.ledger.domain import Actor, Event
from dtks.foundation.ledger.models import LedgerCosignature, LedgerEvent
from dtks.foundation.ledger.transparency.checkpoints import Checkpoint
from dtks.foundation.ledger.transparency.notes import Note, parsed_lines, signed
from dtks.registration.registry import queries as registry
from tests.fixtures import officers
from tests.fixtures.ledgers import WITNESS
from tests.fixtures.logs import log_signer
from tests.fixtures.village_families import load

from .conftest import DESKTOP, PHONE

VILLAGE = "32.01.02.2005"
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
VIEWPORTS = pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])


@pytest.fixture
def family(db: Any) -> Any:
    """A family of the village, and a log of some 300 events, the newest of which are about it."""
    areas.load(by=Actor.system(), under="32.01.02")
    load(count=3, village=VILLAGE)
    found = registry.families(area=VILLAGE, limit=3).rows
    keys = tuple(row.family_id for row in found)
    operator = officers.account("ibu.operator", name="Ibu Operator")
    actor = Actor(str(operator.pk), "operator-desa", VILLAGE)
    record(*(Event("registry.search", kind="name", area=VILLAGE) for _ in range(300)), by=actor)
    record(
        Event("registry.list_families", kind="family", count=3, rows=keys, area=VILLAGE),
        Event("registry.show", kind="nik", subject=str(found[0].head_id), purpose="pelayanan", area=VILLAGE),
        by=actor,
    )
    sequencing.integrate()
    return found[0]


@pytest.fixture
def opened(open_page: Callable[..., Page], live_server: Any, family: Any) -> Callable[..., Page]:
    """A page for an auditor of Bogor who is signed in."""

    def make(viewport: dict[str, int], to: str = "") -> Page:
        page = open_page(viewport=viewport)
        key = officers.session_cookie(role="auditor", area="32.01", username="auditor", name="Auditor Uji")
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        page.goto(f"/petugas/jejak/{to}")
        return page

    return make


def event(action: str) -> int:
    return int(LedgerEvent.objects.filter(action=action).latest("pk").pk)


def check(page: Page, *, key: str = "", head: Path | None = None) -> None:
    """Ask the browser to check, with this key."""
    page.get_by_label("Kunci publik jejak").fill(key or str(signing.verifiers()[0]))
    if head:
        page.get_by_label("Titik periksa yang Anda").set_input_files(head)
    page.locator("[data-start]").click()
    expect(page.locator("[data-start]")).to_be_enabled(timeout=30_000)


def marks(page: Page) -> list[tuple[str, str]]:
    """(mark, words) of each step."""
    return [
        (each.locator("[data-mark]").inner_text(), each.locator("[data-text]").inner_text())
        for each in page.locator("[data-steps] > li").all()
    ]


def wrong(page: Page) -> list[str]:
    return [words for mark, words in marks(page) if mark == "✗"]


@VIEWPORTS
def test_an_auditor_searches_opens_shows_and_checks(
    opened: Callable[..., Page], family: Any, look: Callable[[Page, str], None], viewport: dict[str, int]
) -> None:
    page = opened(viewport)
    expect(page.get_by_role("heading", name="Jejak audit")).to_be_visible()
    look(page, "audit-events")
    page.get_by_label("Orang, keluarga atau perkara").fill(family.head_nik)
    page.get_by_role("button", name="Cari", exact=True).click()
    expect(page.get_by_text("daftar yang pernah menampilkannya")).to_be_visible()
    assert family.head_nik not in page.url
    expect(page.get_by_role("link", name="Daftar keluarga dibuka")).to_be_visible()
    sequencing.integrate()
    look(page, "audit-found")
    page.get_by_role("link", name="Nomor atau kontak ditampilkan utuh").click()
    look(page, "audit-event")
    page.go_back()
    expect(page.get_by_label("Orang, keluarga atau perkara")).to_have_value(family.head_nik)
    page.get_by_role("link", name="Nomor atau kontak ditampilkan utuh").click()
    page.get_by_role("link", name="Tampilkan siapa ini").click()
    look(page, "audit-show")
    page.get_by_label("Untuk keperluan apa?").select_option("audit")
    page.get_by_role("button", name="Tampilkan").click()
    expect(page.get_by_text(family.head_name, exact=True)).to_be_visible()
    look(page, "audit-shown")
    page.get_by_role("link", name="Kembali ke peristiwa").click()
    sequencing.integrate()
    check(page)
    expect(page.locator("[data-verdict]")).to_have_text("Semua langkah terbukti.")
    assert wrong(page) == []
    page.locator("summary", has_text="Isi yang terbukti").click()
    expect(page.locator("[data-proven-text]")).to_contain_text('"purpose": "pelayanan"')
    look(page, "audit-event-checked")
    page.goto("/petugas/jejak/?dari=2020-01-01T00:00&sampai=2020-01-02T00:00")
    look(page, "audit-nothing")
    page.goto("/petugas/")
    expect(page.get_by_role("link", name="Jejak audit").first).to_be_visible()


@VIEWPORTS
def test_the_whole_log_and_a_page_are_checked(
    opened: Callable[..., Page], look: Callable[[Page, str], None], viewport: dict[str, int], tmp_path: Path
) -> None:
    note = cosigning.checkpoint()
    assert note is not None
    old = tmp_path / "checkpoint.txt"
    old.write_text(str(note), encoding="utf-8")
    page = opened(viewport)
    sequencing.integrate()
    head = stored.head()
    assert head is not None and head.size > Checkpoint.of(note).size
    (line,) = parsed_lines(WITNESS.line(Note.parse(head.note).text, at=1_790_000_000))
    LedgerCosignature(
        witness=WITNESS.name, key=line.key_id.hex(), size=head.size, line=line.line, at=head.at
    ).save(force_insert=True)
    check(page, key=f"{signing.verifiers()[0]}\n{WITNESS.verifier}", head=old)
    assert wrong(page) == []
    said = " ".join(words for mark, words in marks(page) if mark == "✓")
    assert "Saksi saksi.contoh ikut menandatangani" in said
    assert "melanjutkan titik periksa Anda" in said
    assert page.locator("[data-result] [data-mark]", has_text="✓").count() >= 49
    look(page, "audit-page-checked")
    page.get_by_role("link", name="Periksa seluruh jejak").click()
    look(page, "audit-whole")
    check(page, key=f"{signing.verifiers()[0]}\n{WITNESS.verifier}", head=old)
    assert wrong(page) == []
    expect(page.get_by_text("Akar pohon dari semua peristiwa sama")).to_be_visible()
    expect(page.get_by_text("melanjutkan titik periksa Anda")).to_be_visible()
    look(page, "audit-whole-checked")


def test_a_list_is_checked_with_all_its_keys(opened: Callable[..., Page]) -> None:
    page = opened(DESKTOP, f"{event('registry.list_families')}/")
    check(page)
    assert wrong(page) == []
    expect(page.get_by_text("(3 kunci) sama dengan yang dicatat")).to_be_visible()

    def without_one(told: dict[str, Any]) -> None:
        told["keys"] = b64encode(b64decode(told["keys"])[16:]).decode()

    _tamper_opened(page, without_one)
    check(page)
    assert ["TIDAK sama dengan yang dicatat" in each for each in wrong(page)] == [True]


def _tamper_opened(page: Page, change: Callable[[dict[str, Any]], None]) -> None:
    def answer(route: Route) -> None:
        got = route.fetch()
        content = got.json()
        change(content["events"][0])
        route.fulfill(response=got, body=json.dumps(content))

    page.route("**/bukti.json*", answer)


def _flip(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def _tamper(page: Page, address: str, change: Callable[[bytes], bytes]) -> None:
    def answer(route: Route) -> None:
        got = route.fetch()
        route.fulfill(response=got, body=change(got.body()))

    page.route(address, answer)


@pytest.mark.parametrize("what", ["text", "salt", "index", "tile", "root", "signature", "key", "fork"])
def test_whatever_is_tampered_with_is_told(opened: Callable[..., Page], what: str, tmp_path: Path) -> None:
    page = opened(DESKTOP, f"{event('registry.show')}/")
    sequencing.integrate()
    key, head = "", None
    if what == "text":
        _tamper_opened(page, lambda told: told.update(text=told["text"].replace("pelayanan", "pelayanam")))
    elif what == "salt":
        _tamper_opened(
            page, lambda told: told.update(salt=b64encode(_flip(b64decode(told["salt"]), 3)).decode())
        )
    elif what == "index":
        _tamper_opened(page, lambda told: told.update(index=told["index"] - 1))
    elif what == "tile":
        _tamper(page, "**/jejak/tile/1/**", lambda body: _flip(body, 3))
    elif what == "root":
        _tamper(page, "**/jejak/checkpoint", lambda body: body.replace(b"\n3", b"\n2", 1))
    elif what == "signature":
        _tamper(page, "**/jejak/checkpoint", _other_signature)
    elif what == "key":
        key = str(log_signer(signing.verifiers()[0].name).verifier)
    else:
        fork = signed(str(Checkpoint(signing.signer().name, 7, b"f" * 32)), signing.signer())
        head = tmp_path / "fork.txt"
        head.write_text(str(fork), encoding="utf-8")
    check(page, key=key, head=head)
    assert len(wrong(page)) == 1
    expected = {
        "text": "TIDAK ada di tempat", "salt": "TIDAK ada di tempat", "index": "TIDAK ada di tempat",
        "tile": "TIDAK ada di tempat", "root": "TIDAK sah", "signature": "TIDAK sah", "key": "TIDAK sah",
        "fork": "sejarahnya ditulis ulang",
    }  # fmt: skip
    assert expected[what] in wrong(page)[0]
    expect(page.locator("[data-verdict]")).to_contain_text("TIDAK terbukti")


def _other_signature(body: bytes) -> bytes:
    text, _, below = body.decode().rpartition("\n\n")
    name, encoded = below.removeprefix("— ").strip().split(" ")
    return f"{text}\n\n— {name} {b64encode(_flip(b64decode(encoded), 20)).decode()}\n".encode()


def test_the_servers_own_key_is_named_as_such_and_rubbish_is_refused(opened: Callable[..., Page]) -> None:
    page = opened(DESKTOP, f"{event('registry.show')}/")
    page.locator("[data-start]").click()
    expect(page.get_by_text("Isi kunci publik jejak lebih dulu")).to_be_visible()
    page.get_by_label("Kunci publik jejak").fill("bukan kunci")
    page.locator("[data-start]").click()
    expect(page.get_by_text("Baris ini bukan kunci publik")).to_be_visible()
    page.get_by_label("Kunci publik jejak").fill("")
    page.get_by_label("Pakai kunci dari server ini").check()
    page.locator("[data-start]").click()
    expect(page.locator("[data-verdict]")).to_contain_text("dengan kunci dari server ini sendiri")
    assert ("–", True) in [(mark, "Ini tidak membuktikan" in words) for mark, words in marks(page)]


def test_a_changed_entry_of_the_whole_is_told_and_the_check_can_be_stopped(
    opened: Callable[..., Page],
) -> None:
    page = opened(DESKTOP, "seluruhnya/")
    _tamper(page, "**/jejak/tile/entries/000", lambda body: _flip(body, 40))
    check(page)
    assert ["Akar pohon" in each for each in wrong(page)] == [True]
    page.unroute("**/jejak/tile/entries/000")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/jejak/tile/entries/001*/*", hold)
    page.locator("[data-start]").click()
    expect(page.locator("[data-progress-text]")).to_contain_text("256 dari")
    page.get_by_role("button", name="Hentikan").click()
    expect(page.locator("[data-verdict]")).to_have_text("Pemeriksaan dihentikan. Tidak ada kesimpulan.")


def test_a_browser_without_ed25519_is_told_plainly(opened: Callable[..., Page]) -> None:
    page = opened(DESKTOP)
    page.add_init_script(
        "SubtleCrypto.prototype.importKey = () => Promise.reject(new DOMException('', 'NotSupportedError'))"
    )
    page.goto(f"/petugas/jejak/{event('registry.show')}/")
    check(page)
    assert ["belum dapat memeriksa tanda tangan Ed25519" in each for each in wrong(page)] == [True]
