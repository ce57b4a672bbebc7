"""Django's entry for the step."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "dtks.delivery.audit"
    label = "audit"
