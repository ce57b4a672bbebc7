"""No column is unclassified, no personal table without an area, and the record of processing says so."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import models

from dtks.foundation.accounts.roles import ROLES, Permission
from dtks.foundation.privacy import classification, elsewhere, files, processing, shredding
from dtks.foundation.privacy.domain import (
    CLASSES,
    Clock,
    DataClass,
    Protection,
    Sort,
    common_area,
    risk_level,
)
from dtks.foundation.privacy.errors import PrivacyFileError, Unclassified, WrongDeclaration
from dtks.foundation.vault.spec import IndexSpec, SealedSpec


def table(name: str) -> classification.Table:
    return next(each for each in classification.classified().tables if each.name == name)


def column(name: str, of: str) -> classification.Column:
    return next(each for each in table(of).columns if each.name == name)


def test_every_column_of_every_table_is_classified_and_nothing_is_wrong() -> None:
    assert [str(problem) for problem in classification.classified().problems] == []


def test_the_classification_covers_what_the_database_has() -> None:
    """Counted without the classification's own walk: over every model's own columns."""
    own = {
        (model._meta.db_table, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_concrete_fields
    }
    found = {(t.name, c.name) for t in classification.classified().tables for c in t.columns}
    assert found == own


@pytest.fixture
def one_more_table(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A model that appears in an app, and what its step says of it."""
    said: dict[str, Any] = {}

    def add(entry: dict[str, Any] | None, **fields: models.Field[Any, Any]) -> list[Exception]:
        attributes = {**fields, "__module__": __name__, "Meta": type("Meta", (), {"app_label": "areas"})}
        model = type("Stray", (models.Model,), attributes)
        everything = apps.get_models(include_auto_created=True)
        others = [each for each in everything if each is not model]
        monkeypatch.setattr(apps, "get_models", lambda **_: [*others, model])
        if entry is not None:
            said["areas.stray"] = entry
            monkeypatch.setattr(elsewhere, "TABLES", {**elsewhere.TABLES, **said})
        classification.classified.cache_clear()
        known = {str(p) for p in before}
        return [p for p in classification.classified().problems if str(p) not in known]

    before = classification.classified().problems
    yield add
    monkeypatch.undo()
    apps.all_models["areas"].pop("stray", None)
    apps.clear_cache()
    classification.classified.cache_clear()


ENTRY = {
    "holds": ("Sesuatu", "Something"),
    "purposes": ("registration",),
    "retention": "reference",
    "read_by": ("family.read",),
    "columns": {"identification": "name"},
}


def test_a_new_table_must_be_declared(one_more_table: Any) -> None:
    (problem,) = one_more_table(None, name=models.CharField(max_length=10))
    assert isinstance(problem, Unclassified)
    assert "areas_stray" in str(problem)


def test_a_new_column_must_be_classified(one_more_table: Any) -> None:
    entry = {**ENTRY, "unscoped": ("Uji", "Test")}
    (problem,) = one_more_table(entry, name=models.TextField(), phone=models.TextField())
    assert isinstance(problem, Unclassified)
    assert "areas_stray.phone" in str(problem)


def test_personal_data_have_an_area_or_a_reason(one_more_table: Any) -> None:
    (problem,) = one_more_table(ENTRY, name=models.TextField())
    assert isinstance(problem, WrongDeclaration)
    assert "area scope" in str(problem)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"columns": {"identification": "name", "contact": "name"}}, "declared twice"),
        ({"columns": {"identification": "name gone"}}, "no such column"),
        ({"columns": {"unheard": "name"}}, "unknown class"),
        ({"columns": {"contact": "name"}}, "must be sealed"),
        ({"purposes": ("whim",)}, "unknown purpose"),
        ({"purposes": ()}, "without a purpose"),
        ({"retention": "for ever"}, "unknown retention"),
        ({"readable": ("Uji", "Test")}, "nothing lies readable"),
        ({"extra": 1}, "unknown: extra"),
    ],
)
def test_a_declaration_that_cannot_be_is_found(
    one_more_table: Any, change: dict[str, Any], told: str
) -> None:
    problems = one_more_table({**ENTRY, "unscoped": ("Uji", "Test"), **change}, name=models.TextField())
    assert any(told in str(problem) for problem in problems), problems


def test_what_follows_from_the_models_needs_no_word() -> None:
    assert column("chronic_illness", "registry_personhealth").data_class is DataClass.HEALTH
    assert column("ppks_group", "registry_personspecial").data_class is DataClass.VULNERABILITY
    assert column("sex", "registry_persondemographics").data_class is DataClass.IDENTIFICATION
    assert column("person", "registry_personhealth").data_class is DataClass.KEY
    assert column("monthly_income", "registry_livelihood").data_class is DataClass.FINANCIAL
    assert CLASSES[DataClass.HEALTH].sort is CLASSES[DataClass.FINANCIAL].sort is Sort.SPECIFIC


def test_a_number_is_sealed_and_its_index_is_of_its_class() -> None:
    nik, index = column("nik", "accounts_account"), column("nik_index", "accounts_account")
    assert (nik.data_class, nik.protection) == (DataClass.IDENTITY_NUMBER, Protection.SEALED)
    assert (index.data_class, index.protection) == (DataClass.IDENTITY_NUMBER, Protection.INDEX)


def test_what_is_sealed_in_the_models_counts_as_sealed_and_nothing_else() -> None:
    """The protection is read off the fields, but for what a step says of a library's column."""
    for model in apps.get_models():
        if not model.__module__.startswith("dtks."):
            continue
        for field in model._meta.local_concrete_fields:
            spec, found = getattr(field, "sealed", None), column(field.name, model._meta.db_table).protection
            assert (found is Protection.SEALED) == isinstance(spec, SealedSpec), field
            assert (found is Protection.INDEX) == isinstance(spec, IndexSpec), field


def test_who_reads_health_is_whoever_the_table_of_roles_lets() -> None:
    readers = {role.id for role in table("registry_personhealth").readers(DataClass.HEALTH)}
    both = {Permission.FAMILY_READ, Permission.HEALTH_READ}
    wanted = {role.id for role in ROLES.values() if both <= role.permissions}
    assert readers == wanted
    assert "operator-desa" not in readers and "pendata" in readers
    assert table("accounts_account").readers(DataClass.AUTHENTICATOR) == []


def test_the_pages_mask_what_the_classification_says_and_nothing_else() -> None:
    """The record of processing names who sees a class unmasked: the pages ask for the same permission."""
    from dtks.delivery.workspace import masking
    from dtks.registration.registry import dictionary

    for variable in dictionary.variables():
        needed = column(variable.name, variable.table).info.permission
        cover = masking.covers().get(variable.name)
        assert (cover.permission if cover else None) == needed, variable.name


def test_every_purpose_is_recorded_with_its_data_and_periods() -> None:
    found = {activity.purpose.id: activity for activity in processing.activities()}
    assert list(found) == list(files.purposes())
    registration = found["registration"]
    assert registration.specific
    health = next(e for e in registration.entries if e.data_class is DataClass.HEALTH)
    assert "registry_personhealth" in health.tables and "Pendata lapangan" in health.roles_id
    assert "registry.superseded" in [each.id for each in registration.retentions]


def test_every_retention_with_an_end_is_carried_out_or_says_why_not() -> None:
    carried = set(shredding.shredders())
    for each in files.retentions().values():
        assert not each.ends or (each.id in carried) != (each.not_carried_out is not None), each.id
        assert each.ends or each.id not in carried, each.id


def test_every_law_that_a_purpose_names_is_in_the_table_of_laws() -> None:
    from django.conf import settings

    from dtks.determination.targeting.rules import laws

    known = laws.load(settings.PROJECT_ROOT / "parameters" / "laws.yaml")
    for purpose in files.purposes().values():
        assert set(purpose.reference) <= set(known), purpose.id


def test_a_consent_text_that_was_changed_is_refused(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = (files.folder() / "consents.yaml").read_text(encoding="utf-8")
    changed = kept.replace("lima tahun", "enam tahun", 1)
    assert changed != kept
    for name in ("purposes.yaml", "consents.yaml"):
        text = changed if name == "consents.yaml" else (files.folder() / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(files, "folder", lambda: tmp_path)
    files.consent_texts.cache_clear()
    try:
        with pytest.raises(PrivacyFileError, match="sha256"):
            files.consent_texts()
    finally:
        files.consent_texts.cache_clear()


def test_the_assessment_that_is_shipped_answers_everything_but_the_officers_part() -> None:
    from dtks.foundation.privacy import assessments

    for language in ("id", "en"):
        content = assessments.shipped(language)
        assert content.missing() == ["saran pejabat pelindungan data pribadi"]
        assert set(content.risks) == {id_ for id_, _ in files.questionnaire().risks}


def test_levels_of_risk_and_the_area_that_holds_others() -> None:
    assert [risk_level(1, 4)[1], risk_level(3, 3)[1], risk_level(2, 5)[1], risk_level(3, 5)[1]] == [
        "low", "medium", "high", "very high",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="1 to 5"):
        risk_level(0, 3)
    assert common_area(["32.01.01.2001", "32.01.02"]) == "32.01"
    assert common_area(["32.01", "11.02"]) == "" == common_area([])


def test_the_clock_ends_after_72_hours_to_the_minute() -> None:
    from datetime import UTC, datetime, timedelta

    start = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    clock = Clock(start)
    assert clock.due == start + timedelta(hours=72)
    assert not clock.overdue(clock.due)
    assert clock.overdue(clock.due + timedelta(seconds=1))
    assert (clock.hours_left(start), clock.hours_left(clock.due - timedelta(minutes=1))) == (72, 0)
    assert clock.hours_left(clock.due + timedelta(minutes=1)) == -1
    assert Clock(start, clock.due).met_late is False
    assert Clock(start, clock.due + timedelta(seconds=1)).met_late is True
    assert not Clock(start, start).overdue(clock.due + timedelta(days=9))
