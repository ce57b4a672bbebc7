"""What the trail holds of people. Plain data: `privacy` reads it, this package stands above."""

from __future__ import annotations

from typing import Any

_NO_PERSON = {"purposes": (), "retention": "ledger.events", "read_by": ()}

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
            "operational": "id at action kind area purpose count before after detail rows_root salt entry",
        },
    },
    "ledgerrows": {
        "holds": (
            "Jejak audit: kunci semua yang tampil dalam satu daftar",
            "Audit trail: the keys of all whom one list showed",
        ),
        "purposes": ("accountability",),
        "retention": "ledger.events",
        "read_by": ("ledger.read",),
        "columns": {"key": "keys", "operational": "event at"},
    },
    "ledgercount": {
        **_NO_PERSON,
        "holds": ("Hitungan pencarian umum per daftar dan jam", "Counts of public look-ups by list and hour"),
        "columns": {"none": "id hour action kind subject area slot number"},
    },
    "ledgerleaf": {
        **_NO_PERSON,
        "holds": ("Sidik peristiwa dalam urutannya", "Digests of events in their order"),
        "columns": {"none": "index event entry"},
    },
    "ledgernode": {
        **_NO_PERSON,
        "holds": ("Simpul pohon Merkle", "Nodes of the Merkle tree"),
        "columns": {"none": "id level number hash"},
    },
    "ledgerhead": {
        **_NO_PERSON,
        "holds": ("Kepala jejak yang ditandatangani", "Signed heads of the trail"),
        "columns": {"none": "size root at settled note"},
    },
    "ledgercosignature": {
        **_NO_PERSON,
        "holds": ("Tanda tangan saksi atas kepala jejak", "Witnesses' signatures of the trail's heads"),
        "columns": {"none": "id witness key size line at"},
    },
    "ledgeranchor": {
        **_NO_PERSON,
        "holds": (
            "Kepala jejak di tempat lain, dan tanda terimanya",
            "Heads put elsewhere, and the receipts",
        ),
        "columns": {"none": "id place size note receipt at"},
    },
    "ledgerkey": {
        "purposes": ("accountability",),
        "retention": "ledger.events",
        "read_by": (),
        "unscoped": ("Kunci penanda tangan, bukan data orang", "A signing key, no person's data"),
        "holds": ("Kunci yang menandatangani jejak", "The key that signs the trail"),
        "columns": {"authenticator": "secret", "none": "id origin verifier made_at"},
    },
}
