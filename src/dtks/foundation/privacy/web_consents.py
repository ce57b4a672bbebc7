"""Consents: the list, writing one down, its receipt, withdrawing it, and what follows."""

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

from dtks.foundation.accounts.entrance import requires
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.areas import queries as areas
from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.privacy import consents, files
from dtks.foundation.privacy.errors import ConsentUnknown
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


@requires(Permission.PRIVACY)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a consent down; the text is shown as the person is to hear it. A family's page may lead here with
    `?orang=<key>&desa=<code>`."""
    form = Form(request)
    if request.method == "POST" and (answer := _given(request, form)) is not None:
        return answer
    today = timezone.localdate()
    texts = [
        (id_, purpose, files.consent_text(purpose=id_, on=today))
        for id_, purpose in consents.purposes().items()
    ]
    context = {
        "purposes": [
            (id_, purpose.name[language()], [part[language()] for part in text.sections.values()])
            for id_, purpose, text in texts
            if text is not None
        ],
        "channels": CHANNELS.items(),
        "agreed_by": AGREED_BY.items(),
        "entered": request.POST or request.GET,
        "problems": form.problems,
    }
    return render(request, "privacy/consent_new.html", context, status=422 if form.problems else 200)


def _given(request: HttpRequest, form: Form) -> HttpResponse | None:
    purpose = form.choice("tujuan", consents.purposes())
    channel = form.choice("jalur", CHANNELS)
    agreed_by = form.choice("oleh", AGREED_BY)
    area = form.text("desa", needed=True, longest=13)
    if area and not areas.exists(code=area):
        form.problems["desa"] = gettext("Desa tidak dikenal. Tulis kodenya, misalnya 32.01.01.2001.")
    try:
        person = uuid.UUID(form.text("orang", needed=True, longest=36))
    except ValueError:
        form.problems["orang"] = gettext("Salin kunci orang dari halaman keluarganya.")
        return None
    if "setuju" not in request.POST:
        form.problems["setuju"] = gettext(
            "Persetujuan dicatat hanya setelah teksnya dibacakan dan disetujui."
        )
    if form.problems:
        return None
    try:
        line = consents.give(
            by=request.actor, person=person, area=area, purpose=purpose, channel=channel, agreed_by=agreed_by
        )
    except DtksError as problem:
        form.refused("tujuan" if problem.code == "DTKS-PRIV-011" else "desa", problem)
        return None
    messages.success(request, gettext("Persetujuan dicatat. Cetak buktinya untuk orang itu."))
    return redirect("privacy:consent", line.id)


@requires(Permission.PRIVACY)
@require_safe
def receipt(request: HttpRequest, consent: uuid.UUID) -> HttpResponse:
    """The receipt of a consent, for printing."""
    line = _line(request, consent)
    context: dict[str, Any] = {
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


@requires(Permission.PRIVACY)
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
    path("persetujuan/baru/", new, name="consent_new"),
    path("persetujuan/<uuid:consent>/", receipt, name="consent"),
    path("persetujuan/<uuid:consent>/cabut/", withdraw, name="consent_withdraw"),
    path("persetujuan/<uuid:consent>/selesai/", stopped, name="consent_stopped"),
]
