"""Sealed fields, blind indexes and sessions on both databases: plain in code, sealed in the table."""

from __future__ import annotations

import base64
import uuid
import zlib
from collections.abc import Iterator

import pytest
from django.apps.registry import Apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.exceptions import FieldError
from django.db import connection, migrations, models
from django.db.migrations.writer import MigrationWriter
from tests.fixtures.database import THE_OTHER_PARAMETER

from dtks.foundation.scope.installing import as_owner
from dtks.foundation.vault import blind, configured
from dtks.foundation.vault.errors import ValueDamaged
from dtks.foundation.vault.fields import BlindIndex, SealedJSON, SealedText
from dtks.foundation.vault.spec import IndexSpec, SealedSpec

NIK = "3201019001800001"
NOTE = "Penyakit jantung"


class Person(models.Model):
    """A table that only these tests have."""

    nik = SealedText(label="test.person.nik", null=True)
    nik_index = BlindIndex(kind="nik", source="nik", null=True)
    answers = SealedJSON(label="test.person.answers", default=dict)
    note = SealedText(label="test.person.note", blank=True, default="")

    class Meta:
        app_label = "vault_tests"
        apps = Apps()


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=[pytest.mark.django_db(transaction=True), THE_OTHER_PARAMETER]),
        pytest.param("postgres", marks=pytest.mark.postgres),
    ]
)
def table(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.param == "postgres":
        request.getfixturevalue("postgres")
    with as_owner(), connection.schema_editor() as editor:
        editor.create_model(Person)
        if connection.vendor == "postgresql":
            editor.execute("GRANT ALL ON vault_tests_person TO PUBLIC")
            editor.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO PUBLIC")
    yield
    with as_owner(), connection.schema_editor() as editor:
        editor.delete_model(Person)


def raw(column: str) -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM vault_tests_person ORDER BY id")
        return [bytes(value) if isinstance(value, memoryview) else value for (value,) in cursor.fetchall()]


def person(**changed: object) -> Person:
    index = uuid.UUID(bytes=blind.blind_index(NIK, kind="nik", ring=configured.ring()))
    return Person(
        **{"nik": NIK, "nik_index": index, "answers": {"catatan": [NOTE, None, 1]}, "note": NOTE, **changed}
    )


def test_plain_in_code_and_sealed_in_the_table(table: None) -> None:
    person().save()
    Person.objects.bulk_create([person(), person(nik=None, nik_index=None, note="")])
    first, second, third = Person.objects.order_by("id")
    for found in (first, second):
        assert (found.nik, found.answers, found.note) == (NIK, {"catatan": [NOTE, None, 1]}, NOTE)
    assert (third.nik, third.note) == (None, "")
    niks, notes = raw("nik"), raw("note")
    assert niks[2] is None
    assert niks[0] != niks[1]
    for value in [*niks[:2], *notes, *raw("answers")]:
        assert isinstance(value, bytes)
        assert value[0] == configured.ring().active
        for plain in (NIK, NOTE, "catatan"):
            assert plain.encode() not in value
    assert list(Person.objects.order_by("id").values_list("nik", flat=True)) == [NIK, NIK, None]


def test_updates_seal_too(table: None) -> None:
    one = person()
    one.save()
    Person.objects.update(note="Diubah")
    assert Person.objects.get().note == "Diubah"
    one.note, one.answers = "Lagi", [1]
    Person.objects.bulk_update([one], ["note", "answers"])
    found = Person.objects.get()
    assert (found.note, found.answers) == ("Lagi", [1])
    assert b"Lagi" not in raw("note")[0]


def test_only_presence_can_be_asked(table: None) -> None:
    person().save()
    person(nik=None).save()
    assert Person.objects.filter(nik__isnull=True).count() == 1
    for question in ({"nik": NIK}, {"nik__in": [NIK]}, {"note__contains": "a"}, {"answers__catatan": 1}):
        with pytest.raises(FieldError):
            Person.objects.filter(**question).count()


def test_the_blind_index_finds(table: None) -> None:
    person().save()
    person(nik_index=uuid.uuid4()).save()
    wanted = blind.index_candidates("3201 0190 0180 0001", kind="nik", ring=configured.ring())
    assert Person.objects.filter(nik_index__in=wanted).count() == 1


def test_a_value_moved_to_another_column_does_not_open(table: None) -> None:
    person().save()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE vault_tests_person SET note = nik")
    with pytest.raises(ValueDamaged, match=r"test\.person\.note"):
        Person.objects.get()


def test_fields_are_written_into_migrations_as_they_are() -> None:
    migration = migrations.Migration("0001_x", "vault_tests")
    fields = [(field.name, field.clone()) for field in Person._meta.local_fields]
    migration.operations = [migrations.CreateModel("Person", fields)]
    text = MigrationWriter(migration).as_string()
    assert "dtks.foundation.vault.fields.SealedText(label='test.person.nik', null=True)" in text
    assert "dtks.foundation.vault.fields.BlindIndex(kind='nik', null=True, source='nik')" in text
    assert Person._meta.get_field("nik").clone().sealed == SealedSpec(label="test.person.nik")
    assert Person._meta.get_field("nik_index").clone().sealed == IndexSpec(kind="nik", source="nik")


@pytest.mark.django_db
def test_sessions_hold_no_readable_text(settings: object) -> None:
    settings.SESSION_SERIALIZER = "dtks.foundation.vault.sessions.SealedSerializer"
    store = SessionStore()
    store["nik"] = NIK
    store["search"] = "Siti " * 200  # long enough for Django to compress it
    store.save()
    assert SessionStore(store.session_key)["nik"] == NIK
    row = Session.objects.get()
    assert row.get_decoded()["search"].startswith("Siti")
    body = row.session_data.split(":")[0]
    packed = base64.urlsafe_b64decode(body.lstrip(".") + "=" * (-len(body.lstrip(".")) % 4))
    text = zlib.decompress(packed) if body.startswith(".") else packed
    assert NIK.encode() not in text
    assert b"Siti" not in text
    assert text[0] == configured.ring().active


@pytest.mark.django_db
def test_a_session_that_does_not_open_is_empty(settings: object) -> None:
    settings.SESSION_SERIALIZER = "dtks.foundation.vault.sessions.SealedSerializer"
    store = SessionStore()
    store["a"] = 1
    store.save()
    Session.objects.update(session_data=Session.objects.get().session_data[:-3] + "abc")
    assert dict(SessionStore(store.session_key).items()) == {}
