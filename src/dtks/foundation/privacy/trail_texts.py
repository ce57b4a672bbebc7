"""What the trail's actions are in plain words: for whom they touch, and for who watches over them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

READ = "registry.read_family"
SEARCH = "registry.search"
LISTED = "registry.list_families"
EXPORTED = "registry.export_families"
SHOWN = "registry.show"
TOO_MANY_SHOWN = "registry.show_refused"
REFUSED = "accounts.refused"
OUTSIDE = "accounts.outside"

ACTIONS: dict[str, str | Promise] = {
    READ: _("Membuka data keluarga"),
    LISTED: _("Melihat daftar keluarga"),
    EXPORTED: _("Mengunduh daftar keluarga"),
    SEARCH: _("Mencari keluarga"),
    SHOWN: _("Membuka satu isian yang disamarkan"),
    TOO_MANY_SHOWN: _("Mencoba membuka isian yang disamarkan, tetapi ditolak karena terlalu sering"),
    REFUSED: _("Ditolak: perannya tidak mengizinkan"),
    OUTSIDE: _("Ditolak: di luar wilayah tugasnya, atau tidak ada"),
    "registry.record": _("Mencatat atau memperbarui data"),
    "accounts.citizen_find": _("Mencari orang untuk dilayani di kantor"),
    "accounts.citizen_read": _("Membuka keadaan akun warga"),
    "accounts.contact_code": _("Mengirim kode ke kontak warga di kantor"),
    "accounts.citizen_code": _("Mengirim kode masuk"),
    "ledger.read": _("Membaca jejak audit tentang data ini"),
    "privacy.consent.list": _("Membuka persetujuan"),
    "privacy.consent.give": _("Mencatat persetujuan"),
    "privacy.consent.withdraw": _("Mencatat pencabutan persetujuan"),
    "privacy.consent.stop": _("Mencatat bahwa pemrosesan dihentikan"),
    "privacy.reading.read": _("Memeriksa pembacaan yang tidak biasa"),
}
UNNAMED = _("Tindakan lain atas data ini")
VARIABLES: dict[str, str | Promise] = {
    "nik": _("NIK"),
    "kk_number": _("nomor KK"),
    "mother_name": _("nama ibu kandung"),
    "mother_nik": _("NIK ibu"),
    "father_nik": _("NIK ayah"),
    "respondent_phone": _("nomor telepon"),
    "npwp_number": _("nomor NPWP"),
}
"""What may be shown in full, as a citizen calls it."""


def said(action: str, kind: str = "") -> str:
    """The action in plain words of the reader's language."""
    text = str(ACTIONS.get(action, UNNAMED))
    if action in (SHOWN, TOO_MANY_SHOWN) and kind in VARIABLES:
        text += f": {VARIABLES[kind]}"
    return text
