from django.apps import AppConfig
from django.db.models.signals import post_migrate


class VaultConfig(AppConfig):
    name = "dtks.foundation.vault"

    def ready(self) -> None:
        from dtks.foundation.vault import rotation
        from dtks.foundation.vault.known import after_migrate
        from dtks.foundation.vault.sessions import StoredSessions

        post_migrate.connect(after_migrate, sender=self, dispatch_uid="vault.ring")
        rotation.holders.append(StoredSessions())
