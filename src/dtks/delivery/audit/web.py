"""The auditor's list of events, and all addresses of this step."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from dtks.delivery.audit import filters, finding, lines, verifying, web_event, web_log, web_take
from dtks.delivery.audit.filters import PAGE_SIZE, Filters
from dtks.delivery.workspace import area_choice
from dtks.foundation.accounts import searches
from dtks.foundation.accounts.entrance import requires
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.ledger.acts import GROUPS
from dtks.foundation.ledger.searching import MOST_LISTS


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.LEDGER_READ)
def events(request: HttpRequest) -> HttpResponse:
    """The events of an area, the newest first.

    The form comes by POST: what was typed goes into the session, and the answer leads to an address that can
    be reloaded and gone back to.
    """
    given = request.POST if request.method == "POST" else request.GET
    view = filters.read(given)
    view = view if view.area else replace(view, area=request.actor.area)
    if (answer := area_choice.refused(request, view.area)) is not None:
        return answer
    if request.method == "POST":
        whom = searches.keep(request.session, request.POST.get("siapa", ""))
        officer = searches.keep(request.session, request.POST.get("petugas", ""))
        return redirect(f"{reverse('audit:events')}?{replace(view, whom=whom, officer=officer).query()}")
    return render(request, "audit/events.html", _context(request, view))


def _context(request: HttpRequest, view: Filters) -> dict[str, Any]:
    place = area_choice.choice(request, area_choice.path_to(view.area))
    asked = finding.asked(view, request.session)
    page = finding.found(asked, zone=place["zone"], limit=PAGE_SIZE)
    finding.record_reading("ledger.read", asked, page, by=request.actor)
    rows = lines.of(page.events)
    return {
        **place,
        **verifying.context([each.id for each in page.events]),
        "filters": view,
        "asked": asked,
        "rows": rows,
        "groups": list(GROUPS.items()),
        "here": view.query(after=view.after),
        "newest": view.query() if view.after else "",
        "older": view.query(after=rows[-1].place) if page.more else "",
        "cut": page.cut,
        "most_lists": MOST_LISTS,
        "everything": Filters(area=view.area).query(),
        "narrower": [(area, view.query(area=area.code)) for area in place["children"]],
    }


@require_safe
@requires(Permission.LEDGER_READ)
def whole(request: HttpRequest) -> HttpResponse:
    """Where the browser verifies the whole log. It shows nothing of anybody: digests are public."""
    return render(request, "audit/whole.html", verifying.context([]))


urlpatterns = [
    path("petugas/jejak/", events, name="events"),
    path("petugas/jejak/unduh.xlsx", web_take.workbook, name="workbook"),
    path("petugas/jejak/unduh.csv", web_take.text, name="text"),
    path("petugas/jejak/bukti.zip", web_take.bundle, name="bundle"),
    path("petugas/jejak/bukti.json", web_take.opened, name="opened"),
    path("petugas/jejak/seluruhnya/", whole, name="whole"),
    path("petugas/jejak/<int:id>/", web_event.event, name="event"),
    path("petugas/jejak/<int:id>/tampilkan/", web_event.show, name="show"),
    path("jejak/checkpoint", web_log.checkpoint, name="checkpoint"),
    path("jejak/tile/<path:rest>", web_log.tile, name="tile"),
]
