"""The keys that a database knows, against the ring: a lost or foreign ring is found before it does harm."""

from __future__ import annotations

import datetime
from typing import Any

from dtks.foundation.vault import configured, ring_file
from dtks.foundation.vault.errors import KeyMissing, RingMissing
from dtks.foundation.vault.models import KnownKey
from dtks.foundation.vault.ring import KeyRing, fingerprint


def after_migrate(using: str = "default", **_: Any) -> None:
    """Make the ring of a new installation, and note its keys in the database.

    Raises:
        RingMissing: the database was used with a ring that is not there. KeyMissing: with another ring.
    """
    place = configured.place()
    if not place.path.exists():
        if KnownKey.objects.using(using).exists():
            raise RingMissing(path=str(place.path))
        ring_file.create(place, now=datetime.datetime.now(datetime.UTC))
    note(ring_file.current(place), using=using)


def note(ring: KeyRing, *, using: str = "default") -> None:
    """Write down the ring's keys, after a look that none is missing.

    Raises:
        KeyMissing: a key that the database knows is not in the ring, or is another one of that number.
    """
    if lost := missing(ring, using=using):
        raise KeyMissing(key_id=lost[0][1])
    KnownKey.objects.using(using).bulk_create(
        [
            KnownKey(part=part, number=number, fingerprint=print_)
            for (part, number), print_ in _fingerprints(ring).items()
        ],
        ignore_conflicts=True,
    )


def missing(ring: KeyRing, *, using: str = "default") -> list[tuple[str, int]]:
    """Part and number of the keys that the database knows and the ring does not have."""
    present = _fingerprints(ring)
    return [
        (key.part, key.number)
        for key in KnownKey.objects.using(using).order_by("part", "number")
        if present.get((key.part, key.number)) != key.fingerprint
    ]


def forget(*, part: str, number: int) -> None:
    """A key was removed from the ring, and no data use it."""
    KnownKey.objects.filter(part=part, number=number).delete()


def _fingerprints(ring: KeyRing) -> dict[tuple[str, int], str]:
    data = {("data", number): fingerprint(key) for number, key in ring.data_keys.items()}
    return data | {("index", number): fingerprint(key) for number, key in ring.index_keys.items()}
