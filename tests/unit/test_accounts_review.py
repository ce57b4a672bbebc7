"""The yearly access review, on SQLite and PostgreSQL."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime

import openpyxl
import pytest
import time_machine
from django.utils import timezone
from tests.fixtures import officer_areas as places
from tests.fixtures import officers as people
from tests.fixtures.officer_areas import FAR_VILLAGE, HERE, NEIGHBOUR, THERE, VILLAGE

from dtks.foundation.accounts import actions, errors, queries, review
from dtks.foundation.accounts.models import AccessReview, Account, Grant
from dtks.foundation.accounts.review import Period
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.ledger.models import LedgerEvent
from dtks.foundation.scope.current import limited_to

register = places.register
YEAR = Period(2026)


@pytest.fixture
def reviewer(register: str) -> Actor:
    with time_machine.travel(datetime(2026, 3, 1, 3, tzinfo=UTC), tick=False):
        return places.actor("kadis", "dinsos-kepala", HERE)


def given(username: str, role: str, area: str, *, on: date = date(2026, 5, 1)) -> Grant:
    with time_machine.travel(datetime(on.year, on.month, on.day, 3, tzinfo=UTC), tick=False):
        return people.grant(people.account(username, name=username.title()), role, area)


@pytest.fixture
def november() -> Iterator[object]:
    with time_machine.travel(datetime(2026, 11, 24, 3, tzinfo=UTC), tick=False) as clock:
        yield clock


def test_it_asks_about_what_was_given_before_it_opened(reviewer: Actor, november: object) -> None:
    old = given("lama", "operator-desa", VILLAGE)
    given("baru", "operator-desa", NEIGHBOUR, on=date(2026, 10, 2))
    given("jauh", "operator-desa", FAR_VILLAGE)
    ended = given("selesai", "rt-rw", VILLAGE)
    actions.end_grant(by=Actor.system(), grant=ended.pk, reason="x")
    with limited_to(HERE):
        assert {line.username for line in review.lines(period=YEAR)} == {"lama", "kadis"}
        assert review.progress(period=YEAR) == review.Progress(2, 0)
        review.decide(by=reviewer, grant=old.pk, decision=review.KEEP, reason="masih bertugas")
        assert review.progress(period=YEAR) == review.Progress(2, 1)
        [kept] = [line for line in review.lines(period=YEAR) if line.decision]
    assert (kept.username, kept.decision, kept.reason) == ("lama", "keep", "masih bertugas")
    assert Grant.objects.get(pk=old.pk).ended_at is None
    assert LedgerEvent.objects.filter(action="accounts.review.keep", subject=str(old.account_id)).count() == 1


def test_ending_takes_effect_at_once(reviewer: Actor, november: object) -> None:
    old = given("lama", "operator-desa", VILLAGE)
    with pytest.raises(errors.MayNotEnd):
        review.decide(by=reviewer, grant=old.pk, decision=review.END, reason="pindah tugas")
    assert review.progress(period=YEAR).decided == 0, "nothing is half done"
    manager = places.actor("admin", "admin-daerah", HERE)
    review.decide(by=manager, grant=old.pk, decision=review.END, reason="pindah tugas")
    assert queries.standing(account=old.account_id, on=timezone.localdate()) == []
    assert review.progress(period=YEAR).decided == 1
    with pytest.raises(errors.GrantNotFound):
        review.decide(by=reviewer, grant=old.pk, decision=review.KEEP, reason="keliru")


def test_what_a_reviewer_cannot_decide(reviewer: Actor, november: object) -> None:
    own = uuid.UUID(reviewer.grant)
    far = given("jauh", "operator-desa", FAR_VILLAGE)
    new = given("baru", "operator-desa", NEIGHBOUR, on=date(2026, 10, 2))
    old = given("lama", "operator-desa", VILLAGE)

    def decide(grant: uuid.UUID, reason: str = "x", by: Actor = reviewer) -> None:
        review.decide(by=by, grant=grant, decision=review.KEEP, reason=reason)

    with pytest.raises(errors.OwnAccount):
        decide(own)
    with pytest.raises(errors.GrantNotFound):
        decide(far.pk)
    with pytest.raises(errors.NotInReview):
        decide(new.pk)
    with pytest.raises(errors.ReasonMissing):
        decide(old.pk, reason=" ")
    with pytest.raises(errors.NotAllowed):
        decide(old.pk, by=places.actor("op", "operator-desa", VILLAGE))
    decide(old.pk)
    with pytest.raises(errors.NotInReview):
        decide(old.pk)
    with time_machine.travel(datetime(2027, 1, 5, 3, tzinfo=UTC)), pytest.raises(errors.NotInReview):
        decide(old.pk)
    assert AccessReview.objects.count() == 1


def test_what_nobody_decided_on_ends_after_the_deadline(reviewer: Actor, november: object) -> None:
    kept, left = given("lama", "operator-desa", VILLAGE), given("lupa", "rt-rw", NEIGHBOUR)
    new = given("baru", "operator-desa", NEIGHBOUR, on=date(2026, 12, 1))
    given("jauh", "rt-rw", FAR_VILLAGE)
    administrator = given("satu", "administrator", "")
    review.decide(by=reviewer, grant=kept.pk, decision=review.KEEP, reason="masih bertugas")
    assert review.end_unreviewed(by=Actor.system(), on=date(2026, 12, 31)) == 0, "the last day is still open"
    assert review.end_unreviewed(by=reviewer, on=date(2027, 1, 1)) == 2, "the reviewer's own, too"
    assert review.end_unreviewed(by=Actor.system(), on=date(2027, 1, 1)) == 1, "the other regency's"
    assert review.end_unreviewed(by=Actor.system(), on=date(2027, 1, 2)) == 0
    still = set(Grant.objects.filter(ended_at=None).values_list("pk", flat=True))
    assert still == {kept.pk, new.pk, administrator.pk}
    assert Grant.objects.get(pk=left.pk).end_reason == review.NOT_REVIEWED
    assert LedgerEvent.objects.filter(action="accounts.review.last_administrator_stays").exists()


def test_delegations_are_not_asked_about(reviewer: Actor, november: object) -> None:
    chief, deputy = given("kades", "kepala-desa", VILLAGE), given("sekdes", "rt-rw", VILLAGE)
    by = Actor(str(chief.account_id), "kepala-desa", VILLAGE, grant=str(chief.pk))
    with time_machine.travel(datetime(2026, 9, 1, 3, tzinfo=UTC)):
        actions.delegate(by=by, grant=chief.pk, to="sekdes", valid_to=date(2026, 11, 25), reason="sakit")
    assert {line.grant.role for line in review.lines(period=YEAR)} == {
        "kepala-desa",
        "rt-rw",
        "dinsos-kepala",
    }
    assert deputy.pk in {line.grant.id for line in review.lines(period=YEAR)}


def test_the_result_is_a_workbook_of_ones_own_area(reviewer: Actor, november: object) -> None:
    old = given("lama", "operator-desa", VILLAGE)
    given("jauh", "operator-desa", FAR_VILLAGE)
    Account.objects.filter(pk=old.account_id).update(name="=1+1")
    review.decide(by=reviewer, grant=old.pk, decision=review.KEEP, reason="masih bertugas")
    with limited_to(HERE):
        content = review.workbook(by=reviewer, period=YEAR)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Tinjauan"]
    rows = {row[1].value: row for row in sheet.iter_rows(min_row=4)}
    assert set(rows) == {"lama", "kadis"}
    assert (rows["lama"][0].value, rows["lama"][0].data_type) == ("=1+1", "s")
    assert rows["lama"][9].value == "dilanjutkan"
    assert rows["kadis"][9].value == "belum ditinjau"
    assert rows["lama"][11].value == "Kadis"
    assert LedgerEvent.objects.get(action="accounts.review.export").count == 2


def test_another_regency_has_its_own_review(reviewer: Actor, november: object) -> None:
    given("jauh", "operator-desa", FAR_VILLAGE)
    with limited_to(THERE):
        assert {line.username for line in review.lines(period=YEAR)} == {"jauh"}
