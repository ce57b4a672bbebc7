"""Pages of making many officers at once, and the one answer that shows their passwords."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dtks.foundation.accounts import many, officers_file, pending_file, workbook_guard
from dtks.foundation.accounts import officer_texts as texts
from dtks.foundation.accounts.domain import NewAccount
from dtks.foundation.accounts.entrance import requires
from dtks.foundation.accounts.errors import OfficersFileRefused
from dtks.foundation.accounts.review import sheet
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.kernel.errors import DtksError

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_SHOWN = 200
PENDING = "accounts_pending_file"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ACCOUNT_MANAGE)
def bulk(request: HttpRequest) -> HttpResponse:
    """Upload a file; its judgement shows every mistake, or what would be made. Nothing is stored yet."""
    if request.method != "POST":
        return _page(request)
    upload = request.FILES.get("file")
    if upload is None:
        return _page(request, error=gettext("Pilih berkasnya dulu."))
    try:
        if upload.size > workbook_guard.MOST_BYTES:
            raise OfficersFileRefused(
                problem_id="lebih besar dari 5 MB.", problem_en="it is larger than 5 MB."
            )
        lines, unread = officers_file.read(upload.read(), name=upload.name)
        problems = sorted([*unread, *many.judge(by=request.actor, lines=lines)], key=lambda each: each.line)
    except DtksError as problem:
        return _page(request, error=texts.told(problem))
    if problems:
        return _page(request, lines=lines, problems=problems)
    # Bound to this session: nobody else can apply it.
    request.session[PENDING] = pending_file.keep(lines)
    return _page(request, lines=lines)


def _page(
    request: HttpRequest,
    *,
    error: str = "",
    lines: Sequence[officers_file.OfficerRow] = (),
    problems: Sequence[officers_file.Problem] = (),
) -> HttpResponse:
    english = texts.english()
    places = texts.area_names({row.area for row in lines[:MOST_SHOWN]}) if lines and not problems else {}
    context = {
        "error": error,
        "total": len(lines),
        "problems": [
            (each.line, each.column, each.text_en if english else each.text_id)
            for each in problems[:MOST_SHOWN]
        ],
        "problem_count": len(problems),
        "rows": [
            (row, texts.role_name(row.role), places.get(row.area, row.area)) for row in lines[:MOST_SHOWN]
        ]
        if not problems
        else [],
        "most_shown": MOST_SHOWN,
        "most_rows": workbook_guard.MOST_ROWS,
    }
    return render(request, "accounts/officers/bulk.html", context, status=422 if error or problems else 200)


@require_safe
@requires(Permission.ACCOUNT_MANAGE, step_up=False)
def template(request: HttpRequest) -> HttpResponse:
    """The empty workbook."""
    return workbook_answer(officers_file.template(), "templat-petugas.xlsx")


@require_POST
@requires(Permission.ACCOUNT_MANAGE)
def apply(request: HttpRequest) -> HttpResponse:
    """Make all officers of the judged file, and show their passwords, once."""
    lines = pending_file.take(request.session.pop(PENDING, ""))
    if lines is None:
        messages.warning(
            request,
            gettext("Berkas itu sudah diterapkan atau sudah lebih dari satu jam. Unggah lagi bila perlu."),
        )
        return redirect("accounts:officers_bulk")
    try:
        made = many.create_all(by=request.actor, lines=lines)
    except DtksError as problem:
        return _page(request, error=texts.told(problem))
    return slips_page(request, made)


@never_cache
def slips_page(request: HttpRequest, made: Sequence[NewAccount]) -> HttpResponse:
    """The passwords as slips to print and as a file inside the page: it lies nowhere on the server."""
    title = gettext("Kata sandi sementara")
    content = sheet(
        "Petugas",
        title,
        ("Nama lengkap", "Nama masuk", "Kata sandi sementara"),
        ((each.name, each.username, each.password) for each in made),
    )
    context = {"made": made, "file": f"data:{XLSX};base64,{base64.b64encode(content).decode()}"}
    return render(request, "accounts/officers/slips.html", context)


def workbook_answer(content: bytes, name: str) -> HttpResponse:
    """A workbook as a download."""
    return HttpResponse(
        content, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


urlpatterns = [
    path("petugas/akun/massal/", bulk, name="officers_bulk"),
    path("petugas/akun/massal/templat.xlsx", template, name="officers_template"),
    path("petugas/akun/massal/terapkan/", apply, name="officers_apply"),
]
