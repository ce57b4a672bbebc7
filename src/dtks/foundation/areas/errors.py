"""What can go wrong with areas."""

from dtks.foundation.kernel.area_codes import AreaCodeError
from dtks.foundation.kernel.errors import DtksError

__all__ = ["AreaCodeError", "AreaFileError", "AreaNotFound", "OlderDecree"]


class AreaNotFound(DtksError):
    """A well-formed code that no loaded area has."""

    code = "DTKS-AREA-002"
    message_id = "Wilayah {given} tidak ada. Bila wilayah belum dimuat: jalankan dtks areas load."
    message_en = "There is no area {given}. If areas are not loaded yet: run dtks areas load."


class OlderDecree(DtksError):
    """A reference older than what the table already holds: it would undo what came later."""

    code = "DTKS-AREA-004"
    message_id = "Acuan tertanggal {given} lebih tua dari data wilayah yang ada ({newest}); tidak dimuat."
    message_en = "The reference of {given} is older than the areas already loaded ({newest}); not loaded."


class AreaFileError(DtksError):
    """A file of area attributes or a reference file that cannot be used."""

    code = "DTKS-AREA-003"
    message_id = "Berkas {path} tidak dapat dipakai: {problem}"
    message_en = "File {path} cannot be used: {problem}"
