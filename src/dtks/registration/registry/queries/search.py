"""People by name, number or key."""

# ruff: noqa: S608  names of tables and columns are constants; every value is a parameter

from __future__ import annotations

import uuid
from typing import Any

from dtks.foundation.areas.domain import to_dotted
from dtks.foundation.kernel import names
from dtks.foundation.vault import configured
from dtks.foundation.vault.ring import KeyRing
from dtks.registration.registry.domain import PersonRow
from dtks.registration.registry.queries import opening, sql

NUMBER_LENGTH = 16


def people(*, text: str, area: str = "", offset: int = 0, limit: int = 20) -> list[PersonRow]:
    """People who live in ``area`` and whose NIK is ``text``, or whose name sounds like it.

    Every word of ``text`` must begin a word of the name. One query. Nothing for a text without letters.
    """
    condition, parameters = _person_condition(text)
    place, codes = sql.inside("d.domicile_village", area)
    found = sql.rows(
        f"""SELECT p.person_id, p.name, p.nik, p.birth_date, p.sex, p.status, m.family_id, m.relation,
                   d.domicile_village AS village
            FROM {sql.PEOPLE} p
            JOIN {sql.MEMBERS} m ON m.person_id = p.person_id AND {sql.current("m")}
            JOIN {sql.HOUSEHOLDS} h ON h.family_id = m.family_id AND {sql.current("h")}
            JOIN {sql.DOMICILES} d ON d.household_id = h.household_id AND {sql.current("d")}
            WHERE {condition} AND {place} AND {sql.current("p")}
            ORDER BY p.name, p.person_id LIMIT %s OFFSET %s""",
        [*parameters, *codes, limit, offset],
    )
    ring = configured.ring()
    return [_person(row, ring) for row in found]


def person(*, id: uuid.UUID) -> PersonRow | None:
    """The member of a family who has this key; None for nobody. One query.

    ``village`` is where the person's rows lie, which is where the family lives.
    """
    found = sql.rows(
        f"""SELECT p.person_id, p.name, p.nik, p.birth_date, p.sex, p.status, p.area_number, m.family_id,
                   m.relation
            FROM {sql.PEOPLE} p
            JOIN {sql.MEMBERS} m ON m.person_id = p.person_id AND {sql.current("m")}
            WHERE p.person_id = %s AND {sql.current("p")}""",
        [sql.key(id)],
    )
    row = next(found, None)
    if row is None:
        return None
    return _person({**row, "village": to_dotted(row["area_number"])}, configured.ring())


def kin(*, nik: str = "", person: uuid.UUID | None = None) -> frozenset[uuid.UUID]:
    """Keys of all who stand now on a family card on which the person, or anybody who bears the NIK now,
    stands or ever stood; these people are among them. One query. Empty for nobody, and for what is no NIK.

    It decides who may not act: so all bearers of a NIK count, and who was moved to another card is still kin.
    """
    if person is not None:
        whose, parameters = "m.person_id = %s", [sql.key(person)]
    else:
        number = _number(nik)
        if number is None:
            return frozenset()
        condition, parameters = opening.number_condition("p.nik_index", number, kind="nik")
        bearers = f"SELECT p.person_id FROM {sql.PEOPLE} p WHERE {condition} AND {sql.current('p')}"
        whose = f"m.person_id IN ({bearers})"
    found = sql.rows(
        f"""SELECT DISTINCT o.person_id FROM {sql.MEMBERS} m
            JOIN {sql.MEMBERS} o ON o.family_id = m.family_id AND {sql.current("o")}
            WHERE {whose}""",
        parameters,
    )
    return frozenset(sql.identifier(row["person_id"]) for row in found)


def matching_families(text: str) -> tuple[str, list[Any]]:
    """The condition on ``h.family_id`` and ``c.kk_number`` that a family is meant by ``text``."""
    condition, parameters = _person_condition(text)
    members = (
        f"h.family_id IN (SELECT m.family_id FROM {sql.PEOPLE} p JOIN {sql.MEMBERS} m "
        f"ON m.person_id = p.person_id AND {sql.current('m')} WHERE {condition} AND {sql.current('p')})"
    )
    number = _number(text)
    if number is None:
        return members, parameters
    card, keys = opening.number_condition("c.kk_index", number, kind="kk")
    return f"({card} OR {members})", [*keys, *parameters]


def _person_condition(text: str) -> tuple[str, list[Any]]:
    number = _number(text)
    if number is not None:
        return opening.number_condition("p.nik_index", number, kind="nik")
    words = names.search_key(text).split()
    if not words:
        return "1 = 0", []
    # A name begins with the word (which the index finds), or the word comes later in it.
    condition = " AND ".join("(p.name_key LIKE %s OR p.name_key LIKE %s)" for _ in words)
    return f"({condition})", [pattern for word in words for pattern in (f"{word}%", f"% {word}%")]


def _number(text: str) -> str | None:
    digits = "".join(text.split())
    return digits if len(digits) == NUMBER_LENGTH and digits.isascii() and digits.isdigit() else None


def _person(row: dict[str, Any], ring: KeyRing) -> PersonRow:
    person = sql.identifier(row["person_id"])
    return PersonRow(
        person_id=person,
        family_id=sql.identifier(row["family_id"]),
        name=row["name"],
        nik=opening.value("nik", row["nik"], subject=person, ring=ring),
        birth_date=sql.day(row["birth_date"]),
        sex=row["sex"],
        relation=row["relation"],
        status=row["status"],
        village=row["village"],
    )
