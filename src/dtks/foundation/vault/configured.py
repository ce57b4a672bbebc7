"""The key ring of this installation, as Django's settings name it."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from dtks.foundation.vault import ring_file
from dtks.foundation.vault.kms import KmsSource
from dtks.foundation.vault.ring import KeyRing


def place() -> ring_file.Place:
    """Where the ring lies (KEY_RING, else HOME/keys/ring.json) and who keeps its keys (KMS_URL, KMS_KEY,
    KMS_TOKEN_FILE; without a URL the file itself)."""
    path = getattr(settings, "KEY_RING", None) or Path(settings.HOME) / "keys" / "ring.json"
    address = getattr(settings, "KMS_URL", "")
    if not address:
        return ring_file.Place(Path(path))
    token_file = getattr(settings, "KMS_TOKEN_FILE", "")
    kms = KmsSource(
        address=address,
        key=getattr(settings, "KMS_KEY", ""),
        token_file=Path(token_file) if token_file else None,
    )
    return ring_file.Place(Path(path), kms)


def ring() -> KeyRing:
    """The ring as it is now; a change of its file is noticed. Ask once a task, not once a value.

    Raises:
        RingMissing, RingUnreadable, KmsUnreachable, KmsRefused, KmsNotSet.
    """
    return ring_file.current(place())
