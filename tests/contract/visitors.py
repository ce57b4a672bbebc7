"""Somebody at the doors: a browser with a session, who goes through each and is told yes or no."""

from __future__ import annotations

import copy
import json
import logging
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse
from tests.contract.entrances import PAGES, Door
from tests.contract.world import Village
from tests.fixtures import officers

from dtks.foundation.accounts import factors

_LOG = logging.getLogger("django.request")
FORM = "application/x-www-form-urlencoded"
WAYS_IN = ("sign_in", "second_factor", "locked", "change_password")


@dataclass(frozen=True)
class Told:
    """An answer. `outcome`: the door stayed shut ('refused', 'step-up', 'no-method') or not ('in')."""

    status: int
    outcome: str
    content: bytes
    headers: dict[str, str]


class Visitor:
    """A browser. Whatever a page does to its cookies lasts until the next page."""

    def __init__(self, *, csrf: bool = False) -> None:
        self.client = Client(raise_request_exception=False, enforce_csrf_checks=csrf)
        self._cookies: Any = None

    def keep(self) -> None:
        """From here on every page is asked for with the cookies of now."""
        self._cookies = copy.deepcopy(self.client.cookies)

    def go(self, door: Door, method: str, village: Village, *, filled: bool = True) -> Told:
        """Through the door for this village: with what its `Walk` sends, or with nothing."""
        walk = PAGES[door.name]
        query = {name: village.put(text) for name, text in walk.query.items()} if filled else {}
        address = village.address(door, walk) + (f"?{urlencode(query)}" if query else "")
        sent = {name: village.put(text) for name, text in walk.post.items()} if filled else {}
        if walk.json:
            return self.call(method, address, json.dumps(sent).encode(), "application/json")
        return self.call(method, address, urlencode(sent).encode(), FORM)

    def call(self, method: str, address: str, body: bytes, media_type: str) -> Told:
        """Any call, with the cookies that were kept."""
        if self._cookies is not None:
            self.client.cookies = copy.deepcopy(self._cookies)
        # Thousands of refusals with their tracebacks would take longer to write than to make.
        _LOG.disabled = True
        try:
            if method == "GET":
                return told(self.client.get(address))
            return told(self.client.generic(method, address, body, content_type=media_type))
        finally:
            _LOG.disabled = False


def told(answer: HttpResponseBase) -> Told:
    """The answer as plain values."""
    content = b"".join(answer) if answer.streaming else answer.content
    headers = dict(answer.headers.items())
    return Told(answer.status_code, _outcome(answer.status_code, headers, content), content, headers)


def _outcome(status: int, headers: dict[str, str], content: bytes) -> str:
    if status == 405:
        return "no-method"
    if status in (401, 403):
        return "step-up" if b"DTKS-API-004" in content else "refused"
    to = urlsplit(headers.get("Location", headers.get("HX-Redirect", ""))).path
    if to == reverse("accounts:step_up"):
        return "step-up"
    if to in [reverse(f"accounts:{name}") for name in WAYS_IN]:
        return "refused"
    return "in"


def officer(role: str, area: str, *, username: str = "", csrf: bool = False, password: str = "") -> Visitor:
    """Signed in with that role ('' for none) in that area, a factor shown just now."""
    visitor = Visitor(csrf=csrf)
    name = username or f"{role or 'tanpa'}-{area}"
    officers.sign_in(visitor.client, role=role, area=area, username=name, password=password)
    visitor.keep()
    return visitor


def with_session(visitor: Visitor, **values: Any) -> Visitor:
    """The same one with session values changed; None takes one away."""
    session = visitor.client.session
    for name, value in values.items():
        if value is None:
            session.pop(name, None)
        else:
            session[name] = value
    session.save()
    return visitor


def without_factor(visitor: Visitor) -> Visitor:
    """The same one before any second factor."""
    return with_session(visitor, **{factors.CONFIRMED: None})


def locked(visitor: Visitor) -> Visitor:
    """The same one with the session locked."""
    return with_session(visitor, **{factors.LOCKED: time.time()})


def long_ago(visitor: Visitor) -> Visitor:
    """The same one, a factor shown longer ago than a step-up allows."""
    return with_session(visitor, **{factors.CONFIRMED: time.time() - factors.FRESH_SECONDS - 60})
