"""Django's entry for the step."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "dtks.registration.registry"
    label = "registry"
