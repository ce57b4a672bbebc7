"""What an auditor takes along: the list as a workbook or text, bundles of proofs, events opened for the
browser that verifies them."""

from __future__ import annotations

import base64
import csv
import io
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from dtks.delivery.audit import filters, finding, lines
from dtks.delivery.audit.lines import Line
from dtks.delivery.workspace import area_choice, spreadsheet
from dtks.foundation.accounts.entrance import requires
from dtks.foundation.accounts.roles import Permission
from dtks.foundation.areas.domain import timezone_of
from dtks.foundation.ledger import exporting, opening
from dtks.foundation.ledger.errors import EventUnknown, LogEmpty
from dtks.foundation.ledger.exporting import Chosen

MOST_EXPORTED = 20_000
_NUMBERS = re.compile(r"[1-9][0-9]{0,17}(-[1-9][0-9]{0,17}){0,99}")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_safe
@requires(Permission.LEDGER_READ, step_up=True)
def workbook(request: HttpRequest) -> HttpResponse:
    """The filtered events as .xlsx, from the first page on."""
    found = _listed(request)
    if isinstance(found, HttpResponse):
        return found
    title, rows = found
    content = spreadsheet.workbook(
        title=title, header=_header(), rows=map(_cells, rows), sheet_name=gettext("Jejak audit")
    )
    return _attached(content, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx")


@require_safe
@requires(Permission.LEDGER_READ, step_up=True)
def text(request: HttpRequest) -> HttpResponse:
    """The same as .csv: UTF-8 with a mark for Excel, fields between semicolons, as Excel here reads it."""
    found = _listed(request)
    if isinstance(found, HttpResponse):
        return found
    made = io.StringIO()
    writer = csv.writer(made, delimiter=";")
    writer.writerow(_header())
    writer.writerows([_harmless(cell) for cell in _cells(row)] for row in found[1])
    return _attached(made.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", "csv")


def _listed(request: HttpRequest) -> tuple[str, list[Line]] | HttpResponse:
    """(title, events); an answer where there is nothing to take."""
    view = filters.read(request.GET)
    view = replace(view, area=view.area or request.actor.area, after="")
    if (answer := area_choice.refused(request, view.area)) is not None:
        return answer
    path = area_choice.path_to(view.area)
    asked = finding.asked(view, request.session)
    if asked.ended:
        # The list says that the search has ended.
        return redirect(f"{reverse('audit:events')}?{view.query()}")
    zone = timezone_of(view.area) if view.area else "WIB"
    page = finding.found(asked, zone=zone, limit=MOST_EXPORTED)
    finding.record_reading("ledger.export_list", asked, page, by=request.actor)
    title = f"{gettext('Jejak audit')} · {path[-1].name if path else gettext('Seluruh Indonesia')}"
    if page.more:
        title += " · " + gettext("hanya {n} yang terbaru: persempit saringan").format(n=MOST_EXPORTED)
    return title, lines.of(page.events)


def _header() -> list[str]:
    return [
        gettext("Nomor"), gettext("Waktu"), gettext("Zona"), gettext("Waktu (UTC)"), gettext("Pelaku"),
        gettext("Kunci akun"), gettext("Peran"), gettext("Perbuatan"), gettext("Kode perbuatan"),
        gettext("Jenis"), gettext("Kunci subjek"), gettext("Wilayah"), gettext("Keperluan"),
        gettext("Jumlah"), gettext("Sidik sebelum"), gettext("Sidik sesudah"), gettext("Akar daftar"),
    ]  # fmt: skip


def _cells(row: Line) -> tuple[spreadsheet.Cell, ...]:
    of = row.event
    return (
        of.id, f"{row.local:%Y-%m-%d %H:%M:%S}", row.zone, f"{of.at:%Y-%m-%dT%H:%M:%S.%fZ}", row.who,
        of.account, row.role, str(row.text), of.action, of.kind, of.subject, row.area, row.purpose, of.count,
        of.before, of.after, of.rows_root,
    )  # fmt: skip


def _harmless(cell: spreadsheet.Cell) -> spreadsheet.Cell:
    """A text that a spreadsheet would take for a formula is marked as text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _attached(content: bytes, kind: str, ending: str) -> HttpResponse:
    name = f"jejak-{timezone.localdate():%Y%m%d}.{ending}"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=disposition)


@require_safe
@requires(Permission.LEDGER_READ, step_up=True)
def bundle(request: HttpRequest) -> FileResponse | HttpResponse:
    """The named events with their proofs and the newest head, for `./dtks ledger check` elsewhere."""
    events = _named(request)
    with tempfile.TemporaryDirectory() as folder:
        to = Path(folder) / "bundle.zip"
        try:
            exporting.export(to=to, chosen=Chosen(events=events), by=request.actor)
        except (EventUnknown, LogEmpty) as problem:
            raise Http404(str(problem)) from problem
        # On disk, not in memory: of events with long lists it has hundreds of megabytes.
        kept = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent
        with to.open("rb") as made:
            shutil.copyfileobj(made, kept)
    kept.seek(0)
    name = f"bukti-jejak-{timezone.localdate():%Y%m%d}.zip"
    return FileResponse(kept, as_attachment=True, filename=name, content_type="application/zip")


@require_safe
@requires(Permission.LEDGER_READ)
def opened(request: HttpRequest) -> JsonResponse:
    """The text and salt of the named events, for the browser that checks them; the keys of a list only where
    one event is asked for."""
    events = _named(request)
    found = opening.opened(events=events, lists=len(events) == 1, by=request.actor)
    if len(found) != len(events):
        raise Http404("peristiwa")
    return JsonResponse({"events": list(_told(found))})


def _told(found: list[opening.Opened]) -> Iterator[dict[str, object]]:
    for each in found:
        yield {
            "event": each.event,
            "index": each.index,
            "salt": base64.b64encode(each.salt).decode(),
            "text": each.text,
            "keys": base64.b64encode(each.keys).decode(),
        }


def _named(request: HttpRequest) -> tuple[int, ...]:
    """The events that the address names: '12-13-20'. Raises Http404."""
    given = request.GET.get("peristiwa", "")
    if not _NUMBERS.fullmatch(given):
        raise Http404("peristiwa")
    return tuple(dict.fromkeys(int(each) for each in given.split("-")))
