from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "dtks.foundation.accounts"
    label = "accounts"

    def ready(self) -> None:
        from dtks.foundation.accounts.signing_in.factor_secrets import FactorSecrets
        from dtks.foundation.vault import rotation

        # Second factors are sealed in a table of allauth's: keys are not removed while they use them.
        rotation.holders.append(FactorSecrets())
