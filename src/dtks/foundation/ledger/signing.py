"""The key that signs the log's heads, and the log's lasting name."""

from __future__ import annotations

import base64
import secrets

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.utils import timezone

from dtks.foundation.ledger.models import LedgerKey
from dtks.foundation.ledger.transparency.notes import Signer, Verifier


def signer() -> Signer:
    """The newest key; made, with the log's name, when there is none. Call under the sequencer's lock."""
    found = LedgerKey.objects.order_by("-id").first() or _make()
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(found.secret))
    return Signer(found.origin, private)


def verifiers() -> list[Verifier]:
    """The public keys of this log, the newest first; none before the first event was taken up."""
    known = LedgerKey.objects.order_by("-id").values_list("verifier", flat=True)
    return [Verifier.parse(text) for text in known]


def _make() -> LedgerKey:
    # Two installations must never bear one name: a witness would take them for one log that lies.
    origin = settings.LEDGER_ORIGIN or f"dtks.invalid/{secrets.token_hex(8)}"
    private = Ed25519PrivateKey.generate()
    made = LedgerKey(
        origin=origin,
        verifier=str(Signer(origin, private).verifier),
        secret=base64.b64encode(private.private_bytes_raw()).decode(),
        made_at=timezone.now(),
    )
    made.save(force_insert=True)
    return made
