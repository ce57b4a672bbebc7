"""The import page: upload, look, confirm, watch, mend."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dtks.foundation.areas import queries as areas
from dtks.foundation.areas.domain import Level
from dtks.foundation.kernel.errors import DtksError
from dtks.registration.intake import actions, mapping, queries, report
from dtks.registration.intake.domain import State, clean_title, safe_name
from dtks.registration.intake.errors import JobNotFound
from dtks.registration.intake.jobs import run_import

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


def language() -> str:
    """'id' or 'en'."""
    return "en" if (get_language() or "id").startswith("en") else "id"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """The upload form and the list of past imports; POST takes a file in."""
    entered: dict[str, Any] = {"format": "auto", "place": request.GET.get("wilayah", "")}
    problems: dict[str, str] = {}
    if request.method == "POST":
        answer = _take_in(request, entered, problems)
        if answer is not None:
            return answer
    context = {
        "entered": entered,
        "problems": problems,
        "formats": _formats(),
        "accepted": ACCEPTED,
        "places": _places(str(entered["place"])) if entered["place"] and not entered.get("code") else [],
        "jobs": _past(),
    }
    return render(request, "intake/home.html", context, status=422 if problems else 200)


def _past() -> list[dict[str, Any]]:
    jobs = queries.jobs()
    places = areas.names(codes={job.area for job in jobs if job.area})
    return [{"job": job, "state": STATES[job.state], "place": places.get(job.area)} for job in jobs]


def _take_in(request: HttpRequest, entered: dict[str, Any], problems: dict[str, str]) -> HttpResponse | None:
    """Answer of a good upload; None with `problems` filled when the form has to be shown again."""
    entered["format"] = request.POST.get("format", "auto")
    entered["place"] = request.POST.get("wilayah", "").strip()[:60]
    entered["code"] = request.POST.get("desa", "") or _only_place(str(entered["place"]))
    file = request.FILES.get("berkas")
    if file is None:
        problems["berkas"] = gettext("Pilih berkas yang akan diimpor.")
    if entered["place"] and not entered["code"]:
        problems["wilayah"] = gettext("Pilih salah satu desa atau kelurahan yang cocok.")
    if problems or file is None:
        return None
    try:
        job_id, known = actions.upload(
            by=request.user.get_username(), name=file.name or "", pieces=file.chunks(),
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


def _places(text: str) -> list[dict[str, str]]:
    found = areas.search(text=text, level=Level.VILLAGE, limit=MOST_PLACES)
    above = {area.code: ", ".join(p.name for p in areas.path(code=area.parent)[::-1]) for area in found}
    return [{"code": area.code, "name": area.name, "where": above[area.code]} for area in found]


def _only_place(text: str) -> str:
    """The code, when the text is one or names exactly one village."""
    if not text or areas.exists(code=text):
        return text
    found = areas.search(text=text, level=Level.VILLAGE, limit=2)
    return found[0].code if len(found) == 1 else ""


@login_required
@require_GET
def places(request: HttpRequest) -> HttpResponse:
    """The villages that a text may mean, as radio buttons (asked for while typing)."""
    text = request.GET.get("wilayah", "").strip()[:60]
    return render(request, "intake/places.html", {"places": _places(text), "text": text})


@login_required
@require_GET
def job(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """One import: preview before it is confirmed, progress while it runs, then its report."""
    line = queries.job(job_id=job_id, language=language())
    if line is None:
        raise Http404
    context: dict[str, Any] = {"job": line, "state": STATES[line.state], "place": _place_name(line.area)}
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
    context["preview"] = found
    context["title"] = found.title_en if language() == "en" else found.title_id
    context["problems"] = found.problems[:MOST_SHOWN_IN_PREVIEW]
    return render(request, "intake/preview.html", context)


def _report(request: HttpRequest, context: dict[str, Any], job_id: uuid.UUID) -> HttpResponse:
    code = request.GET.get("kode", "")[:20]
    offset = max(0, int(request.GET.get("mulai", "0")) if request.GET.get("mulai", "0").isdigit() else 0)
    figures = queries.report(job_id=job_id)
    shown = queries.problems(job_id=job_id, language=language(), code=code, offset=offset, limit=PAGE)
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


@login_required
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


@login_required
@require_POST
def start(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Confirm an upload, or go on with an import that stopped."""
    by = request.user.get_username()
    try:
        found, has_work = actions.confirm(by=by, job_id=job_id)
    except JobNotFound as problem:
        messages.error(request, problem.text(language()))
        return redirect("intake:home")
    if has_work:
        run_import.enqueue(str(found), by)
    return redirect("intake:job", found)


@login_required
@require_POST
def stop(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Ask a running import to stop after its present chunk."""
    actions.cancel(by=request.user.get_username(), job_id=job_id)
    messages.info(request, gettext("Impor berhenti setelah bagian yang sedang dikerjakan."))
    return redirect("intake:job", job_id)


@login_required
@require_POST
def discard(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """Take back an upload that was not confirmed."""
    actions.discard(by=request.user.get_username(), job_id=job_id)
    return redirect("intake:home")


@login_required
@require_GET
def download(request: HttpRequest, job_id: uuid.UUID) -> FileResponse:
    """The rows that wait as a workbook, to be mended and sent back."""
    folder = Path(tempfile.mkdtemp(prefix="dtks-laporan-"))
    try:
        made = report.write(job_id=job_id, path=folder / "laporan.xlsx", language=language())
        content = made.open("rb")
    except JobNotFound as problem:
        raise Http404 from problem
    finally:
        # The open file stays readable; on Windows the folder is taken away by the system later.
        for left in folder.iterdir():
            left.unlink(missing_ok=True)
        folder.rmdir()
    return FileResponse(content, as_attachment=True, filename=f"perbaikan-{str(job_id)[-6:]}.xlsx")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mappings(request: HttpRequest) -> HttpResponse:
    """The column mappings that are kept; POST takes one more in, as a YAML file."""
    problem = ""
    if request.method == "POST":
        answer = _take_mapping_in(request)
        if isinstance(answer, HttpResponse):
            return answer
        problem = answer
    context = {"mappings": queries.mappings(), "problem": problem}
    return render(request, "intake/mappings.html", context, status=422 if problem else 200)


def _take_mapping_in(request: HttpRequest) -> HttpResponse | str:
    """The answer to a good file, or what is wrong with it."""
    file = request.FILES.get("peta")
    if file is None:
        return gettext("Pilih berkas pemetaan (.yaml).")
    name = safe_name(file.name or "")
    try:
        text = file.read(mapping.LONGEST_TEXT + 1).decode("utf-8-sig")
        key, replaced = actions.save_mapping_text(
            by=request.user.get_username(), name=name, text=text, replace="ganti" in request.POST
        )
    except UnicodeDecodeError:
        return gettext("Isi berkas bukan teks UTF-8. Simpan sebagai .yaml dengan pengodean UTF-8.")
    except DtksError as problem:
        return problem.text(language())
    messages.success(request, gettext("Pemetaan diperbarui.") if replaced else gettext("Pemetaan disimpan."))
    return redirect("intake:mapping", key)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mapping_page(request: HttpRequest, name: str) -> HttpResponse:
    """One mapping with what each column is read as; POST gives it another title."""
    found = queries.mapping_of(name=name, language=language())
    if found is None:
        raise Http404
    problem = ""
    if request.method == "POST":
        title = request.POST.get("judul", "")
        if clean_title(title):
            actions.rename_mapping(by=request.user.get_username(), name=name, title=title)
            messages.success(request, gettext("Nama pemetaan diganti."))
            return redirect("intake:mapping", name)
        problem = gettext("Ketik nama pemetaan.")
    context = {"mapping": found, "problem": problem}
    return render(request, "intake/mapping.html", context, status=422 if problem else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mapping_delete(request: HttpRequest, name: str) -> HttpResponse:
    """Asks whether a mapping is to go; POST is the yes."""
    found = queries.mapping_of(name=name, language=language())
    if found is None:
        raise Http404
    if request.method == "POST":
        actions.delete_mapping(by=request.user.get_username(), name=name)
        messages.success(request, gettext("Pemetaan dihapus."))
        return redirect("intake:mappings")
    return render(request, "intake/mapping_delete.html", {"mapping": found})


urlpatterns = [
    path("", home, name="home"),
    path("pemetaan/", mappings, name="mappings"),
    path("pemetaan/<slug:name>/", mapping_page, name="mapping"),
    path("pemetaan/<slug:name>/hapus/", mapping_delete, name="mapping_delete"),
    path("wilayah/", places, name="places"),
    path("<uuid:job_id>/", job, name="job"),
    path("<uuid:job_id>/kemajuan/", progress, name="progress"),
    path("<uuid:job_id>/mulai/", start, name="start"),
    path("<uuid:job_id>/hentikan/", stop, name="stop"),
    path("<uuid:job_id>/buang/", discard, name="discard"),
    path("<uuid:job_id>/laporan.xlsx", download, name="download"),
]
