"""What may be asked of the published lists."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from dtks.delivery.public.domain import MOST_RESULTS, Published, patterns
from dtks.delivery.public.models import PublishedList, PublishedPerson


@dataclass(frozen=True)
class ListInfo:
    """The publication that covers a village."""

    id: uuid.UUID
    area: str
    period: str
    published_at: datetime
    synthetic: bool


def people_named(*, village: str, name: str) -> list[Published] | None:
    """People of one village in whose name each typed word begins a word (a short one is a whole word).

    Args:
        village: dotted code of the village.
        name: as typed; compared by search keys, so old spelling and titles don't matter.

    Returns:
        At most MOST_RESULTS people, by name; None when there are more.
    """
    rows = PublishedPerson.objects.filter(village=village)
    for pattern in patterns(name):
        rows = rows.filter(name_key__contains=pattern)
    found = list(
        rows.order_by("name", "age", "id").values_list("name", "age", "programmes", "published_list__period")[
            : MOST_RESULTS + 1
        ]
    )
    if len(found) > MOST_RESULTS:
        return None
    return [Published(name, age, tuple(codes.split()), period) for name, age, codes, period in found]


def list_for(*, village: str) -> ListInfo | None:
    """The newest publication whose area holds this village; None when nothing has been published."""
    parts = village.split(".")
    covering = ["", *(".".join(parts[: level + 1]) for level in range(len(parts)))]
    found = PublishedList.objects.filter(area__in=covering).order_by("-published_at").first()
    if found is None:
        return None
    return ListInfo(found.id, found.area, found.period, found.published_at, found.synthetic)


def anybody(*, area: str) -> tuple[str, str] | None:
    """Village code and name of one published person of an area, with a programme when there is one.

    For guides that show where to look; the rows are public. None when nothing has been published there.
    """
    rows = PublishedPerson.objects.filter(village__startswith=f"{area}.")
    chosen = rows.exclude(programmes="").order_by("village", "id").values_list("village", "name").first()
    return chosen or rows.order_by("village", "id").values_list("village", "name").first()
