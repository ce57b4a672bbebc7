"""Model fields whose column holds sealed bytes (bytea, BLOB), and that of a blind index (uuid, char(32)).

Code reads and writes plain text or JSON; what lies in the database opens only with the key ring. A sealed
field cannot be searched or sorted by: that is what the blind index beside it is for.
"""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import FieldError
from django.db import models

from dtks.foundation.vault import cipher, configured
from dtks.foundation.vault.spec import IndexSpec, SealedSpec


class _Sealed(models.Field):  # type: ignore[type-arg]  # Django's own takes no parameter when it runs
    """A value that is sealed in free mode under `label` on its way to the database."""

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label = label
        self.sealed = SealedSpec(label=label)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "label": self.label}

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_lookup(self, lookup_name: str) -> Any:
        """Only whether there is a value can be asked of the database.

        Raises:
            FieldError: any other question; the same text is sealed differently each time.
        """
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.model.__name__}.{self.name} is sealed: look it up by its blind index")

    def get_transform(self, lookup_name: str) -> Any:
        raise FieldError(f"{self.model.__name__}.{self.name} is sealed: nothing can be computed from it")

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None:
            return None
        sealed = cipher.seal_free(self.to_bytes(value), column=self.label, ring=configured.ring())
        return connection.Database.Binary(sealed)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if value is None:
            return None
        return self.from_bytes(cipher.unseal_free(bytes(value), column=self.label, ring=configured.ring()))

    def to_bytes(self, value: Any) -> bytes:
        """The bytes to seal for a value that is not None."""
        raise NotImplementedError

    def from_bytes(self, plain: bytes) -> Any:
        """The value that `to_bytes` was given."""
        raise NotImplementedError


class SealedText(_Sealed):
    """Text, sealed. `label` names the place ('intake.importnote.value') and never changes."""

    def to_bytes(self, value: Any) -> bytes:
        return str(value).encode("utf-8")

    def from_bytes(self, plain: bytes) -> Any:
        return plain.decode("utf-8")

    def to_python(self, value: Any) -> Any:
        return value if value is None else str(value)


class SealedJSON(_Sealed):
    """What JSON can hold, sealed; None is the database's NULL."""

    def to_bytes(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")

    def from_bytes(self, plain: bytes) -> Any:
        return json.loads(plain)


class BlindIndex(models.UUIDField):  # type: ignore[type-arg]  # as above
    """The blind index of a sealed value: 16 bytes, kept as a UUID. Ask with `blind.index_candidates`."""

    def __init__(self, *args: Any, kind: str, source: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.source = kind, source
        self.sealed = IndexSpec(kind=kind, source=source)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "kind": self.kind, "source": self.source}
