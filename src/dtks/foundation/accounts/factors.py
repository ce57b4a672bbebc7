"""Whether the one behind a session has shown a second factor, how lately, and the way to do it.

Session keys: `CONFIRMED`, when a factor was shown last (seconds since 1970); `LOCKED`, there while the
session is locked. A test that signs somebody in sets ``session[CONFIRMED] = time.time()``.
"""

from __future__ import annotations

import time
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

CONFIRMED = "accounts_second_factor_at"
LOCKED = "accounts_locked"
SEEN = "accounts_seen_at"
"""Session key: when somebody gave a sign last (seconds since 1970)."""
FRESH_SECONDS = 10 * 60


def confirmed(request: HttpRequest) -> bool:
    """Whether a factor was shown in this session, it is not locked, and the password is one's own by now."""
    return shown(request) and LOCKED not in request.session and not must_change_password(request)


def shown(request: HttpRequest) -> bool:
    """Whether a factor was shown in this session at all."""
    return CONFIRMED in request.session


def must_change_password(request: HttpRequest) -> bool:
    """Whether somebody else knows the password: who made the account."""
    must = getattr(request.user, "must_change_password", False)
    return bool(must) and request.user.has_usable_password()


def fresh(request: HttpRequest) -> bool:
    """Whether a factor was shown in the last ten minutes."""
    return time.time() - float(request.session.get(CONFIRMED, 0)) < FRESH_SECONDS


def mark_confirmed(request: HttpRequest) -> None:
    """A factor was shown just now."""
    request.session[CONFIRMED] = request.session[SEEN] = time.time()
    request.session.pop(LOCKED, None)


def way_to_confirm(request: HttpRequest) -> str:
    """The page where this session is unlocked, a second factor is shown or set up, or the password is
    changed; from there one comes back."""
    if request.session.get(LOCKED):
        name = "accounts:locked"
    elif not shown(request):
        name = "accounts:second_factor"
    else:
        name = "accounts:change_password"
    return with_next(reverse(name), page_before(request))


def with_next(path: str, back: str) -> str:
    """``path`` with the page to come back to."""
    return f"{path}?{urlencode({'next': back})}" if back else path


def page_before(request: HttpRequest) -> str:
    """The page to come back to: the one asked for, or the one on which a form or a fragment stood. '' for
    none of this site."""
    if request.method in ("GET", "HEAD") and not request.headers.get("HX-Request"):
        return request.get_full_path()
    given = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    parts = urlsplit(given)
    if parts.netloc != request.get_host():
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def safe_next(request: HttpRequest) -> str:
    """The `next` that came with the request when it leads into this site, else ''."""
    given = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(
        given, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return given if allowed else ""
