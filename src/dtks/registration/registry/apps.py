from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

# How indexes are built again is noted whenever they may have changed: see migration 0003.
_NOTE = """
INSERT INTO registry_index_definition (name, definition)
SELECT i.indexname, i.indexdef FROM pg_indexes i
WHERE i.schemaname = 'public' AND i.tablename LIKE 'registry\\_%%'
AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)
ON CONFLICT (name) DO UPDATE SET definition = excluded.definition
"""


class RegistryConfig(AppConfig):
    name = "dtks.registration.registry"
    label = "registry"

    def ready(self) -> None:
        post_migrate.connect(_note_indexes, sender=self)


def _note_indexes(using: str, **_: Any) -> None:
    from django.db import connections

    connection = connections[using]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_NOTE)
