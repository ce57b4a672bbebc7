"""The first page of citizens who have signed in: who they are here, and what they can do now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dtks.foundation.accounts.entrance import requires
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.accounts.signing_in import contacts
from dtks.foundation.areas import queries as areas
from dtks.foundation.kernel.masking import mask_name, mask_number

# Address (or its name), label, what one does there, icon. Every page that citizens have stands here; what is
# not built yet does not.
PAGES: tuple[tuple[str, str | Promise, str | Promise, str], ...] = (
    (
        "citizen:who_saw",
        _("Siapa yang melihat data saya"),
        _("Kantor mana yang membuka data Anda dan keluarga, kapan, dan untuk apa."),
        "family",
    ),
    (
        "accounts:my_security",
        _("Keamanan akun"),
        _("Baca apa yang bisa salah dengan kode, dan pasang aplikasi kode agar lebih aman."),
        "check",
    ),
    (
        "accounts:sessions",
        _("Perangkat yang masuk"),
        _("Lihat di perangkat mana saja akun ini sedang masuk, dan akhiri yang tidak Anda kenal."),
        "clock",
    ),
    (
        "/",
        _("Cek Bansos"),
        _("Periksa status bantuan dengan nama dan desa. Tidak perlu masuk."),
        "search",
    ),
)


@require_safe
@requires(Permission.OWN_READ)
@never_cache
def citizen_home(request: HttpRequest) -> HttpResponse:
    """Who is signed in, masked as far as one knows oneself again, and the pages that there are."""
    account = request.user
    names = areas.names(codes=[request.actor.area])
    context = {
        "name": mask_name(account.name),
        "nik": mask_number(account.nik) if account.nik else "",
        "contact": contacts.masked(found) if (found := contacts.of(account)) else "",
        "place": names.get(request.actor.area, request.actor.area),
        "pages": [(resolve_url(name), label, text, icon) for name, label, text, icon in PAGES],
    }
    return render(request, "accounts/citizen_home.html", context)
