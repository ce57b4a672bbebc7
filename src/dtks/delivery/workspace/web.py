"""The officers' pages: parse, ask, render."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from dtks.delivery.public import places
from dtks.delivery.public.programme_texts import programme_names
from dtks.delivery.workspace import family_page, filters, listing, results, searches, spreadsheet, summary
from dtks.delivery.workspace.filters import Filters
from dtks.delivery.workspace.results import RunView
from dtks.determination.programmes.domain import Language
from dtks.foundation.areas import queries as areas
from dtks.foundation.areas.domain import AreaInfo, Level
from dtks.foundation.areas.errors import AreaCodeError, AreaNotFound
from dtks.foundation.kernel.masking import mask_number
from dtks.foundation.ui import formatting
from dtks.registration.registry.errors import FamilyNotFound

# On paper and in a workbook: a list that nobody reads to its end is none.
MOST_PRINTED = 2_000
MOST_EXPORTED = 20_000
MOST_FOUND = 10
CODE_LENGTHS = {Level.PROVINCE: 2, Level.REGENCY: 5, Level.DISTRICT: 8, Level.VILLAGE: 13}
STATUS_FILTERS = {
    "penerima": _("Memenuhi syarat"),
    "bukan-penerima": _("Tidak memenuhi syarat"),
    "menunggu": _("Perlu verifikasi atau dilengkapi"),
    "belum-ditetapkan": _("Belum ditetapkan"),
}
STATUS_LABELS = {
    "penerima": _("Memenuhi syarat program"),
    "bukan-penerima": _("Tidak memenuhi syarat program"),
    "verifikasi": _("Perlu verifikasi"),
    "belum-dinilai": _("Belum dinilai"),
    "belum-ditetapkan": _("Belum ditetapkan"),
}
CHILDREN_TITLES = {
    0: _("Provinsi"),
    1: _("Kabupaten dan kota"),
    2: _("Kecamatan"),
    3: _("Desa dan kelurahan"),
}


def language() -> Language:
    """The reader's language."""
    return "en" if (get_language() or "id").startswith("en") else "id"


def where(code: str) -> list[AreaInfo]:
    """The area with all above it; [] for no code.

    Raises:
        Http404: there is no such area.
    """
    try:
        return areas.path(code=code) if code else []
    except (AreaNotFound, AreaCodeError) as problem:
        raise Http404(str(problem)) from problem


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Summary of an area, and the way to the areas in it."""
    view = filters.read(request.GET)
    path_ = where(view.area)
    context = {**_choice(request, path_), **summary.of(area=view.area, names=programme_names())}
    return render(request, "workspace/home.html", context)


def _choice(request: HttpRequest, path_: list[AreaInfo]) -> dict[str, Any]:
    """What `choose_area.html` and the breadcrumbs show."""
    place = path_[-1] if path_ else None
    text = request.GET.get("tempat", "").strip()[:60]
    found = areas.search(text=text, limit=MOST_FOUND) if text else []
    level = place.level if place else 0
    return {
        "place": place,
        "place_title": places.titled(place) if place else "",
        "zone": place.timezone if place else "WIB",
        "path": path_,
        "place_text": text,
        "found": [_found(area) for area in found],
        "children": areas.children(code=place.code if place else "") if level < Level.VILLAGE else [],
        "children_title": CHILDREN_TITLES.get(level),
    }


def _found(area: AreaInfo) -> dict[str, str]:
    """A village's name is shared by dozens: where it lies tells them apart."""
    above = areas.path(code=area.parent) if area.parent else []
    return {"code": area.code, "name": places.titled(area), "where": places.whole(above)}


def _no_text_in_the_address(page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Leads an address with a typed text in it (an old bookmark, one made by hand) to the same without it.

    The text is neither searched nor shown: every link of the page would carry it on.
    """

    @wraps(page)
    def checked(request: HttpRequest, **arguments: Any) -> HttpResponse:
        if all(filters.is_token(value) for value in request.GET.getlist("cari") if value):
            return page(request, **arguments)
        view = replace(filters.read(request.GET), token="")
        # Not to the workbook itself: it would hold everybody, and look like the answer.
        wanted = reverse("workspace:families") if page.__name__ == "export" else request.path
        messages.warning(
            request, gettext("Nama dan nomor tidak dicari lewat alamat halaman. Ketik di kolom pencarian.")
        )
        return redirect(f"{wanted}?{view.query(page=view.page)}")

    return checked


@require_http_methods(["GET", "HEAD", "POST"])
@_no_text_in_the_address
@login_required
def families(request: HttpRequest) -> HttpResponse:
    """The list of families of an area; without one, the choice of an area.

    The search form comes by POST, its text goes into the session, and the answer leads to an address that
    can be reloaded and gone back to.
    """
    if request.method == "POST":
        wanted = filters.read(request.POST)
        token = searches.keep(request.session, filters.typed(request.POST.get("cari", "")))
        return redirect(f"{reverse('workspace:families')}?{replace(wanted, token=token).query()}")
    view = filters.read(request.GET)
    path_ = where(view.area)
    context: dict[str, Any] = {"filters": view, **_choice(request, path_)}
    if not path_:
        return render(request, "workspace/families.html", context)
    text = searches.text_of(request.session, view.token)
    ended = text is None
    view = replace(view, token="" if ended else view.token, text=text or "")
    printing = request.GET.get("cetak") == "1"
    size = MOST_PRINTED if printing else filters.PAGE_SIZE
    # Everybody instead of the few that were asked for would be taken for the answer.
    nobody = listing.Listing((), 0, 1, size)
    found = nobody if ended else listing.families(view, programmes=programme_names(), size=size)
    if found.wide:
        view = listing.only_searched(view)
    context |= _list_context(view, found, path_[-1])
    context |= {"filters": view, "printing": printing, "ended": ended}
    return render(request, "workspace/families.html", context)


def _list_context(view: Filters, found: listing.Listing, place: AreaInfo) -> dict[str, Any]:
    names = programme_names()
    short = _short(names)
    run, demonstration = results.newest_with_label(area=view.area)
    villages = _village_names(place, found)
    return {
        "listing": found,
        "total": _total(found),
        "rows": [
            {
                "row": row,
                "village": villages.get(row.village, row.village),
                "programmes": [short.get(code, code) for code in row.programmes],
                "covered": [
                    (short.get(code, code), [short.get(other, other) for other in others])
                    for code, others in row.covered.items()
                ],
            }
            for row in found.rows
        ],
        "run": run,
        "demonstration": demonstration,
        "here": view.query(page=found.page),
        "page": found.page,
        "previous_query": view.query(page=found.page - 1) if found.page > 1 else "",
        "next_query": view.query(page=found.page + 1) if found.page < found.pages else "",
        "columns": _columns(view, place, found),
        "desils": range(1, 11),
        "programmes": [(code, f"{short[code]} · {name}") for code, name in names.items()],
        "statuses": list(STATUS_FILTERS.items()),
    }


def _total(found: listing.Listing) -> str:
    """How many there are; '200.000+' where counting stopped."""
    return formatting.number(found.total, language=language()) + ("+" if found.more else "")


def _village_names(place: AreaInfo, found: listing.Listing) -> dict[str, str]:
    """The villages of these rows, with what they lie in below `place`: 'Cimekar, Cileunyi'. One query."""
    lengths = [CODE_LENGTHS[level] for level in range(Level.VILLAGE, min(place.level, Level.DISTRICT), -1)]
    villages = {row.village for row in found.rows}
    names = areas.names(codes=[code[:length] for code in villages for length in lengths])
    return {
        code: ", ".join(names[part] for length in lengths if (part := code[:length]) in names) or code
        for code in villages
    }


def _short(names: dict[str, str]) -> dict[str, str]:
    """A code as a list shows it: 'pkh' → 'PKH'."""
    return {code: code.upper().replace("_", "-") for code in names}


def _columns(view: Filters, place: AreaInfo, found: listing.Listing) -> list[dict[str, Any]]:
    """The header of the list: label, how it is sorted, and the address that sorts by it (a wide area has
    none)."""
    wanted = [("nama", gettext("Kepala keluarga")), ("kk", gettext("Nomor KK"))]
    by_village = place.level < Level.VILLAGE
    if by_village:
        wanted.append(("rt", gettext("Desa/kelurahan")))
    wanted += [
        ("" if by_village else "rt", "RT/RW"),
        ("anggota", gettext("Anggota")),
        ("desil", gettext("Desil")),
        ("", gettext("Program")),
    ]
    return [
        {
            "label": label,
            "sorted": ("descending" if view.descending else "ascending")
            if sort and view.sort == sort
            else "",
            "query": view.query(sort=sort, descending=view.sort == sort and not view.descending)
            if sort and not found.wide
            else "",
        }
        for sort, label in wanted
    ]


@require_safe
@_no_text_in_the_address
@login_required
def export(request: HttpRequest) -> HttpResponse:
    """The filtered list as .xlsx: every page of it, in the order of the screen."""
    view = filters.read(request.GET)
    path_ = where(view.area)
    if not path_:
        raise Http404
    text = searches.text_of(request.session, view.token)
    if text is None:
        # The list says that the search has ended.
        return redirect(f"{reverse('workspace:families')}?{view.query()}")
    view = replace(view, text=text)
    names = programme_names()
    found = listing.families(replace(view, page=1), programmes=names, size=MOST_EXPORTED)
    villages, short = _village_names(path_[-1], found), _short(names)
    header = [gettext("Kepala keluarga"), gettext("Nomor KK"), gettext("Desa/kelurahan"), "RT", "RW"]
    header += [gettext("Anggota"), gettext("Desil"), gettext("Status"), gettext("Program")]
    rows = (
        (
            row.head,
            mask_number(row.kk) if row.kk else None,
            villages.get(row.village, row.village),
            row.rt,
            row.rw,
            row.members,
            row.desil,
            str(STATUS_LABELS[row.status]),
            ", ".join(short.get(code, code) for code in row.programmes),
        )
        for row in found.rows
    )
    title = (
        f"{gettext('Keluarga')} {places.whole(path_)}" + _period(results.newest(area=view.area)) + _cut(found)
    )
    name = f"keluarga-{slugify(path_[-1].name)}-{timezone.localdate():%Y%m%d}.xlsx"
    return HttpResponse(
        spreadsheet.workbook(title=title, header=header, rows=rows),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _cut(found: listing.Listing) -> str:
    """A workbook that does not hold everything says so."""
    if found.pages == 1:
        return ""
    shown, total = formatting.number(len(found.rows), language=language()), _total(found)
    return " · " + gettext("hanya {shown} dari {total}: persempit saringan").format(shown=shown, total=total)


def _period(run: RunView | None) -> str:
    if run is None:
        return ""
    note = gettext("model peragaan") if run.demonstration else ""
    return f" · {gettext('penetapan')} {run.period}" + (f" ({note})" if note else "")


@require_safe
@_no_text_in_the_address
@login_required
def family(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Everything about one family that an officer may see."""
    try:
        context = family_page.of(id=id, on=timezone.localdate(), language=language())
    except FamilyNotFound as problem:
        raise Http404(str(problem)) from problem
    back = filters.read(request.GET)
    village = context["path"][-1].code if context["path"] else ""
    context["back"] = back.query(page=back.page) if back.area else urlencode({"wilayah": village})
    return render(request, "workspace/family.html", context)


urlpatterns = [
    path("", home, name="home"),
    path("keluarga/", families, name="families"),
    path("keluarga/unduh.xlsx", export, name="export"),
    path("keluarga/<uuid:id>/", family, name="family"),
]
