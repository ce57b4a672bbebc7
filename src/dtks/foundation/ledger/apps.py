from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "dtks.foundation.ledger"
    label = "ledger"
