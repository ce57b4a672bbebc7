"""The places, as a file names them: a list of ``{file: path}``, ``{http: address}`` and
``{tsa: address, roots: path of PEM certificates}``. Each is a port of one method, ``put``."""

from __future__ import annotations

import http.client
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import yaml
from cryptography import x509
from django.conf import settings
from rfc3161_client import (
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from dtks.foundation.kernel import yaml_text
from dtks.foundation.ledger.asking import ask
from dtks.foundation.ledger.errors import AnchorFailed, AnchorsMalformed

SECONDS = 10.0
QUERY = "application/timestamp-query"


class Place(Protocol):
    """Where checkpoints are put. ``name`` is what the receipt is kept under."""

    @property
    def name(self) -> str: ...

    def put(self, note: str) -> bytes:
        """Put a checkpoint there; returns the receipt (may be empty). Raises AnchorFailed."""


@dataclass(frozen=True, slots=True)
class FilePlace:
    """Appends the checkpoint to a file, which others may carry away or mount read-only."""

    path: Path

    @property
    def name(self) -> str:
        return f"file:{self.path}"

    def put(self, note: str) -> bytes:
        try:
            with self.path.open("ab") as file:
                file.write(note.encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as problem:
            raise AnchorFailed(place=self.name, reason=type(problem).__name__) from problem
        return b""


@dataclass(frozen=True, slots=True)
class HttpPlace:
    """POSTs the checkpoint; the receipt is what the place answers."""

    url: str

    @property
    def name(self) -> str:
        return self.url

    def put(self, note: str) -> bytes:
        return _asked(self.name, self.url, note.encode(), "text/plain; charset=utf-8")


@dataclass(frozen=True, slots=True)
class TimePlace:
    """Asks a time-stamping authority (RFC 3161); the receipt is its answer, checked against ``roots``."""

    url: str
    roots: tuple[x509.Certificate, ...]

    @property
    def name(self) -> str:
        return self.url

    def put(self, note: str) -> bytes:
        request = TimestampRequestBuilder().data(note.encode()).build()
        answer = _asked(self.name, self.url, request.as_bytes(), QUERY)
        try:
            builder = VerifierBuilder.from_request(request)
            for root in self.roots:
                builder = builder.add_root_certificate(root)
            builder.build().verify_message(decode_timestamp_response(answer), note.encode())
        except (ValueError, VerificationError) as problem:
            raise AnchorFailed(place=self.name, reason="time stamp does not hold") from problem
        return answer


def configured() -> list[Place]:
    """The places of this installation; none where no file names any. Raises AnchorsMalformed."""
    given = settings.LEDGER_ANCHORS
    return read(Path(given).expanduser()) if given else []


def read(path: Path) -> list[Place]:
    """The places that a file names. Raises AnchorsMalformed."""
    try:
        content = yaml_text.load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise AnchorsMalformed(path=path, number=0, problem=type(problem).__name__) from problem
    if not isinstance(content, list):
        raise AnchorsMalformed(path=path, number=0, problem="- file: …, - http: …, - tsa: …")
    found = [_place(path, number, each) for number, each in enumerate(content, start=1)]
    if len({each.name for each in found}) < len(found):
        raise AnchorsMalformed(path=path, number=0, problem="the same place twice")
    return found


def _place(path: Path, number: int, value: Any) -> Place:
    match value:
        case {"file": str(name), **rest} if not rest:
            return FilePlace(Path(name).expanduser())
        case {"http": str(url), **rest} if not rest and _sound(url):
            return HttpPlace(url)
        case {"tsa": str(url), "roots": str(roots), **rest} if not rest and _sound(url):
            return TimePlace(url, _certificates(path, number, Path(roots).expanduser()))
    raise AnchorsMalformed(path=path, number=number, problem="file | http | tsa + roots; http(s)://…")


def _sound(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
    except ValueError:
        return False


def _certificates(path: Path, number: int, roots: Path) -> tuple[x509.Certificate, ...]:
    try:
        return tuple(x509.load_pem_x509_certificates(roots.read_bytes()))
    except (OSError, ValueError) as problem:
        raise AnchorsMalformed(
            path=path, number=number, problem=f"roots: {type(problem).__name__}"
        ) from problem


def _asked(name: str, url: str, body: bytes, kind: str) -> bytes:
    try:
        reply = ask(url, body, seconds=SECONDS, kind=kind)
    except (OSError, http.client.HTTPException, ValueError) as problem:
        raise AnchorFailed(place=name, reason=type(problem).__name__) from problem
    if not 200 <= reply.status < 300:
        raise AnchorFailed(place=name, reason=f"HTTP {reply.status}")
    return reply.body
