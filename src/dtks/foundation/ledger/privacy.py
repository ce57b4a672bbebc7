"""What the trail holds of people. Plain data: `privacy` reads it, this package stands above."""

from __future__ import annotations

from typing import Any

TABLES: dict[str, dict[str, Any]] = {
    "ledgerevent": {
        "holds": (
            "Jejak audit: siapa berbuat apa, atas kunci mana, mengapa",
            "Audit trail: who did what, on which key, why",
        ),
        "purposes": ("accountability",),
        "retention": "ledger.events",
        "read_by": ("ledger.read",),
        "columns": {
            "officer": "account role role_area grant",
            "key": "subject",
            "operational": "id at action kind area purpose count before after detail",
        },
    },
}
