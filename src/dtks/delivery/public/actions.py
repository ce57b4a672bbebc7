"""Publishing a list: the one way for rows to reach the public."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from dtks.delivery.public.errors import OutsidePublishedArea, PublishedColumnsMissing
from dtks.delivery.public.models import PublishedList, PublishedPerson
from dtks.delivery.public.queries import ListInfo
from dtks.foundation.engines.name_columns import search_key
from dtks.foundation.kernel.ids import new_id
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger import counting
from dtks.foundation.ledger.domain import Actor, Event

COLUMNS = ("village", "name", "age", "programmes")
CHUNK = 50_000
Row = tuple[str, str, str, int | None, str]


@transaction.atomic
def publish(
    *, by: Actor, rows: Iterable[pl.DataFrame], area: str, period: str, run: str = "", synthetic: bool = False
) -> int:
    """Replace what the public sees of one area with the rows of a determination.

    Args:
        rows: frames with `village` (dotted code), `name`, `age` (years, null when unknown) and `programmes`
            (codes separated by a blank, '' when registered but not chosen). Other columns are not read.
        area: dotted code of the area that the rows are complete for; '' for the nation.
        period: 'YYYY-MM'.

    Returns:
        Number of people published.

    Raises:
        PublishedColumnsMissing: a frame lacks a column.
        OutsidePublishedArea: a row's village lies outside `area`.
    """
    target = PublishedList(
        id=new_id(), area=area, period=period, run=run, synthetic=synthetic,
        published_at=timezone.now(), published_by=by.account,
    )  # fmt: skip
    target.save(force_insert=True)
    PublishedPerson.objects.filter(_inside(area)).delete()
    for frame in rows:
        for chunk in frame.iter_slices(CHUNK):
            target.people += _insert(target, _checked(chunk, area))
    target.save(update_fields=["people"])
    event = Event("public.publish", kind="list", subject=str(target.id), area=area, count=target.people)
    ledger.record(event, by=by)
    return target.people


def looked_up(published: ListInfo) -> None:
    """Somebody looked for a name in a published list: one more for the list in this hour, and no word on whom
    or by whom."""
    counting.count(action="public.look_up", kind="list", subject=str(published.id), area=published.area)


def _inside(area: str) -> Q:
    return Q() if not area else Q(village=area) | Q(village__startswith=f"{area}.")


def _checked(frame: pl.DataFrame, area: str) -> list[Row]:
    """The rows as stored.

    Raises:
        PublishedColumnsMissing, OutsidePublishedArea.
    """
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise PublishedColumnsMissing(columns=", ".join(missing))
    if area:
        inside = (pl.col("village") == area) | pl.col("village").str.starts_with(f"{area}.")
        outside = frame.filter(~inside)
        if outside.height:
            raise OutsidePublishedArea(area=area, village=outside["village"][0])
    return frame.select(
        "village",
        pl.col("name").str.slice(0, 150),
        pl.concat_str(pl.lit(" "), search_key("name").str.slice(0, 198), pl.lit(" ")),
        "age",
        pl.col("programmes").fill_null(""),
    ).rows()


def _insert(target: PublishedList, rows: list[Row]) -> int:
    """One executemany: the ORM's bulk_create would take five times as long for a province."""
    meta = PublishedPerson._meta
    columns = ["published_list_id", "village", "name", "name_key", "age", "programmes"]
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    places = ", ".join(["%s"] * len(columns))
    key = PublishedPerson._meta.get_field("published_list").get_db_prep_value(target.pk, connection)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {connection.ops.quote_name(meta.db_table)} ({names}) VALUES ({places})",  # noqa: S608 - names of the model itself, no input
            [(key, *row) for row in rows],
        )
    return len(rows)
