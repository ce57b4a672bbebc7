"""What can go wrong with areas of responsibility."""

from dtks.foundation.kernel.errors import DtksError


class ScopeMissing(DtksError):
    """Rows of people were asked for and nobody said for which area: a defect that must not show anything."""

    code = "DTKS-SCOPE-001"
    message_id = "Wilayah tugas belum ditentukan; data tidak dibuka. Masuk lagi, atau laporkan bila berulang."
    message_en = (
        "No area of responsibility is set; no data are opened. Sign in again, or report it if it stays."
    )


class OutsideScope(DtksError):
    """Something would be written in an area that is not one's own."""

    code = "DTKS-SCOPE-002"
    message_id = (
        "Di luar wilayah tugas Anda; tidak disimpan. Pilih wilayah lain, atau minta peran di wilayah itu."
    )
    message_en = (
        "Outside your area of responsibility; not stored. Choose another area, or ask for a role there."
    )


class UnsafeDatabaseRole(DtksError):
    """The site would work with a database role that row-level security cannot bind."""

    code = "DTKS-SCOPE-003"
    message_id = (
        "Peran basis data {role} memiliki tabel atau boleh melewati pembatasan wilayah. Isi "
        "DTKS_DATABASE_OWNER_URL dengan peran pemilik dan DTKS_DATABASE_URL dengan peran aplikasi, "
        "lalu jalankan ./dtks migrate."
    )
    message_en = (
        "The database role {role} owns the tables or may bypass row-level security. Set "
        "DTKS_DATABASE_OWNER_URL to the owner's role and DTKS_DATABASE_URL to the application's role, "
        "then run ./dtks migrate."
    )


class OwnerNeeded(DtksError):
    """The database waits for a migration, and the site's role may not carry it out."""

    code = "DTKS-SCOPE-004"
    message_id = (
        "Basis data perlu diperbarui oleh pemilik tabelnya. Isi DTKS_DATABASE_OWNER_URL, jalankan "
        "./dtks migrate, lalu hapus lagi peubah itu dari lingkungan situs."
    )
    message_en = (
        "The database has to be brought up to date by the owner of its tables. Set DTKS_DATABASE_OWNER_URL, "
        "run ./dtks migrate, then take the variable out of the site's environment again."
    )


class AppendOnly(DtksError):
    """A row would be changed or deleted in a table to which rows are only added."""

    code = "DTKS-SCOPE-005"
    message_id = "Catatan ini tidak dapat diubah atau dihapus. Tambahkan catatan baru yang memperbaikinya."
    message_en = "This record cannot be changed or deleted. Add a new one that puts it right."
