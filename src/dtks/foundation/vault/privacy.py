"""What the tables of the key ring hold: nothing of people, and no key. Plain data that `privacy` reads."""

from __future__ import annotations

from typing import Any

_NO_PERSON = {"purposes": (), "retention": "reference", "read_by": ()}

TABLES: dict[str, dict[str, Any]] = {
    "knownkey": {
        **_NO_PERSON,
        "holds": ("Kunci mana yang dipakai basis data ini", "Which keys this database uses"),
        "columns": {"none": "part number fingerprint"},
    },
    "rotationstep": {
        **_NO_PERSON,
        "holds": ("Sampai mana penggantian kunci", "How far the exchange of keys has come"),
        "columns": {"none": "table data_key index_key next_block rows_changed"},
    },
}
