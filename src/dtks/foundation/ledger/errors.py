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


class WitnessesMalformed(DtksError):
    """The file that names the witnesses is not one."""

    code = "DTKS-LED-010"
    message_id = "Berkas saksi {path}, baris {line}: {problem}. Perbaiki baris itu."
    message_en = "File of witnesses {path}, line {line}: {problem_en}. Mend that line."


class WitnessesMissing(DtksError):
    """A file of witnesses is named in the settings and is not there, or cannot be read."""

    code = "DTKS-LED-011"
    message_id = "Berkas saksi {path} tidak dapat dibaca. Buat berkasnya atau perbaiki DTKS_LEDGER_WITNESSES."
    message_en = "The file of witnesses {path} cannot be read. Make it or mend DTKS_LEDGER_WITNESSES."


class WitnessFileMissing(DtksError):
    """A witness has its key and not what it remembered."""

    code = "DTKS-LED-012"
    message_id = (
        "Ingatan saksi {path} tidak ada. Pulihkan keadaan TERAKHIR. Bila hilang, kunci ini tidak boleh "
        "dipakai lagi: buat saksi baru di folder lain (./dtks ledger witness init) dan umumkan kunci barunya."
    )
    message_en = (
        "The witness's memory {path} is missing. Restore its LAST state. If it is lost, this key must not be "
        "used again: make a new witness in another folder (./dtks ledger witness init), announce its new key."
    )


class WitnessFileForeign(DtksError):
    """What lies there is the memory of another witness, or none."""

    code = "DTKS-LED-013"
    message_id = (
        "{path} bukan ingatan saksi dengan kunci di sampingnya, atau rusak. Pulihkan keduanya bersama-sama."
    )
    message_en = (
        "{path} is not the memory of the witness whose key lies beside it, or is damaged. "
        "Restore both together."
    )


class WitnessThere(DtksError):
    """A witness is never made where one is or was."""

    code = "DTKS-LED-014"
    message_id = "Di {path} sudah ada saksi (kunci atau ingatannya). Pilih folder lain dengan --folder."
    message_en = "A witness (its key or its memory) is in {path} already. Choose another --folder."


class WitnessKeyUnreadable(DtksError):
    """There is no key of a witness, or not one that can be read."""

    code = "DTKS-LED-015"
    message_id = (
        "Kunci saksi {path} tidak ada atau rusak. Pulihkan dari cadangan; saksi baru: "
        "./dtks ledger witness init."
    )
    message_en = (
        "The witness's key {path} is missing or damaged. Restore it; a new witness: "
        "./dtks ledger witness init."
    )


class WitnessKeyOpen(DtksError):
    """Others on the machine can read a witness's key."""

    code = "DTKS-LED-016"
    message_id = "Kunci saksi {path} terbaca pengguna lain. Jalankan: chmod 600 {path}"
    message_en = "Others can read the witness's key {path}. Run: chmod 600 {path}"


class LogEmpty(DtksError):
    """Nothing has been taken up into the log yet: it has no key and no head."""

    code = "DTKS-LED-030"
    permanent = False
    message_id = "Jejak audit masih kosong. Lakukan sesuatu yang dicatat, lalu coba lagi."
    message_en = "The audit trail is still empty. Do something that is recorded, then try again."


class EventUnknown(DtksError):
    """No event of that number, or none that the scope in force shows."""

    code = "DTKS-LED-031"
    message_id = "Peristiwa {event} tidak ada di jejak audit. Periksa nomornya di halaman jejak."
    message_en = "The audit trail has no event {event}. Check its number on the page of the trail."


class EventPending(DtksError):
    """The event is stored, but the sequencer has not taken it up."""

    code = "DTKS-LED-032"
    permanent = False
    message_id = "Peristiwa {event} belum masuk ke pohon jejak. Coba lagi sesaat lagi."
    message_en = "Event {event} is not in the tree of the trail yet. Try again in a moment."


class CheckpointUnreachable(DtksError):
    """A checkpoint to compare with could not be fetched."""

    code = "DTKS-LED-033"
    permanent = False
    message_id = "Titik periksa {source} tidak dapat diambil: {problem}. Periksa alamat atau berkasnya."
    message_en = "The checkpoint {source} cannot be fetched: {problem}. Check the address or the file."


class ProofMalformed(DtksError):
    """A proof that is not written as the format says."""

    code = "DTKS-LED-034"
    message_id = "Bukti tidak dapat dibaca: {reason}. Minta lagi dari penerbitnya."
    message_en = "The proof cannot be read: {reason}. Ask its issuer for it again."


class ProofWrong(DtksError):
    """A proof that can be read and does not hold."""

    code = "DTKS-LED-035"
    message_id = "Bukti TIDAK sah: {reason}. Jangan percayai isinya dan laporkan kepada auditor."
    message_en = "The proof does NOT hold: {reason}. Do not trust its content and tell the auditor."


class BundleMalformed(DtksError):
    """A file that is not a bundle of proofs, or one that no honest program writes."""

    code = "DTKS-LED-036"
    message_id = "Paket bukti ditolak: {reason}. Minta paket baru dari penerbitnya."
    message_en = "The bundle of proofs is refused: {reason}. Ask its issuer for a new one."


class QuorumMissing(DtksError):
    """Fewer of the named witnesses cosigned a head than are wanted."""

    code = "DTKS-LED-037"
    message_id = (
        "Hanya {found} dari {wanted} saksi yang diminta ikut menandatangani kepala jejak ini. Minta paket "
        "yang baru setelah saksi menandatangani, atau kurangi --quorum bila itu memang cukup."
    )
    message_en = (
        "Only {found} of the {wanted} witnesses wanted cosigned this head of the trail. Ask for a new bundle "
        "once they have, or lower --quorum if that is truly enough."
    )


class SizeUnknown(DtksError):
    """Two sizes between which the log cannot prove anything."""

    code = "DTKS-LED-038"
    message_id = "Ukuran {old} dan {new} tidak cocok dengan jejak sepanjang {size}: 0 ≤ lama ≤ baru ≤ {size}."
    message_en = "Sizes {old} and {new} do not fit a trail of {size}: 0 ≤ older ≤ newer ≤ {size}."


class NothingChosen(DtksError):
    """An export of everything is asked for by naming a time, never by forgetting to choose."""

    code = "DTKS-LED-039"
    message_id = "Pilih dahulu: --event, --person, --case, --officer, --from atau --to."
    message_en = "Choose first: --event, --person, --case, --officer, --from or --to."


class ListTooLong(DtksError):
    """A list with more rows than a bundle holds."""

    code = "DTKS-LED-040"
    message_id = (
        "Daftar peristiwa {event} terlalu panjang untuk paket: {rows} baris, paling banyak {most}. "
        "Ekspor untuk satu orang dengan --person."
    )
    message_en = (
        "The list of event {event} is too long for a bundle: {rows} rows, {most} at most. "
        "Export for one person with --person."
    )


class FileThere(DtksError):
    """What was proved before is not written over."""

    code = "DTKS-LED-041"
    message_id = "Berkas {path} sudah ada. Pilih nama lain dengan --out."
    message_en = "The file {path} is there already. Choose another name with --out."


class BundleTooLarge(DtksError):
    """More than one bundle holds."""

    code = "DTKS-LED-042"
    message_id = "Paket menjadi lebih dari 2 GB setelah {events} peristiwa. Bagi menurut waktu: --from, --to."
    message_en = "The bundle grows beyond 2 GB after {events} events. Divide it by time: --from, --to."


class ReleaseRulesMalformed(DtksError):
    """The file of release rules is not one."""

    code = "DTKS-LED-050"
    message_id = "Aturan pelepasan {path}, {rule}: {problem}. Perbaiki berkas itu."
    message_en = "Release rules {path}, {rule}: {problem}. Mend the file."


class ReleaseRuleUnknown(DtksError):
    """No release rule has this id."""

    code = "DTKS-LED-051"
    message_id = "Tidak ada aturan pelepasan {given}. Yang ada: {known}."
    message_en = "There is no release rule {given}. There are: {known}."


class ReleaseFactMissing(DtksError):
    """An act does not give what its release rule asks after."""

    code = "DTKS-LED-052"
    message_id = "Aturan pelepasan menanyakan {fact}, tetapi belum ada. Lengkapi lalu ulangi."
    message_en = "The release rule asks for {fact}, which is not given. Complete it and try again."


class Refused(DtksError):
    """What the release rule asks for does not stand in the audit trail yet."""

    code = "DTKS-LED-053"
    message_id = "{name} belum boleh. Yang belum terpenuhi: {missing}. Lengkapi, lalu coba lagi."
    message_en = "{name_en} may not happen yet. Not fulfilled: {missing_en}. Complete it, then try again."
    permanent = False


class AnchorsMalformed(DtksError):
    """The file that names the places for anchors is not one."""

    code = "DTKS-LED-060"
    message_id = "Berkas jangkar {path}, butir {number}: {problem}. Perbaiki berkas itu."
    message_en = "File of anchors {path}, item {number}: {problem}. Mend the file."


class AnchorFailed(DtksError):
    """A place did not take a checkpoint."""

    code = "DTKS-LED-061"
    message_id = "Jangkar {place} gagal: {reason}. Dicoba lagi sendiri; periksa alamatnya bila berulang."
    message_en = "Anchor {place} failed: {reason}. It is tried again; check the address if it goes on."
    permanent = False


class EventShredded(DtksError):
    """What the event said was shredded; its digest alone is there."""

    code = "DTKS-LED-070"
    message_id = (
        "Isi peristiwa {event} sudah dimusnahkan; yang tersisa hanya sidiknya. Lihat peristiwa ledger.shred."
    )
    message_en = "What event {event} said was shredded; only its digest is left. See the event ledger.shred."


class ShredStays(DtksError):
    """Events of shredding are what tells a shredded event from a missing one."""

    code = "DTKS-LED-071"
    message_id = "Peristiwa {event} mencatat pemusnahan dan tidak dapat dimusnahkan. Hapus dari daftarnya."
    message_en = "Event {event} records a shredding and cannot be shredded. Take it off the list."


class EventChanged(DtksError):
    """The event's row is not what the log holds: shredding it would destroy the evidence."""

    code = "DTKS-LED-072"
    message_id = (
        "Isi peristiwa {event} bukan yang ada di pohon: itu barang bukti dan tidak dimusnahkan. "
        "Jalankan ./dtks ledger verify dan panggil auditor."
    )
    message_en = (
        "Event {event} is not what the tree holds: it is evidence and is not shredded. "
        "Run ./dtks ledger verify and call the auditor."
    )


class ReasonMissing(DtksError):
    """Nothing is shredded without a reason that the trail keeps."""

    code = "DTKS-LED-073"
    message_id = "Sebutkan alasan pemusnahan, 1–{most} huruf, tanpa nama orang: --reason."
    message_en = "Give the reason for shredding, 1–{most} characters, without anybody's name: --reason."


class TrailNotOwned(DtksError):
    """The connection's role does not own the tables of the trail (PostgreSQL)."""

    code = "DTKS-LED-074"
    message_id = "Hanya pemilik tabel jejak yang dapat memusnahkan. Isi DTKS_DATABASE_OWNER_URL."
    message_en = "Only the owner of the trail's tables can shred. Set DTKS_DATABASE_OWNER_URL."


class TrailUnprotected(DtksError):
    """A trigger that refuses to delete is gone: somebody has been at the tables."""

    code = "DTKS-LED-075"
    message_id = (
        "Pelindung tabel {tables} hilang: seseorang melepasnya. Panggil auditor, bandingkan jejak dengan "
        "saksi (./dtks ledger verify --against), lalu pasang lagi pemicunya (migrasi ledger 0002)."
    )
    message_en = (
        "The protection of {tables} is gone: somebody took it away. Call the auditor, compare the trail "
        "with a witness (./dtks ledger verify --against), then make the trigger anew (migration ledger 0002)."
    )


class TrailBusy(DtksError):
    """Somebody else kept the tables of the trail for too long."""

    code = "DTKS-LED-076"
    permanent = False
    message_id = "Jejak sedang dipakai pekerjaan lain, misalnya impor. Coba lagi sesudahnya."
    message_en = "The trail is in use by other work, an import perhaps. Try again after it."
