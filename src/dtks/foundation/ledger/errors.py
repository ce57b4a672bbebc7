"""What can go wrong with the audit trail and its proofs."""

from dtks.foundation.kernel.errors import DtksError


class NoteMalformed(DtksError):
    """A signed note (checkpoint, key, request to a witness) that is not written as the standard says."""

    code = "DTKS-LED-001"
    message_id = "Catatan bertanda tangan tidak dapat dibaca: {reason}. Ambil lagi dari sumbernya."
    message_en = "The signed note cannot be read: {reason}. Fetch it again from its source."


class NoteUnsigned(DtksError):
    """No signature of a known key stands below a note, or one that should be does not hold."""

    code = "DTKS-LED-002"
    message_id = (
        "Tanda tangan {name} tidak sah atau tidak ada. Jangan percayai isinya; periksa kunci publik "
        "dan laporkan kepada auditor."
    )
    message_en = (
        "The signature of {name} is missing or does not hold. Do not trust the content; check the public "
        "key and tell the auditor."
    )
