"""Filters that format values in the reader's language, and the tags of the layout."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dtks.foundation.accounts import domain as accounts
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.accounts.signing_in import citizen_factors
from dtks.foundation.kernel.masking import mask_number, mask_numbers_in
from dtks.foundation.kernel.period import Period
from dtks.foundation.ui import formatting

register = template.Library()

# Path, label, icon. A path that no step serves yet, or that is closed to the reader, is left out of the menu.
MENU = (
    ("/petugas/", _("Beranda"), "home"),
    ("/petugas/keluarga/", _("Keluarga"), "family"),
    ("/petugas/impor/", _("Impor"), "upload"),
    ("/petugas/warga/", _("Akun warga"), "person"),
    ("/petugas/akun/", _("Akun petugas"), "menu"),
    ("/petugas/privasi/", _("Privasi"), "info"),
    ("/petugas/jejak/", _("Jejak audit"), "clock"),
)
LANGUAGES = (("id", "ID", "Bahasa Indonesia"), ("en", "EN", "English"))


def _language() -> str:
    return "en" if (get_language() or "id").startswith("en") else "id"


@register.filter
def angka(value: float | None, decimals: int = 0) -> str:
    """1234 → '1.234'; with an argument, that many decimals."""
    return formatting.number(value, decimals=decimals, language=_language())


@register.filter
def rupiah(value: int | None) -> str:
    """200000 → 'Rp200.000'."""
    return formatting.rupiah(value, language=_language())


@register.filter
def persen(part: float | None, whole: float | None) -> str:
    """The share of `whole`, without decimals: 1|persen:8 → '13%'."""
    return formatting.percent(part, whole, language=_language())


@register.filter
def tanggal(value: date | None, zone: str = "WIB") -> str:
    """'24 November 2026'; of a time the day in that zone."""
    return formatting.long_date(value, zone=zone or "WIB", language=_language())


@register.filter
def tanggal_pendek(value: date | None, zone: str = "WIB") -> str:
    """'24 Nov 2026'; of a time the day in that zone."""
    return formatting.short_date(value, zone=zone or "WIB", language=_language())


@register.filter
def waktu(value: datetime | None, zone: str = "WIB") -> str:
    """'24 November 2026 pukul 09.05 WIB'."""
    return formatting.moment(value, zone=zone or "WIB", language=_language())


@register.filter
def bulan(text: str | None) -> str:
    """'2026-12' → 'Desember 2026'."""
    return Period.parse(text).label(_language()) if text else formatting.UNKNOWN


@register.filter
def samar(value: str | None) -> str:
    """A NIK or KK number as a screen may show it: '3201********0001'."""
    return mask_number(value) if value else formatting.UNKNOWN


@register.filter
def samar_angka(value: str | None) -> str:
    """A text with every long number in it masked as a NIK is; '' for none."""
    return mask_numbers_in(value or "")


@register.simple_tag(takes_context=True)
def may(context: Any, permission: str) -> bool:
    """Whether the role in which the reader acts allows this: `{% may "import.run" as importing %}`.

    Raises:
        ValueError: there is no such permission.
    """
    actor = getattr(_request(context), "actor", None)
    wanted = Permission(permission)
    return actor is not None and accounts.may(actor, wanted)


def _request(context: Any) -> Any:
    # Inside an inclusion tag the variables of the page are gone, but not its request.
    return context.get("request") or getattr(context, "request", None)


@register.inclusion_tag("ui/navigation.html", takes_context=True)
def navigation(context: dict[str, Any]) -> dict[str, Any]:
    """The officers' menu; empty for those who have not signed in."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or citizen_factors.is_citizen(user):
        return {"items": []}
    served = [entry for entry in MENU if opens(request, entry[0])]
    # The longest path that begins the address is where the reader is.
    current = max((path for path, *_rest in served if request.path.startswith(path)), key=len, default="")
    return {
        "items": [
            {"path": path, "label": label, "icon": icon, "current": path == current}
            for path, label, icon in served
        ]
    }


def opens(request: Any, path: str) -> bool:
    """Whether a page is served at this path, and the reader's role may open it."""
    try:
        found = resolve(path)
    except Resolver404:
        return False
    entrance = getattr(found.func, "entrance", None)
    if entrance is None or entrance.open or entrance.permission is None:
        return entrance is not None
    actor = getattr(request, "actor", None)
    return actor is not None and accounts.may(actor, entrance.permission)


@register.inclusion_tag("ui/language_switch.html", takes_context=True)
def language_switch(context: dict[str, Any]) -> dict[str, Any]:
    """Links to the same page in the other language."""
    request = context.get("request")
    return {
        "languages": LANGUAGES,
        "switch_url": reverse("ui:language", args=["id"]).removesuffix("id/"),
        "back": request.get_full_path() if request is not None else "",
    }


@register.simple_tag(takes_context=True)
def query_with(context: dict[str, Any], **changes: object) -> str:
    """The page's query string with some parameters changed ('' or None removes one); starts with '?'."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return "?" + query.urlencode()
