"""One page of the list of families: the register's rows joined with what the last determinations said.

The database cuts the page wherever it can. The order by decile, and every filter by what a determination
said, need the keys of all families of the area; where an area holds too many for that (a large regency, a
province), the list is in the order of the villages and can be searched, and `Listing.wide` says so.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from dtks.delivery.public.programme_texts import programme_rivals
from dtks.delivery.workspace import results
from dtks.delivery.workspace.filters import PAGE_SIZE, Filters
from dtks.determination.runs.queries import FamilyOutcome
from dtks.foundation.areas.domain import Level, level_of
from dtks.registration.registry import queries as registry
from dtks.registration.registry.domain import FamilyList, FamilyRow

# More families than any district of the country has, and few enough to sort in a second or two.
MOST_ROWS = 200_000
# Ids that one statement of SQLite takes as parameters (SQLITE_MAX_VARIABLE_NUMBER is 32,766 by default).
MOST_IDS = 30_000
_SORTS: dict[str, Literal["name", "size", "rt"]] = {"nama": "name", "anggota": "size", "rt": "rt"}
_AFTER_ALL_DECILES = 99


@dataclass(frozen=True)
class Row:
    """One family of the list. `kk` is whole: whoever shows it masks it."""

    id: uuid.UUID
    head: str | None
    kk: str | None
    village: str
    rt: str | None
    rw: str | None
    members: int
    desil: int | None
    status: str
    programmes: tuple[str, ...]
    covered: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Listing:
    """The rows of one page, and where the page stands."""

    rows: tuple[Row, ...]
    total: int
    page: int
    size: int
    wide: bool = False

    @property
    def more(self) -> bool:
        """Whether there are more than `total` (which is how far a wide area is counted)."""
        return self.wide and self.total >= MOST_ROWS

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        return (self.page - 1) * self.size + 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def families(view: Filters, *, programmes: Iterable[str], size: int = PAGE_SIZE) -> Listing:
    """The page that `view` asks for (the last one when it asks for one beyond).

    `programmes` are all programme ids. The number of queries depends on the filters, never on the families.
    """
    if is_wide(view.area):
        return _cut_by_database(only_searched(view), size, None, wide=True)
    if view.status == "belum-ditetapkan":
        if view.desil or view.programme:
            return Listing((), 0, 1, size)
        seen = results.determined(area=view.area)
        return _cut_here(view, size, [family for family in _everyone(view) if family not in seen])
    wanted = results.wanted(view, programmes)
    if view.sort == "desil" or (wanted and len(wanted) > MOST_IDS):
        found = [family for family in _everyone(view) if wanted is None or family in wanted]
        return _cut_here(view, size, found)
    return _cut_by_database(view, size, None if wanted is None else sorted(wanted))


def is_wide(area: str) -> bool:
    """Whether the area holds too many families to be sorted and filtered; a district never does."""
    return level_of(area) < Level.DISTRICT and registry.hold_more_than(area=area, families=MOST_ROWS)


def only_searched(view: Filters) -> Filters:
    """The view without what a wide area cannot be asked for."""
    return replace(view, desil=None, programme="", status="", sort="rt", descending=False)


def _everyone(view: Filters) -> list[uuid.UUID]:
    """All families in the view's order: their keys alone, as whole rows of a regency fill the memory."""
    return registry.family_ids(**_asked(view), limit=MOST_ROWS)


def _asked(view: Filters) -> dict[str, Any]:
    """What of the view the register itself answers."""
    # RT 1 of one village is not beside RT 1 of the next.
    by_default: Literal["village", "rt"] = "rt" if level_of(view.area) == Level.VILLAGE else "village"
    sort = _SORTS.get(view.sort, by_default)
    return {
        "area": view.area,
        "search": view.text,
        "rt": view.rt,
        "rw": view.rw,
        "sort": by_default if sort == "rt" else sort,
        "descending": view.descending and view.sort in _SORTS,
    }


def _ask(
    view: Filters, wanted: list[uuid.UUID] | None, offset: int, limit: int, *, wide: bool = False
) -> FamilyList:
    return registry.families(
        **_asked(view),
        ids=wanted,
        offset=offset,
        limit=limit,
        count_to=MOST_ROWS if wide else None,
    )


def _cut_by_database(
    view: Filters, size: int, wanted: list[uuid.UUID] | None, *, wide: bool = False
) -> Listing:
    # Nobody turns thousands of pages, and the database would have to walk through all of them.
    page = min(view.page, -(-MOST_ROWS // size)) if wide else view.page
    found = _ask(view, wanted, (page - 1) * size, size, wide=wide)
    if not found.rows and found.total:
        page = -(-found.total // size)
        found = _ask(view, wanted, (page - 1) * size, size, wide=wide)
    return Listing(tuple(_joined(found.rows)), found.total, page, size, wide)


def _cut_here(view: Filters, size: int, found: list[uuid.UUID]) -> Listing:
    if view.sort == "desil":
        found = _by_desil(found, results.desils(area=view.area), view.descending)
    page = min(view.page, max(1, -(-len(found) // size)))
    shown = found[(page - 1) * size : page * size]
    rows = {row.family_id: row for row in registry.families(ids=shown, limit=size).rows} if shown else {}
    return Listing(tuple(_joined(rows[key] for key in shown if key in rows)), len(found), page, size)


def _by_desil(found: list[uuid.UUID], desils: Mapping[uuid.UUID, int], descending: bool) -> list[uuid.UUID]:
    """Who has no decile comes last either way: nothing is known of how poor they are."""

    def place(family: uuid.UUID) -> int:
        desil = desils.get(family)
        if desil is None:
            return _AFTER_ALL_DECILES
        return -desil if descending else desil

    return sorted(found, key=place)


def _joined(found: Iterable[FamilyRow]) -> Iterator[Row]:
    found = list(found)
    rivals = programme_rivals()
    outcomes: Mapping[uuid.UUID, FamilyOutcome] = results.of_families(
        families=[row.family_id for row in found]
    )
    for row in found:
        outcome = outcomes.get(row.family_id)
        yield Row(
            id=row.family_id,
            head=row.head_name,
            kk=row.kk_number,
            village=row.village,
            rt=row.rt,
            rw=row.rw,
            members=row.size,
            desil=outcome.desil if outcome else None,
            status=results.status_of(outcome),
            programmes=outcome.eligible if outcome else (),
            covered=results.covered(outcome, rivals),
        )
