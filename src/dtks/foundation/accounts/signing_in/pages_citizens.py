"""Citizens sign in: NIK, family card and phone or e-mail, then the code that was sent there."""

from __future__ import annotations

import time
import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from dtks.foundation.accounts.entrance import open_to_all
from dtks.foundation.accounts.signing_in import codes, contacts, entering, limits, showing, trail, waiting
from dtks.foundation.accounts.signing_in.pages_in import home, read_or_send
from dtks.foundation.kernel.nik import Nik
from dtks.foundation.kernel.nik import clean as only_digits

CODE = "accounts_citizen_code"
"""Session key: {'key', 'contact'} of the code that was asked for; the contact masked."""
ANSWER_SECONDS = 0.6
"""Every answer takes so long: writing the message would tell who is in the register."""


@open_to_all("Citizens' sign-in")
@never_cache
@sensitive_post_parameters("nik", "kk", "contact")
@read_or_send
def citizen(request: HttpRequest) -> HttpResponse:
    """Ask for a code. The answer is the same whether or not anybody bears the NIK."""
    if request.method != "POST":
        return render(request, "accounts/citizen.html", {"given": {}, "errors": {}})
    asked, errors = _read(request)
    if errors:
        context = {"given": request.POST, "errors": errors}
        return waiting.answered(render(request, "accounts/citizen.html", context))
    address = limits.address_of(request)
    taken = limits.take_all(
        (limits.CITIZEN_ADDRESS, address),
        (limits.CITIZEN, f"{asked.nik}\0{address}"),
        (limits.CITIZEN_ANYWHERE, asked.nik),
    )
    if taken.wait:
        if taken.locked:
            trail.note(request, "accounts.locked_out", detail={"by": "citizen"})
        context = {"given": request.POST, "errors": {}, "error": waiting.text(taken.wait)}
        return waiting.answered(render(request, "accounts/citizen.html", context), wait=taken.wait)
    started = time.monotonic()
    key = codes.send(asked)
    request.session[CODE] = {"key": str(key), "contact": contacts.masked(asked.contact)}
    time.sleep(max(0.0, ANSWER_SECONDS - (time.monotonic() - started)))
    return redirect("accounts:citizen_code")


@open_to_all("Citizens' sign-in, second step")
@never_cache
@sensitive_post_parameters("code")
@read_or_send
def citizen_code(request: HttpRequest) -> HttpResponse:
    """The code that was sent, if one was. Whoever set up a second factor is asked for it after the code, by
    the page that asks officers; before the code nothing tells that there is one."""
    waiting_for = request.session.get(CODE)
    if waiting_for is None:
        return redirect("accounts:citizen")
    error = ""
    if request.method == "POST":
        account = codes.redeem(key=uuid.UUID(waiting_for["key"]), code=request.POST.get("code", "")[:20])
        if account is not None:
            del request.session[CODE]
            entering.begin(request, account)
            if showing.has_factor(account):  # as of now, not of when the code was asked for
                return redirect("accounts:second_factor")
            entering.complete(request, how="code")
            return redirect(home(request))
        trail.note(request, "accounts.code_failed")
        error = _("Kode tidak cocok atau sudah tidak berlaku. Setelah lima kali salah, minta kode baru.")
    context = {"contact": waiting_for["contact"], "error": error}
    response = render(request, "accounts/citizen_code.html", context)
    return waiting.answered(response) if error else response


def _read(request: HttpRequest) -> tuple[codes.Asked, dict[str, str]]:
    """What was typed, and what is wrong with it by its form alone."""
    nik = only_digits(request.POST.get("nik", "")[:40])
    kk_digits = only_digits(request.POST.get("kk", "")[:40])
    contact = request.POST.get("contact", "").replace("\0", "").strip()[: contacts.LONGEST]
    errors = {}
    if Nik.defect(nik) is not None:
        errors["nik"] = _("NIK terdiri dari 16 angka, seperti di KTP atau kartu keluarga.")
    if len(kk_digits) != codes.KK_DIGITS or not kk_digits.isdecimal() or not kk_digits.isascii():
        errors["kk"] = _("Tulis 8 angka terakhir nomor kartu keluarga.")
    if not contacts.is_one(contact):
        errors["contact"] = _("Tulis nomor HP, seperti 0812 3456 7890, atau alamat surel.")
    return codes.Asked(nik=nik, kk_digits=kk_digits, contact=contact), errors
