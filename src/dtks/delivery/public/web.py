"""Cek Bansos: choose the village, type a name, read the answer. Plain forms; htmx only saves page loads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from dtks.delivery.public import actions, places, queries
from dtks.delivery.public.domain import LONGEST_NAME, Refusal, refusal, shown, words
from dtks.delivery.public.programme_texts import programme_names, programme_texts
from dtks.foundation.accounts.entrance import open_to_all
from dtks.foundation.accounts.signing_in import limits, waiting
from dtks.foundation.areas import queries as areas
from dtks.foundation.areas.domain import AreaInfo

Text = str | Promise
SEARCHES = limits.Rule("public-search", tries=60, seconds=10 * 60, block=2 * 60, longest=10 * 60)
"""Of one address: more than a village office asks for a queue of people, far less than a copy of the list
takes. Whole villages stand behind one address of a mobile network, so the wait is short."""
# Parameter, label, prompt, and what the closed field says.
LEVELS: tuple[tuple[str, Text, Text, Text], ...] = (
    ("provinsi", _("Provinsi"), _("Pilih provinsi"), ""),
    ("kabupaten", _("Kabupaten atau kota"), _("Pilih kabupaten atau kota"), _("Pilih provinsi dulu")),
    ("kecamatan", _("Kecamatan"), _("Pilih kecamatan"), _("Pilih kabupaten atau kota dulu")),
    ("desa", _("Desa atau kelurahan"), _("Pilih desa atau kelurahan"), _("Pilih kecamatan dulu")),
)
PROBLEMS: dict[Refusal, Text] = {
    Refusal.EMPTY: _("Ketik nama yang dicari."),
    Refusal.TOO_SHORT: _("Ketik paling sedikit 3 huruf dari satu kata nama, tidak termasuk gelar."),
    Refusal.TOO_LONG: _("Nama terlalu panjang. Ketik nama seperti di KTP."),
    Refusal.WILDCARD: _("Tanda *, %, _ dan ? tidak bisa dipakai. Ketik nama seperti di KTP."),
    Refusal.NUMBER: _("Jangan ketik NIK atau nomor KK di sini. Pencarian hanya dengan nama."),
    Refusal.TOO_MANY: _("Lebih dari 10 orang di desa ini cocok. Persempit: ketik nama lebih lengkap."),
}
VISIBLE: tuple[Text, ...] = (_("Nama dan umur"), _("Desa atau kelurahan"), _("Program dan periodenya"))
WHAT_TO_DO: tuple[tuple[Text, Text], ...] = (
    (
        _("Tanyakan di kantor desa atau kelurahan"),
        _(
            "Bawa KTP dan Kartu Keluarga. Operator dapat membuka data keluarga Anda dan membacakan alasan "
            "untuk tiap program."
        ),
    ),
    (
        _("Minta data yang salah diperbaiki"),
        _("Kalau pekerjaan, rumah, anggota keluarga atau alamat sudah berubah, mintalah pemutakhiran data."),
    ),
    (
        _("Usulkan keluarga Anda atau sampaikan sanggahan"),
        _(
            "Usulan dan sanggahan dibahas dalam musyawarah desa atau kelurahan, diperiksa di lapangan, lalu "
            "diteruskan ke dinas sosial. Keberatan atas penerima yang mampu juga lewat jalan ini."
        ),
    ),
    (
        _("Lanjutkan ke dinas sosial"),
        _(
            "Bila tidak dijawab di desa, datanglah ke dinas sosial kabupaten atau kota. "
            "Mintalah tanda terima."
        ),
    ),
)
HIDDEN: tuple[Text, ...] = (
    _("NIK dan nomor KK"),
    _("Alamat dan anggota keluarga lain"),
    _("Desil dan nilai kesejahteraan"),
)


@dataclass(frozen=True)
class Step:
    """One of the four fields: its choices (none while the field above is open) and what is chosen."""

    name: str
    label: Text
    prompt: Text
    waiting: Text
    options: list[AreaInfo]
    chosen: str


def area_steps(query: QueryDict) -> tuple[list[Step], AreaInfo | None]:
    """The four fields for this query, and the village once it is chosen.

    A choice that does not lie inside the one above it is dropped: that is what is left in the form when the
    citizen changes the province. `desa` alone is enough: the fields above follow from its code.
    """
    village = query.get("desa", "")
    alone = not any(query.get(name) for name, *_texts in LEVELS[:3])
    steps: list[Step] = []
    found: AreaInfo | None = None
    parent: str | None = ""
    for depth, (name, label, prompt, closed) in enumerate(LEVELS, start=1):
        options = areas.children(code=parent) if parent is not None else []
        wanted = ".".join(village.split(".")[:depth]) if alone else query.get(name, "")
        found = next((area for area in options if area.code == wanted), None)
        parent = found.code if found else None
        steps.append(Step(name, label, prompt, closed, options, found.code if found else ""))
    return steps, found


@open_to_all("Citizens look for their own family: the form holds nobody's data")
@require_safe
def look_up(request: HttpRequest) -> HttpResponse:
    """The form. With htmx only the form is sent again, one field further."""
    if "nama" in request.GET:
        # A link made by hand. The name is not searched, and no link of the page carries it on.
        village = area_steps(request.GET)[1]
        return redirect(reverse("public:look_up") + (f"?desa={village.code}" if village else ""))
    return _form(request, request.GET)


def _form(request: HttpRequest, query: QueryDict, **more: Any) -> HttpResponse:
    steps, village = area_steps(query)
    context = {"steps": steps, "village": village, "visible": VISIBLE, "hidden": HIDDEN, **more}
    partial = request.headers.get("HX-Request") == "true" and not request.headers.get(
        "HX-History-Restore-Request"
    )
    response = render(request, "public/search_form.html" if partial else "public/look_up.html", context)
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


# No session: a forged request learns nothing and does nothing but use up a search of the address it comes
# from, and without the CSRF cookie the citizens' pages set no cookie at all.
# The reader's own browser may keep the answer (it holds what is published anyway): with no-store, going back
# to it would show a request to send the form again instead of the answer.
@csrf_exempt
@open_to_all("The published list, narrowed to a village and a name")
@cache_control(private=True, no_cache=True)
@require_http_methods(["GET", "HEAD", "POST"])
def result(request: HttpRequest) -> HttpResponse:
    """The answer to a name in a village. POST, so that names stay out of addresses and logs."""
    _steps, village = area_steps(request.POST)
    if village is None:
        return redirect("public:look_up")
    typed = request.POST.get("nama", "").strip()[: LONGEST_NAME + 1]
    problem = refusal(typed)
    if not problem and (wait := limits.take_or_pass(SEARCHES, limits.address_of(request)).wait):
        return _too_many(request, village, typed, wait)
    published = None if problem else queries.list_for(village=village.code)
    people = [] if problem else queries.people_named(village=village.code, name=typed)
    if published is not None:
        actions.looked_up(published)
    if people is None:
        problem = Refusal.TOO_MANY
    if problem or people is None:
        return _form(request, request.POST, problem=PROBLEMS[problem or Refusal.TOO_MANY], typed=typed)
    names = programme_names()
    context = {
        "result": True,
        "typed": typed,
        "village": village,
        "place": places.whole(areas.path(code=village.code)),
        "village_title": places.titled(village),
        "people": [_with_names(shown(person, typed=words(typed)), names) for person in people],
        "list": published,
    }
    return render(request, "public/look_up.html", context)


def _too_many(request: HttpRequest, village: AreaInfo, typed: str, wait: int) -> HttpResponse:
    """Too many searches from this address: how long to wait, and the same search again by a button."""
    context = {"village": village, "typed": typed, "problem": waiting.text(wait)}
    return waiting.answered(render(request, "public/too_many.html", context), wait=wait)


def _with_names(person: Any, names: dict[str, str]) -> dict[str, Any]:
    return {
        "name": person.name,
        "age": person.age,
        "period": person.period,
        "programmes": [names.get(code, code.upper()) for code in person.programmes],
    }


@open_to_all("The programmes' general rules")
@require_safe
def why_not(request: HttpRequest) -> HttpResponse:
    """The general criteria of each programme in plain words, and how to object."""
    return render(request, "public/why_not.html", {"programmes": programme_texts(), "steps": WHAT_TO_DO})


urlpatterns = [
    path("", look_up, name="look_up"),
    path("hasil/", result, name="result"),
    path("mengapa/", why_not, name="why_not"),
]
