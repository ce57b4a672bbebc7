"""One question to a witness over HTTP. Nobody else is asked than who was named: no redirect, no proxy."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

from dtks.foundation.ledger.witness.protocol import PATH

MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. ``kind``: the media type, without parameters."""

    status: int
    kind: str
    body: bytes


def ask(url: str, body: bytes, *, seconds: float) -> Reply:
    """POST the body to the witness at ``url``.

    ``seconds`` bound all of it: a server that sends a byte now and then is given up like one that is silent.
    Raises OSError, http.client.HTTPException; ValueError: the answer is too long.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    # http.client and not urllib: the time for the whole needs the socket at hand.
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, parts.port, timeout=seconds, context=context
        )
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=seconds)
    over = threading.Event()

    def cut() -> None:
        over.set()
        if connection.sock is not None:
            with contextlib.suppress(OSError):  # it has just ended
                # The plain socket's: that of TLS would say goodbye first.
                socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        connection.request("POST", parts.path + PATH, body, {"Content-Type": "text/plain; charset=utf-8"})
        with connection.getresponse() as answer:
            content = answer.read(MOST_BYTES + 1)
            found = Reply(answer.status, answer.headers.get_content_type(), content)
    finally:
        timer.cancel()
        connection.close()
    if over.is_set():
        raise TimeoutError("the answer took too long")
    if len(content) > MOST_BYTES:
        raise ValueError("the answer is too long")
    return found
