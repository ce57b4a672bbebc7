"""What the browser needs to verify the log, and the words in which it tells what it found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dtks.foundation.ledger import signing

WORDS: dict[str, str | Promise] = {
    # What the reader gave.
    "key-own": _("Kunci publik yang Anda berikan dapat dibaca: {name}."),
    "key-server": _(
        "Kunci publik dipakai dari server ini: {name}. Ini tidak membuktikan bahwa kunci itu milik jejak "
        "yang sebenarnya: server yang dipalsukan akan mengirim kuncinya sendiri."
    ),
    "key-none": _("Isi kunci publik jejak lebih dulu, atau centang “pakai kunci dari server ini”."),
    "key-bad": _("Baris ini bukan kunci publik jejak atau saksi: {line}"),
    "key-two": _("Isi satu kunci jejak saja; kunci saksi boleh beberapa."),
    # What the browser can do.
    "no-crypto": _(
        "Peramban ini tidak memberi alat sandi kepada halaman ini. Buka lewat https, "
        "atau di komputer yang sama."
    ),
    "no-ed25519": _(
        "Peramban ini belum dapat memeriksa tanda tangan Ed25519, jadi tidak ada yang dapat dipastikan di "
        "sini. Pakai Chrome atau Edge 137, Firefox 129, Safari 17 atau yang lebih baru, atau periksa paket "
        "bukti dengan ./dtks ledger check."
    ),
    # The head.
    "no-log": _("Server belum punya titik periksa: belum ada peristiwa yang masuk ke jejak."),
    "no-answer": _("Server tidak memberi {what} (jawaban {status}). Coba lagi; bila berulang, laporkan."),
    "head-read": _("Titik periksa diterima: jejak {origin}, {size} peristiwa."),
    "head-bad": _("Titik periksa dari server tidak tertulis seperti seharusnya."),
    "signed": _("Tanda tangan jejak pada titik periksa sah."),
    "signed-not": _(
        "Tanda tangan jejak pada titik periksa TIDAK sah untuk kunci ini. Jangan percayai isinya: kuncinya "
        "keliru, atau titik periksanya diubah."
    ),
    "cosigned": _("Saksi {name} ikut menandatangani titik periksa ini pada {at}."),
    "cosigned-not": _("Tanda tangan saksi {name} ada, tetapi TIDAK sah."),
    "cosigned-none": _("Saksi {name} belum menandatangani titik periksa ini. Coba lagi sebentar lagi."),
    # The head that the reader brought.
    "old-bad": _("Berkas titik periksa yang Anda unggah tidak dapat dibaca."),
    "old-other": _("Titik periksa yang Anda unggah milik jejak lain: {origin}."),
    "old-unsigned": _("Titik periksa yang Anda unggah tidak ditandatangani oleh kunci di atas."),
    "old-longer": _(
        "Titik periksa Anda memuat {old} peristiwa, sedangkan jejak di server kini hanya {size}. "
        "Jejak telah dipendekkan: laporkan."
    ),
    "consistent": _("Jejak sekarang melanjutkan titik periksa Anda ({old} peristiwa) tanpa mengubahnya."),
    "consistent-not": _(
        "Jejak sekarang TIDAK melanjutkan titik periksa Anda ({old} peristiwa): sejarahnya ditulis ulang. "
        "Simpan kedua titik periksa dan laporkan."
    ),
    "old-none": _(
        "Tanpa titik periksa dari saksi: terbukti isi ini ada dalam jejak yang sekarang, tidak terbukti "
        "bahwa jejak yang sama diperlihatkan kepada orang lain."
    ),
    # Events.
    "entry": _("Sidik isi peristiwa {event} dihitung ulang dari teks dan garamnya."),
    "waiting": _(
        "Peristiwa {event} belum masuk ke jejak. Biasanya cukup satu detik; muat ulang halaman ini."
    ),
    "beyond": _("Peristiwa {event} masuk setelah titik periksa ini. Coba lagi sebentar lagi."),
    "included": _("Peristiwa {event} ada di tempat {index} dari jejak, persis dengan isi ini."),
    "included-not": _(
        "Peristiwa {event} TIDAK ada di tempat {index} dari jejak dengan isi ini: isinya, garamnya, "
        "tempatnya atau buktinya diubah."
    ),
    "list": _("Daftar peristiwa {event} ({count} kunci) sama dengan yang dicatat."),
    "list-not": _(
        "Daftar peristiwa {event} TIDAK sama dengan yang dicatat: ada kunci yang ditambah, diganti atau "
        "hilang."
    ),
    "foreign": _("Server mengirim peristiwa lain daripada yang diminta."),
    # The whole.
    "whole-read": _("{size} peristiwa dihitung dari awal."),
    "whole": _("Akar pohon dari semua peristiwa sama dengan yang ditandatangani."),
    "whole-not": _("Akar pohon dari semua peristiwa TIDAK sama dengan yang ditandatangani: jejak diubah."),
    "progress": _("{done} dari {size} peristiwa, {rate} per detik"),
    "stopped": _("Pemeriksaan dihentikan. Tidak ada kesimpulan."),
    # The end.
    "good": _("Semua langkah terbukti."),
    "good-server-key": _("Semua langkah cocok, tetapi dengan kunci dari server ini sendiri."),
    "bad": _("Ada langkah yang TIDAK terbukti. Lihat tanda ✗ di atas."),
    "failed": _("Pemeriksaan tidak selesai: {problem}"),
    "passed": _("terbukti"),
    "not-passed": _("tidak terbukti"),
    "note": _("catatan"),
}  # fmt: skip
"""By name; the script puts values into the braces."""


def context(events: Sequence[int]) -> dict[str, Any]:
    """What `verify.html` shows, for these events. One query."""
    return {
        "words": list(WORDS.items()),
        "server_keys": "\n".join(str(each) for each in signing.verifiers()),
        "named": "-".join(str(each) for each in events),
    }
