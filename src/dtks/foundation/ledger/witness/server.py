"""A witness over HTTP: a WSGI application that answers add-checkpoint and nothing else, and a small server.

The server is that of the standard library, so that a witness needs nothing but this program: one request a
connection, a bounded number of them at once, each with a bounded life.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import sqlite3
import sys
import threading
from collections.abc import Iterable
from http import HTTPStatus
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from dtks.foundation.kernel.errors import DtksError
from dtks.foundation.ledger.witness.keeping import Keeping
from dtks.foundation.ledger.witness.protocol import MOST_BYTES, PATH, Answer

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

SECONDS = 10.0
AT_ONCE = 32
logger = logging.getLogger(__name__)


def application(keeping: Keeping) -> WSGIApplication:
    """The witness as WSGI. Any server can run it; the path ends with /add-checkpoint."""

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        found = _answer(keeping, environ)
        content = found.text.encode()
        headers = [
            ("Content-Type", found.kind),
            ("Content-Length", str(len(content))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        if found.status == 405:
            headers.append(("Allow", "POST"))
        start(f"{found.status} {HTTPStatus(found.status).phrase}", headers)
        return [content]

    return answer


def _answer(keeping: Keeping, environ: WSGIEnvironment) -> Answer:
    if environ.get("PATH_INFO") != PATH:
        return Answer(404, f"This is a witness; it answers POST {PATH} alone.\n")
    if environ["REQUEST_METHOD"] != "POST":
        return Answer(405, "POST alone.\n")
    body = _body(environ)
    if isinstance(body, Answer):
        return body
    try:
        return keeping.answer(body)
    except (sqlite3.Error, DtksError) as problem:
        # Nothing was stored, so nothing is cosigned.
        logger.error("witness: %s: %s", type(problem).__name__, problem)
        return Answer(503, "The witness cannot store what it cosigns; its keeper has to look.\n")


def _body(environ: WSGIEnvironment) -> bytes | Answer:
    given = str(environ.get("CONTENT_LENGTH") or "")
    if not given:
        return Answer(411, "Say the length of the request.\n")
    if not (given.isascii() and given.isdigit()):
        return Answer(400, "The length is no number.\n")
    if len(given) > 9 or (length := int(given)) > MOST_BYTES:
        return Answer(413, f"{MOST_BYTES} bytes at most.\n")
    body = environ["wsgi.input"].read(length)
    return body if len(body) == length else Answer(400, "The request is cut off.\n")


class _Handler(WSGIRequestHandler):
    """One connection. However slowly it is fed, it ends after `SECONDS`."""

    timeout = SECONDS

    def setup(self) -> None:
        super().setup()
        seconds = self.server.seconds  # type: ignore[attr-defined]  # only `Server` makes this handler
        self._end = threading.Timer(seconds, self._cut)
        self._end.daemon = True
        self._end.start()

    def finish(self) -> None:
        self._end.cancel()
        super().finish()

    def _cut(self) -> None:
        with contextlib.suppress(OSError):  # it has just ended
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not logged one by one; what matters is kept and said by `keeping`."""


class Server(ThreadingMixIn, WSGIServer):
    """Serves one witness on several threads. ``serve_forever`` until ``shutdown``."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, keeping: Keeping, *, host: str, port: int, seconds: float = SECONDS) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.seconds = seconds
        self._free = threading.BoundedSemaphore(AT_ONCE)
        super().__init__((host, port), _Handler)
        self.set_app(application(keeping))

    def process_request(self, request: Any, client_address: Any) -> None:
        self._free.acquire()  # further connections wait in the queue of the system
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._free.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        logger.info("witness: a connection ended: %s", sys.exc_info()[0])
