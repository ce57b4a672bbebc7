"""What the list of families is narrowed to, read from and written to the page's address. Pure.

The address holds no personal data: of a search it has only the random token under which `searches` keeps
the text. A name or NIK in an address would end up in histories, in logs and in messages between officers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from dtks.foundation.accounts.searches import is_token

PAGE_SIZE = 50
SORTS = ("rt", "nama", "anggota", "desil")
# Who is asked for, by what the last determination said.
STATUSES = ("penerima", "bukan-penerima", "menunggu", "belum-ditetapkan")
_CODE = re.compile(r"\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?")
_UNIT = re.compile(r"\d{1,3}")
_PROGRAMME = re.compile(r"[a-z0-9_-]{2,30}")


@dataclass(frozen=True)
class Filters:
    """One view of the list. Empty values filter nothing; a value that makes no sense counts as empty.

    `text` is what was typed and never enters an address; `token` stands for it there.
    """

    area: str = ""
    token: str = ""
    text: str = ""
    desil: int | None = None
    programme: str = ""
    status: str = ""
    rt: str = ""
    rw: str = ""
    sort: str = "rt"
    descending: bool = False
    page: int = 1

    @property
    def narrows(self) -> bool:
        """Whether anything but the area is asked for."""
        return replace(self, sort="rt", descending=False, page=1) != Filters(area=self.area)

    def query(self, **changes: object) -> str:
        """The address of this view with some fields changed, without what is at its default: 'wilayah=32.…'.

        Any change but the page itself leads back to the first page.
        """
        wanted = replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]  # names are of this class
        default = Filters()
        return urlencode(
            {
                parameter: int(value) if isinstance(value, bool) else value
                for parameter, name in PARAMETERS.items()
                if (value := getattr(wanted, name)) != getattr(default, name)
            }
        )


# What people type, or an address written by hand brings; 'cari' has its own notice.
TYPED = ("wilayah", "rt", "rw", "desil", "program", "status")
# Parameter of the address → field. Indonesian: officers send each other these addresses.
PARAMETERS = {
    "wilayah": "area",
    "cari": "token",
    "desil": "desil",
    "program": "programme",
    "status": "status",
    "rt": "rt",
    "rw": "rw",
    "urut": "sort",
    "turun": "descending",
    "hal": "page",
}


def read(query: Mapping[str, str]) -> Filters:
    """The filters of an address. Never fails: an address may be old or typed by hand."""
    desil, page = query.get("desil", ""), query.get("hal", "")
    return Filters(
        area=_matching(_CODE, query.get("wilayah", "")),
        token=token if is_token(token := query.get("cari", "")) else "",
        desil=int(desil) if re.fullmatch(r"[1-9]|10", desil) else None,
        programme=_matching(_PROGRAMME, query.get("program", "").lower()),
        status=query.get("status", "") if query.get("status", "") in STATUSES else "",
        rt=unit(query.get("rt", "")),
        rw=unit(query.get("rw", "")),
        sort=query.get("urut", "") if query.get("urut", "") in SORTS else "rt",
        descending=query.get("turun") == "1",
        page=int(page) if re.fullmatch(r"[1-9][0-9]{0,5}", page) else 1,
    )


def ignored(query: Mapping[str, str]) -> list[str]:
    """The parameters that were filled in with what makes no sense, so that they filter nothing."""
    found = read(query)
    return [name for name in TYPED if query.get(name, "").strip() and not getattr(found, PARAMETERS[name])]


def _matching(pattern: re.Pattern[str], text: str) -> str:
    return text if pattern.fullmatch(text) else ""


def unit(text: str | None) -> str:
    """An RT or RW without leading zeros: '003' → '3'; what is no number of at most three digits → ''."""
    stripped = (text or "").strip()
    return str(int(stripped)) if _UNIT.fullmatch(stripped) else ""
