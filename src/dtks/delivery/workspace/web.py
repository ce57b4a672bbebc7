"""The officers' pages: parse, ask, render."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from dtks.delivery.public.programme_texts import programme_names
from dtks.delivery.workspace import (
    area_choice,
    family_page,
    filters,
    reading,
    showing,
    start,
    summary,
    web_list,
    web_show,
)
from dtks.delivery.workspace.language import language
from dtks.delivery.workspace.showing import Reader
from dtks.foundation.accounts.domain import may
from dtks.foundation.accounts.entrance import requires
from dtks.foundation.accounts.roles import Permission
from dtks.registration.registry.errors import FamilyNotFound


@require_safe
@requires(None)
def home(request: HttpRequest) -> HttpResponse:
    """Where everybody comes in: the totals of the area, or for a role without them what it can do here."""
    if request.actor is None:
        return render(request, "accounts/no_role.html", status=403)
    if may(request.actor, Permission.OWN_READ):  # a citizen, who has a first page elsewhere
        return redirect("accounts:citizen_home")
    if not may(request.actor, Permission.SUMMARY):
        return render(request, "workspace/start.html", start.of(request))
    view = web_list.in_own_area(request, request.GET)
    if (answer := area_choice.refused(request, view.area)) is not None:
        return answer
    path_ = area_choice.path_to(view.area)
    listed = may(request.actor, Permission.FAMILY_READ)
    totals = summary.of(area=view.area, names=programme_names(), listed=listed)
    return render(request, "workspace/home.html", {**area_choice.choice(request, path_), **totals})


@require_safe
@web_list.no_text_in_the_address
@requires(Permission.FAMILY_READ)
def family(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Everything about one family that an officer may see."""
    back = filters.read(request.GET)
    query = back.query(page=back.page) if back.area else ""
    once = showing.take_once(request.session, id)
    reader = Reader(by=request.actor, language=language(), once=once, back=query)
    try:
        context = family_page.of(id=id, on=timezone.localdate(), reader=reader)
    except FamilyNotFound:
        return area_choice.outside(request)
    village = context["path"][-1].code if context["path"] else ""
    reading.family_opened(by=request.actor, family=id, area=village)
    context["back"] = query or urlencode({"wilayah": village})
    context |= {"path": area_choice.within(context["path"]), "whole_country": not request.actor.area}
    return render(request, "workspace/family.html", context)


urlpatterns = [
    path("", home, name="home"),
    path("keluarga/", web_list.families, name="families"),
    path("keluarga/unduh.xlsx", web_list.export, name="export"),
    path("keluarga/<uuid:id>/", family, name="family"),
    path("keluarga/<uuid:id>/tampilkan/nomor/", web_show.show_number, name="show_number"),
    path("keluarga/<uuid:id>/tampilkan/kontak/", web_show.show_contact, name="show_contact"),
]
