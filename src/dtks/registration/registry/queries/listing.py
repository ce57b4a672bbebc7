"""The list of families of an area: two queries, whatever the length of a page."""

# ruff: noqa: S608  names of tables and columns are constants; every value is a parameter

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Literal

from dtks.foundation.vault import configured
from dtks.foundation.vault.ring import KeyRing
from dtks.registration.registry.domain import FamilyList, FamilyRow
from dtks.registration.registry.queries import opening, sql
from dtks.registration.registry.queries.search import matching_families

Sort = Literal["village", "name", "size", "rt"]

_HEAD = f"""(SELECT m.person_id FROM {sql.MEMBERS} m WHERE m.family_id = b.family_id AND {sql.current("m")}
    ORDER BY CASE WHEN m.relation = 1 THEN 0 ELSE 1 END, m.member_no, m.person_id LIMIT 1)"""
_SIZE = f"""(SELECT count(*) FROM {sql.MEMBERS} m WHERE m.family_id = b.family_id AND {sql.current("m")}
    AND (m.presence IS NULL OR m.presence IN (1, 5)))"""
FROM = f"""FROM {sql.DOMICILES} d
    JOIN {sql.HOUSEHOLDS} h ON h.household_id = d.household_id AND h.family_id IS NOT NULL
        AND {sql.current("h")}
    JOIN {sql.CARDS} c ON c.family_id = h.family_id AND {sql.current("c")}"""
_BASE = """SELECT h.family_id AS family_id, h.household_id AS household_id, c.kk_number AS kk_number,
    d.domicile_village AS village, c.village AS card_village, c.hamlet AS hamlet, c.rt AS rt, c.rw AS rw,
    c.address AS address"""
_ORDER: dict[str, str] = {
    "village": "village {0}, rw {0}, rt {0}, family_id {0}",
    "rt": "rw {0}, rt {0}, family_id {0}",
    "name": "head_name {0}, family_id {0}",
    "size": "size {0}, family_id {0}",
}
# What only the head or the members tell has to be known of every family before the page can be cut.
_NEEDS_MEMBERS = ("name", "size")


def families(
    *,
    area: str = "",
    search: str = "",
    rt: str = "",
    rw: str = "",
    ids: Sequence[uuid.UUID] | None = None,
    sort: Sort = "village",
    descending: bool = False,
    offset: int = 0,
    limit: int = 50,
    count_to: int | None = None,
) -> FamilyList:
    """Families that live in ``area`` (dotted code of any level, '' everywhere), one page of them.

    ``count_to`` bounds the counting: a total of that many means 'at least'.

    ``search``: a KK number or NIK (16 digits), or a member's name, also sounding alike. ``ids`` narrows to
    these families. Out: the total and the rows, in two queries. NIK and KK number are given whole: callers
    mask them.
    """
    conditions, parameters = _conditions(area, search, rt, rw, ids)
    where = f"WHERE {' AND '.join(conditions)}"
    if count_to is None:
        count = sql.rows(f"SELECT count(*) AS total {FROM} {where}", parameters)
    else:
        count = sql.rows(
            f"SELECT count(*) AS total FROM (SELECT 1 {FROM} {where} LIMIT %s) counted",
            [*parameters, count_to],
        )
    total = next(count)["total"]
    order, cut = _order(sort, descending), "LIMIT %s OFFSET %s"
    early, late = ("", cut) if sort in _NEEDS_MEMBERS else (f"{order} {cut}", "")
    ring = configured.ring()
    page = sql.rows(_page(where, early, f"{order} {late}"), [*parameters, limit, offset])
    return FamilyList(total=int(total), rows=tuple(_row(row, ring) for row in page))


def family_ids(
    *,
    area: str = "",
    search: str = "",
    rt: str = "",
    rw: str = "",
    sort: Sort = "village",
    descending: bool = False,
    limit: int,
) -> list[uuid.UUID]:
    """The keys alone of the families that `families` would give, in its order; one query."""
    conditions, parameters = _conditions(area, search, rt, rw, None)
    where, order = f"WHERE {' AND '.join(conditions)}", _order(sort, descending)
    found = _page(where, "", order) if sort in _NEEDS_MEMBERS else f"{_BASE} {FROM} {where} {order}"
    # The order is kept: the outer statement only leaves columns out.
    rows = sql.rows(f"SELECT family_id FROM ({found} LIMIT %s) ordered", [*parameters, limit])
    return [sql.identifier(row["family_id"]) for row in rows]


def _order(sort: Sort, descending: bool) -> str:
    return f"ORDER BY {_ORDER[sort].format('DESC' if descending else 'ASC')}"


def _page(where: str, early: str, late: str) -> str:
    """The statement for rows; what is ordered and cut ``early`` needs no head and no members."""
    return f"""SELECT q.*, p.name AS head_name, p.nik AS head_nik FROM (
            SELECT b.*, {_HEAD} AS head_id, {_SIZE} AS size FROM ({_BASE} {FROM} {where} {early}) b) q
        LEFT JOIN {sql.PEOPLE} p ON p.person_id = q.head_id AND {sql.current("p")} {late}"""


def hold_more_than(*, area: str, families: int) -> bool:
    """Whether more than so many families live in ``area``; stops counting there."""
    condition, parameters = sql.inside("d.domicile_village", area)
    some = f"SELECT 1 {FROM} WHERE {condition} AND {sql.current('d')} LIMIT %s"
    found = sql.rows(f"SELECT count(*) AS total FROM ({some}) counted", [*parameters, families + 1])
    return bool(next(found)["total"] > families)


def count_by_area(*, area: str = "") -> dict[str, int]:
    """Families per village of ``area``: {village code: families}."""
    condition, parameters = sql.inside("d.domicile_village", area)
    found = sql.rows(
        f"SELECT d.domicile_village AS village, count(*) AS families {FROM} "
        f"WHERE {condition} AND {sql.current('d')} GROUP BY d.domicile_village ORDER BY 1",
        parameters,
    )
    return {row["village"]: int(row["families"]) for row in found}


def _conditions(
    area: str, search: str, rt: str, rw: str, ids: Sequence[uuid.UUID] | None
) -> tuple[list[str], list[Any]]:
    place, parameters = sql.inside("d.domicile_village", area)
    conditions = [place, sql.current("d")]
    values: list[Any] = list(parameters)
    for column, wanted in (("c.rt", rt), ("c.rw", rw)):
        if wanted:
            # 1, 01 and 001 are one neighbourhood.
            conditions.append(f"ltrim({column}, '0') = %s")
            values.append(wanted.lstrip("0"))
    if ids is not None:
        condition, keys = sql.among_keys("h.family_id", ids)
        conditions.append(condition)
        values.extend(keys)
    if search.strip():
        condition, terms = matching_families(search)
        conditions.append(condition)
        values.extend(terms)
    return conditions, values


def _row(row: dict[str, Any], ring: KeyRing) -> FamilyRow:
    family, head = sql.identifier(row["family_id"]), sql.identifier(row["head_id"])
    return FamilyRow(
        family_id=family,
        household_id=sql.identifier(row["household_id"]),
        kk_number=opening.value("kk_number", row["kk_number"], subject=family, ring=ring),
        village=row["village"],
        card_village=row["card_village"],
        address=row["address"],
        hamlet=row["hamlet"],
        rt=row["rt"],
        rw=row["rw"],
        head_id=head,
        head_name=row["head_name"],
        head_nik=opening.value("nik", row["head_nik"], subject=head, ring=ring),
        size=int(row["size"]),
    )
