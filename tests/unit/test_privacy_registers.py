"""Consents, breaches, impact assessments: what they keep, who may, which clock runs, what nobody can undo."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from tests.fixtures import residents
from tests.fixtures.database import THE_OTHER_PARAMETER

from dtks.foundation.accounts.errors import NotAllowed
from dtks.foundation.ledger import queries as ledger
from dtks.foundation.ledger.domain import Actor
from dtks.foundation.privacy import assessments, breaches, consents, errors
from dtks.foundation.privacy.assessments import Content, Risk
from dtks.foundation.privacy.breaches import Facts
from dtks.foundation.privacy.models import Breach, BreachNotice, BreachVersion, Consent
from dtks.foundation.scope.current import limited_to, without_scope
from dtks.foundation.scope.errors import OutsideScope, ScopeMissing
from dtks.foundation.scope.installing import as_owner
from dtks.foundation.vault import configured, ring_file, rotation
from dtks.foundation.vault.tables import sealed_tables

VILLAGE, OTHER = "33.02.11.2001", "33.03.01.2001"
DPO = Actor("dpo", "ppdp", "")
OPERATOR = Actor("operator", "operator-desa", VILLAGE)
AUDITOR = Actor("auditor", "auditor", "")
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
SECRET = "berkas-rahasia-tercecer-4711"


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=THE_OTHER_PARAMETER),
        pytest.param("postgresql", marks=pytest.mark.postgres),
    ]
)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each test runs on both."""
    request.getfixturevalue("db" if request.param == "sqlite" else "postgres")
    yield request.param


@pytest.fixture
def people(database: str) -> list[uuid.UUID]:
    """Two who live in the village."""
    return residents.of(VILLAGE, count=2)


def give(person: uuid.UUID, by: Actor = OPERATOR, **more: Any) -> consents.Line:
    values = {"purpose": "messages", "channel": "office", "area": VILLAGE, **more}
    return consents.give(by=by, person=person, **values)


def facts(**more: Any) -> Facts:
    return Facts(**{"noticed_at": NOW, "what": SECRET, **more})


@pytest.fixture
def at_now() -> Iterator[Any]:
    with time_machine.travel(NOW + timedelta(hours=1), tick=False) as traveller:
        yield traveller


def test_a_consent_stands_until_it_is_withdrawn_and_names_its_words(people: list[uuid.UUID]) -> None:
    person = people[0]
    line = give(person)
    assert consents.stands(person=person, purpose="messages")
    assert not consents.stands(person=person, purpose="research_contact")
    assert line.text is not None and line.sha256 == line.text.sha256
    consents.withdraw(by=OPERATOR, consent=line.id, channel="letter")
    assert not consents.stands(person=person, purpose="messages")
    events = [event.action for event in ledger.events(subject=str(person))]
    assert events == ["privacy.consent.withdraw", "privacy.consent.give"]


def test_withdrawing_begins_a_clock_that_only_the_officer_stops(people: list[uuid.UUID]) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        line = give(people[0])
        assert consents.to_stop() == []
        consents.withdraw(by=OPERATOR, consent=line.id, channel="office")
        ((number, clock),) = consents.to_stop()
        assert (number, clock.due) == (line.number, NOW + timedelta(hours=72))
        traveller.shift(timedelta(hours=73))
        assert clock.overdue(datetime.now(UTC))
        with pytest.raises(NotAllowed):
            consents.stopped(by=OPERATOR, consent=line.id)
        done = consents.stopped(by=DPO, consent=line.id)
        assert done.clock is not None and done.clock.met_late
        assert consents.to_stop() == []


def test_a_consent_is_given_once_and_withdrawn_once(people: list[uuid.UUID]) -> None:
    person = people[0]
    line = give(person)
    with pytest.raises(errors.ConsentStands, match=line.number):
        give(person)
    with pytest.raises(errors.NotWithdrawn):
        consents.stopped(by=DPO, consent=line.id)
    consents.withdraw(by=OPERATOR, consent=line.id, channel="office")
    with pytest.raises(errors.ConsentEnded):
        consents.withdraw(by=OPERATOR, consent=line.id, channel="office")
    again = give(person)
    assert again.number != line.number
    assert Consent.objects.filter(person=person).count() == 2


def test_no_consent_without_a_text_and_none_outside_ones_area(people: list[uuid.UUID]) -> None:
    with pytest.raises(errors.ConsentUnknown, match="messages"):
        give(people[0], purpose="registration")
    with limited_to(OTHER), pytest.raises(OutsideScope):
        give(people[0])
    line = give(people[0])
    with limited_to(OTHER):
        assert not consents.stands(person=line.person, purpose="messages")
        assert consents.listed(by=DPO) == []
        with pytest.raises(errors.ConsentUnknown):
            consents.withdraw(by=DPO, consent=line.id, channel="office")
    with without_scope(), pytest.raises((ScopeMissing, DatabaseError)), transaction.atomic():
        consents.stands(person=line.person, purpose="messages")


def test_before_a_text_is_in_force_there_is_nothing_to_agree_to(people: list[uuid.UUID]) -> None:
    with time_machine.travel(datetime(2026, 10, 31, tzinfo=UTC)), pytest.raises(errors.ConsentUnknown):
        give(people[0])


def test_a_receipts_code_belongs_to_what_it_says(people: list[uuid.UUID]) -> None:
    line, other = (give(person) for person in people)
    assert consents.genuine(line, f" {line.code.lower()} ")
    assert not consents.genuine(line, other.code)
    Consent.objects.filter(pk=line.id).update(given_at=line.given_at - timedelta(days=1))
    assert consents.get(by=DPO, consent=line.id).code != line.code
    (found,) = consents.listed(by=DPO, number=line.number.lower())
    assert found.id == line.id


def test_who_has_no_part_in_it_may_not(people: list[uuid.UUID]) -> None:
    with pytest.raises(NotAllowed):
        give(people[0], by=AUDITOR)
    with pytest.raises(NotAllowed):
        consents.listed(by=OPERATOR)
    with pytest.raises(NotAllowed):
        breaches.report(by=OPERATOR, facts=facts())
    with pytest.raises(NotAllowed):
        breaches.listed(by=AUDITOR)
    with pytest.raises(NotAllowed):
        assessments.write(by=OPERATOR, content=Content("Uji"))
    assert not Consent.objects.exists() and not Breach.objects.exists()


def test_a_breach_has_two_clocks_and_each_letter_stops_its_own(database: str, at_now: Any) -> None:
    key = breaches.report(by=DPO, facts=facts(areas=("33.02.11", "33.02.12.2001")))
    line = breaches.get(by=DPO, breach=key)
    assert line.area == "33.02"
    assert {to: clock.due for to, clock in line.clocks.items()} == dict.fromkeys(
        ("subjects", "authority"), NOW + timedelta(hours=72)
    )
    breaches.sent(by=DPO, breach=key, to="authority", sent_at=NOW + timedelta(minutes=30), channel="pos")
    line = breaches.get(by=DPO, breach=key)
    assert line.clocks["authority"].met and not line.clocks["subjects"].met
    assert len(breaches.pending()) == 1 and line.open
    at_now.shift(timedelta(hours=72))
    assert line.overdue(datetime.now(UTC))
    breaches.sent(by=DPO, breach=key, to="subjects", sent_at=datetime.now(UTC), channel="surat", reached=12)
    line = breaches.get(by=DPO, breach=key)
    assert not line.open and line.clocks["subjects"].met_late
    assert breaches.pending() == []


def test_the_public_is_told_when_it_must_be(database: str, at_now: Any) -> None:
    key = breaches.report(by=DPO, facts=facts(public_affected=True))
    assert set(breaches.get(by=DPO, breach=key).clocks) == {"subjects", "authority", "public"}


def test_a_correction_is_a_version_and_cannot_win_time(database: str, at_now: Any) -> None:
    key = breaches.report(by=DPO, facts=facts())
    later = facts(noticed_at=NOW + timedelta(minutes=50), how="laptop hilang", people=40)
    assert breaches.correct(by=DPO, breach=key, facts=later, change="jumlah", after_version=1) == 2
    line = breaches.get(by=DPO, breach=key)
    assert line.clocks["subjects"].start == NOW
    assert [version.facts.people for version in line.versions] == [None, 40]
    assert line.versions[0].facts.what == SECRET
    with pytest.raises(errors.VersionTaken):
        breaches.correct(by=DPO, breach=key, facts=later, change="lagi", after_version=1)
    with pytest.raises(errors.BreachIncomplete):
        breaches.correct(by=DPO, breach=key, facts=later, change=" ", after_version=2)
    actions = [event.action for event in ledger.events(subject=str(key))]
    assert actions == ["privacy.breach.read", "privacy.breach.correct", "privacy.breach.report"]


def test_what_a_notice_must_tell_and_is_not_known_is_named(at_now: Any) -> None:
    whole = facts(
        happened_from=NOW - timedelta(days=1), how="x", measures="x", recovery="x", data_classes=("health",)
    )
    assert whole.missing() == []
    for name, empty in (
        ("happened_from", None), ("how", ""), ("measures", ""), ("recovery", ""), ("data_classes", ()),
    ):  # fmt: skip
        assert len(replace(whole, **{name: empty}).missing()) == 1, name
    assert len(facts().missing()) == 5


@pytest.mark.parametrize(
    "wrong",
    [
        {"noticed_at": NOW + timedelta(days=2)},
        {"happened_from": NOW + timedelta(minutes=1)},
        {"happened_to": NOW},
        {"happened_from": NOW, "happened_to": NOW - timedelta(hours=1)},
    ],
)
def test_times_that_cannot_be_are_refused(db: None, at_now: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(errors.ImpossibleTime):
        breaches.report(by=DPO, facts=facts(**wrong))
    assert not Breach.objects.exists()


def test_a_letter_cannot_have_gone_out_before_or_later_than_now(db: None, at_now: Any) -> None:
    key = breaches.report(by=DPO, facts=facts())
    for at in (NOW - timedelta(minutes=1), NOW + timedelta(hours=2)):
        with pytest.raises(errors.ImpossibleTime):
            breaches.sent(by=DPO, breach=key, to="authority", sent_at=at, channel="pos")
    with pytest.raises(errors.BreachIncomplete):
        breaches.sent(by=DPO, breach=key, to="authority", sent_at=NOW, channel=" ")


def test_a_breach_is_seen_only_where_its_whole_area_is_in_scope(database: str, at_now: Any) -> None:
    with limited_to("33.02"):
        key = breaches.report(by=Actor("dpo", "ppdp", "33.02"), facts=facts(areas=("33.02.11",)))
        with pytest.raises(OutsideScope):
            breaches.report(by=DPO, facts=facts(areas=("33.03",)))
        with pytest.raises(OutsideScope):
            breaches.report(by=DPO, facts=facts())
    with limited_to("33.03"):
        assert breaches.listed(by=DPO) == [] == breaches.pending()
        with pytest.raises(errors.BreachNotFound):
            breaches.get(by=DPO, breach=key)
    with limited_to("33.02.11.2001"), pytest.raises(errors.BreachNotFound):
        breaches.get(by=DPO, breach=key)
    assert len(breaches.listed(by=DPO)) == 1


def test_nothing_of_a_register_is_changed_or_deleted(database: str, at_now: Any) -> None:
    key = breaches.report(by=DPO, facts=facts())
    version = BreachVersion.objects.get(breach=key)
    for attempt in (
        version.save,
        version.delete,
        BreachVersion.objects.all().delete,
        lambda: BreachVersion.objects.update(people=0),
        lambda: BreachVersion.objects.bulk_update([version], ["people"]),
        Breach.objects.all().delete,
    ):
        with pytest.raises(errors.Kept):
            attempt()
    assert BreachVersion.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE privacy_breachversion SET people = 0",
        "DELETE FROM privacy_breachversion",
        "DELETE FROM privacy_breach",
        "UPDATE privacy_breachnotice SET channel = ''",
        "DELETE FROM privacy_assessment",
        "TRUNCATE privacy_breach CASCADE",
    ],
)
def test_the_sites_role_has_no_right_to_change_a_register(postgres: str, statement: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(statement)


def test_what_is_written_of_a_breach_does_not_lie_readable(database: str, at_now: Any) -> None:
    breaches.report(by=DPO, facts=facts(how=SECRET + "b", cause=SECRET + "c"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM privacy_breachversion")
        (row,) = cursor.fetchall()
        cursor.execute("SELECT detail, subject FROM ledger_ledgerevent")
        trail = cursor.fetchall()
    everything = b"|".join(
        v if isinstance(v, bytes) else bytes(v) if isinstance(v, memoryview) else str(v).encode() for v in row
    )
    assert SECRET.encode() not in everything
    assert SECRET not in str(trail)


def whole() -> Content:
    return replace(assessments.shipped("id"), advice="Cadangkan kunci terpisah.")


def test_an_assessment_is_signed_only_when_nothing_is_missing(database: str) -> None:
    series = assessments.write(by=DPO, content=assessments.shipped("id"))
    for content, review in ((assessments.shipped("id"), date(2027, 11, 1)), (whole(), None)):
        with pytest.raises(errors.AssessmentIncomplete):
            assessments.write(
                by=DPO,
                content=content,
                series=series,
                after_version=1,
                signed_as="Kepala Dinas",
                review_on=review,
            )
    unjudged = replace(whole(), risks={**whole().risks, "loss": Risk(measures="ada")})
    with pytest.raises(errors.AssessmentIncomplete, match="Data hilang"):
        assessments.write(
            by=DPO,
            content=unjudged,
            series=series,
            after_version=1,
            signed_as="X",
            review_on=date(2027, 1, 1),
        )
    assessments.write(
        by=DPO, content=whole(), series=series, after_version=1, signed_as="Kepala Dinas",
        review_on=date(2027, 11, 1),
    )  # fmt: skip
    line, content, versions = assessments.get(by=DPO, series=series)
    assert (line.version, line.signed_as, len(versions)) == (2, "Kepala Dinas", 2)
    assert content == whole()
    assert line.review_due(date(2027, 11, 1)) and not line.review_due(date(2027, 10, 31))
    first, _, _ = assessments.get(by=DPO, series=series, version=1)
    assert first.signed_as == ""
    with pytest.raises(errors.VersionTaken):
        assessments.write(by=DPO, content=whole(), series=series, after_version=1)


def test_an_assessment_belongs_to_its_area(database: str) -> None:
    with limited_to("33.02"):
        series = assessments.write(by=Actor("d", "ppdp", "33.02"), content=Content("Kabupaten"), area="33.02")
        with pytest.raises(OutsideScope):
            assessments.write(by=DPO, content=Content("Nasional"))
    with limited_to("33.03"):
        assert assessments.listed(by=DPO) == []
        with pytest.raises(errors.AssessmentNotFound):
            assessments.write(by=DPO, content=Content("x"), series=series, after_version=1)


def test_what_was_changed_and_how_it_was_told_lie_sealed_and_get_the_new_key(
    database: str, at_now: Any, tmp_path: Path, settings: Any
) -> None:
    """Append-only tables as well: the exchange of keys is the owner's."""
    settings.KEY_RING = tmp_path / "ring.json"
    place = configured.place()
    ring_file.create(place, now=NOW)
    key = breaches.report(by=DPO, facts=facts())
    breaches.correct(by=DPO, breach=key, facts=facts(people=3), change="Ibu Sri menelepon", after_version=1)
    breaches.sent(by=DPO, breach=key, to="subjects", sent_at=datetime.now(UTC), channel="WA Ibu Sri")

    def stored() -> list[bytes]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT change FROM privacy_breachversion UNION ALL SELECT channel FROM privacy_breachnotice"
            )
            return [bytes(value) for (value,) in cursor.fetchall()]

    def told() -> tuple[list[str], list[str]]:
        line = breaches.get(by=DPO, breach=key)
        return [each.change for each in line.versions], [each.channel for each in line.notices]

    assert len(before := stored()) == 3
    assert not [value for value in before if b"Sri" in value or value[:1] != b"\x01"]
    assert told() == (["", "Ibu Sri menelepon"], ["WA Ibu Sri"])
    ring_file.add_key(place, part="data", now=NOW)
    tables = sealed_tables([BreachVersion, BreachNotice])
    with as_owner(), limited_to(""):
        done = rotation.rotate(place=place, tables=tables)
        assert {use.key_id for use in rotation.usage(tables) if use.place.startswith("privacy_")} == {2}
    assert done.damaged == {} and done.rows == 3
    assert [value[:1] for value in stored()] == [b"\x02"] * 3
    assert told() == (["", "Ibu Sri menelepon"], ["WA Ibu Sri"])
