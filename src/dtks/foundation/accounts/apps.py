from pathlib import Path

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "dtks.foundation.accounts"
    label = "accounts"

    def ready(self) -> None:
        from django.conf import settings

        from dtks.foundation.accounts.signing_in.factor_secrets import FactorSecrets
        from dtks.foundation.vault import files, rotation

        # Second factors are sealed in a table of allauth's: keys are not removed while they use them.
        rotation.holders.append(FactorSecrets())
        for what, folder in (("pesan", "outbox"), ("daftar petugas", "pending-officers")):
            rotation.holders.append(files.SealedFolder(what, Path(settings.HOME) / folder))
