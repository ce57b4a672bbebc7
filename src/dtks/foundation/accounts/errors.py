"""What can go wrong with accounts and roles."""

from dtks.foundation.kernel.errors import DtksError


class NotAllowed(DtksError):
    """The role in which one acts does not allow this."""

    code = "DTKS-ACC-001"
    message_id = (
        "Peran Anda ({role}) tidak mencakup: {permission}. Ganti peran, atau minta kepada administrator."
    )
    message_en = "Your role ({role}) does not include: {permission}. Switch roles, or ask the administrator."


class RolesClash(DtksError):
    """Two roles whose duties must not meet in one person."""

    code = "DTKS-ACC-002"
    message_id = (
        "Peran {role} tidak boleh dirangkap dengan {other} di wilayah yang sama: yang mengusulkan tidak "
        "mengesahkan, yang menetapkan tidak membayar. Akhiri peran {other} lebih dulu."
    )
    message_en = (
        "The role {role} must not be held together with {other} in the same area: who proposes does not "
        "approve, who determines does not pay. End the role {other} first."
    )


class DutiesClash(DtksError):
    """Somebody would act twice in one case, in duties that must be kept apart."""

    code = "DTKS-ACC-003"
    message_id = (
        "Anda sudah bertindak dalam perkara ini ({other}); langkah {duty} harus dilakukan orang lain."
    )
    message_en = (
        "You have acted in this case already ({other}); the step {duty} must be done by somebody else."
    )


class WrongReach(DtksError):
    """A role for an area of a level for which it cannot be given."""

    code = "DTKS-ACC-004"
    message_id = "Peran {role} tidak dapat diberikan untuk wilayah {area}. Pilih wilayah tingkat: {levels}."
    message_en = "The role {role} cannot be given for the area {area}. Choose an area of level: {levels}."


class MayNotGrant(DtksError):
    """Somebody gives a role that they may not give, or for an area that is not theirs."""

    code = "DTKS-ACC-005"
    message_id = "Anda tidak dapat memberikan peran {role} di wilayah itu. Minta kepada: {givers}."
    message_en = "You cannot give the role {role} in that area. Ask: {givers}."


class AccountNotFound(DtksError):
    """No such account, or none that may be seen."""

    code = "DTKS-ACC-006"
    message_id = "Akun {given} tidak ada di wilayah Anda. Periksa ejaan nama masuknya."
    message_en = "There is no account {given} in your area. Check the spelling of the sign-in name."


class UnknownRole(DtksError):
    """A role that the table of roles does not have."""

    code = "DTKS-ACC-007"
    message_id = "Peran {given} tidak dikenal. Pilihan: {known}."
    message_en = "There is no role {given}. Choose one of: {known}."


class OwnAccount(DtksError):
    """Somebody decides on themselves: gives themselves a role, reviews their own."""

    code = "DTKS-ACC-008"
    message_id = "Ini akun Anda sendiri. Minta petugas lain yang mengelola akun untuk melakukannya."
    message_en = "This is your own account. Ask another officer who manages accounts to do it."


class AlreadyHeld(DtksError):
    """The same role in the same area once more."""

    code = "DTKS-ACC-009"
    message_id = (
        "Akun itu sudah memegang peran {role} di wilayah yang sama. Akhiri dulu yang lama bila perlu."
    )
    message_en = (
        "That account already holds the role {role} in the same area. End the old one first if needed."
    )


class WrongPeriod(DtksError):
    """A last day before the first, or one that has passed."""

    code = "DTKS-ACC-010"
    message_id = (
        "Masa berlaku {first} sampai {last} tidak dapat dipakai. Tanggal akhir harus hari ini atau "
        "sesudahnya, dan tidak mendahului tanggal mulai."
    )
    message_en = (
        "The period from {first} to {last} cannot be used. The last day must be today or later, and not "
        "before the first."
    )


class LastAdministrator(DtksError):
    """Nobody would be left who can give roles."""

    code = "DTKS-ACC-011"
    message_id = "Ini administrator terakhir. Beri peran administrator kepada orang lain lebih dulu."
    message_en = "This is the last administrator. Give the role administrator to somebody else first."


class NotManaged(DtksError):
    """The account holds roles that the one who acts could not give, so it is not theirs to change."""

    code = "DTKS-ACC-012"
    message_id = (
        "Akun ini juga memegang peran yang tidak Anda kelola. Anda dapat mengakhiri perannya di wilayah "
        "Anda; untuk akunnya minta kepada administrator."
    )
    message_en = (
        "This account also holds roles that you do not manage. You can end its roles in your area; for the "
        "account itself ask the administrator."
    )


class CannotDelegate(DtksError):
    """A role that its holder may not pass on: not their own, delegated itself, or never delegated."""

    code = "DTKS-ACC-013"
    message_id = (
        "Peran {role} ini tidak dapat Anda limpahkan: hanya peran sendiri yang boleh dilimpahkan, dan "
        "peran yang diterima lewat pelimpahan tidak dilimpahkan lagi."
    )
    message_en = (
        "You cannot delegate this role {role}: only a role of one's own that may be delegated, and never one "
        "that was itself received by delegation."
    )


class DelegationTooLong(DtksError):
    """A delegation without end or beyond the longest time."""

    code = "DTKS-ACC-014"
    message_id = (
        "Pelimpahan paling lama {days} hari dan tidak melewati akhir peran Anda sendiri: paling akhir "
        "{last}. Pilih tanggal akhir yang lebih awal."
    )
    message_en = (
        "A delegation lasts {days} days at most and not beyond the end of your own role: until {last} at the "
        "latest. Choose an earlier last day."
    )


class GrantNotFound(DtksError):
    """No such role given, or none in one's area, or it has ended."""

    code = "DTKS-ACC-015"
    message_id = "Peran itu tidak ada di wilayah Anda, atau sudah berakhir. Muat ulang halaman petugasnya."
    message_en = "There is no such role in your area, or it has ended. Reload the officer's page."


class ReasonMissing(DtksError):
    """A decision that needs a reason has none."""

    code = "DTKS-ACC-016"
    message_id = "Tulis alasannya: keputusan ini tercatat dan dapat ditanyakan kemudian."
    message_en = "Write the reason: this decision is recorded and may be asked about later."


class NameTaken(DtksError):
    """Another account has this sign-in name."""

    code = "DTKS-ACC-017"
    message_id = (
        "Nama masuk {given} sudah dipakai. Pilih yang lain, misalnya dengan nama desa di belakangnya."
    )
    message_en = (
        "The sign-in name {given} is taken. Choose another, for example with the village's name added."
    )


class WrongValue(DtksError):
    """A field of an account that cannot be kept as it was typed."""

    code = "DTKS-ACC-018"
    message_id = "{field_id}: {problem_id}"
    message_en = "{field_en}: {problem_en}"


class OfficersFileRefused(DtksError):
    """A file of officers that is not read at all."""

    code = "DTKS-ACC-019"
    message_id = "Berkas tidak dibaca: {problem_id}"
    message_en = "The file is not read: {problem_en}"


class OfficersFileWrong(DtksError):
    """A file of officers with wrong rows: nothing of it is stored."""

    code = "DTKS-ACC-020"
    message_id = "Ada {count} kesalahan di berkas; tidak satu pun akun dibuat. Perbaiki lalu unggah lagi."
    message_en = "The file has {count} mistakes; no account was made. Mend them and upload it again."


class NotInReview(DtksError):
    """A grant that this year's review does not ask about, or at a time when there is no review."""

    code = "DTKS-ACC-021"
    message_id = (
        "Peran itu tidak ditinjau sekarang: peninjauan tahun {year} berlangsung {first} sampai {last}."
    )
    message_en = "That role is not under review now: the review of {year} runs from {first} to {last}."


class NotByProgramme(DtksError):
    """A programme with a role that is for an area alone, or no programme's code."""

    code = "DTKS-ACC-022"
    message_id = (
        "Peran {role} tidak diberikan untuk program {programme}. Kosongkan programnya, atau periksa kodenya."
    )
    message_en = (
        "The role {role} is not given for the programme {programme}. Leave it empty, or check the code."
    )


class AccountIsClosed(DtksError):
    """An account that is closed can be given nothing."""

    code = "DTKS-ACC-023"
    message_id = "Akun {given} sudah ditutup. Buka lagi lebih dulu."
    message_en = "The account {given} is closed. Reopen it first."


class ContactTaken(DtksError):
    """An e-mail address, phone number or NIK that another officer's account has."""

    code = "DTKS-ACC-024"
    message_id = "{field_id} itu sudah dipakai akun petugas lain. Satu petugas satu akun; periksa isiannya."
    message_en = "{field_en}: used by another officer's account. One officer, one account; check it."


class NothingToHandOver(DtksError):
    """The officer holds no role that could be handed over."""

    code = "DTKS-ACC-025"
    message_id = "Tidak ada peran yang dapat diserahkan. Pilih paling sedikit satu peran yang masih berlaku."
    message_en = "There is no role to hand over. Choose at least one role that is in force."


class WorkFailed(DtksError):
    """A job met something unexpected. What, stands in the log of the server, without personal data."""

    code = "DTKS-ACC-026"
    message_id = "Pekerjaan latar berhenti: galat tak terduga. Coba lagi; bila berulang, laporkan ke admin."
    message_en = "The background job met an unexpected error. Try again; if it stays, tell the administrator."
    permanent = False


class AccountIsOpen(DtksError):
    """An account is to be opened again that is not closed: its password is reset elsewhere."""

    code = "DTKS-ACC-027"
    message_id = "Akun {given} tidak ditutup. Untuk kata sandi baru pakai 'Atur ulang kata sandi'."
    message_en = "The account {given} is not closed. For a new password use 'Reset password'."


class FormerAdministrator(DtksError):
    """An account that has been an administrator's is to be opened again."""

    code = "DTKS-ACC-028"
    message_id = "Akun {given} pernah menjadi administrator dan tidak dibuka lagi. Buat akun baru."
    message_en = "The account {given} was an administrator's and is not opened again. Make a new account."


class NumberInReason(DtksError):
    """A reason that holds a number of a person: it would stand in the audit trail for good."""

    code = "DTKS-ACC-029"
    message_id = "Jangan tulis nomor orang (NIK, KK, telepon) di alasan: alasan tersimpan di jejak audit."
    message_en = "Do not write a person's number (NIK, KK, phone) in the reason: it stays in the audit trail."


class TooNewForTwo(DtksError):
    """An account, or a role, in which nobody asks or agrees yet where two persons are needed."""

    code = "DTKS-ACC-031"
    message_id = (
        "Akun atau peran Anda terlalu baru untuk ini: tunggu {hours} jam sesudah peran diberikan dan sesudah "
        "Anda sendiri mengganti kata sandi atau memasang faktor kedua. Minta pengelola akun lain."
    )
    message_en = (
        "Your account or role is too new for this: wait {hours} hours after the role was given and after you "
        "changed the password or set up the second factor yourself. Ask another account manager."
    )


class RequestWaits(DtksError):
    """Somebody else asked for the same before the one who acts had seen it."""

    code = "DTKS-ACC-032"
    message_id = "Orang lain sudah memintanya. Muat ulang halaman ini, periksa permintaannya, lalu setujui."
    message_en = "Somebody else has asked for it. Load this page again, check the request, then agree to it."


class BothByOne(DtksError):
    """One person would set both password and second factor of an account in use within a day."""

    code = "DTKS-ACC-033"
    message_id = (
        "Faktor kedua akun {given} baru dihapus lewat Anda. Kata sandi barunya dibuat pengelola akun lain, "
        "atau tunggu {hours} jam."
    )
    message_en = (
        "The second factor of the account {given} was taken away through you. Let another account manager "
        "make its new password, or wait {hours} hours."
    )


class MayNotEnd(DtksError):
    """Somebody ends a role that they could not give."""

    code = "DTKS-ACC-040"
    message_id = "Anda tidak dapat mengakhiri peran {role}. Minta kepada: {givers}."
    message_en = "You cannot end the role {role}. Ask: {givers}."


class DelegateToOneself(OwnAccount):
    """Somebody names themselves as the one who takes their role over."""

    code = "DTKS-ACC-041"
    message_id = "Itu nama masuk Anda sendiri. Tulis nama masuk petugas lain yang menggantikan Anda."
    message_en = "That is your own sign-in name. Write the one of the officer who stands in for you."


class NoSuchPlace(DtksError):
    """A name that no area inside one's own has."""

    code = "DTKS-ACC-042"
    message_id = "Tidak ada wilayah bernama “{given}” di dalam {place}. Periksa ejaannya, atau ketik kodenya."
    message_en = "There is no area called “{given}” inside {place}. Check the spelling, or type its code."
