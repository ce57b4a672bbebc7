"""A head that lies elsewhere: a file that somebody kept, or the address of a witness or a mirror.

What comes back is believed for its signatures alone, so plain HTTP will do.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dtks.foundation.ledger.errors import CheckpointUnreachable
from dtks.foundation.ledger.transparency.notes import MOST_BYTES, Note

TIMEOUT_SECONDS = 10.0


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Whoever was named is asked, and nobody else."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def checkpoint(source: str) -> Note:
    """The note at a path or an http(s) address. Raises CheckpointUnreachable, NoteMalformed."""
    try:
        if urlsplit(source).scheme in {"http", "https"}:
            # No proxy of the environment, no redirect.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)
            with opener.open(source, timeout=TIMEOUT_SECONDS) as answer:
                raw = answer.read(MOST_BYTES + 1)
        else:
            with Path(source).open("rb") as file:
                raw = file.read(MOST_BYTES + 1)
    except urllib.error.HTTPError as problem:
        raise CheckpointUnreachable(source=source, problem=f"HTTP {problem.code}") from None
    except (OSError, ValueError) as problem:
        raise CheckpointUnreachable(source=source, problem=type(problem).__name__) from problem
    return Note.parse(raw)
