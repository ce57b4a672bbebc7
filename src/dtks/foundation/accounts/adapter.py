"""What django-allauth asks this project: nobody registers by themselves, secrets are sealed, no page of its
own.

Named in the settings ACCOUNT_ADAPTER, MFA_ADAPTER, SOCIALACCOUNT_ADAPTER.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from dtks.foundation.accounts.signing_in import factor_secrets


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by those who manage them, and by citizens' codes."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        # The pages say it themselves (`entrance.requires(step_up=…)`).
        return False


class MfaAdapter(DefaultMFAAdapter):
    """Second factors. Secrets of code apps lie sealed in allauth's table."""

    error_messages = {  # noqa: RUF012 - allauth reads it so, nobody changes it
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("Kode tidak cocok. Tunggu kode berikutnya, lalu coba lagi."),
    }

    def encrypt(self, text: str) -> str:
        return factor_secrets.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return factor_secrets.unseal(encrypted_text)

    def get_totp_label(self, user: Any) -> str:
        return _known_as(user)

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return {**entity, "name": _known_as(user), "display_name": _known_as(user)}

    def get_totp_issuer(self) -> str:
        return "DTKS"

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Kunci keamanan {number}").format(number=count + 1)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "DTKS"}


def _known_as(user: Any) -> str:
    """By what somebody knows the account in an app: a citizen's sign-in name is random and says nothing."""
    citizen = user.kind == user.Kind.CITIZEN
    return str(user.name) if citizen and user.name else str(user.username)


class SocialAdapter(DefaultSocialAccountAdapter):
    """Sign-in at an institution. Nothing that it says about a person is stored."""

    def get_requests_session(self) -> Any:
        session = super().get_requests_session()
        # An institution answers from its own address, or not at all.
        session.max_redirects = 0
        return session

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: Any) -> Any:
        return sociallogin.user

    def list_apps(self, request: Any, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        from dtks.foundation.accounts.signing_in import institutions

        return [each.app() for each in institutions.offered() if provider in (None, each.id)]

    def get_provider(self, request: HttpRequest, provider: Any, client_id: Any = None) -> Any:
        from dtks.foundation.accounts.signing_in.oidc import InstitutionProvider

        return InstitutionProvider(request, app=self.get_app(request, provider))

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """The institution has said who it is: from here on it goes our way, never on to a registration."""
        from dtks.foundation.accounts.signing_in import pages_institutions

        raise ImmediateHttpResponse(pages_institutions.signed_in_there(request, sociallogin))

    def on_authentication_error(self, request: HttpRequest, provider: Any, **_: Any) -> None:
        from dtks.foundation.accounts.signing_in import pages_institutions

        raise ImmediateHttpResponse(pages_institutions.failed(request))
