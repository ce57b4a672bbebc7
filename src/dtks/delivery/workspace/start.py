"""The first page of a role that has no totals to look at: what it can do here, and what it cannot yet."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dtks.foundation.accounts.domain import role_of
from dtks.foundation.accounts.roles import PERMISSION_TEXTS, Permission
from dtks.foundation.ui.templatetags.ui import opens

# Address, label, what one does there, icon. Who may open a page, the page itself says.
PAGES: tuple[tuple[str, str | Promise, str | Promise, str], ...] = (
    ("workspace:families", _("Keluarga"), _("Cari dan buka data keluarga di wilayah tugas Anda."), "family"),
    ("intake:home", _("Impor berkas"), _("Masukkan data dari berkas yang sudah ada."), "upload"),
    ("accounts:officers", _("Akun petugas"), _("Buat, ubah dan akhiri akun petugas."), "menu"),
    ("accounts:review", _("Tinjauan akses"), _("Periksa setahun sekali siapa yang memegang peran."), "check"),
    ("accounts:delegations", _("Pelimpahan peran"), _("Limpahkan peran Anda untuk sementara."), "arrow"),
    ("privacy:home", _("Pelindungan data pribadi"), _("Catatan pemrosesan, retensi dan insiden."), "info"),
    ("audit:events", _("Jejak audit"), _("Siapa berbuat apa, kapan dan mengapa; periksa buktinya."), "clock"),
)
# What the pages above serve; the rest of a role's permissions is named as still to come.
SERVED = frozenset(
    {
        Permission.FAMILY_READ, Permission.FAMILY_EXPORT, Permission.HEALTH_READ, Permission.POINT_READ,
        Permission.IMPORT, Permission.MAPPING, Permission.ACCOUNT_MANAGE, Permission.ACCOUNT_REVIEW,
        Permission.DELEGATE, Permission.PRIVACY, Permission.CONSENT_TAKE,
        Permission.LEDGER_READ,
    }
)  # fmt: skip


def of(request: HttpRequest) -> dict[str, Any]:
    """Context of the page, by the role in which the request acts."""
    role = role_of(request.actor)
    english = (get_language() or "id").startswith("en")
    pages = [(reverse(name), label, text, icon) for name, label, text, icon in PAGES]
    waiting = sorted((role.permissions if role else frozenset()) - SERVED)
    return {
        "role": (role.name_en if english else role.name_id) if role else request.actor.role,
        "pages": [page for page in pages if opens(request, page[0])],
        "waiting": [PERMISSION_TEXTS[permission][english] for permission in waiting],
    }
