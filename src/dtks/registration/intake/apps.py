from pathlib import Path

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "dtks.registration.intake"
    label = "intake"

    def ready(self) -> None:
        from django.conf import settings

        from dtks.foundation.vault import files, rotation

        rotation.holders.append(files.SealedFolder("berkas impor", Path(settings.HOME) / "uploads"))
