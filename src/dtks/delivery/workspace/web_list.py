"""The list of families on the screen, on paper and as a workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from dtks.delivery.public import places
from dtks.delivery.public.programme_texts import programme_names
from dtks.delivery.workspace import area_choice, filters, listing, reading, results, spreadsheet
from dtks.delivery.workspace.filters import Filters
from dtks.delivery.workspace.language import language
from dtks.delivery.workspace.results import RunView
from dtks.foundation.accounts import searches
from dtks.foundation.accounts.entrance import requires
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.areas import queries as areas
from dtks.foundation.areas.domain import AreaInfo, Level
from dtks.foundation.kernel.masking import mask_number
from dtks.foundation.ui import formatting

# On paper and in a workbook: a list that nobody reads to its end is none.
MOST_PRINTED = 2_000
MOST_EXPORTED = 20_000
CODE_LENGTHS: dict[int, int] = {Level.PROVINCE: 2, Level.REGENCY: 5, Level.DISTRICT: 8, Level.VILLAGE: 13}
STATUS_FILTERS = {
    "penerima": _("Memenuhi syarat"),
    "bukan-penerima": _("Tidak memenuhi syarat"),
    "menunggu": _("Perlu verifikasi atau dilengkapi"),
    "belum-ditetapkan": _("Belum ditetapkan"),
}
IGNORED = {
    "wilayah": _("wilayah"),
    "rt": "RT",
    "rw": "RW",
    "desil": _("desil"),
    "program": _("program"),
    "status": _("status"),
}
STATUS_LABELS = {
    "penerima": _("Memenuhi syarat program"),
    "bukan-penerima": _("Tidak memenuhi syarat program"),
    "verifikasi": _("Perlu verifikasi"),
    "belum-dinilai": _("Belum dinilai"),
    "belum-ditetapkan": _("Belum ditetapkan"),
}


def no_text_in_the_address(page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Leads an address with a typed text in it (an old bookmark, one made by hand) to the same without it.

    The text is neither searched nor shown: every link of the page would carry it on.
    """

    @wraps(page)
    def checked(request: HttpRequest, **arguments: Any) -> HttpResponse:
        if all(searches.is_token(value) for value in request.GET.getlist("cari") if value):
            return page(request, **arguments)
        view = replace(filters.read(request.GET), token="")
        # Not to the workbook itself: it would hold everybody, and look like the answer.
        wanted = reverse("workspace:families") if page.__name__ == "export" else request.path
        messages.warning(
            request, gettext("Nama dan nomor tidak dicari lewat alamat halaman. Ketik di kolom pencarian.")
        )
        return redirect(f"{wanted}?{view.query(page=view.page)}")

    return checked


def in_own_area(request: HttpRequest, given: Mapping[str, str]) -> Filters:
    """The filters of an address or a form; without an area there, the officer's own."""
    view = filters.read(given)
    return view if view.area else replace(view, area=request.actor.area)


@require_http_methods(["GET", "HEAD", "POST"])
@no_text_in_the_address
@requires(Permission.FAMILY_READ)
def families(request: HttpRequest) -> HttpResponse:
    """The list of families of an area; without one, the choice of an area.

    The search form comes by POST, its text goes into the session, and the answer leads to an address that
    can be reloaded and gone back to.
    """
    _tell_ignored(request)
    if request.method == "POST":
        wanted = in_own_area(request, request.POST)
        if (answer := area_choice.refused(request, wanted.area)) is not None:
            return answer
        token = searches.keep(request.session, request.POST.get("cari", ""))
        return redirect(f"{reverse('workspace:families')}?{replace(wanted, token=token).query()}")
    view = in_own_area(request, request.GET)
    if (answer := area_choice.refused(request, view.area)) is not None:
        return answer
    path_ = area_choice.path_to(view.area)
    context: dict[str, Any] = {"filters": view, **area_choice.choice(request, path_)}
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
    if not ended:
        reading.listed(by=request.actor, view=view, found=found)
    context |= _list_context(view, found, path_[-1])
    context |= {"filters": view, "printing": printing, "ended": ended}
    return render(request, "workspace/families.html", context)


def _tell_ignored(request: HttpRequest) -> None:
    """A list that is wider than what was asked for would be taken for the answer."""
    given = request.POST if request.method == "POST" else request.GET
    if names := filters.ignored(given):
        listed = ", ".join(str(IGNORED[name]) for name in names)
        messages.warning(
            request,
            gettext(
                "Saringan ini tidak dipakai karena isinya tidak dikenali: {names}. RT dan RW ialah angka, "
                "wilayah ialah kode seperti 32.04.05.2001."
            ).format(names=listed),
        )


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
    wanted = [("nama", gettext("Kepala keluarga")), ("", gettext("Nomor KK"))]
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
@no_text_in_the_address
@requires(Permission.FAMILY_EXPORT)
def export(request: HttpRequest) -> HttpResponse:
    """The filtered list as .xlsx: every page of it, in the order of the screen."""
    view = in_own_area(request, request.GET)
    if (answer := area_choice.refused(request, view.area)) is not None:
        return answer
    path_ = area_choice.path_to(view.area)
    if not path_:
        raise Http404
    text = searches.text_of(request.session, view.token)
    if text is None:
        # The list says that the search has ended.
        return redirect(f"{reverse('workspace:families')}?{view.query()}")
    view = replace(view, text=text)
    names = programme_names()
    found = listing.families(replace(view, page=1), programmes=names, size=MOST_EXPORTED)
    reading.exported(by=request.actor, view=view, found=found)
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
