"""Signing in at one's own institution."""

from __future__ import annotations

import time
from typing import Any

import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dtks.foundation.accounts import factors
from dtks.foundation.accounts.entrance import open_to_all
from dtks.foundation.accounts.models import Account
from dtks.foundation.accounts.signing_in import entering, institutions, limits, trail, waiting
from dtks.foundation.accounts.signing_in.backend import AccountBackend
from dtks.foundation.accounts.signing_in.models import PreparedSignIn
from dtks.foundation.accounts.signing_in.oidc import InstitutionAdapter
from dtks.foundation.vault import blind, configured

AGAIN = "accounts_institution_again"
"""Session key: when the institution was asked to have the person sign in anew."""


@open_to_all("Sign-in at an institution begins here")
@never_cache
@require_safe
def start(request: HttpRequest, id: str) -> HttpResponse:
    """To the institution. By a link: a form may not lead out of this site (Content-Security-Policy)."""
    if institutions.by_id(id) is None:
        raise Http404
    # '' from a browser that does not tell, 'none' when the address was typed.
    if request.headers.get("Sec-Fetch-Site", "") not in ("", "none", "same-origin"):
        # Another site, also one of the same domain, does not begin anybody's sign-in.
        return redirect("accounts:sign_in")
    again = bool(request.user.is_authenticated)
    request.session.pop(AGAIN, None)
    if again:
        request.session[AGAIN] = {"account": str(request.user.pk), "at": time.time()}
    provider = get_adapter(request).get_provider(request, id)
    try:
        return provider.start(request, next_url=factors.safe_next(request), again=again)
    except (OAuth2Error, requests.RequestException, KeyError, ValueError):
        return failed(request)


@open_to_all("The institution sends the browser back here")
@never_cache
@require_safe
def back(request: HttpRequest, id: str) -> HttpResponse:
    """From the institution; state, PKCE, nonce and signature are checked before anything is believed."""
    if institutions.by_id(id) is None:
        raise Http404
    taken = limits.take(limits.ADDRESS, limits.address_of(request))
    if taken.wait:
        return failed(request, wait=taken.wait)
    try:
        answer: HttpResponse = OAuth2CallbackView.adapter_view(InstitutionAdapter(request, id))(request)
    except (KeyError, ValueError, TypeError):  # an answer that is no OpenID Connect
        return failed(request)
    return answer


def signed_in_there(request: HttpRequest, sociallogin: Any) -> HttpResponse:
    """The institution vouches for a subject: find the account that was prepared for it, and let it in."""
    institution = institutions.by_id(sociallogin.account.provider)
    claims = sociallogin.account.extra_data["id_token"]
    about = {**sociallogin.account.extra_data["userinfo"], **claims}
    account = _prepared_for(institution, str(about.get(institution.claim, "")))
    if account is None or not AccountBackend().user_can_authenticate(account):
        trail.note(
            request, "accounts.sign_in_failed", account=account, detail={"institution": institution.id}
        )
        return render(request, "accounts/institution_refused.html", {"institution": institution}, status=403)
    limits.give_back(limits.ADDRESS, limits.address_of(request))
    to = sociallogin.state.get("next") or ""
    if asked := request.session.pop(AGAIN, None):
        return _confirmed_again(request, institution, account, claims, asked, to)
    entering.begin(request, account, institution=institution.id)
    if institution.counts(claims):
        entering.complete(request, how=f"institution {institution.id}")
        return redirect(to or "workspace:home")
    return redirect(factors.with_next(reverse("accounts:second_factor"), to))


def failed(request: HttpRequest, *, wait: int = 0) -> HttpResponse:
    """The institution did not answer as it should, or the person turned back there."""
    trail.note(request, "accounts.sign_in_failed", detail={"by": "institution"})
    context = {"error": waiting.text(wait) if wait else ""}
    response = render(request, "accounts/institution_failed.html", context, status=403)
    return waiting.answered(response, wait=wait) if wait else response


def _confirmed_again(
    request: HttpRequest,
    institution: institutions.Institution,
    account: Account,
    claims: dict[str, Any],
    asked: dict[str, Any],
    to: str,
) -> HttpResponse:
    """Step-up, or unlocking, at the institution: the same person, asked anew, with a factor that counts."""
    signed_in_at = claims.get("auth_time")
    anew = isinstance(signed_in_at, int | float) and signed_in_at >= asked["at"] - 60
    same = request.user.is_authenticated and asked["account"] == str(account.pk) == str(request.user.pk)
    if not (same and anew and institution.counts(claims) and factors.shown(request)):
        return failed(request)
    unlocked = factors.LOCKED in request.session
    factors.mark_confirmed(request)
    trail.note(
        request,
        "accounts.session_unlocked" if unlocked else "accounts.step_up",
        detail={"institution": institution.id},
    )
    return redirect(to or "workspace:home")


def _prepared_for(institution: institutions.Institution, subject: str) -> Account | None:
    candidates = blind.index_candidates(subject, kind="match_key", ring=configured.ring())
    found = PreparedSignIn.objects.filter(institution=institution.id, subject_index__in=candidates)
    prepared = found.select_related("account").first()
    return prepared.account if prepared is not None else None
