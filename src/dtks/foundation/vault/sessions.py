"""Sessions whose rows hold no readable text: the serializer named by SESSION_SERIALIZER."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from dtks.foundation.vault import cipher, configured
from dtks.foundation.vault.ring import KeyRing

LABEL = "session"


class SealedSerializer:
    """JSON, sealed in free mode. Django signs and writes down what `dumps` gives."""

    def dumps(self, obj: dict[str, Any]) -> bytes:
        plain = json.dumps(obj, separators=(",", ":")).encode("utf-8")
        return cipher.seal_free(plain, column=LABEL, ring=configured.ring())

    def loads(self, data: bytes) -> Any:
        """Raises VaultError when the bytes do not open; Django then begins an empty session."""
        return json.loads(cipher.unseal_free(data, column=LABEL, ring=configured.ring()))


class _AsSealed:
    """Gives the sealed bytes themselves, to see which key they use."""

    def loads(self, data: bytes) -> bytes:
        return data


class StoredSessions:
    """The sessions in the database, as a holder for `rotation`."""

    name = "sesi"

    def usage(self) -> dict[int, int]:
        """Number of a data key → sessions sealed with it."""
        return dict(Counter(number for _, number in self._sealed()))

    def renew(self, ring: KeyRing) -> int:
        """Seal the sessions of older keys with the active one. Returns how many were changed."""
        store, changed = _store(), 0
        for row, number in self._sealed():
            if number != ring.active:
                again = store.encode(store.decode(row.session_data))
                same = type(row).objects.filter(pk=row.pk, session_data=row.session_data)
                changed += same.update(session_data=again)
        return changed

    def _sealed(self) -> Iterator[tuple[Any, int]]:
        if import_string(settings.SESSION_SERIALIZER) is not SealedSerializer:
            return
        store = _store()
        model = getattr(store, "model", None)
        if model is None:
            return  # sessions are not kept in the database
        store.serializer = _AsSealed
        for row in model.objects.iterator():
            if sealed := store.decode(row.session_data):
                yield row, cipher.key_id(sealed)


def _store() -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore()
