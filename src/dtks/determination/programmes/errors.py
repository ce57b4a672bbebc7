"""What can be wrong with a programme's file beyond its rules, and with an example."""

from __future__ import annotations

from dtks.foundation.kernel.errors import DtksError


class UnknownProgrammeError(DtksError):
    code = "DTKS-PROG-001"
    message_id = "{where}: program '{programme}' tidak ada"
    message_en = "{where}: there is no programme '{programme}'"


class ContradictionError(DtksError):
    code = "DTKS-PROG-002"
    message_id = "{where}: kriteria program ini tidak dapat terpenuhi bersama-sama: {fragment}"
    message_en = "{where}: the criteria of this programme cannot hold together: {fragment}"


class OverlapError(DtksError):
    code = "DTKS-PROG-003"
    message_id = "{where}: program '{programme}' sekaligus dikecualikan dan boleh bersama"
    message_en = "{where}: programme '{programme}' is both excluded and compatible"


class NotInForceError(DtksError):
    code = "DTKS-PROG-004"
    message_id = "Program '{programme}' tidak berlaku pada {on}"
    message_en = "Programme '{programme}' is not in force on {on}"


class UnknownPlaceholderError(DtksError):
    code = "DTKS-PROG-005"
    message_id = "{where}: '{{{name}}}' bukan variabel atau parameter kriteria ini"
    message_en = "{where}: '{{{name}}}' is neither a variable nor a parameter of this criterion"
