"""Secrets of code apps, sealed inside allauth's JSON column. (Of recovery codes there are only hashes.)"""

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
        return dict(Counter(_key_of(data) for _, data in self._rows()))

    def renew(self, ring: KeyRing) -> int:
        """Seal the secrets of older keys with the active one. Returns how many were changed."""
        old = [pk for pk, data in self._rows() if _key_of(data) != ring.active]
        return sum(_renew(pk, ring) for pk in old)

    def _rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        with_secret = Authenticator.objects.filter(type=Authenticator.Type.TOTP)
        yield from with_secret.order_by("pk").values_list("pk", "data").iterator()


def _key_of(data: dict[str, Any]) -> int:
    """Which key the secret of an app is sealed with."""
    return cipher.key_id(base64.b64decode(data["secret"]))


@transaction.atomic
def _renew(pk: int, ring: KeyRing) -> int:
    # Under a lock: an app that is taken away or set up anew at this moment stays so.
    row = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if row is None or _key_of(row.data) == ring.active:
        return 0
    row.data["secret"] = seal(unseal(row.data["secret"]))
    row.save(update_fields=["data"])
    return 1
