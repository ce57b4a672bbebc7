"""What the tables of this package hold of people, and the shredder of withdrawn consents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dtks.foundation.ledger.domain import Actor
from dtks.foundation.privacy.models import Consent

_REGISTER = {
    "purposes": ("accountability",),
    "retention": "privacy.registers",
    "read_by": ("privacy.manage",),
}

TABLES: dict[str, dict[str, Any]] = {
    "consent": {
        "purposes": ("messages", "partner_sharing", "research_contact", "accountability"),
        "retention": "privacy.consents",
        "read_by": ("consent.take", "privacy.manage"),
        "holds": ("Persetujuan dan pencabutannya", "Consents and their withdrawal"),
        "columns": {
            "key": "id number person",
            "identification": "agreed_by",
            "officer": "taken_by withdrawn_by stopped_by",
            "operational": "area purpose version sha256 given_at channel withdrawn_at withdrawn_channel "
            "stopped_at",
        },
    },
    "breach": {
        **_REGISTER,
        "holds": ("Insiden pelindungan data", "Breaches of personal data"),
        "columns": {"officer": "opened_by", "operational": "id number area opened_at"},
    },
    "breachversion": {
        **_REGISTER,
        "holds": ("Isi catatan insiden, tiap versi", "What is known of a breach, by version"),
        "columns": {
            "report": "what how cause measures recovery change",
            "officer": "recorded_by",
            "operational": "id version noticed_at happened_from happened_to data_classes people people_exact "
            "areas public_affected recorded_at ended_on",
        },
    },
    "breachnotice": {
        **_REGISTER,
        "holds": ("Surat insiden yang terkirim", "Notices of breaches that were sent"),
        "columns": {
            "report": "channel",
            "officer": "recorded_by",
            "operational": "id to version sent_at reached recorded_at",
        },
    },
    "assessment": {
        **_REGISTER,
        "holds": ("Penilaian dampak, tiap versi", "Impact assessments, by version"),
        "columns": {
            "report": "content",
            "officer": "written_by",
            "operational": "id series version area title questions written_at signed_as review_on",
        },
    },
    "unusualreading": {
        **_REGISTER,
        "holds": ("Pembacaan tidak biasa dan keputusannya", "Unusual reading and what was decided"),
        "columns": {
            "officer": "account role decided_by",
            "report": "reason",
            "operational": "id rule day area figures events found_at decision decided_at breach",
        },
    },
    "readingday": {
        "holds": ("Hari yang pembacaannya sudah diperiksa", "Days whose reading was looked through"),
        "purposes": (),
        "retention": "privacy.registers",
        "read_by": (),
        "columns": {"none": "day evaluated_at found"},
    },
    "watchedperson": {
        **_REGISTER,
        "holds": ("Orang yang datanya dijaga khusus", "People whose data are watched over"),
        "columns": {
            "key": "keys",
            "report": "reason",
            "officer": "added_by ended_by",
            "operational": "id area added_at ended_at",
        },
    },
}


def _find_consents(*, before: datetime) -> int:
    """Consents that were withdrawn before, and with which everything stopped."""
    return _ended(before).count()


def _shred_consents(*, by: Actor, before: datetime, limit: int) -> int:
    """Delete up to ``limit`` of them."""
    chosen = list(_ended(before).values_list("pk", flat=True)[:limit])
    Consent.objects.filter(pk__in=chosen).delete()
    return len(chosen)


def _ended(before: datetime) -> Any:
    # As long as something still has to stop, the proof is needed.
    return Consent.objects.filter(withdrawn_at__lt=before, stopped_at__isnull=False)


SHREDDERS = {"privacy.consents": (_find_consents, _shred_consents)}
