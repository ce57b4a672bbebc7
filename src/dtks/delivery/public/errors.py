"""What can go wrong at a publication."""

from __future__ import annotations

from dtks.foundation.kernel.errors import DtksError


class PublishedColumnsMissing(DtksError):
    code = "DTKS-PUBLIC-001"
    message_id = "Daftar yang hendak diumumkan tidak punya kolom {columns}."
    message_en = "The list to publish lacks the columns {columns}."


class OutsidePublishedArea(DtksError):
    code = "DTKS-PUBLIC-002"
    message_id = "Daftar untuk wilayah {area} memuat desa lain: {village}. Tidak ada yang diumumkan."
    message_en = "The list for area {area} holds another village: {village}. Nothing was published."
