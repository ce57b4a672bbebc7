"""What can go wrong with keys and sealed values: stable code, Indonesian and English message."""

from __future__ import annotations

from dtks.foundation.kernel.errors import DtksError


class VaultError(DtksError):
    """Family of all refusals of this package."""


class RingMissing(VaultError):
    code = "DTKS-VLT-001"
    message_id = (
        "Berkas kunci {path} tidak ada. Pemasangan baru: jalankan ./dtks migrate. Bila sudah ada "
        "data: pulihkan berkas itu dari cadangan; tanpa berkas itu data terenkripsi tidak dapat "
        "dibuka."
    )
    message_en = (
        "The key file {path} is missing. A new installation: run ./dtks migrate. If there are data: "
        "restore the file from its backup; without it the encrypted data cannot be opened."
    )


class RingUnreadable(VaultError):
    code = "DTKS-VLT-002"
    message_id = "Berkas kunci {path} tidak dapat dipakai: {problem}. Pulihkan dari cadangan."
    message_en = "The key file {path} cannot be used: {problem_en}. Restore it from its backup."


class KeyMissing(VaultError):
    code = "DTKS-VLT-003"
    message_id = (
        "Kunci nomor {key_id} tidak ada di berkas kunci, padahal ada data yang memakainya. Pulihkan "
        "berkas kunci dari cadangan; lihat ./dtks keys status."
    )
    message_en = (
        "Key number {key_id} is not in the key file, though there are data that use it. Restore the "
        "key file from its backup; see ./dtks keys status."
    )


class ValueDamaged(VaultError):
    code = "DTKS-VLT-004"
    message_id = (
        "Isi terenkripsi di {column} rusak atau dipindahkan dari baris lain. Pulihkan baris itu dari "
        "cadangan."
    )
    message_en = (
        "The encrypted content in {column} is damaged or was moved from another row. Restore that row"
        " from a backup."
    )


class FileDamaged(VaultError):
    code = "DTKS-VLT-005"
    message_id = "Berkas terenkripsi '{name}' rusak, terpotong atau tertukar. Kirim ulang berkas aslinya."
    message_en = "The encrypted file '{name}' is damaged, cut off or mixed up. Send the original file again."


class NothingToIndex(VaultError):
    code = "DTKS-VLT-006"
    message_id = "Nilai kosong tidak dapat dicari. Isi nomor atau alamatnya."
    message_en = "An empty value cannot be looked up. Fill in the number or address."


class KmsUnreachable(VaultError):
    code = "DTKS-VLT-007"
    message_id = (
        "Layanan kunci {address} tidak menjawab ({problem}). Periksa jaringan dan layanannya, lalu ulangi."
    )
    message_en = (
        "The key service {address} does not answer ({problem}). Check the network and the service, "
        "then try again."
    )
    permanent = False


class KmsRefused(VaultError):
    code = "DTKS-VLT-008"
    message_id = (
        "Layanan kunci {address} menolak (HTTP {status}). Periksa nama kunci DTKS_KMS_KEY dan token "
        "di DTKS_KMS_TOKEN_FILE."
    )
    message_en = (
        "The key service {address} refused (HTTP {status}). Check the key name DTKS_KMS_KEY and the "
        "token in DTKS_KMS_TOKEN_FILE."
    )


class KmsUnsafe(VaultError):
    code = "DTKS-VLT-009"
    message_id = "Alamat layanan kunci {address} harus https:// (http:// hanya untuk mesin ini sendiri)."
    message_en = "The key service's address {address} must be https:// (http:// only for this very machine)."


class KmsNotSet(VaultError):
    code = "DTKS-VLT-010"
    message_id = (
        "Berkas kunci {path} dibungkus oleh '{source}', yang tidak diatur di sini. Isi DTKS_KMS_URL, "
        "DTKS_KMS_KEY dan DTKS_KMS_TOKEN_FILE."
    )
    message_en = (
        "The key file {path} is wrapped by '{source}', which is not set here. Set DTKS_KMS_URL, "
        "DTKS_KMS_KEY and DTKS_KMS_TOKEN_FILE."
    )


class RingFull(VaultError):
    code = "DTKS-VLT-011"
    message_id = (
        "Berkas kunci sudah memuat 255 kunci. Hapus dulu yang tidak dipakai: ./dtks keys retire NOMOR."
    )
    message_en = "The key file already holds 255 keys. Remove unused ones first: ./dtks keys retire NUMBER."


class KeyActive(VaultError):
    code = "DTKS-VLT-012"
    message_id = "Kunci nomor {key_id} sedang dipakai untuk data baru. Tambah kunci dulu: ./dtks keys add."
    message_en = "Key number {key_id} is the one new data use. Add a key first: ./dtks keys add."


class KeyInUse(VaultError):
    code = "DTKS-VLT-013"
    message_id = (
        "Kunci nomor {key_id} masih dipakai {rows} nilai ({places}). Jalankan ./dtks keys rotate, "
        "lalu ulangi."
    )
    message_en = (
        "Key number {key_id} is still used by {rows} values ({places}). Run ./dtks keys rotate, try again."
    )


class KeySettling(VaultError):
    code = "DTKS-VLT-014"
    message_id = (
        "Kunci nomor {key_id} baru diganti {minutes} menit lalu; proses yang berjalan mungkin masih "
        "memakainya. Ulangi setelah {wait} menit."
    )
    message_en = (
        "Key number {key_id} was replaced only {minutes} minutes ago; running processes may still use"
        " it. Try again after {wait} minutes."
    )
    permanent = False


class RotationRunning(VaultError):
    code = "DTKS-VLT-015"
    message_id = "Penggantian kunci sedang berjalan di proses lain. Tunggu sampai selesai."
    message_en = "Another process is re-encrypting right now. Wait until it is done."
    permanent = False


class NotRotated(VaultError):
    code = "DTKS-VLT-016"
    message_id = (
        "Setelah {passes} putaran masih ada {rows} nilai dengan kunci lama: proses lain masih "
        "memakainya. Mulai ulang proses yang berjalan lama, lalu jalankan ./dtks keys rotate lagi."
    )
    message_en = (
        "After {passes} passes {rows} values still use an old key: another process keeps using it. "
        "Restart long-running processes, then run ./dtks keys rotate again."
    )
    permanent = False
