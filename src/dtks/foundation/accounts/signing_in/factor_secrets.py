"""Secrets of second factors (an app's, the seed of recovery codes), sealed inside allauth's JSON column."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from dtks.foundation.vault import cipher, configured
from dtks.foundation.vault.ring import KeyRing

LABEL = "accounts.authenticator.secret"
"""Under which they are sealed; never changed."""
_NAMES = ("secret", "seed")


def seal(secret: str) -> str:
    """The secret as the column holds it."""
    sealed = cipher.seal_free(secret.encode("ascii"), column=LABEL, ring=configured.ring())
    return base64.b64encode(sealed).decode("ascii")


def unseal(held: str) -> str:
    """The secret that was sealed. Raises VaultError when it does not open."""
    opened = cipher.unseal_free(base64.b64decode(held), column=LABEL, ring=configured.ring())
    return opened.decode("ascii")


class FactorSecrets:
    """All of them, as a holder for `vault.rotation`."""

    name = "faktor kedua"

    def usage(self) -> dict[int, int]:
        """Number of a data key → secrets sealed with it."""
        return dict(Counter(number for _, data in self._rows() for number in _keys_of(data).values()))

    def renew(self, ring: KeyRing) -> int:
        """Seal the secrets of older keys with the active one. Returns how many were changed."""
        old = [pk for pk, data in self._rows() if set(_keys_of(data).values()) - {ring.active}]
        return sum(_renew(pk, ring) for pk in old)

    def _rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        with_secret = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN)
        yield from with_secret.order_by("pk").values_list("pk", "data").iterator()


def _keys_of(data: dict[str, Any]) -> dict[str, int]:
    """Which key each secret of a factor is sealed with."""
    return {name: cipher.key_id(base64.b64decode(data[name])) for name in _NAMES if name in data}


@transaction.atomic
def _renew(pk: int, ring: KeyRing) -> int:
    # Under a lock: a recovery code that is used at this moment must stay used.
    row = Authenticator.objects.select_for_update().filter(pk=pk).first()
    old = [name for name, key in _keys_of(row.data).items() if key != ring.active] if row is not None else []
    for name in old:
        row.data[name] = seal(unseal(row.data[name]))
    if old:
        row.save(update_fields=["data"])
    return len(old)
