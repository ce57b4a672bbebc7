"""Django's entry for the step."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "dtks.foundation.ui"
    label = "ui"
