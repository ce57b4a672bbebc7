"""What accounts hold of people, and the shredders of what they no longer need.

Plain data and functions: `privacy` reads them, this package stands above it.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import CASCADE, Q

from dtks.foundation.accounts import pending_file
from dtks.foundation.accounts.models import Account, ResetRequest
from dtks.foundation.accounts.signing_in.models import CitizenCode, TryCount
from dtks.foundation.accounts.standing_rows import everywhere
from dtks.foundation.ledger.domain import Actor

_OWN = ("Milik satu akun, bukan satu wilayah", "It belongs to an account, not to an area")
_ACCESS = {"purposes": ("access",), "retention": "accounts.current"}
_MANAGERS = ("account.manage", "account.review")

TABLES: dict[str, dict[str, Any]] = {
    "account": {
        "purposes": ("access",),
        "retention": "accounts.current accounts.closed",
        "read_by": _MANAGERS,
        "unscoped": (
            "Wilayah akun ialah wilayah perannya (grant), yang dibatasi",
            "The area of an account is that of its roles (grant), which are scoped",
        ),
        "holds": ("Akun petugas dan warga", "Accounts of officers and citizens"),
        "columns": {
            "identification": "name",
            "officer": "username created_by closed_by",
            "contact": "email phone released",
            "identity_number": "nik",
            "authenticator": "password",
            "key": "id person",
            "operational": "last_login kind email_verified_at phone_verified_at contact_since contact_how "
            "is_active expires_on must_change_password own_since created_at closed_at",
        },
        "protected": {"hashed": "password"},
    },
    "grant": {
        **_ACCESS,
        "read_by": _MANAGERS,
        "holds": ("Peran akun di wilayah", "Roles of accounts in areas"),
        "columns": {
            "officer": "role granted_by ended_by reason end_reason",
            "operational": "id area programme valid_from valid_to origin granted_at ended_at",
        },
    },
    "accessreview": {
        **_ACCESS,
        "read_by": _MANAGERS,
        "holds": ("Hasil tinjauan akses tahunan", "Outcome of the yearly access review"),
        "columns": {"officer": "decided_by reason", "operational": "id year decision decided_at"},
    },
    "resetrequest": {
        **_ACCESS,
        "read_by": ("account.manage",),
        "holds": ("Jalan masuk yang menunggu orang kedua", "Ways in that wait for a second person"),
        "columns": {
            "officer": "subject requested_by done_by",
            "operational": "id what institution requested_at done_at followed",
        },
    },
    "trycount": {
        "purposes": ("access",),
        "retention": "accounts.tries",
        "read_by": (),
        "unscoped": ("Terjadi sebelum ada yang dikenal", "It happens before anybody is known"),
        "holds": ("Hitungan percobaan masuk", "Counts of tries to sign in"),
        "columns": {"key": "key", "operational": "tries began strikes blocked_until"},
    },
    "citizencode": {
        "purposes": ("access",),
        "retention": "accounts.codes",
        "read_by": (),
        "unscoped": ("Terjadi sebelum ada yang dikenal", "It happens before anybody is known"),
        "holds": ("Kode sekali pakai warga", "One-time codes of citizens"),
        "columns": {"authenticator": "code_hash whom", "operational": "id made_at tries used_at"},
        "protected": {"hashed": "code_hash"},
    },
    "preparedsignin": {
        **_ACCESS,
        "read_by": ("account.manage",),
        "unscoped": _OWN,
        "holds": ("Akun lembaga yang disiapkan untuk masuk", "Accounts of institutions prepared for sign-in"),
        "columns": {"officer": "subject prepared_by", "operational": "id institution prepared_at"},
    },
}

GONE = "dihapus-"
"""How the sign-in name of an account begins that was made anonymous."""


def _closed(before: datetime) -> Any:
    over = Q(closed_at__lt=before) | Q(expires_on__lt=before.date())
    return Account.objects.filter(over).exclude(username__startswith=GONE)


def _find_closed(*, before: datetime) -> int:
    """Accounts that were closed before and still tell whose they were."""
    return _closed(before).count()


def _anonymise(*, by: Actor, before: datetime, limit: int) -> int:
    """Take name, contacts and NIK away from up to ``limit`` of them, and all that hangs on them alone.

    The account's key stays: the trail names it.
    """
    chosen = list(_closed(before).values_list("pk", flat=True)[:limit])
    for relation in Account._meta.related_objects:
        if relation.on_delete is CASCADE:
            relation.related_model.objects.filter(**{f"{relation.field.name}__in": chosen}).delete()
    with everywhere():
        ResetRequest.objects.filter(account__in=chosen).update(subject=None)
    for account in Account.objects.filter(pk__in=chosen):
        account.username = GONE + uuid.uuid4().hex
        account.name = account.password = ""
        account.set_unusable_password()
        account.email = account.email_index = account.phone = account.phone_index = None
        account.nik = account.person = account.last_login = account.released = None
        # A citizen's account has an index by constraint: this one leads to nobody.
        account.nik_index = uuid.uuid4() if account.kind == Account.Kind.CITIZEN else None
        account.is_active = False
        account.save()
    return len(chosen)


def _ended_sessions(before: datetime) -> Any:
    return Session.objects.filter(expire_date__lt=before)


def _devices(before: datetime) -> Any:
    """Rows about devices whose session is gone; None without that library."""
    if not apps.is_installed("allauth.usersessions"):
        return None
    alive = Session.objects.filter(expire_date__gte=before).values("session_key")
    model = apps.get_model("usersessions", "UserSession")
    return model.objects.filter(last_seen_at__lt=before).exclude(session_key__in=alive)


def _find_sessions(*, before: datetime) -> int:
    """Sessions that ended before, and devices without one."""
    devices = _devices(before)
    return _ended_sessions(before).count() + (devices.count() if devices is not None else 0)


def _shred_sessions(*, by: Actor, before: datetime, limit: int) -> int:
    """Delete up to ``limit`` of each."""
    chosen = list(_ended_sessions(before).values_list("pk", flat=True)[:limit])
    Session.objects.filter(pk__in=chosen).delete()
    if (devices := _devices(before)) is None:
        return len(chosen)
    seen = list(devices.values_list("pk", flat=True)[:limit])
    devices.model.objects.filter(pk__in=seen).delete()
    return len(chosen) + len(seen)


def _find_codes(*, before: datetime) -> int:
    """One-time codes made before."""
    return CitizenCode.objects.filter(made_at__lt=before).count()


def _shred_codes(*, by: Actor, before: datetime, limit: int) -> int:
    """Delete up to ``limit`` of them."""
    chosen = list(CitizenCode.objects.filter(made_at__lt=before).values_list("pk", flat=True)[:limit])
    CitizenCode.objects.filter(pk__in=chosen).delete()
    return len(chosen)


def _tries(before: datetime) -> Any:
    return TryCount.objects.filter(
        Q(blocked_until__isnull=True) | Q(blocked_until__lt=before), began__lt=before
    )


def _find_tries(*, before: datetime) -> int:
    """Counts of tries that began before and block nobody."""
    return _tries(before).count()


def _shred_tries(*, by: Actor, before: datetime, limit: int) -> int:
    """Delete up to ``limit`` of them."""
    chosen = list(_tries(before).values_list("pk", flat=True)[:limit])
    TryCount.objects.filter(pk__in=chosen).delete()
    return len(chosen)


def _letters(before: datetime) -> list[Path]:
    folder = Path(settings.HOME) / "outbox"
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.rglob("*") if p.is_file() and p.stat().st_mtime < before.timestamp())


def _find_outbox(*, before: datetime) -> int:
    """Files of the outbox that were written before."""
    return len(_letters(before))


def _shred_outbox(*, by: Actor, before: datetime, limit: int) -> int:
    """Delete up to ``limit`` of them."""
    chosen = _letters(before)[:limit]
    for path in chosen:
        path.unlink(missing_ok=True)
    return len(chosen)


def _find_pending(*, before: datetime) -> int:
    """Uploaded rows of officers that nobody confirmed, from before."""
    return len(pending_file.older(before=before.timestamp()))


def _shred_pending(*, by: Actor, before: datetime, limit: int) -> int:
    """Delete up to ``limit`` of them."""
    chosen = pending_file.older(before=before.timestamp())[:limit]
    for path in chosen:
        path.unlink(missing_ok=True)
    return len(chosen)


SHREDDERS = {
    "accounts.closed": (_find_closed, _anonymise),
    "accounts.sessions": (_find_sessions, _shred_sessions),
    "accounts.codes": (_find_codes, _shred_codes),
    "accounts.tries": (_find_tries, _shred_tries),
    "accounts.outbox": (_find_outbox, _shred_outbox),
    "accounts.pending": (_find_pending, _shred_pending),
}
