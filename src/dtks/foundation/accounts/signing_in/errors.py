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
