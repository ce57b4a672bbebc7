"""Which family somebody belongs to and where it lives, for many at once; no name and no number is opened."""

# ruff: noqa: S608  names of tables and columns are constants; every value is a parameter

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator

from dtks.registration.registry.queries import listing, sql

AT_ONCE = 500


def families_of(*, persons: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """{person: family}, of those who are members of one now. One query for each 500."""
    found: dict[uuid.UUID, uuid.UUID] = {}
    for group in _groups(persons):
        condition, keys = sql.among_keys("m.person_id", group)
        statement = (
            f"SELECT m.person_id, m.family_id FROM {sql.MEMBERS} m WHERE {condition} AND {sql.current('m')}"
        )
        for row in sql.rows(statement, keys):
            person, family = sql.identifier(row["person_id"]), sql.identifier(row["family_id"])
            if person is not None and family is not None:
                found[person] = family
    return found


def homes(*, families: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str, str, str]]:
    """{family: (village, rw, rt, address)}, '' for what is not known. One query for each 500."""
    found: dict[uuid.UUID, tuple[str, str, str, str]] = {}
    for group in _groups(families):
        condition, keys = sql.among_keys("h.family_id", group)
        statement = (
            f"SELECT h.family_id AS family, d.domicile_village AS village, c.rw AS rw, c.rt AS rt, "
            f"c.address AS address {listing.FROM} WHERE {condition} AND {sql.current('d')}"
        )
        for row in sql.rows(statement, keys):
            if (family := sql.identifier(row["family"])) is not None:
                found[family] = (row["village"] or "", row["rw"] or "", row["rt"] or "", row["address"] or "")
    return found


def _groups(keys: Collection[uuid.UUID]) -> Iterator[list[uuid.UUID]]:
    ordered = sorted(set(keys))
    for first in range(0, len(ordered), AT_ONCE):
        yield ordered[first : first + AT_ONCE]
