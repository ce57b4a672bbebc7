"""What others may do with areas: load the reference, load attributes."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import polars as pl
from django.db import transaction

from dtks.foundation.areas import attributes, domain, reference
from dtks.foundation.areas.bulk import update, upsert
from dtks.foundation.areas.errors import AreaNotFound, OlderDecree
from dtks.foundation.areas.models import Area, AreaSuccession
from dtks.foundation.areas.names import DROPPED_SIGNS, OTHER_SIGNS
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Actor, Event

Progress = Callable[[int, int], None]
_COLUMNS = [
    "code",
    "number",
    "level",
    "parent_id",
    "name",
    "search_name",
    *list(reference.SCHEMA)[4:],
    "valid_to",
]
_TYPES: dict[str, pl.DataType] = {
    **reference.SCHEMA,
    "parent_id": pl.String(),
    "search_name": pl.String(),
    "valid_to": pl.Date(),
}


@dataclass(frozen=True)
class LoadReport:
    """What a load found and did. ``added + changed + ended + unchanged`` is every row it looked at."""

    provinces: int
    regencies: int
    districts: int
    villages: int
    added: int
    changed: int
    ended: int
    unchanged: int
    decree: str

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


@transaction.atomic
def load(
    *,
    by: Actor,
    progress: Progress | None = None,
    under: str = "",
    path: Path | None = None,
    decree: str = reference.DECREE,
    decreed_on: date = reference.DECREED_ON,
) -> LoadReport:
    """Bring the table to the state of the reference: the packaged file, or another one at ``path``.

    Only what differs is written, so that a second load changes nothing. New codes in a table that is not
    empty begin on ``decreed_on``; codes that the reference no longer has end on that day and stay.
    ``under`` loads one area with what lies in it and above it. Accessibility and hazards are untouched.
    Raises ``AreaNotFound`` for an ``under`` that the reference does not have, and ``OlderDecree`` when it
    would undo a later decree.
    """
    wanted = _wanted(reference.areas(path), under)
    present = _present(under)
    fresh = _difference(wanted, present, decreed_on)
    ended = _ended(wanted, present, under, decreed_on)
    written = pl.concat([fresh, ended])
    newest = present.select(pl.max_horizontal(pl.col("valid_from", "valid_to").max())).item()
    if written.height and newest and newest > decreed_on:
        raise OlderDecree(given=decreed_on, newest=newest)
    upsert(Area, _COLUMNS, written.rows(), progress=progress)
    _load_successions()
    by_level = dict(wanted.group_by("level").len().rows())
    if written.height:
        event = Event("areas.load", kind="areas", area=under, count=written.height, detail={"decree": decree})
        ledger.record(event, by=by)
    codes = set(present["code"])
    added = sum(code not in codes for code in fresh["code"])
    return LoadReport(
        provinces=by_level.get(1, 0),
        regencies=by_level.get(2, 0),
        districts=by_level.get(3, 0),
        villages=by_level.get(4, 0),
        added=added,
        changed=fresh.height - added,
        ended=ended.height,
        unchanged=wanted.height - fresh.height,
        decree=decree,
    )


@transaction.atomic
def load_attributes(*, by: Actor, path: Path) -> int:
    """Set accessibility and hazards from a CSV (see ``attributes.read``); returns the number of areas.

    Columns that the file does not have stay as they are; an empty cell makes a value unknown. Raises
    ``AreaFileError`` for a faulty file and ``AreaNotFound`` for a code that is not loaded.
    """
    table = attributes.read(path)
    known = set(Area.objects.values_list("code", flat=True))
    missing = [code for code in table["code"] if code not in known]
    if missing:
        raise AreaNotFound(given=missing[0])
    if len(table.columns) > 1:
        update(Area, table.columns, table.rows())
    return table.height


def _wanted(areas: pl.DataFrame, under: str) -> pl.DataFrame:
    """The rows that the table should have, in its columns."""
    if under:
        first, last = domain.span_of(under)
        inside = pl.col("number").is_between(first, last, closed="left")
        areas = areas.filter(inside | pl.col("code").is_in(domain.ancestors_of(under)))
        if under not in areas["code"]:
            raise AreaNotFound(given=under)
    return areas.with_columns(
        parent_id=pl.when(pl.col("level") > 1).then(pl.col("code").str.replace(r"\.[0-9]+$", "")),
        search_name=_searchable(pl.col("name")),
        valid_to=pl.lit(None, pl.Date),
    ).select(_COLUMNS)


def _searchable(names: pl.Expr) -> pl.Expr:
    """``names.searchable`` for a column."""
    plain = names.str.normalize("NFKD").str.to_uppercase().str.replace_all(DROPPED_SIGNS, "")
    return plain.str.replace_all(OTHER_SIGNS, " ").str.strip_chars()


def _present(under: str) -> pl.DataFrame:
    rows = Area.objects.all()
    if under:
        rows = rows.filter(number__in=[domain.number_of(code) for code in domain.ancestors_of(under)]) | (
            rows.filter(number__range=_inclusive(under))
        )
    schema = {name: _TYPES[name] for name in _COLUMNS}
    return pl.DataFrame(list(rows.values_list(*_COLUMNS)), schema=schema, orient="row")


def _inclusive(code: str) -> tuple[int, int]:
    first, last = domain.span_of(code)
    return first, last - 1


def _difference(wanted: pl.DataFrame, present: pl.DataFrame, decreed_on: date) -> pl.DataFrame:
    """The wanted rows that are new or differ. In a table with rows already, a new code begins with the
    decree, and known rows keep the day they began."""
    known = present.select("code", began="valid_from", known=pl.lit(value=True))
    joined = wanted.join(known, on="code", how="left", maintain_order="left")
    if present.height:
        joined = joined.with_columns(
            valid_from=pl.when(pl.col("known"))
            .then(pl.col("began"))
            .otherwise(pl.coalesce("valid_from", pl.lit(decreed_on)))
        )
    candidates = joined.select(_COLUMNS)
    return candidates.join(present, on=_COLUMNS, how="anti", nulls_equal=True, maintain_order="left")


def _ended(wanted: pl.DataFrame, present: pl.DataFrame, under: str, decreed_on: date) -> pl.DataFrame:
    """The rows in force whose code the reference no longer has, closed."""
    gone = present.filter(pl.col("valid_to").is_null()).join(wanted, on="code", how="anti")
    if under:
        first, last = domain.span_of(under)
        gone = gone.filter(pl.col("number").is_between(first, last, closed="left"))
    return gone.with_columns(valid_to=pl.lit(decreed_on))


def _load_successions() -> None:
    loaded = set(Area.objects.filter(level=domain.Level.REGENCY).values_list("code", flat=True))
    rows = [
        AreaSuccession(old_code=old, new_area_id=new, since=since, law=law)
        for old, (new, since, law) in reference.successions().items()
        if new in loaded
    ]
    AreaSuccession.objects.bulk_create(rows, ignore_conflicts=True)
