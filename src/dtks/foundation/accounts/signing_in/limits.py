"""How often one may try, counted in the database: every process of every server sees the same count."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import math
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from dtks.foundation.accounts.signing_in.models import TryCount

KEPT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Rule:
    """``tries`` within ``seconds``; the next is refused for ``block`` seconds, each further time for twice as
    long, up to ``longest``."""

    name: str
    tries: int
    seconds: int
    block: int
    longest: int = 3600


MINUTE = 60
# One who guesses from elsewhere must not lock the owner out at once: the owner's own address counts apart.
PASSWORD = Rule("password", tries=5, seconds=15 * MINUTE, block=5 * MINUTE)
PASSWORD_ANYWHERE = Rule("password-anywhere", tries=20, seconds=15 * MINUTE, block=15 * MINUTE)
# A whole office or village often stands behind one address.
ADDRESS = Rule("address", tries=50, seconds=15 * MINUTE, block=15 * MINUTE)
FACTOR = Rule("factor", tries=5, seconds=15 * MINUTE, block=5 * MINUTE)
CITIZEN = Rule("citizen", tries=4, seconds=60 * MINUTE, block=30 * MINUTE)
CITIZEN_ANYWHERE = Rule(
    "citizen-anywhere", tries=12, seconds=60 * MINUTE, block=60 * MINUTE, longest=24 * 60 * MINUTE
)
CITIZEN_ADDRESS = Rule("citizen-address", tries=40, seconds=60 * MINUTE, block=30 * MINUTE)
# An officer who registers contacts all morning stays below; one who floods a phone does not.
OFFICE_CODE = Rule("office-code", tries=30, seconds=60 * MINUTE, block=30 * MINUTE)
OFFICE_CONTACT = Rule("office-contact", tries=4, seconds=60 * MINUTE, block=30 * MINUTE)


@dataclass(frozen=True, slots=True)
class Taken:
    """Whether a try may be made: ``wait`` is 0, else the seconds until the next one. ``locked``: this very
    try began the waiting."""

    wait: int = 0
    locked: bool = False


@transaction.atomic
def take(rule: Rule, value: str) -> Taken:
    """Count a try before it is made, so that tries at the same moment are all counted."""
    now = timezone.now()
    row = None
    while row is None:
        # Between the two, another process may forget the count.
        TryCount.objects.get_or_create(key=_key(rule.name, value), defaults={"began": now})
        row = TryCount.objects.select_for_update().filter(key=_key(rule.name, value)).first()
    if row.blocked_until is not None and row.blocked_until > now:
        return Taken(wait=math.ceil((row.blocked_until - now).total_seconds()))
    if (now - row.began).total_seconds() > rule.seconds:
        row.tries, row.began = 0, now
    if row.blocked_until is not None and now - row.blocked_until > KEPT:
        row.strikes = 0
    row.tries += 1
    wait = 0
    if row.tries > rule.tries:
        wait = min(rule.block * 2**row.strikes, rule.longest)
        row.tries, row.began, row.strikes = 0, now, min(row.strikes + 1, 16)
        row.blocked_until = now + timedelta(seconds=wait)
    row.save()
    return Taken(wait=wait, locked=wait > 0)


def take_or_pass(rule: Rule, value: str) -> Taken:
    """`take`, for what can be read while others write: on SQLite a try that finds no turn to be counted
    within a second is let through uncounted. An import stops no citizen."""
    patience = getattr(connection, "patience", None)  # PostgreSQL's rows do not wait for each other
    try:
        with patience(seconds=1) if patience else nullcontext():
            return take(rule, value)
    except OperationalError:
        if patience is None:
            raise
        return Taken()


def take_all(*wanted: tuple[Rule, str]) -> Taken:
    """One try under several rules; the first that refuses answers."""
    for rule, value in wanted:
        taken = take(rule, value)
        if taken.wait:
            return taken
    return Taken()


def give_back(rule: Rule, value: str) -> None:
    """The try was a good one: it does not count against an address that many share."""
    TryCount.objects.filter(key=_key(rule.name, value), tries__gt=0).update(tries=F("tries") - 1)


def forget(rule: Rule, value: str) -> None:
    """It was the right one: count from nought."""
    TryCount.objects.filter(key=_key(rule.name, value)).delete()


def once(kind: str, value: str, *, seconds: int) -> bool:
    """True the first time within ``seconds``, in whatever process: for codes that must not work twice."""
    now = timezone.now()
    row, made = TryCount.objects.get_or_create(key=_key(kind, value), defaults={"began": now})
    if made:
        return True
    ended = TryCount.objects.filter(key=row.key, began__lt=now - timedelta(seconds=seconds))
    return ended.update(began=now) == 1


def clear_old() -> int:
    """Delete counts that matter no more; how many."""
    now = timezone.now()
    old = TryCount.objects.filter(began__lt=now - KEPT).exclude(blocked_until__gt=now - KEPT)
    return old.delete()[0]


def address_of(request: HttpRequest) -> str:
    """Where the request comes from: the address, for IPv6 the network that one customer is given (/64)."""
    given = get_adapter(request).get_client_ip(request)
    address = ipaddress.ip_address(given)
    if address.version == 6 and address.ipv4_mapped:
        # As a listener for both hands on an IPv4 address: else all of them are one network.
        return str(address.ipv4_mapped)
    if address.version == 6:
        return str(ipaddress.ip_network(f"{given}/64", strict=False))
    return str(address)


def _key(kind: str, value: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()
