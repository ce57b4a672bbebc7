"""The citizen's pages: parse, ask, render."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from dtks.delivery.citizen import months, seen
from dtks.foundation.accounts.entrance import requires
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Event
from dtks.foundation.privacy import files


@require_safe
@requires(Permission.OWN_READ)
def who_saw(request: HttpRequest) -> HttpResponse:
    """Who saw the data of the citizen and the family. Looking at it is recorded, too."""
    whose = seen.own(request.user.person)
    if whose is None:
        return render(request, "citizen/seen.html", {"unknown": True})
    today = timezone.localdate(timezone=whose.zone)
    window = months.Window.read(request.GET.get("sampai", ""), today=today)
    english = (get_language() or "id").startswith("en")
    found, more = seen.months(whose, window, account=request.actor.account, english=english)
    count = sum(len(month.lines) for month in found)
    event = Event(
        seen.OWN_VIEW, kind="ledger", subject=str(whose.person), area=whose.village.code, count=count
    )
    ledger.record(event, by=request.actor)
    earlier, later = window.moved(-months.MONTHS), window.moved(months.MONTHS)
    context = {
        "months": found,
        "more": more,
        "most": seen.MOST,
        "zone": whose.village.timezone,
        "first": window.moved(1 - months.MONTHS),
        "last": window,
        "earlier": earlier if (earlier.year, earlier.month) >= months.FIRST else None,
        "later": later if (window.year, window.month) < (today.year, today.month) else None,
    }
    return render(request, "citizen/seen.html", context)


@require_safe
@requires(Permission.OWN_READ)
def complain(request: HttpRequest) -> HttpResponse:
    """Where to go with what looks wrong."""
    return render(request, "citizen/complain.html", {"controller": files.controller()})


urlpatterns = [
    path("siapa-melihat/", who_saw, name="who_saw"),
    path("siapa-melihat/laporkan/", complain, name="complain"),
]
