"""What the list of events is narrowed to, read from and written to the page's address. Pure.

What was typed (a NIK, a key, an officer's name) never stands in an address: `searches` keeps it in the
session under a random token.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from dtks.foundation.accounts.searches import is_token
from dtks.foundation.ledger.acts import GROUPS
from dtks.foundation.ledger.searching import Place
from dtks.foundation.ui.formatting import ZONES

PAGE_SIZE = 50
_CODE = re.compile(r"\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?")
PARAMETERS = {
    "wilayah": "area",
    "siapa": "whom",
    "petugas": "officer",
    "jenis": "group",
    "dari": "since",
    "sampai": "until",
    "sebelum": "after",
}
"""Parameter of the address → field."""


@dataclass(frozen=True, slots=True)
class Filters:
    """One view of the list. Empty values filter nothing; a value that makes no sense counts as empty.

    ``whom``, ``officer``: tokens of what was typed. ``since``, ``until``: '2026-11-24T09:05', by the clock of
    the area's zone; the minute of ``until`` is left out. ``after``: the event that the page comes after, by
    `Place`.
    """

    area: str = ""
    whom: str = ""
    officer: str = ""
    group: str = ""
    since: str = ""
    until: str = ""
    after: str = ""

    @property
    def narrows(self) -> bool:
        """Whether anything but the area is asked for."""
        return replace(self, after="") != Filters(area=self.area)

    def query(self, **changes: str) -> str:
        """The address of this view with some fields changed; it begins at the newest event unless ``after``
        is among them."""
        wanted = replace(self, **{"after": "", **changes})
        return urlencode(
            {name: value for name, field in PARAMETERS.items() if (value := getattr(wanted, field))}
        )


def read(query: Mapping[str, str]) -> Filters:
    """The filters of an address. Never fails: an address may be old or typed by hand."""
    area, group, after = query.get("wilayah", ""), query.get("jenis", ""), query.get("sebelum", "")
    return Filters(
        area=area if _CODE.fullmatch(area) else "",
        whom=token if is_token(token := query.get("siapa", "")) else "",
        officer=token if is_token(token := query.get("petugas", "")) else "",
        group=group if group in GROUPS else "",
        since=_clock(query.get("dari", "")),
        until=_clock(query.get("sampai", "")),
        after=after if Place.parse(after) else "",
    )


def _clock(text: str) -> str:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return ""
    # A year that no zone can shift out of what databases know.
    sane = found.tzinfo is None and 1970 < found.year < 9000
    return found.strftime("%Y-%m-%dT%H:%M") if sane else ""


def moment(clock: str, zone: str) -> datetime | None:
    """What a clock of that zone ('WIB', 'WITA', 'WIT') shows, as a moment; None for ''."""
    return datetime.fromisoformat(clock).replace(tzinfo=ZONES[zone]) if clock else None
