"""The one table of acts: what each action of the trail is called, and what sort of act it is.

Whoever records an action adds its line here; a test reads the whole program and finds one without.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

GROUPS: dict[str, Text] = {
    "baca": _("Data orang dibaca"),
    "unduh": _("Unduhan"),
    "ubah": _("Data orang diubah"),
    "impor": _("Impor berkas"),
    "masuk": _("Masuk dan sesi"),
    "akun": _("Akun dan peran"),
    "pribadi": _("Pelindungan data pribadi"),
    "penetapan": _("Penetapan dan program"),
    "jejak": _("Jejak audit"),
    "sistem": _("Sistem"),
}
"""By the name that stands in addresses."""

_ACTS: dict[str, dict[str, Text]] = {
    "baca": {
        "registry.read_family": _("Halaman keluarga dibuka"),
        "registry.list_families": _("Daftar keluarga dibuka"),
        "registry.search": _("Keluarga dicari"),
        "registry.show": _("Nomor atau kontak ditampilkan utuh"),
        "registry.show_refused": _("Nomor atau kontak ditolak ditampilkan: terlalu sering"),
        "accounts.citizen_find": _("Warga dicari dengan NIK"),
        "accounts.citizen_read": _("Akun warga dibuka"),
        "intake.read_preview": _("Isi berkas dilihat sebelum diimpor"),
        "intake.read_report": _("Laporan impor dibuka"),
    },
    "unduh": {
        "registry.export_families": _("Daftar keluarga diunduh"),
        "intake.download_report": _("Laporan impor diunduh"),
        "accounts.review.export": _("Daftar tinjauan diunduh"),
        "ledger.export": _("Paket bukti jejak diunduh"),
        "ledger.export_list": _("Daftar peristiwa diunduh"),
    },
    "ubah": {
        "registry.record": _("Data keluarga dicatat"),
    },
    "impor": {
        "intake.upload": _("Berkas diunggah"),
        "intake.confirm": _("Impor disetujui"),
        "intake.cancel": _("Impor dihentikan"),
        "intake.discard": _("Berkas impor dibuang"),
        "intake.save_mapping": _("Pemetaan kolom disimpan"),
        "intake.rename_mapping": _("Pemetaan kolom berganti nama"),
        "intake.delete_mapping": _("Pemetaan kolom dihapus"),
    },
    "masuk": {
        "accounts.sign_in": _("Berhasil masuk"),
        "accounts.sign_in_failed": _("Gagal masuk"),
        "accounts.sign_out": _("Telah keluar"),
        "accounts.locked_out": _("Ditahan sementara karena terlalu sering salah"),
        "accounts.password_changed": _("Kata sandi diganti sendiri"),
        "accounts.factor_added": _("Faktor kedua dipasang"),
        "accounts.factor_removed": _("Faktor kedua dilepas"),
        "accounts.factor_failed": _("Faktor kedua salah"),
        "accounts.recovery_codes_made": _("Kode cadangan dibuat"),
        "accounts.step_up": _("Faktor kedua ditunjukkan lagi"),
        "accounts.session_locked": _("Sesi terkunci"),
        "accounts.session_unlocked": _("Sesi dibuka lagi"),
        "accounts.unlock_failed": _("Gagal membuka sesi yang terkunci"),
        "accounts.session_ended": _("Sesi di perangkat lain diakhiri"),
        "accounts.role_switched": _("Berganti peran"),
        "accounts.citizen_code": _("Kode masuk warga dikirim"),
        "accounts.code_failed": _("Kode masuk warga salah"),
        "accounts.refused": _("Halaman yang bukan haknya ditolak"),
        "accounts.outside": _("Permintaan di luar wilayah tugasnya ditolak"),
    },
    "akun": {
        "accounts.create": _("Akun dibuat"),
        "accounts.close": _("Akun ditutup"),
        "accounts.reopen": _("Akun dibuka lagi"),
        "accounts.reset_password": _("Kata sandi diganti pengelola"),
        "accounts.reset_second_factor": _("Faktor kedua dihapus"),
        "accounts.request_password": _("Penggantian kata sandi diminta"),
        "accounts.request_second_factor": _("Penghapusan faktor kedua diminta"),
        "accounts.replace_request": _("Permintaan yang menunggu diganti"),
        "accounts.request_sign_in": _("Masuk lewat lembaga diminta"),
        "accounts.prepare_sign_in": _("Masuk lewat lembaga disiapkan"),
        "accounts.decline_sign_in": _("Masuk lewat lembaga ditolak"),
        "accounts.withdraw_sign_in": _("Masuk lewat lembaga dicabut"),
        "accounts.read_sign_in": _("Persiapan masuk lewat lembaga dibuka"),
        "accounts.grant": _("Peran diberikan"),
        "accounts.grant.end": _("Peran diakhiri"),
        "accounts.grant.expire": _("Masa berlaku peran habis"),
        "accounts.delegate": _("Peran dilimpahkan"),
        "accounts.hand_over": _("Peran diserahterimakan"),
        "accounts.review.keep": _("Ditinjau: dilanjutkan"),
        "accounts.review.end": _("Ditinjau: diakhiri"),
        "accounts.review.lapse": _("Tidak ditinjau: berakhir"),
        "accounts.review.last_administrator_stays": _("Tidak ditinjau: tetap, karena administrator terakhir"),
        "accounts.review.list": _("Daftar tinjauan dibuka"),
        "accounts.review.demonstrate": _("Tinjauan peragaan disiapkan"),
        "accounts.read": _("Halaman petugas dibuka"),
        "accounts.list": _("Daftar petugas dibuka"),
        "accounts.read_outbox": _("Kotak keluar dibaca"),
        "accounts.contact_code": _("Kode pemeriksa kontak warga dikirim"),
        "accounts.contact_register": _("Kontak warga dicatat di kantor"),
        "accounts.contact_release": _("Kontak warga dilepas"),
        "accounts.citizen_close": _("Akun warga ditutup"),
        "accounts.citizen_reopen": _("Akun warga dibuka lagi"),
        "accounts.citizen_refused": _("Tindakan atas akun warga ditolak"),
    },
    "pribadi": {
        "privacy.consent.give": _("Persetujuan diberikan"),
        "privacy.consent.withdraw": _("Persetujuan dicabut"),
        "privacy.consent.stop": _("Pemrosesan dihentikan setelah dicabut"),
        "privacy.consent.read": _("Persetujuan dibuka"),
        "privacy.consent.list": _("Daftar persetujuan dibuka"),
        "privacy.breach.report": _("Insiden data dicatat"),
        "privacy.breach.correct": _("Catatan insiden diperbaiki"),
        "privacy.breach.notice": _("Pemberitahuan insiden dikirim"),
        "privacy.breach.read": _("Catatan insiden dibuka"),
        "privacy.breach.list": _("Daftar insiden dibuka"),
        "privacy.assessment.write": _("Penilaian dampak ditulis"),
        "privacy.assessment.sign": _("Penilaian dampak ditandatangani"),
        "privacy.assessment.read": _("Penilaian dampak dibuka"),
        "privacy.reading.evaluate": _("Pembacaan sehari diperiksa"),
        "privacy.reading.list": _("Daftar pembacaan tidak lazim dibuka"),
        "privacy.reading.read": _("Pembacaan tidak lazim dibuka"),
        "privacy.reading.decide": _("Pembacaan tidak lazim diputuskan"),
        "privacy.watch.list": _("Daftar orang yang dijaga dibuka"),
        "privacy.watch.add": _("Orang mulai dijaga"),
        "privacy.watch.end": _("Orang tidak dijaga lagi"),
        "privacy.shred": _("Data dimusnahkan karena lewat masa simpan"),
        "privacy.rewrite": _("Basis data ditulis ulang setelah pemusnahan"),
    },
    "penetapan": {
        "runs.determine": _("Penetapan dijalankan"),
        "public.publish": _("Daftar penerima diumumkan"),
        "public.look_up": _("Pencarian warga di daftar penerima, per jam"),
        "ledger.release": _("Syarat pelepasan diperiksa"),
    },
    "jejak": {
        "ledger.read": _("Jejak audit dibaca"),
        "ledger.read_event": _("Peristiwa jejak dibuka"),
        "ledger.prove": _("Bukti peristiwa diambil"),
        "ledger.own": _("Warga melihat siapa yang membuka datanya"),
        "ledger.shred": _("Isi peristiwa dimusnahkan"),
        "ledger.show": _("Orang di balik peristiwa ditampilkan"),
        "ledger.show_refused": _("Orang di balik peristiwa ditolak ditampilkan: terlalu sering"),
    },
    "sistem": {
        "areas.load": _("Wilayah dimuat"),
        "vault.key_added": _("Kunci sandi ditambah"),
        "vault.key_removed": _("Kunci sandi dihapus"),
        "vault.rotated": _("Data disandi ulang dengan kunci baru"),
    },
}

ACTS: Mapping[str, Text] = {action: text for group in _ACTS.values() for action, text in group.items()}
"""{action: what it is called}"""


def text(action: str) -> Text:
    """What an action is called; one that the table does not know keeps its name."""
    return ACTS.get(action, action)


def of_group(group: str) -> tuple[str, ...]:
    """The actions of a group; () for a group that there is not."""
    return tuple(_ACTS.get(group, ()))
