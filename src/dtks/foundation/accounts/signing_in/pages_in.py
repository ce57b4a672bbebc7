"""Pages on the way in and out: sign in, second factor, locked, step-up, sign out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from dtks.foundation.accounts import factors, idle
from dtks.foundation.accounts.entrance import open_to_all, requires
from dtks.foundation.accounts.signing_in import (
    citizen_factors,
    entering,
    institutions,
    rechecking,
    recovery,
    showing,
    trail,
    waiting,
)

LONGEST_NAME = 150
LONGEST_PASSWORD = 128
read_or_send = require_http_methods(["GET", "HEAD", "POST"])


def home(request: HttpRequest) -> str:
    """Where one goes who asked for no page: officers to their pages, citizens to theirs."""
    if request.user.is_authenticated and citizen_factors.is_citizen(request.user):
        return reverse("accounts:citizen_home")
    return reverse("workspace:home")


def onward(request: HttpRequest) -> HttpResponse:
    """To the page that was asked for, or home."""
    return redirect(factors.safe_next(request) or home(request))


@open_to_all("Sign-in itself")
@never_cache
@sensitive_post_parameters("password")
@read_or_send
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password. The second factor comes on the page after it."""
    if request.user.is_authenticated and request.method != "POST":
        return onward(request) if factors.confirmed(request) else redirect(factors.way_to_confirm(request))
    error, wait = "", 0
    if request.method == "POST":
        # NUL cannot be stored; what is longer than any name or password is not looked at.
        username = request.POST.get("username", "").replace("\0", "").strip()[: LONGEST_NAME + 1]
        password = request.POST.get("password", "")[: LONGEST_PASSWORD + 1]
        taken = entering.by_password(request, username=username, password=password)
        if taken is not None and not taken.wait:
            return redirect(factors.with_next(reverse("accounts:second_factor"), factors.safe_next(request)))
        wait = taken.wait if taken is not None else 0
        error = (
            waiting.text(wait)
            if wait
            else _(
                "Nama pengguna atau kata sandi tidak cocok. Periksa huruf besar dan kecil, lalu coba lagi."
            )
        )
    shown = {
        "error": error,
        "username": request.POST.get("username", ""),
        "next": factors.safe_next(request),
        "institutions": institutions.offered(),
    }
    response = render(request, "accounts/sign_in.html", shown)
    return waiting.answered(response, wait=wait) if error else response


@open_to_all("The second half of signing in; without the first it leads back there")
@never_cache
@sensitive_post_parameters("code", "recovery")
@read_or_send
def second_factor(request: HttpRequest) -> HttpResponse:
    """Show the second factor; who has none yet is led to set one up and sees nothing else."""
    if not request.user.is_authenticated:
        return redirect(factors.with_next(reverse("accounts:sign_in"), factors.safe_next(request)))
    if factors.shown(request):
        return onward(request) if factors.confirmed(request) else redirect(factors.way_to_confirm(request))
    if not showing.has_factor(request.user):
        if citizen_factors.is_citizen(request.user):  # the office has just taken it away, with the contact
            entering.leave(request, why="factor gone")
            return redirect("accounts:citizen")
        return render(
            request, "accounts/set_up_factor.html", {"next": factors.safe_next(request), "first": True}
        )
    shown = showing.Shown()
    if request.method == "POST":
        shown = showing.check(request, request.user)
        if shown.ok:
            entering.complete(request, how="factor")
            return onward(request)
    return _factor_page(request, "accounts/second_factor.html", shown)


@requires(None, step_up=False)
@never_cache
@sensitive_post_parameters("code", "recovery")
@read_or_send
def step_up(request: HttpRequest) -> HttpResponse:
    """Before an act that weighs: show a factor again, then go back to the page that asked for it. A citizen
    who has none shows a code again, by signing in anew."""
    again = request.method == "POST" and request.POST.get("do") == "sign-in-again"
    if again and citizen_factors.is_citizen(request.user):
        entering.leave(request, why="step-up")
        return redirect("accounts:citizen")
    if request.method == "POST":
        shown = showing.check(request, request.user)
        if shown.ok:
            factors.mark_confirmed(request)
            trail.note(request, "accounts.step_up")
            return onward(request)
    else:
        shown = showing.Shown()
    return _factor_page(request, "accounts/step_up.html", shown)


@open_to_all("A locked session sees only the page that unlocks it; one that is not locked is sent on")
@never_cache
@sensitive_post_parameters("password", "code", "recovery")
@read_or_send
def locked(request: HttpRequest) -> HttpResponse:
    """Unlock with password and factor and come back to the same page. Answers the page's script in JSON, so
    that a form that was being filled in stays as it is."""
    as_json = "application/json" in request.headers.get("Accept", "")
    if not request.user.is_authenticated:
        return JsonResponse({"over": True}, status=401) if as_json else redirect("accounts:sign_in")
    if factors.LOCKED not in request.session:
        return JsonResponse({"ok": True}) if as_json else onward(request)
    shown = showing.Shown()
    if request.method == "POST":
        shown = rechecking.check(request)
        if shown.ok:
            return JsonResponse({"ok": True}) if as_json else onward(request)
    if as_json:
        answer = {"error": shown.error, "key": showing.key_options(request.user)}
        return (
            waiting.answered(JsonResponse(answer), wait=shown.wait) if shown.error else JsonResponse(answer)
        )
    return _factor_page(request, "accounts/locked.html", shown)


@open_to_all("Locks one's own session; whoever is not signed in has none")
@require_POST
def lock_now(request: HttpRequest) -> HttpResponse:
    """Lock the session: asked for, or because the page's clock ran out before the server's."""
    if request.user.is_authenticated:
        idle.lock(request, why="asked" if request.POST.get("why") != "idle" else "idle")
    if "application/json" in request.headers.get("Accept", ""):
        return HttpResponse(status=204)
    if request.user.is_authenticated:
        return redirect(factors.with_next(reverse("accounts:locked"), factors.safe_next(request)))
    return redirect("accounts:sign_in")


@open_to_all("Tells the page whether its session still stands; names nobody")
@never_cache
@require_POST
def alive(request: HttpRequest) -> HttpResponse:
    """The page's script says that somebody is typing: the session stays open (see `idle`)."""
    is_open = request.user.is_authenticated and factors.confirmed(request)
    return JsonResponse({"open": is_open, "left": idle.seconds_left(request) if is_open else 0})


@open_to_all("Signing out; harmless for whoever is not signed in")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    entering.leave(request)
    messages.success(request, _("Anda sudah keluar."))
    response = redirect("accounts:sign_in")
    # A shared computer keeps no page of the session. Not the cookies: one carries the message above.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _factor_page(request: HttpRequest, template: str, shown: showing.Shown) -> HttpResponse:
    context = {
        "error": shown.error,
        "next": factors.safe_next(request),
        "key_options": showing.key_options(request.user),
        "has_app": showing.has_app(request.user),
        "has_recovery": bool(recovery.left(request.user)),
        "has_password": request.user.has_usable_password(),
        "institution": institutions.counted_for(request),
        "is_citizen": citizen_factors.is_citizen(request.user),
        "has_factor": showing.has_factor(request.user),
        "home": home(request),
    }
    response = render(request, template, context)
    return waiting.answered(response, wait=shown.wait) if shown.error else response
