"""For what an auditor or a data protection officer may ask who stands behind a key of the trail."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PURPOSES: dict[str, str | Promise] = {
    "audit": _("Pemeriksaan (audit) yang ditugaskan"),
    "permintaan-warga": _("Menjawab permintaan orang yang datanya dibaca"),
    "insiden": _("Menyelidiki dugaan penyalahgunaan atau insiden"),
    "pengaduan-audit": _("Menjawab pengaduan"),
    "lainnya": _("Lainnya (tuliskan)"),
}
