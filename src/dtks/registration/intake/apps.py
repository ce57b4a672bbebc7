from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "dtks.registration.intake"
    label = "intake"
