"""Consents: all of an area, those of one person, writing one down, the receipt, withdrawal, what follows."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dtks.foundation.accounts.domain import may
from dtks.foundation.accounts.entrance import requires
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.kernel.masking import mask_name
from dtks.foundation.privacy import consents, files, residents
from dtks.foundation.privacy.errors import AgeUnknown, ConsentUnknown, NotResident
from dtks.foundation.privacy.residents import Resident
from dtks.foundation.privacy.web_forms import Form, language, names_of, shown

PAGE = 50
CHANNELS = {
    "office": _("di kantor"),
    "visit": _("saat kunjungan"),
    "letter": _("lewat surat"),
    "phone": _("lewat telepon"),
    "online": _("daring"),
}
AGREED_BY = {"self": _("orang itu sendiri"), "parent": _("orang tuanya"), "guardian": _("walinya")}
STATES = {"": _("Semua"), "to_stop": _("Harus dihentikan"), "standing": _("Berlaku"), "stopped": _("Selesai")}


@requires(Permission.PRIVACY)
@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """The consents of the area; POST looks a receipt's number up (a number is never part of an address)."""
    state = request.GET.get("keadaan", "")
    state = state if state in STATES else ""
    number = request.POST.get("nomor", "")[:20] if request.method == "POST" else ""
    code = request.POST.get("kode", "")[:20]
    start = request.GET.get("mulai", "0")
    offset = int(start) if start.isascii() and start.isdecimal() and len(start) < 9 else 0
    lines = consents.listed(by=request.actor, state=state, number=number, offset=offset, limit=PAGE)
    genuine = consents.genuine(lines[0], code) if number and code and lines else None
    context = {
        "lines": [(line, line.purpose.name[language()], shown(line.clock)) for line in lines],
        "states": STATES.items(),
        "state": state,
        "number": number,
        "genuine": genuine,
        "previous": max(0, offset - PAGE) if offset else None,
        "following": offset + PAGE if len(lines) == PAGE else None,
    }
    return render(request, "privacy/consents.html", context)


@requires(Permission.CONSENT_TAKE)
@require_http_methods(["GET", "HEAD", "POST"])
def of_person(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """The consents of one person that stand, and a form for a further one; each text is shown as the person
    is to hear it. A family's page leads here from every member."""
    try:
        resident, lines = consents.of_person(by=request.actor, person=person)
    except NotResident as problem:
        raise Http404 from problem
    form, offered = Form(request), _who_agrees(resident)
    if request.method == "POST" and (answer := _given(request, form, resident, offered)) is not None:
        return answer
    context = {
        **_named(request, resident),
        "place": names_of([resident.village]),
        "lines": [(line, line.purpose.name[language()]) for line in lines],
        "purposes": _offered({line.purpose.id for line in lines}),
        "channels": CHANNELS.items(),
        "agreed_by": offered.items(),
        "child": "self" not in offered,
        "controller": files.controller(),
        "entered": request.POST,
        "problems": form.problems,
    }
    return render(request, "privacy/consent_person.html", context, status=422 if form.problems else 200)


def _who_agrees(resident: Resident) -> dict[str, Any]:
    """Who may agree for this person today: for a child only a parent or a guardian."""
    born = resident.birth_date
    child = born is not None and consents.is_child(born, timezone.localdate())
    return {who: label for who, label in AGREED_BY.items() if who != "self" or not child}


def _offered(standing: set[str]) -> list[tuple[str, str, list[str]]]:
    """(id, name, parts of the text) of each purpose that a person can still agree to today."""
    today, chosen = timezone.localdate(), language()
    texts = [
        (id_, purpose, files.consent_text(purpose=id_, on=today))
        for id_, purpose in consents.purposes().items()
        if id_ not in standing
    ]
    return [
        (id_, purpose.name[chosen], [part[chosen] for part in text.sections.values()])
        for id_, purpose, text in texts
        if text is not None
    ]


def _named(request: HttpRequest, resident: Resident | None) -> dict[str, Any]:
    """Who the person is, as the reader's role may see it: those who may not open families see no whole name,
    and those who may are led back to the family. None: the register no longer knows them."""
    opens = may(request.actor, Permission.FAMILY_READ)
    name = resident.name if resident else ""
    return {"resident": resident, "name": name if opens else mask_name(name), "opens_families": opens}


def _given(request: HttpRequest, form: Form, resident: Resident, who: dict[str, Any]) -> HttpResponse | None:
    purpose = form.choice("tujuan", consents.purposes())
    channel = form.choice("jalur", CHANNELS)
    agreed_by = form.choice("oleh", who)
    if "oleh" in form.problems and request.POST.get("oleh") in AGREED_BY:
        form.problems["oleh"] = gettext("Belum 18 tahun: orang tua atau wali yang menyetujui.")
    if "setuju" not in request.POST:
        form.problems["setuju"] = gettext(
            "Persetujuan dicatat hanya setelah teksnya dibacakan dan disetujui."
        )
    if form.problems:
        return None
    try:
        line = consents.give(
            by=request.actor, person=resident.person, area=resident.village, purpose=purpose,
            channel=channel, agreed_by=agreed_by, asked_age="umur" in request.POST,
        )  # fmt: skip
    except AgeUnknown as problem:
        form.refused("umur", problem)
        return None
    except DtksError as problem:
        form.refused("tujuan", problem)
        return None
    messages.success(request, gettext("Persetujuan dicatat. Cetak buktinya untuk orang itu."))
    return redirect("privacy:consent", line.id)


@requires(Permission.CONSENT_TAKE)
@require_safe
def receipt(request: HttpRequest, consent: uuid.UUID) -> HttpResponse:
    """The receipt of a consent, for printing."""
    line = _line(request, consent)
    context: dict[str, Any] = {
        **_named(request, residents.register().find(line.person)),
        "line": line,
        "purpose": line.purpose.name[language()],
        "sections": {name: text[language()] for name, text in line.text.sections.items()}
        if line.text
        else {},
        "follows": [text[language()] for text in line.text.on_withdrawal] if line.text else [],
        "place": names_of([line.area]),
        "channel": CHANNELS[line.channel],
        "withdrawn_channel": CHANNELS.get(line.withdrawn_channel, ""),
        "agreed_by": AGREED_BY[line.agreed_by],
        "clock": shown(line.clock),
        "controller": files.controller(),
    }
    return render(request, "privacy/receipt.html", context)


@requires(Permission.CONSENT_TAKE)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, consent: uuid.UUID) -> HttpResponse:
    """Asks whether it is to be withdrawn, and says what follows; POST is the yes."""
    line = _line(request, consent)
    form = Form(request)
    if request.method == "POST":
        channel = form.choice("jalur", CHANNELS)
        if not form.problems:
            try:
                consents.withdraw(by=request.actor, consent=consent, channel=channel)
                messages.success(request, gettext("Persetujuan dicabut. Jam 3×24 jam sudah berjalan."))
            except DtksError as problem:
                messages.error(request, problem.text(language()))
            return redirect("privacy:consent", consent)
    context = {
        **_named(request, residents.register().find(line.person)),
        "line": line,
        "purpose": line.purpose.name[language()],
        "follows": [text[language()] for text in line.text.on_withdrawal] if line.text else [],
        "channels": CHANNELS.items(),
        "problems": form.problems,
    }
    return render(request, "privacy/consent_withdraw.html", context, status=422 if form.problems else 200)


@requires(Permission.PRIVACY)
@require_POST
def stopped(request: HttpRequest, consent: uuid.UUID) -> HttpResponse:
    """Notes that everything that follows from a withdrawal was done."""
    if "selesai" not in request.POST:
        messages.error(request, gettext("Centang dulu bahwa semuanya sudah dikerjakan."))
        return redirect("privacy:consent", consent)
    try:
        consents.stopped(by=request.actor, consent=consent)
    except ConsentUnknown as problem:
        raise Http404 from problem
    except DtksError as problem:
        messages.error(request, problem.text(language()))
    return redirect("privacy:consent", consent)


def _line(request: HttpRequest, consent: uuid.UUID) -> consents.Line:
    try:
        return consents.get(by=request.actor, consent=consent)
    except ConsentUnknown as problem:
        raise Http404 from problem


urlpatterns = [
    path("persetujuan/", listed, name="consents"),
    path("persetujuan/orang/<uuid:person>/", of_person, name="consents_of"),
    path("persetujuan/<uuid:consent>/", receipt, name="consent"),
    path("persetujuan/<uuid:consent>/cabut/", withdraw, name="consent_withdraw"),
    path("persetujuan/<uuid:consent>/selesai/", stopped, name="consent_stopped"),
]
