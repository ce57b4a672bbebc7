from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "dtks.foundation.privacy"
    label = "privacy"
