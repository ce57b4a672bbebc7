"""The language switch, the way out and the health check."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dtks.foundation.accounts import factors
from dtks.foundation.accounts.entrance import open_to_all
from dtks.foundation.accounts.signing_in.pages_in import sign_out

A_YEAR = 365 * 24 * 60 * 60


@open_to_all("The language of a page")
@require_safe
def switch_language(request: HttpRequest, code: str) -> HttpResponse:
    """Remember the language in a cookie and go back to the page the reader came from.

    A link, not a form: the citizens' pages then need no CSRF cookie, and a preference harms nobody.
    """
    if code not in dict(settings.LANGUAGES):
        raise Http404
    back = request.GET.get("kembali", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = HttpResponseRedirect(back)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=A_YEAR,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@open_to_all("Health check: names nothing and nobody")
@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 {"status": "ok"} when the database answers, else 503: for a watchdog or a load balancer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "database"}, status=503)
    return JsonResponse({"status": "ok"})


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of a 403, for officers inside their own layout: the menu is the way on."""
    return render(request, "403.html", {"layout": _layout(request)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of a 404, likewise."""
    return render(request, "404.html", {"layout": _layout(request)}, status=404)


def _layout(request: HttpRequest) -> str:
    # An answer made before the session was read (a wrong host name) has no user.
    user = getattr(request, "user", None)
    inside = user is not None and user.is_authenticated and factors.confirmed(request)
    return "ui/base.html" if inside else "ui/public_base.html"


urlpatterns = [
    path("keluar/", sign_out, name="sign_out"),
    path("bahasa/<str:code>/", switch_language, name="language"),
    path("healthz", healthz, name="healthz"),
]
