"""What can go wrong when a population is made up."""

from __future__ import annotations

from dtks.foundation.kernel.errors import DtksError


class SynthError(DtksError):
    """A population that cannot be made."""


class SynthAreaUnknown(SynthError):
    code = "DTKS-SYNTH-001"
    message_id = (
        "Wilayah '{area}' tidak ada. Tulis 'all' atau kode Kemendagri, misalnya 32.01 atau 32.01.01.2001."
    )
    message_en = "There is no area '{area}'. Give 'all' or a Kemendagri code, such as 32.01 or 32.01.01.2001."


class SynthTooManyFamilies(SynthError):
    code = "DTKS-SYNTH-002"
    message_id = "{families} keluarga di wilayah {area}: nomor buatan hanya cukup untuk {most}."
    message_en = "{families} families in area {area}: there are made-up numbers for {most} only."


class SynthTargetOccupied(SynthError):
    code = "DTKS-SYNTH-003"
    message_id = "{path} sudah berisi hal lain. Pilih folder kosong, atau folder hasil `dtks synth`."
    message_en = "{path} holds something else. Choose an empty folder, or one that `dtks synth` made."


class SynthRequestInvalid(SynthError):
    code = "DTKS-SYNTH-004"
    message_id = "Permintaan tidak sah: {detail}."
    message_en = "Invalid request: {detail}."
