"""What can go wrong with a run."""

from __future__ import annotations

from dtks.foundation.kernel.errors import DtksError


class RunError(DtksError):
    """A determination or an explanation that cannot be given."""


class AreaOrSnapshot(RunError):
    code = "DTKS-RUN-001"
    message_id = "Sebutkan satu sumber: --area KODE (dari registri) atau --snapshot FOLDER."
    message_en = "Name one source: --area CODE (from the registry) or --snapshot FOLDER."


class FamilyNotDetermined(RunError):
    code = "DTKS-RUN-002"
    message_id = "Keluarga {family} belum pernah ditetapkan. Jalankan dahulu: dtks determine --area KODE."
    message_en = "Family {family} has not been determined yet. First run: dtks determine --area CODE."


class FamilyNotInSnapshot(RunError):
    code = "DTKS-RUN-003"
    message_id = "Keluarga {family} tidak ada dalam snapshot {path}."
    message_en = "Family {family} is not in the snapshot {path}."


class NotAFamilyId(RunError):
    code = "DTKS-RUN-004"
    message_id = "'{given}' bukan nomor keluarga: UUID dari registri, atau bilangan bulat dari snapshot."
    message_en = "'{given}' is not a family id: a UUID of the registry, or a whole number of a snapshot."


class SnapshotGone(RunError):
    code = "DTKS-RUN-005"
    message_id = "Snapshot dari penetapan ini sudah tidak ada: {path}. Jalankan penetapan lagi."
    message_en = "The snapshot of this determination is gone: {path}. Run the determination again."


class RunNotFound(RunError):
    code = "DTKS-RUN-006"
    message_id = "Penetapan {run} tidak ada."
    message_en = "There is no determination {run}."


class OutOccupied(RunError):
    code = "DTKS-RUN-007"
    message_id = (
        "Folder {path} berisi hal lain; tidak ditimpa. Pilih folder kosong atau hasil penetapan lama."
    )
    message_en = "The folder {path} holds other things and is left alone. Name an empty one, or old results."
