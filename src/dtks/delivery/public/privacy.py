"""What the published lists hold of people, and their shredder."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dtks.delivery.public.models import PublishedPerson
from dtks.foundation.ledger.domain import Actor

_PUBLIC = {
    "purposes": ("public_list",),
    "retention": "public.list",
    "read_by": (),
    "unscoped": (
        "Terbuka untuk umum: siapa pun boleh mencarinya",
        "Open to the public: anybody may search it",
    ),
}

TABLES: dict[str, dict[str, Any]] = {
    "publishedlist": {
        **_PUBLIC,
        "holds": ("Pengumuman: wilayah, masa, siapa", "Publications: area, period, who"),
        "columns": {
            "officer": "published_by",
            "operational": "id area period run synthetic people published_at",
        },
    },
    "publishedperson": {
        **_PUBLIC,
        "holds": ("Orang dalam daftar yang diumumkan", "People on the published list"),
        "columns": {
            "identification": "name name_key age",
            "address": "village",
            "welfare": "programmes",
        },
    },
}


def _old(before: datetime) -> Any:
    return PublishedPerson.objects.filter(published_list__published_at__lt=before)


def _find(*, before: datetime) -> int:
    """People on lists that were published before."""
    return int(_old(before).count())


def _shred(*, by: Actor, before: datetime, limit: int) -> int:
    """Delete up to ``limit`` of them."""
    chosen = list(_old(before).values_list("pk", flat=True)[:limit])
    PublishedPerson.objects.filter(pk__in=chosen).delete()
    return len(chosen)


SHREDDERS = {"public.list": (_find, _shred)}
