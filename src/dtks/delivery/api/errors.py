"""What the API refuses, beyond what the steps below it refuse."""

from __future__ import annotations

from dtks.foundation.kernel.errors import DtksError


class NotSignedIn(DtksError):
    """No session, or one that has ended."""

    code = "DTKS-API-001"
    message_id = "Masuk dahulu di /masuk/, lalu ulangi dengan kuki sesi yang sama."
    message_en = "Sign in at /masuk/ first, then repeat the call with the same session cookie."


class FactorNeeded(DtksError):
    """The second factor is missing, the session is locked, or the password is not one's own yet."""

    code = "DTKS-API-002"
    message_id = "Sesi ini belum lengkap atau terkunci. Selesaikan di {way}, lalu ulangi."
    message_en = "This session is not complete or is locked. Finish it at {way}, then repeat the call."


class NoRole(DtksError):
    """Signed in, without a role that stands."""

    code = "DTKS-API-003"
    message_id = "Akun ini tidak memegang peran yang berlaku. Mintalah kepada administrator daerah Anda."
    message_en = "This account holds no role that is in force. Ask the administrator of your area."


class StepUpNeeded(DtksError):
    """The act asks for a factor shown in the last minutes."""

    code = "DTKS-API-004"
    message_id = "Tunjukkan lagi faktor kedua di {way}, lalu ulangi dalam sepuluh menit."
    message_en = "Show a second factor again at {way}, then repeat the call within ten minutes."


class TokenMissing(DtksError):
    """A call that is not a plain reading came without the token against forged requests."""

    code = "DTKS-API-005"
    message_id = "Kepala X-CSRFToken tidak cocok dengan kuki csrftoken. Ambil kukinya dari GET /api/v1/me."
    message_en = (
        "Header X-CSRFToken does not match the csrftoken cookie. Get that cookie from GET /api/v1/me."
    )


class NothingThere(DtksError):
    """No such thing, or it lies outside one's area: the answer is the same."""

    code = "DTKS-API-006"
    message_id = "Tidak ada, atau di luar wilayah tugas Anda."
    message_en = "There is no such thing, or it lies outside your area of responsibility."


class NotUnderstood(DtksError):
    """Parameters or a body that do not fit the description of the operation."""

    code = "DTKS-API-007"
    message_id = "Permintaan tidak dipahami; lihat `errors` dan /api/v1/openapi.json."
    message_en = "The call was not understood; see `errors` and /api/v1/openapi.json."


class TooManyCalls(DtksError):
    """More calls than one account needs."""

    code = "DTKS-API-008"
    message_id = "Terlalu banyak permintaan. Ulangi setelah {wait} detik."
    message_en = "Too many calls. Repeat after {wait} seconds."
    permanent = False


class AreaMissing(DtksError):
    """A list of families of the whole country is no list."""

    code = "DTKS-API-009"
    message_id = "Sebutkan wilayah: area=32.04 (kabupaten/kota) atau yang lebih kecil."
    message_en = "Name an area: area=32.04 (a regency or city) or a smaller one."


class MethodUnknown(DtksError):
    """A method that the operation does not have."""

    code = "DTKS-API-010"
    message_id = "Metode ini tidak dikenal di sini; lihat /api/v1/openapi.json."
    message_en = "There is no such method here; see /api/v1/openapi.json."
