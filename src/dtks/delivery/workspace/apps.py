"""Django's entry for the step."""

from django.apps import AppConfig


class WorkspaceConfig(AppConfig):
    name = "dtks.delivery.workspace"
    label = "workspace"
