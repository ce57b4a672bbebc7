"""What the demo prints for whoever tries it, and what its accounts have to show."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from tests.fixtures import officers as people

from dtks.cli import demo
from dtks.foundation.accounts.models import AccessReview, Account, Grant
from dtks.foundation.areas import actions as areas
from dtks.foundation.areas import queries
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.privacy import files
from dtks.foundation.scope.current import limited_to, without_scope

pytestmark = pytest.mark.django_db
REVIEW = "/petugas/akun/tinjauan/"


@pytest.fixture
def made(tmp_path: Path) -> Any:
    """Makes the demonstration's accounts."""
    areas.load(by=Actor.system(), under=demo.AREA)
    step = next(run for name, _, run in demo.STEPS if name == "accounts")
    return lambda: step(demo.Demo(folder=tmp_path, area=demo.AREA, families=10))


def browser(username: str) -> Client:
    client = Client()
    people.sign_in(client, role="", username=username)
    return client


def at(year: int, month: int, day: int) -> Any:
    return time_machine.travel(datetime(year, month, day, 3, tzinfo=UTC), tick=False)


@pytest.mark.parametrize("day", [(2026, 10, 1), (2026, 11, 24), (2026, 12, 31)])
def test_the_review_asks_about_the_demos_roles(made: Any, day: tuple[int, int, int]) -> None:
    with at(*day):
        names = made()
        page = browser("admin").get(REVIEW).content.decode()
        assert f"1 dari {len(names)} peran sudah ditinjau" in page
        assert "Slamet Kepala Desa" in page
        assert "Ratna Operator" not in page, "decided on"
        assert page.count(">Lanjutkan<") == len(names) - 2, "one is decided on, one is one's own"
        with without_scope(), limited_to(""):
            waiting = Grant.objects.get(account__username="kepala")
        answer = browser("admin").post(
            f"{REVIEW}{waiting.pk}/akhiri/", {"reason": "pindah tugas"}, follow=True
        )
        assert "dari Slamet Kepala Desa diakhiri" in answer.content.decode()


def test_at_another_time_of_the_year_the_page_shows_what_it_will_ask(made: Any) -> None:
    with at(2027, 3, 2):
        made()
        page = browser("admin").get(REVIEW).content.decode()
        assert "Ratna Operator" in page
        assert ">Lanjutkan<" not in page
        with without_scope(), limited_to(""):
            assert not AccessReview.objects.exists()


def test_the_village_head_delegates_to_the_operator(made: Any) -> None:
    made()
    answer = browser("kepala").post(
        "/petugas/pelimpahan/",
        {"to": "operator", "valid_from": "", "valid_to": "", "reason": "cuti"},
    )
    assert answer.status_code == 422, "a day is asked for"
    today = datetime.now(UTC).date()
    given = {"to": "operator", "valid_from": str(today), "valid_to": str(today), "reason": "cuti"}
    with time_machine.travel(datetime(today.year, today.month, today.day, 3, tzinfo=UTC), tick=False):
        done = browser("kepala").post("/petugas/pelimpahan/", given, follow=True).content.decode()
    assert "Peran dilimpahkan" in done
    with without_scope(), limited_to(""):
        held = Grant.objects.get(account__username="operator", origin="delegated")
    assert held.role == "kepala-desa"


def test_operator_and_village_head_have_a_village_that_is_rated(made: Any) -> None:
    """The last village comes from a workbook without answers on living conditions: nothing is rated there."""
    made()
    villages = queries.villages_under(code=demo.AREA)
    with without_scope(), limited_to(""):
        held = set(Grant.objects.filter(account__username__in=("operator", "kepala")).values_list("area"))
    assert held == {(villages[0],)} and villages[0] != villages[-1]


def test_letters_of_the_demo_name_a_controller_that_is_made_up(tmp_path: Path, settings: Any) -> None:
    settings.HOME = tmp_path
    files.controller.cache_clear()
    try:
        assert not files.controller().filled_in
        demo.write_controller(demo.Demo(folder=tmp_path, area=demo.AREA, families=10))
        files.controller.cache_clear()
        named = files.controller()
    finally:
        files.controller.cache_clear()
    assert named.filled_in and named.name.startswith("CONTOH") and "contoh" in named.contact


def test_every_demo_account_shows_the_same_second_factor(made: Any) -> None:
    from allauth.mfa.models import Authenticator

    names = made()
    assert set(Authenticator.objects.values_list("user__username", flat=True)) == set(names)
    assert {each.check_password(demo.PASSWORD) for each in Account.objects.filter(username__in=names)} == {
        True
    }


def test_each_account_stands_on_one_line_for_copying(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The terminal wraps, not the program: a word copied across a line end would be cut in two."""
    monkeypatch.setattr(demo.console, "width", 80)
    demo._say_what_to_try(demo.Demo(folder=tmp_path, area=demo.AREA, families=10), 8000)
    lines = capsys.readouterr().out.splitlines()
    for account in demo.ACCOUNTS:
        (line,) = [each for each in lines if f"{account.username} / {demo.PASSWORD}" in each]
        assert line.endswith(f"({account.what})")
    assert any(len(line) > 80 for line in lines), "else this test would show nothing"
    assert not [line for line in lines if line and line[0].islower()], "a line that was broken"
