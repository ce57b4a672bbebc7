"""The log as static files (C2SP tlog-tiles) below /jejak/, out of the database, for everybody.

They tell nothing of anybody: digests, whose salts stay in the database. A tile of full width never changes.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dtks.foundation.accounts.entrance import open_to_all
from dtks.foundation.ledger import cosigning, publishing, stored
from dtks.foundation.ledger.transparency.tiles import WIDTH, place_of

FOREVER = "public, max-age=31536000, immutable"
AN_HOUR = "public, max-age=3600"
SECONDS = "public, max-age=2"
PUBLIC = "digests without their salts; whoever holds a checkpoint can check that nothing was rewritten"


@require_safe
@open_to_all(PUBLIC)
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest head with the log's signature and its witnesses' cosignatures."""
    found = cosigning.checkpoint()
    if found is None:
        raise Http404("checkpoint")
    return _file(str(found).encode(), "text/plain; charset=utf-8", SECONDS)


@require_safe
@open_to_all(PUBLIC)
def tile(request: HttpRequest, rest: str) -> HttpResponse:
    """A tile of hashes, or a bundle of entries. One that the tree does not have yet is not found."""
    place = place_of(f"tile/{rest}")
    if place is None:
        raise Http404("tile")
    level, number, width = place
    if number >= 1 << 55:  # its leaves would have no number in any database
        raise Http404("tile")
    try:
        if isinstance(level, str):
            content = publishing.bundle(number, width)
        else:
            content = stored.read(level, number, width)
    except LookupError as problem:
        raise Http404("tile") from problem
    return _file(content, "application/octet-stream", FOREVER if width == WIDTH else AN_HOUR)


def _file(content: bytes, kind: str, kept: str) -> HttpResponse:
    # Any page may read them: who checks the log does not do it from here.
    headers = {"Cache-Control": kept, "Access-Control-Allow-Origin": "*"}
    return HttpResponse(content, content_type=kind, headers=headers)
