"""Pages of the village office for citizens' accounts. A NIK is typed into a form and never stands in an
address; each act asks first, says what will happen, and wants a reason and the papers."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from dtks.foundation.accounts import citizen_help, citizen_look_up
from dtks.foundation.accounts import officer_texts as texts
from dtks.foundation.accounts.citizen_look_up import Citizen
from dtks.foundation.accounts.entrance import requires
from dtks.foundation.accounts.models import Account
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.accounts.signing_in import contacts, limits, trail, waiting
from dtks.foundation.accounts.signing_in.errors import CitizenNotFound, ContactUnusable
from dtks.foundation.areas import queries as areas
from dtks.foundation.areas.domain import timezone_of
from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.kernel.nik import Nik
from dtks.foundation.kernel.nik import clean as only_digits

CODE = "accounts_office_code"
"""Session key: {'key', 'person', 'contact'} of the code that was sent from the office; the contact masked."""


@dataclass(frozen=True, slots=True)
class Act:
    """What is done after it was confirmed. Texts are lazy. ``hurts``: it takes away."""

    title: Any
    warning: Any
    done: Any
    run: Callable[..., None]
    hurts: bool = True


ACTS = {
    "lepas": Act(
        _("Lepas kontak"),
        _(
            "Kontak yang sekarang tidak membuka akun ini lagi, faktor kedua yang dipasang warga terhapus, "
            "dan semua sesinya berakhir. Kontak lama diberi tahu. Sesudahnya daftarkan kontak warga yang ada "
            "di depan Anda."
        ),
        _("Kontak dilepas dan semua sesi berakhir. Daftarkan kontak yang baru bila warga ada di depan Anda."),
        citizen_help.release_contact,
    ),
    "tutup": Act(
        _("Tutup akun"),
        _(
            "Tidak seorang pun dapat masuk dengan akun ini; kontak dan faktor keduanya dilepas dan semua "
            "sesinya berakhir. "
            "Data keluarga di register tidak berubah. Akun dapat dibuka lagi."
        ),
        _("Akun ditutup."),
        citizen_help.close_account,
    ),
    "buka-lagi": Act(
        _("Buka lagi akun"),
        _("Warga dapat masuk lagi sesudah kontaknya didaftarkan di sini."),
        _("Akun dibuka lagi. Daftarkan kontaknya supaya warga dapat masuk."),
        citizen_help.reopen_account,
        hurts=False,
    ),
}
HOW = {
    Account.ContactHow.REGISTER: _("sama dengan nomor di register, dibuktikan dengan kode"),
    Account.ContactHow.CODE: _("didaftarkan di kantor, dibuktikan dengan kode"),
    Account.ContactHow.SEEN: _("didaftarkan di kantor, dilihat petugas"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CITIZEN_HELP)
@never_cache
@sensitive_post_parameters("nik")
def find(request: HttpRequest) -> HttpResponse:
    """Find a citizen by NIK."""
    field, missing, typed = "", "", ""
    if request.method == "POST":
        typed = request.POST.get("nik", "").replace("\0", "")[:40]
        if Nik.defect(only_digits(typed)) is not None:
            field = gettext("NIK terdiri dari 16 angka, seperti di KTP atau kartu keluarga.")
        else:
            # What may be somebody's number is not written into a page again.
            nik, typed = typed, ""
            try:
                return redirect("accounts:citizen_account", citizen_look_up.find(by=request.actor, nik=nik))
            except DtksError as problem:
                missing = texts.told(problem)
    context = {
        "place": texts.area_names([request.actor.area])[request.actor.area],
        "field": field,
        "missing": missing,
        "typed": typed,
    }
    return render(request, "accounts/citizens/find.html", context, status=422 if field or missing else 200)


@require_safe
@requires(Permission.CITIZEN_HELP)
@never_cache
def citizen_account(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """One citizen: whether there is an account, what opens it, and what the office can do."""
    found = _citizen(request, person)
    context = {
        "citizen": found,
        "village": areas.names(codes=[found.village]).get(found.village, found.village),
        "zone": timezone_of(found.village),
        "how": HOW.get(found.how, ""),
    }
    return render(request, "accounts/citizens/citizen.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CITIZEN_HELP)
@never_cache
def act(request: HttpRequest, person: uuid.UUID, what: str) -> HttpResponse:
    """Ask whether to do one of `ACTS`, then do it."""
    if what not in ACTS:
        raise Http404
    chosen, found = ACTS[what], _citizen(request, person)
    error = ""
    if request.method == "POST":
        try:
            chosen.run(by=request.actor, person=person, **_confirmed(request))
        except DtksError as problem:
            error = texts.told(problem)
        else:
            messages.success(request, str(chosen.done))
            return redirect("accounts:citizen_account", person)
    context = {"act": chosen, "citizen": found, "error": error, **_typed(request)}
    return render(request, "accounts/citizens/act.html", context, status=422 if error else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CITIZEN_HELP)
@never_cache
@sensitive_post_parameters("contact")
def contact(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """Register the contact that the citizen shows up with: by a code, or as seen on the citizen's device."""
    found = _citizen(request, person)
    contact = request.POST.get("contact", "").replace("\0", "").strip()[: contacts.LONGEST]
    field, error, wait = "", "", 0
    if request.method == "POST":
        try:
            seen = request.POST.get("way") == "seen"
            given = {"by": request.actor, "person": person, "contact": contact, **_confirmed(request)}
            citizen_help.check_contact(**given)
            wait = _too_often(request, contact, seen=seen)
            if wait:
                error = waiting.text(wait)
            elif seen:
                citizen_help.register_contact(**given)
                messages.success(request, gettext("Kontak didaftarkan. Warga dapat masuk sekarang."))
                return redirect("accounts:citizen_account", person)
            else:
                key = citizen_help.send_code(**given)
                kept = {"key": str(key), "person": str(person), "contact": contacts.masked(contact)}
                request.session[CODE] = kept
                return redirect("accounts:citizen_contact_code", person)
        except ContactUnusable as problem:
            field = texts.told(problem)
        except DtksError as problem:
            error = texts.told(problem)
    context = {
        "citizen": found,
        "contact": contact,
        "way": request.POST.get("way", "code"),
        "field": field,
        "error": error,
        **_typed(request),
    }
    response = render(request, "accounts/citizens/contact.html", context)
    return waiting.answered(response, wait=wait) if field or error else response


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CITIZEN_HELP)
@never_cache
@sensitive_post_parameters("code")
def contact_code(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """The code that the citizen tells back registers the contact."""
    found = _citizen(request, person)
    sent = request.session.get(CODE)
    if sent is None or sent["person"] != str(person):
        return redirect("accounts:citizen_contact", person)
    error = ""
    if request.method == "POST":
        code = request.POST.get("code", "")[:20]
        try:
            citizen_help.confirm_contact(
                by=request.actor, person=person, key=uuid.UUID(sent["key"]), code=code
            )
        except DtksError as problem:
            error = texts.told(problem)
        else:
            del request.session[CODE]
            messages.success(request, gettext("Kontak terbukti dan didaftarkan. Warga dapat masuk sekarang."))
            return redirect("accounts:citizen_account", person)
    context = {"citizen": found, "contact": sent["contact"], "error": error}
    return render(request, "accounts/citizens/contact_code.html", context, status=422 if error else 200)


def _citizen(request: HttpRequest, person: uuid.UUID) -> Citizen:
    """The citizen, when in the reader's area. Raises Http404."""
    try:
        return citizen_look_up.see(by=request.actor, person=person)
    except CitizenNotFound as problem:
        raise Http404(str(problem)) from problem


def _confirmed(request: HttpRequest) -> dict[str, Any]:
    """What every act asks for."""
    return {"reason": request.POST.get("reason", ""), "papers": request.POST.get("papers") == "1"}


def _typed(request: HttpRequest) -> dict[str, Any]:
    return {"reason": request.POST.get("reason", ""), "papers": request.POST.get("papers", "")}


def _too_often(request: HttpRequest, contact: str, *, seen: bool) -> int:
    """Seconds to wait before another contact (and, unless ``seen``, another code to this one); 0 for none."""
    rules = [(limits.OFFICE_CODE, request.actor.account)]
    if not seen:
        rules.append((limits.OFFICE_CONTACT, contacts.written(contact)))
    taken = limits.take_all(*rules)
    if taken.locked:
        trail.note(request, "accounts.locked_out", detail={"by": "office"})
    return taken.wait


urlpatterns: list[URLPattern | URLResolver] = [
    path("petugas/warga/", find, name="citizen_find"),
    path("petugas/warga/<uuid:person>/", citizen_account, name="citizen_account"),
    path("petugas/warga/<uuid:person>/kontak/", contact, name="citizen_contact"),
    path("petugas/warga/<uuid:person>/kontak/kode/", contact_code, name="citizen_contact_code"),
    path("petugas/warga/<uuid:person>/<slug:what>/", act, name="citizen_act"),
]
