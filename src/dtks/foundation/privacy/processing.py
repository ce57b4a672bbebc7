"""The record of processing (Pasal 31), made from the code: purposes, data, tables, roles, periods.

`python -m dtks.foundation.privacy.processing` prints docs/reference/processing.md. No database is read.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dtks.foundation.accounts.roles import INCOMPATIBLE, ROLES, STEP_UP
from dtks.foundation.privacy import files
from dtks.foundation.privacy.domain import BASES, CLASSES, DataClass, Protection
from dtks.foundation.privacy.files import Purpose, Retention

if TYPE_CHECKING:
    from dtks.foundation.privacy.classification import Table

NOTE = "<!-- Dibuat oleh ./dtks docs; jangan diubah di sini. Made by ./dtks docs; do not edit. -->\n\n"
SORTS = {"specific": ("spesifik", "specific"), "general": ("umum", "general"), "none": ("bukan", "none")}
PROTECTIONS = {
    Protection.SEALED: ("disegel", "sealed"),
    Protection.INDEX: ("indeks buta", "blind index"),
    Protection.HASHED: ("sidik", "hashed"),
    Protection.EMPTY: ("dibiarkan kosong", "left empty"),
    Protection.TYPED: ("terbaca", "readable"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One class of data within a purpose: in which tables, who sees it unmasked, how it lies there."""

    data_class: DataClass
    tables: tuple[str, ...]
    roles_id: tuple[str, ...]
    roles_en: tuple[str, ...]
    protections: tuple[Protection, ...]


@dataclass(frozen=True, slots=True)
class Activity:
    """One purpose with all that is processed for it."""

    purpose: Purpose
    entries: tuple[Entry, ...]
    retentions: tuple[Retention, ...]

    @property
    def specific(self) -> bool:
        """Whether it processes data that the law calls specific (Pasal 4 ayat (2))."""
        return any(CLASSES[entry.data_class].sort == "specific" for entry in self.entries)


def activities() -> list[Activity]:
    """Every purpose, in the order of the file."""
    from dtks.foundation.privacy import classification

    tables = classification.tables()
    found = []
    for purpose in files.purposes().values():
        mine = [table for table in tables if purpose.id in table.purposes]
        names = {name for table in mine for name in table.retention}
        entries = [entry for each in DataClass if (entry := _entry(each, mine)) is not None]
        kept = tuple(each for each in files.retentions().values() if each.id in names)
        found.append(Activity(purpose, tuple(entries), kept))
    return found


def _entry(data_class: DataClass, tables: list[Table]) -> Entry | None:

    if not CLASSES[data_class].personal:
        return None
    holding = [(t, [c for c in t.columns if c.data_class is data_class]) for t in tables]
    holding = [(table, columns) for table, columns in holding if columns]
    if not holding:
        return None
    readers = {role.id for table, _ in holding for role in table.readers(data_class)}
    roles = [role for role in ROLES.values() if role.id in readers]
    lying = {column.protection for _, columns in holding for column in columns}
    return Entry(
        data_class=data_class,
        tables=tuple(table.name for table, _ in holding),
        roles_id=tuple(role.name_id for role in roles),
        roles_en=tuple(role.name_en for role in roles),
        protections=tuple(each for each in Protection if each in lying),
    )


def measures() -> list[tuple[str, str]]:
    """What protects the data (Pasal 35), with what can be counted in the code: (Indonesian, English)."""
    from dtks.foundation.privacy import classification

    tables = [table for table in classification.tables() if table.personal]
    columns = [column for table in tables for column in table.columns]
    sealed = sum(column.protection is Protection.SEALED for column in columns)
    scoped = sum(table.scoped for table in tables)
    return [
        (
            f"{sealed} kolom disegel (AES-256-SIV) dengan gantungan kunci di luar basis data; pencarian "
            "tepat lewat indeks buta",
            f"{sealed} columns are sealed (AES-256-SIV) under a key ring kept outside the database; exact "
            "search by blind index",
        ),
        (
            f"{scoped} dari {len(tables)} tabel dengan data pribadi dibatasi wilayah di basis data; sisanya "
            "punya alasan tertulis",
            f"{scoped} of {len(tables)} tables with personal data are limited by area in the database; the "
            "others have a written reason",
        ),
        (
            f"{len(ROLES)} peran; {len(INCOMPATIBLE)} pasang tugas tidak boleh dirangkap; {len(STEP_UP)} "
            "tindakan meminta faktor lagi",
            f"{len(ROLES)} roles; {len(INCOMPATIBLE)} pairs of duties must not be combined; {len(STEP_UP)} "
            "acts ask for a factor again",
        ),
        (
            "Petugas menunjukkan faktor kedua sebelum data pribadi terbuka",
            "Officers show a second factor before personal data open",
        ),
        (
            "Tindakan dan pembacaan data pribadi tercatat dalam jejak audit dengan kunci pseudonim",
            "Acts and readings of personal data are recorded in the audit trail under pseudonymous keys",
        ),
        (
            "Yang lewat masa simpannya dimusnahkan: ./dtks privacy retention --run",
            "What is past its period is shredded: ./dtks privacy retention --run",
        ),
    ]


_HEAD = """# Catatan pemrosesan data pribadi · Record of processing

UU 27/2022 Pasal 31. Dibuat dari model, tabel peran dan `parameters/privacy/`: kolom baru yang belum
digolongkan menggagalkan uji. Bukti: V dibaca dalam sumber, U belum diverifikasi atau usul proyek.

*Law 27/2022 article 31. Made from the models, the table of roles and `parameters/privacy/`: a new column that
is not classified fails the tests. Evidence: V read in a source, U not verified or the project's proposal.*
"""


def markdown() -> str:
    """The record as a page of documentation."""
    import django
    from django.apps import apps

    if not apps.models_ready:
        django.setup()
    parts = [NOTE + _HEAD]
    for activity in activities():
        parts.append(_activity(activity))
    parts += ["\n## Pengamanan · Security measures\n\n"]
    parts += [f"- {id_}<br>*{en}*\n" for id_, en in measures()]
    return "".join([*parts, _periods(), _tables()])


def _activity(activity: Activity) -> str:
    purpose = activity.purpose
    basis_id, basis_en, article = BASES[purpose.basis]
    lines = [
        f"\n## {purpose.name.id} · *{purpose.name.en}*\n\n",
        f"- Dasar · basis: {basis_id} · *{basis_en}* (Pasal {article}); "
        f"{purpose.article} [{purpose.evidence}]\n",
        f"- Data spesifik · specific data: {'ya · yes' if activity.specific else 'tidak · no'}; "
        f"penilaian dampak · impact assessment: {'wajib · needed' if purpose.high_risk else 'tidak · no'}\n",
        "- Penerima · recipients: "
        + ("; ".join(f"{each.id} · *{each.en}*" for each in purpose.recipients) or "–")
        + "\n",
        "- Masa simpan · kept: " + (", ".join(f"`{each.id}`" for each in activity.retentions) or "–") + "\n",
    ]
    if not activity.entries:
        lines.append("\nBelum ada tabel yang dipakai untuk tujuan ini. *No table serves this purpose yet.*\n")
        return "".join(lines)
    lines.append(
        "\n| data | Pasal 4 | tabel · tables | melihat utuh · see it unmasked | tersimpan · stored |\n"
        "|---|---|---|---|---|\n"
    )
    for entry in activity.entries:
        info = CLASSES[entry.data_class]
        cells = (
            f"{info.name_id}<br>*{info.name_en}*",
            f"{SORTS[info.sort][0]} {info.article}",
            ", ".join(f"`{name}`" for name in entry.tables),
            ", ".join(entry.roles_id) or "tidak seorang pun · nobody",
            ", ".join(" · ".join(PROTECTIONS[each]) for each in entry.protections),
        )
        lines.append("| " + " | ".join(cells) + " |\n")
    return "".join(lines)


def _periods() -> str:

    rows = [
        f"| `{each.id}` | {each.name.id}<br>*{each.name.en}* | "
        f"{_period(each)} | "
        f"{each.counted_from.id}<br>*{each.counted_from.en}* | {each.action} | "
        f"{each.basis.id}<br>*{each.basis.en}* [{each.evidence}] |\n"
        for each in files.retentions().values()
    ]
    head = (
        "\n## Masa simpan · Retention\n\n| kelas · class | apa · what | lama · period | sejak · from | "
        "lalu · then | dasar · basis |\n|---|---|---|---|---|---|\n"
    )
    return head + "".join(rows)


def _period(retention: Retention) -> str:
    if retention.hours is not None:
        return f"{retention.hours} jam · hours"
    return "tanpa akhir · no end" if retention.days is None else f"{retention.days} hari · days"


def _tables() -> str:
    from dtks.foundation.privacy import classification

    lines = ["\n## Golongan setiap kolom · The class of every column\n"]
    for table in classification.tables():
        if not table.personal:
            continue
        lines.append(f"\n### `{table.name}`\n\n{table.holds.id} · *{table.holds.en}*\n\n")
        if table.unscoped:
            lines.append(
                f"Tanpa batas wilayah · no area scope: {table.unscoped.id} · *{table.unscoped.en}*\n\n"
            )
        if table.readable:
            lines.append(f"Terbaca · readable: {table.readable.id} · *{table.readable.en}*\n\n")
        for data_class in DataClass:
            names = [
                f"`{column.name}`"
                + ("" if column.protection is Protection.TYPED else f" ({PROTECTIONS[column.protection][0]})")
                for column in table.columns
                if column.data_class is data_class
            ]
            if names:
                lines.append(f"- **{data_class}**: {', '.join(names)}\n")
    return "".join(lines)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dtks.config.settings")
    sys.stdout.write(markdown())
