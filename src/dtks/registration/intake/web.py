"""The import page: upload, look, confirm, watch, mend."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dtks.foundation.accounts import listing as accounts
from dtks.foundation.accounts.entrance import requires
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.areas import queries as areas
from dtks.foundation.areas.domain import Level
from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.ledger import actions as ledger
from dtks.foundation.ledger.domain import Event
from dtks.registration.intake import actions, mapping, queries, report, web_mappings
from dtks.registration.intake.domain import JobLine, State
from dtks.registration.intake.errors import JobNotFound
from dtks.registration.intake.jobs import run_import
from dtks.registration.intake.web_shared import language, officer

PAGE = 100
MOST_PLACES = 10
MOST_SHOWN_IN_PREVIEW = 25
ACCEPTED = ".xlsx,.xls,.csv"
STATES = {
    State.UPLOADED: (_("Belum dimulai"), "ask"),
    State.QUEUED: (_("Menunggu giliran"), "info"),
    State.RUNNING: (_("Sedang berjalan"), "info"),
    State.DONE: (_("Selesai"), "yes"),
    State.FAILED: (_("Gagal"), "bad"),
    State.CANCELLED: (_("Dihentikan"), "no"),
}


@requires(Permission.IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """The upload form and the list of past imports; POST takes a file in."""
    entered: dict[str, Any] = {"format": "auto", "place": request.GET.get("wilayah", "")}
    problems: dict[str, str] = {}
    if request.method == "POST":
        answer = _take_in(request, entered, problems)
        if answer is not None:
            return answer
    unclear = entered["place"] and not entered.get("code")
    context = {
        "entered": entered,
        "problems": problems,
        "formats": _formats(),
        "accepted": ACCEPTED,
        "places": _places(request, str(entered["place"])) if unclear else [],
        "jobs": _past(),
    }
    return render(request, "intake/home.html", context, status=422 if problems else 200)


def _past() -> list[dict[str, Any]]:
    jobs = queries.jobs()
    places = areas.names(codes={job.area for job in jobs if job.area})
    officers = accounts.names(accounts={job.created_by for job in jobs})
    return [
        {
            "job": job,
            "state": STATES[job.state],
            "place": places.get(job.area),
            "by": officers.get(job.created_by, job.created_by),
        }
        for job in jobs
    ]


def _read(request: HttpRequest, action: str, line: JobLine, rows: int) -> None:
    """The trail knows who saw how many rows of which import."""
    event = Event(action, kind="import", subject=str(line.id), area=line.area, count=rows)
    ledger.record(event, by=request.actor)


def _take_in(request: HttpRequest, entered: dict[str, Any], problems: dict[str, str]) -> HttpResponse | None:
    """Answer of a good upload; None with `problems` filled when the form has to be shown again."""
    entered["format"] = request.POST.get("format", "auto")
    entered["place"] = request.POST.get("wilayah", "").strip()[:60]
    entered["code"] = request.POST.get("desa", "") or _only_place(request, str(entered["place"]))
    file = request.FILES.get("berkas")
    if file is None:
        problems["berkas"] = gettext("Pilih berkas yang akan diimpor.")
    if entered["place"] and not entered["code"]:
        problems["wilayah"] = gettext("Pilih salah satu desa atau kelurahan yang cocok.")
    if problems or file is None:
        return None
    try:
        job_id, known = actions.upload(
            by=request.actor, name=file.name or "", pieces=file.chunks(),
            format=str(entered["format"]), area=str(entered["code"]),
        )  # fmt: skip
    except DtksError as problem:
        field = "wilayah" if problem.code in ("DTKS-IMP-015", "DTKS-IMP-016") else "berkas"
        problems[field] = problem.text(language())
        return None
    if known:
        messages.info(request, gettext("Berkas yang sama sudah pernah dikirim. Ini hasilnya."))
    return redirect("intake:job", job_id)


def _formats() -> list[tuple[str, str]]:
    """The program's layouts, then the mappings that are kept."""
    english = language() == "en"
    shipped = [(each.id, each.title_en if english else each.title_id) for each in mapping.formats().values()]
    return shipped + [(line.name, line.title) for line in queries.mappings()]


def _places(request: HttpRequest, text: str) -> list[dict[str, str]]:
    """Villages that the text may mean, of those in the officer's area."""
    found = areas.search(text=text, under=request.actor.area, level=Level.VILLAGE, limit=MOST_PLACES)
    above = {area.code: ", ".join(p.name for p in areas.path(code=area.parent)[::-1]) for area in found}
    return [{"code": area.code, "name": area.name, "where": above[area.code]} for area in found]


def _only_place(request: HttpRequest, text: str) -> str:
    """The code, when the text is one or names exactly one village."""
    if not text or areas.exists(code=text):
        return text
    found = areas.search(text=text, under=request.actor.area, level=Level.VILLAGE, limit=2)
    return found[0].code if len(found) == 1 else ""


@requires(Permission.IMPORT)
@require_GET
def places(request: HttpRequest) -> HttpResponse:
    """The villages that a text may mean, as radio buttons (asked for while typing)."""
    text = request.GET.get("wilayah", "").strip()[:60]
    return render(request, "intake/places.html", {"places": _places(request, text), "text": text})


@requires(Permission.IMPORT)
@require_GET
def job(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """One import: preview before it is confirmed, progress while it runs, then its report."""
    line = queries.job(job_id=job_id, language=language())
    if line is None:
        raise Http404
    context: dict[str, Any] = {
        "job": line,
        "state": STATES[line.state],
        "place": _place_name(line.area),
        "by": officer(line.created_by),
    }
    if line.state == State.UPLOADED:
        return _preview(request, context, job_id)
    if line.state in (State.QUEUED, State.RUNNING):
        return render(request, "intake/progress.html", context)
    return _report(request, context, job_id)


def _place_name(code: str) -> str:
    return ", ".join(area.name for area in areas.path(code=code)[::-1]) if code else ""


def _preview(request: HttpRequest, context: dict[str, Any], job_id: uuid.UUID) -> HttpResponse:
    try:
        found = queries.preview(job_id=job_id, today=timezone.localdate(), language=language())
    except DtksError as problem:
        messages.error(request, problem.text(language()))
        return redirect("intake:home")
    _read(request, "intake.read_preview", context["job"], sum(len(sheet.rows) for sheet in found.sheets))
    context["preview"] = found
    context["title"] = found.title_en if language() == "en" else found.title_id
    context["problems"] = found.problems[:MOST_SHOWN_IN_PREVIEW]
    return render(request, "intake/preview.html", context)


def _report(request: HttpRequest, context: dict[str, Any], job_id: uuid.UUID) -> HttpResponse:
    code = request.GET.get("kode", "")[:20]
    offset = max(0, int(request.GET.get("mulai", "0")) if request.GET.get("mulai", "0").isdigit() else 0)
    figures = queries.report(job_id=job_id)
    shown = queries.problems(job_id=job_id, language=language(), code=code, offset=offset, limit=PAGE)
    if shown:
        _read(request, "intake.read_report", context["job"], len({(each.sheet, each.row) for each in shown}))
    counts = {**figures.problems, **figures.warnings} if figures else {}
    context.update(
        figures=figures,
        problems=shown,
        code=code,
        kinds=queries.kinds(counts=counts, language=language()),
        previous=max(0, offset - PAGE) if offset else None,
        following=offset + PAGE if len(shown) >= PAGE else None,
    )
    return render(request, "intake/report.html", context)


@requires(Permission.IMPORT)
@require_GET
def progress(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """The state of a running import, asked for every two seconds; at its end the page is loaded anew."""
    line = queries.job(job_id=job_id, language=language())
    if line is None:
        raise Http404
    answer = render(request, "intake/progress_bar.html", {"job": line, "state": STATES[line.state]})
    if line.state not in (State.QUEUED, State.RUNNING):
        answer["HX-Refresh"] = "true"
    return answer


@requires(Permission.IMPORT)
@require_POST
def start(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Confirm an upload, or go on with an import that stopped."""
    by = request.actor
    try:
        found, has_work = actions.confirm(by=by, job_id=job_id)
    except JobNotFound as problem:
        messages.error(request, problem.text(language()))
        return redirect("intake:home")
    if has_work:
        run_import.enqueue(str(found), asdict(by))
    return redirect("intake:job", found)


@requires(Permission.IMPORT)
@require_POST
def stop(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Ask a running import to stop after its present chunk."""
    actions.cancel(by=request.actor, job_id=job_id)
    messages.info(request, gettext("Impor berhenti setelah bagian yang sedang dikerjakan."))
    return redirect("intake:job", job_id)


@requires(Permission.IMPORT)
@require_POST
def discard(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Take back an upload that was not confirmed."""
    actions.discard(by=request.actor, job_id=job_id)
    return redirect("intake:home")


@requires(Permission.IMPORT)
@require_GET
def download(request: HttpRequest, job_id: uuid.UUID) -> FileResponse:
    """The rows that wait as a workbook, to be mended and sent back."""
    line = queries.job(job_id=job_id)
    if line is None:
        raise Http404
    content = report.in_memory(job_id=job_id, language=language())
    _read(request, "intake.download_report", line, min(line.open_pending, report.MOST_ROWS))
    return FileResponse(content, as_attachment=True, filename=f"perbaikan-{str(job_id)[-6:]}.xlsx")


urlpatterns = [
    path("", home, name="home"),
    *web_mappings.urlpatterns,
    path("wilayah/", places, name="places"),
    path("<uuid:job_id>/", job, name="job"),
    path("<uuid:job_id>/kemajuan/", progress, name="progress"),
    path("<uuid:job_id>/mulai/", start, name="start"),
    path("<uuid:job_id>/hentikan/", stop, name="stop"),
    path("<uuid:job_id>/buang/", discard, name="discard"),
    path("<uuid:job_id>/laporan.xlsx", download, name="download"),
]
