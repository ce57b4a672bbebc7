"""The institutions whose own sign-in (OpenID Connect) opens accounts here: DTKS_HOME/oidc.json.

    [{"id": "dinsos-jateng", "name": "Dinas Sosial Jawa Tengah", "server":
    "https://sso.example.go.id/realms/asn",
      "client_id": "dtks", "client_secret": "…", "claim": "sub", "second_factor": ["mfa", "otp"]}]

``claim``: what the prepared account is found by ('sub', or another claim that the institution never gives to
a second person). ``second_factor``: values of `amr` or `acr` that count as a second factor; none unless
named.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.http import HttpRequest

from dtks.foundation.accounts.signing_in.entering import INSTITUTION
from dtks.foundation.accounts.signing_in.errors import InstitutionsUnreadable
from dtks.foundation.accounts.signing_in.showing import has_factor

logger = logging.getLogger(__name__)
_REQUIRED = ("id", "name", "server", "client_id", "client_secret")
_OPTIONAL = {"claim": "sub", "second_factor": []}
_LOCAL = ("http://127.0.0.1:", "http://localhost:")


@dataclass(frozen=True, slots=True)
class Institution:
    """One institution. ``id`` stands in addresses: letters, digits, hyphens."""

    id: str
    name: str
    server: str
    client_id: str
    client_secret: str
    claim: str = "sub"
    second_factor: tuple[str, ...] = ()

    def app(self) -> SocialApp:
        """As allauth wants it; never stored."""
        return SocialApp(
            provider="openid_connect",
            provider_id=self.id,
            name=self.name[:40],
            client_id=self.client_id,
            secret=self.client_secret,
            settings={"server_url": self.server, "oauth_pkce_enabled": True, "scope": ["openid"]},
        )

    def counts(self, claims: dict[str, Any]) -> bool:
        """Whether the institution says that a factor was shown which counts here."""
        methods = claims.get("amr")
        said = {str(each) for each in methods} if isinstance(methods, list) else set()
        return bool(said.union({str(claims.get("acr", ""))}).intersection(self.second_factor))


def file() -> Path:
    """Where they are written down."""
    return Path(getattr(settings, "OIDC_FILE", "") or Path(settings.HOME) / "oidc.json")


def known() -> tuple[Institution, ...]:
    """The institutions, in the order of the file; none without it. Raises InstitutionsUnreadable."""
    path = file()
    try:
        stat = path.stat()
    except FileNotFoundError:
        return ()
    return _read(path, stat.st_mtime_ns, stat.st_size)


def offered() -> tuple[Institution, ...]:
    """Those that can be offered for signing in. A broken file is told in the log: it must not keep everybody
    else out."""
    try:
        return known()
    except InstitutionsUnreadable as error:
        logger.error("%s", error)
        return ()


def by_id(id: str) -> Institution | None:
    """The institution with this id, when it can be offered."""
    return next((each for each in offered() if each.id == id), None)


def counted_for(request: HttpRequest) -> Institution | None:
    """The institution that must be asked again for a factor: one signed in there and has none here."""
    found = by_id(str(request.session.get(INSTITUTION, "")))
    if found is None or not found.second_factor or has_factor(request.user):
        return None
    return found


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int, _size: int) -> tuple[Institution, ...]:
    try:
        given = json.loads(path.read_text("utf-8"))
        if not isinstance(given, list):
            raise TypeError("[…]")
        return tuple(_institution(each) for each in given)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise InstitutionsUnreadable(file=str(path), reason=str(error) or type(error).__name__) from None


def _institution(given: dict[str, Any]) -> Institution:
    if missing := [name for name in _REQUIRED if not isinstance(given.get(name), str) or not given[name]]:
        raise ValueError(", ".join(missing))
    if unknown := sorted(set(given) - {*_REQUIRED, *_OPTIONAL}):
        raise ValueError(", ".join(unknown))
    if not all(part.isalnum() and part.isascii() for part in given["id"].split("-")) or len(given["id"]) > 40:
        raise ValueError(f"id: {given['id']}")
    if not given["server"].startswith(("https://", *_LOCAL)):
        raise ValueError(f"server: {given['server']}")
    values = {name: given.get(name, default) for name, default in _OPTIONAL.items()}
    return Institution(
        **{name: given[name] for name in _REQUIRED},
        claim=str(values["claim"]),
        second_factor=tuple(str(each) for each in values["second_factor"]),
    )
