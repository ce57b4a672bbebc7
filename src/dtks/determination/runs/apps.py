"""Django's entry for the step."""

from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "dtks.determination.runs"
    label = "runs"

    def ready(self) -> None:
        from dtks.registration.registry import actions as registry

        # Who moves takes the results along: the officers of the new village go on from them.
        registry.follow("families", table="runs_familyresult", column="family")
