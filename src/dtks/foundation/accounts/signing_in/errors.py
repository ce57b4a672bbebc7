"""What can go wrong around signing in, apart from what a page says beside its form."""

from dtks.foundation.kernel.errors import DtksError


class InstitutionsUnreadable(DtksError):
    """The file of institutions is not what it should be."""

    code = "DTKS-ACC-101"
    message_id = (
        "Berkas {file} tidak terbaca: {reason}. Perbaiki; contohnya di docs/how-to/masuk-dan-faktor-kedua.md."
    )
    message_en = (
        "The file {file} cannot be read: {reason}. Mend it; there is an example in "
        "docs/how-to/masuk-dan-faktor-kedua.md."
    )


class UnknownInstitution(DtksError):
    """An institution that the file does not have."""

    code = "DTKS-ACC-102"
    message_id = "Lembaga {given} tidak ada di berkas oidc.json. Pilihan: {known}."
    message_en = "The file oidc.json has no institution {given}. Choose one of: {known}."


class SubjectTaken(DtksError):
    """The institution's subject opens another account already."""

    code = "DTKS-ACC-103"
    message_id = "Identitas itu sudah membuka akun lain di sini. Cabut dulu dari akun itu."
    message_en = "That identity opens another account here already. Withdraw it from that account first."


class SubjectWrong(DtksError):
    """A claim's value that no institution sends."""

    code = "DTKS-ACC-104"
    message_id = (
        "Isi nilai klaim orangnya persis seperti di lembaga: 1–{longest} huruf atau angka dalam satu baris."
    )
    message_en = (
        "Give the value of the person's claim exactly as at the institution: 1–{longest} signs on one line."
    )


class NothingAsked(DtksError):
    """A request that waits for nobody: followed, declined, replaced or older than a day."""

    code = "DTKS-ACC-105"
    message_id = "Tidak ada permintaan yang menunggu: sudah dijawab, atau lewat 24 jam. Ajukan lagi."
    message_en = "No request waits: it was answered, or is older than 24 hours. Ask again."


class SecondPersonNeeded(DtksError):
    """Who asked for another's way in agrees to it as well."""

    code = "DTKS-ACC-106"
    message_id = (
        "Permintaan ini Anda buat sendiri. Minta pengelola akun lain menyetujuinya di halaman petugas itu."
    )
    message_en = (
        "You made this request yourself. Let another account manager open the officer's page and agree to it."
    )
