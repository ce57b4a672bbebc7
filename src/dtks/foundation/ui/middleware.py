"""What every answer carries: the reader's chosen language, the browser's restrictions, compressed text."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import translation

# Nothing from elsewhere, no script and no style inside a page, no framing.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


class CompressTextMiddleware(GZipMiddleware):
    """Sends pages compressed; workbooks are compressed already.

    Compression beside a secret can tell the secret to an attacker who makes the victim's browser ask for
    pages with guesses in them and measures the answers (BREACH). A guess can stand in a page: the links of
    the language switch repeat its address. What stands against it:
    - the CSRF token is masked anew in every answer (Django), so its bytes never repeat;
    - the session cookie is SameSite=Lax: what another site asks for in the background is not signed in, so
      each guess would need a page that opens before the officer's eyes;
    - Django adds up to 100 random bytes to each compressed answer, which hides the one byte of a right guess;
    - NIK and KK number are masked in the pages, and a search comes from the session, never from a link.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "")
        if not kind.startswith(("text/", "application/json")):
            return response
        return super().process_response(request, response)


class ChosenLanguageMiddleware:
    """Indonesian unless the reader chose English with the switch.

    Unlike Django's LocaleMiddleware it doesn't ask the browser: phones sold in Indonesia are often set to
    English, and their owners came for an Indonesian page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class ContentSecurityMiddleware:
    """Sets the Content-Security-Policy, and keeps officers' pages out of every cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if request.path.startswith("/petugas/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
