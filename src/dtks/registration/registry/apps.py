"""Django's entry for the step."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RegistryConfig(AppConfig):
    name = "dtks.registration.registry"
    label = "registry"

    def ready(self) -> None:
        from dtks.registration.registry.bulk.moves import follow

        post_migrate.connect(_note_indexes, sender=self)
        # Consents stand on the floor below and know no register: they are found by the person's key.
        follow("people", table="privacy_consent", column="person")


def _note_indexes(using: str, **_: Any) -> None:
    from django.db import connections

    from dtks.registration.registry.bulk import indexes

    indexes.note(connections[using])
