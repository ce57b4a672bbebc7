"""Django's entry for the step."""

from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "dtks.determination.runs"
    label = "runs"
