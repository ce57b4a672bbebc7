"""OpenID Connect towards one institution: allauth's code flow with PKCE and state, made strict.

Added to it: a nonce, the signature checked by the institution's published keys (RS256 alone), the identity
token's age, and that the user information is about the same subject.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Any
from urllib.parse import urlsplit

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.utils import build_absolute_uri
from django.http import HttpRequest
from django.urls import reverse

NONCE = "accounts_oidc_nonce"
"""Session key: the nonce of the request to the institution that is under way."""
ALGORITHMS = ("RS256",)
LEEWAY_SECONDS = 60


class InstitutionAdapter(OpenIDConnectOAuth2Adapter):
    """The talk with the institution's server."""

    @property
    def openid_config(self) -> dict[str, Any]:
        config: dict[str, Any] = super().openid_config
        server = urlsplit(self.get_provider().app.settings["server_url"])
        issuer = urlsplit(str(config.get("issuer", "")))
        # The keys are read from where the document says: it must be the institution's own document.
        if (issuer.scheme, issuer.netloc) != (server.scheme, server.netloc):
            raise OAuth2Error("the issuer is not the configured server")
        return config

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        path = reverse("accounts:institution_back", kwargs={"id": self.provider_id})
        return str(build_absolute_uri(request, path))

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        raw = kwargs["response"].get("id_token")
        if not isinstance(raw, str):
            raise OAuth2Error("no identity token")
        claims = self._decode_id_token(app, raw)
        about = self._fetch_user_info(token.token)
        if about.get("sub") != claims["sub"]:
            raise OAuth2Error("the user information is about somebody else")
        return self.get_provider().sociallogin_from_response(request, {"userinfo": about, "id_token": claims})

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        """The claims of a token that is signed by the institution, for us, now, in answer to our request.

        Raises:
            OAuth2Error: any of that does not hold.
        """
        nonce = self.request.session.pop(NONCE, "")
        try:
            claims: dict[str, Any] = jwt.decode(
                id_token,
                key=self._key(jwt.get_unverified_header(id_token).get("kid")),
                algorithms=list(ALGORITHMS),
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise OAuth2Error("the identity token does not hold") from error
        if not nonce or not hmac.compare_digest(str(claims.get("nonce", "")), nonce):
            raise OAuth2Error("the identity token answers another request")
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != app.client_id:
            raise OAuth2Error("the identity token is for another party")
        return claims

    def _key(self, kid: object) -> Any:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        found = [key for key in keys if key.key_id == kid and key.public_key_use in (None, "sig")]
        if len(found) != 1:
            raise OAuth2Error("the key of the identity token is not published")
        return found[0].key


class InstitutionProvider(OpenIDConnectProvider):
    """One institution as allauth's provider. It keeps nothing of what it learns."""

    oauth2_adapter_class = InstitutionAdapter

    def get_callback_url(self) -> str:
        return reverse("accounts:institution_back", kwargs={"id": self.app.provider_id})

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        # In memory alone: the account is never stored (see adapter.SocialAdapter).
        return data

    def extract_uid(self, data: dict[str, Any]) -> str:
        return str(data["id_token"]["sub"])

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []

    def start(self, request: HttpRequest, *, next_url: str, again: bool) -> Any:
        """The way to the institution. ``again``: it must ask the person anew, whoever is signed in there."""
        request.session[NONCE] = secrets.token_urlsafe(24)
        asked = {"nonce": request.session[NONCE]}
        if again:
            asked.update(prompt="login", max_age="0")
        return self.redirect(request, process="login", next_url=next_url or None, auth_params=asked)
