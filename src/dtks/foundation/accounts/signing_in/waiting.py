"""How a page says how long to wait."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

TOO_MANY = 429
NOT_ACCEPTED = 422


def text(seconds: int) -> str:
    """'Terlalu banyak percobaan. Coba lagi setelah 5 menit.'"""
    minutes = max(1, -(-seconds // 60))
    return _("Terlalu banyak percobaan. Coba lagi setelah %(minutes)d menit.") % {"minutes": minutes}


def answered(response: HttpResponse, *, wait: int = 0) -> HttpResponse:
    """The page of a form that was not accepted: 429 with Retry-After while one has to wait, else 422."""
    response.status_code = TOO_MANY if wait else NOT_ACCEPTED
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response
