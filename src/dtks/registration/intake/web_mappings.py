"""The column mappings that offices keep: take in, list, show, rename, delete."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from dtks.foundation.accounts import listing as accounts
from dtks.foundation.accounts.entrance import requires
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.kernel.errors import DtksError
from dtks.registration.intake import actions, mapping, queries
from dtks.registration.intake.domain import MappingLine, clean_title, safe_name
from dtks.registration.intake.web_shared import language, officer


@requires(Permission.MAPPING)
@require_http_methods(["GET", "HEAD", "POST"])
def mappings(request: HttpRequest) -> HttpResponse:
    """The column mappings that are kept; POST takes one more in, as a YAML file."""
    problem = ""
    if request.method == "POST":
        answer = _take_mapping_in(request)
        if isinstance(answer, HttpResponse):
            return answer
        problem = answer
    context = {"mappings": _by_name(queries.mappings()), "problem": problem}
    return render(request, "intake/mappings.html", context, status=422 if problem else 200)


def _by_name(lines: list[MappingLine]) -> list[MappingLine]:
    """With the officer's name instead of the account."""
    officers = accounts.names(accounts={line.created_by for line in lines})
    return [replace(line, created_by=officers.get(line.created_by, line.created_by)) for line in lines]


def _take_mapping_in(request: HttpRequest) -> HttpResponse | str:
    """The answer to a good file, or what is wrong with it."""
    file = request.FILES.get("peta")
    if file is None:
        return gettext("Pilih berkas pemetaan (.yaml).")
    name = safe_name(file.name or "")
    try:
        text = file.read(mapping.LONGEST_TEXT + 1).decode("utf-8-sig")
        key, replaced = actions.save_mapping_text(
            by=request.actor, name=name, text=text, replace="ganti" in request.POST
        )
    except UnicodeDecodeError:
        return gettext("Isi berkas bukan teks UTF-8. Simpan sebagai .yaml dengan pengodean UTF-8.")
    except DtksError as problem:
        return problem.text(language())
    messages.success(request, gettext("Pemetaan diperbarui.") if replaced else gettext("Pemetaan disimpan."))
    return redirect("intake:mapping", key)


@requires(Permission.MAPPING)
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
            actions.rename_mapping(by=request.actor, name=name, title=title)
            messages.success(request, gettext("Nama pemetaan diganti."))
            return redirect("intake:mapping", name)
        problem = gettext("Ketik nama pemetaan.")
    context = {"mapping": found, "by": officer(found.line.created_by), "problem": problem}
    return render(request, "intake/mapping.html", context, status=422 if problem else 200)


@requires(Permission.MAPPING)
@require_http_methods(["GET", "HEAD", "POST"])
def mapping_delete(request: HttpRequest, name: str) -> HttpResponse:
    """Asks whether a mapping is to go; POST is the yes."""
    found = queries.mapping_of(name=name, language=language())
    if found is None:
        raise Http404
    if request.method == "POST":
        actions.delete_mapping(by=request.actor, name=name)
        messages.success(request, gettext("Pemetaan dihapus."))
        return redirect("intake:mappings")
    return render(request, "intake/mapping_delete.html", {"mapping": found})


urlpatterns = [
    path("pemetaan/", mappings, name="mappings"),
    path("pemetaan/<slug:name>/", mapping_page, name="mapping"),
    path("pemetaan/<slug:name>/hapus/", mapping_delete, name="mapping_delete"),
]
