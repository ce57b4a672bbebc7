"""For what somebody may ask to see a number in full. The list is short so that it is read."""

from __future__ import annotations

from collections.abc import Container

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dtks.foundation.kernel.masking import holds_number

PURPOSES: dict[str, str | Promise] = {
    "pelayanan": _("Melayani warga yang datang"),
    "pemadanan": _("Mencocokkan dengan KTP atau KK"),
    "perbaikan": _("Memperbaiki data yang salah"),
    "pemeriksaan": _("Memeriksa usulan atau sanggahan"),
    "penyaluran": _("Menyelesaikan masalah penyaluran"),
    "pengaduan": _("Menjawab pengaduan"),
    "lainnya": _("Lainnya (tuliskan)"),
}
OTHER = "lainnya"
SHORTEST, LONGEST = 10, 150
# The trail is read by others: no number of a person may come into it by way of a reason.


def stated(code: str, text: str, *, among: Container[str] = PURPOSES) -> str | None:
    """The purpose as the trail keeps it: 'pelayanan', 'lainnya: …'; None when it is not one."""
    if code != OTHER:
        return code if code in among else None
    return None if problem_of(code, text, among=among) else f"{OTHER}: {_plain(text)}"


def problem_of(code: str, text: str, *, among: Container[str] = PURPOSES) -> str | Promise:
    """What is wrong with what was entered, in the reader's words; '' when nothing is."""
    if code not in among:
        return _("Pilih untuk keperluan apa.")
    if code != OTHER:
        return ""
    if len(_plain(text)) < SHORTEST:
        return _("Tuliskan keperluannya, paling sedikit 10 huruf.")
    if holds_number(text):
        return _("Jangan tulis nomor orang di sini: keterangan ini tersimpan di jejak audit.")
    return ""


def _plain(text: str) -> str:
    return " ".join(text.split())[:LONGEST]
