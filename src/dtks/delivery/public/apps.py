"""Django's entry for the step."""

from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "dtks.delivery.public"
    label = "public"
