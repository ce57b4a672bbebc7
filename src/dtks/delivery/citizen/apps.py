"""Django's entry for the step."""

from django.apps import AppConfig


class CitizenConfig(AppConfig):
    name = "dtks.delivery.citizen"
    label = "citizen"
