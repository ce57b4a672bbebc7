"""What lies sealed in the register, read: a value at a time for pages, a column at a time for exports."""

from __future__ import annotations

import uuid
from functools import cache
from typing import Any

import polars as pl
from django.db import connection

from dtks.foundation.vault import blind, cipher, configured
from dtks.foundation.vault.columns import unseal_column
from dtks.foundation.vault.ring import KeyRing
from dtks.foundation.vault.spec import SealedSpec
from dtks.registration.registry.bulk.tables import fact_tables

NUMBERS = {"nik": "person_id", "kk_number": "family_id"}
"""The numbers that people and families are known by, each with the key of the subject it is sealed for."""


@cache
def specs() -> dict[str, SealedSpec]:
    """How each sealed variable is sealed, by its name (which is unique in the register)."""
    return {name: spec for table in fact_tables() for name, spec in table.sealed.items()}


def value(name: str, stored: Any, *, subject: uuid.UUID, ring: KeyRing) -> str | None:
    """What is stored of one sealed variable about one subject, readable; None stays None."""
    if stored is None:
        return None
    spec = specs()[name]
    plain = cipher.unseal(bytes(stored), column=spec.label, record=subject.bytes, ring=ring)
    return cipher.unpack_digits(plain) if spec.digits else plain.decode("utf-8")


def as_digits(column: str) -> str:
    """SQL: a sealed column as hexadecimal digits; NULL stays NULL (SQLite's hex makes '' of it)."""
    if connection.vendor == "postgresql":
        return f"encode({column}, 'hex')"
    return f"nullif(hex({column}), '')"


def opened(frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` with its numbers readable. In: hexadecimal digits, and the subject's key as UUID text."""
    ring = configured.ring()
    columns = []
    for name, subject in NUMBERS.items():
        if name in frame.columns:
            spec = specs()[name]
            stored = frame[name].str.to_lowercase().str.decode("hex")
            records = frame[subject].str.replace_all("-", "", literal=True)
            columns.append(unseal_column(stored, records, column=spec.label, ring=ring, digits=spec.digits))
    return frame.with_columns(columns)


def number_condition(column: str, number: str, *, kind: str) -> tuple[str, list[Any]]:
    """The condition that a blind index is that of ``number``, under any index key of the ring."""
    found = blind.index_candidates(number, kind=kind, ring=configured.ring())
    keys = [str(key) if connection.vendor == "postgresql" else key.hex for key in found]
    return f"{column} IN ({', '.join(['%s'] * len(keys))})" if keys else "1 = 0", keys
