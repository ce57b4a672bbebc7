"""Words of the officers' pages: areas by name, acts, origins, roles in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from dtks.foundation.accounts.domain import may_give
from dtks.foundation.accounts.errors import NoSuchPlace
from dtks.foundation.accounts.listing import GrantLine
from dtks.foundation.accounts.roles import REACH_TEXTS, ROLES, Reach
from dtks.foundation.areas import queries as areas
from dtks.foundation.areas.errors import AreaCodeError
from dtks.foundation.kernel.area_codes import check_code
from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.ledger.domain import Actor

STATUSES = {
    "aktif": _("Aktif"),
    "lama-tidak-masuk": _("Lama tidak masuk"),
    "tanpa-peran": _("Tanpa peran"),
    "tertutup": _("Ditutup"),
}
ORIGINS = {
    "appointed": _("Ditunjuk"),
    "delegated": _("Dilimpahkan"),
    "handed_over": _("Serah terima"),
}
MOST_FOUND = 8


def english() -> bool:
    """Whether the reader chose English."""
    return (get_language() or "id").startswith("en")


def told(error: DtksError) -> str:
    """The error's message in the reader's language."""
    return error.text("en" if english() else "id")


def role_name(role: str) -> str:
    """A role's name in the reader's language; of a role that the table has lost its code."""
    found = ROLES.get(role)
    return (found.name_en if english() else found.name_id) if found else role


def reach_name(reach: Reach) -> str:
    """'kabupaten/kota' and the like."""
    return REACH_TEXTS[reach][english()]


def area_names(codes: Iterable[str]) -> dict[str, str]:
    """{code: 'Name (code)'}; '' is the whole country. One query."""
    wanted = set(codes)
    found = areas.names(codes=wanted - {""})
    return {code: f"{found[code]} ({code})" if code in found else code for code in wanted} | {
        "": gettext("Seluruh Indonesia")
    }


def grant_views(
    lines: Iterable[GrantLine], names: dict[str, str], places: dict[str, str]
) -> list[dict[str, Any]]:
    """Grants as the templates show them."""
    return [
        {
            "grant": line,
            "role": role_name(line.role),
            "area": places.get(line.area, line.area),
            "origin": ORIGINS.get(line.origin, line.origin),
            "by": names.get(line.granted_by, line.granted_by),
        }
        for line in lines
    ]


def giveable(by: Actor) -> list[tuple[str, str, str]]:
    """(code, name, levels) of the roles that the actor may give."""
    return [
        (role.id, role_name(role.id), ", ".join(reach_name(each) for each in role.reaches))
        for role in ROLES.values()
        if role.granted_by and may_give(by, role)
    ]


def enders(by: Actor, role: str) -> str:
    """Who may end that role, by the names of their roles, when the actor may not; '' when they may."""
    found = ROLES.get(role)
    if found is None or may_give(by, found):
        return ""
    return ", ".join(role_name(each) for each in found.granted_by)


def find_area(text: str, *, role: str, under: str) -> tuple[str, list[tuple[str, str]]]:
    """The area that was typed, as a code or a name: (code, []), or when a name is several areas'
    ('', [(code, 'Name, what it lies in'), …]). '' is the whole country.

    Raises:
        NoSuchPlace: no area of that name inside `under`.
    """
    typed = " ".join(text.split())
    levels = {int(each) for each in ROLES[role].reaches} if role in ROLES else set()
    if not typed:
        # The only area there is: one's own, or none where the role is for the whole country.
        return ("" if 0 in levels else under), []
    try:
        return check_code(typed), []
    except AreaCodeError:
        if re.fullmatch(r"[0-9. -]+", typed):
            raise  # a mistyped code: the error says how one is written
        named = areas.search(text=typed, under=under, limit=50)
        # Of a level for which the role is not given: found all the same, and refused with the right reason.
        found = [area for area in named if area.level in levels] or named
    if len(found) == 1:
        return found[0].code, []
    if not found:
        raise NoSuchPlace(given=typed, place=area_names([under])[under])
    shown = found[:MOST_FOUND]
    above = areas.names(codes=[area.parent for area in shown])
    return "", [(area.code, f"{area.name}, {above.get(area.parent, '')} ({area.code})") for area in shown]
