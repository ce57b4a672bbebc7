"""A key service that keeps the master key: the ring's file then holds wrapped keys only.

The protocol is that of the transit engine of HashiCorp Vault and OpenBao (token in `X-Vault-Token`):

    POST {address}/v1/transit/encrypt/{key}  {"plaintext": base64} → {"data": {"ciphertext": "vault:v1:…"}}
    POST {address}/v1/transit/decrypt/{key}  {"ciphertext": "vault:v1:…"} → {"data": {"plaintext": base64}}

It is asked when the ring is read: once for each key and process, never for a value.
"""

from __future__ import annotations

import base64
import binascii
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from dtks.foundation.vault.errors import KmsRefused, KmsUnreachable, KmsUnsafe

TIMEOUT_SECONDS = 10.0
LONGEST_ANSWER = 1 << 20
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token to another address."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


@dataclass(frozen=True)
class KmsSource:
    """`address`: of the service, without path. `key`: name of its master key. `token_file`: read at each
    call, so that the service's agent may renew it; None sends no token."""

    address: str
    key: str
    token_file: Path | None = None

    @property
    def name(self) -> str:
        return f"kms:{self.key}"

    def wrap(self, key: bytes) -> str:
        """Raises KmsUnreachable, KmsRefused, KmsUnsafe."""
        return self._ask("encrypt", {"plaintext": base64.b64encode(key).decode("ascii")}, "ciphertext")

    def unwrap(self, wrapped: str) -> bytes:
        """Raises KmsUnreachable, KmsRefused, KmsUnsafe; ValueError: the answer is not base64."""
        try:
            return base64.b64decode(self._ask("decrypt", {"ciphertext": wrapped}, "plaintext"), validate=True)
        except binascii.Error as problem:
            raise ValueError("the key service's answer is not base64") from problem

    def _ask(self, what: str, body: dict[str, str], wanted: str) -> str:
        parts = urlsplit(self.address)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise KmsUnsafe(address=self.address)
        headers = {"Content-Type": "application/json"}
        if self.token_file:
            headers["X-Vault-Token"] = self.token_file.read_text(encoding="ascii").strip()
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
            f"{self.address.rstrip('/')}/v1/transit/{what}/{quote(self.key, safe='')}",
            data=json.dumps(body).encode("ascii"),
            headers=headers,
            method="POST",
        )
        # No proxy of the environment: keys take the direct way.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)
        try:
            with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                found = json.loads(answer.read(LONGEST_ANSWER))["data"][wanted]
        except urllib.error.HTTPError as problem:
            if problem.code >= 500:
                raise KmsUnreachable(address=self.address, problem=f"HTTP {problem.code}") from None
            raise KmsRefused(address=self.address, status=problem.code) from None
        except OSError as problem:
            raise KmsUnreachable(address=self.address, problem=type(problem).__name__) from problem
        except (ValueError, KeyError, TypeError) as problem:
            raise KmsUnreachable(address=self.address, problem="JSON") from problem
        return str(found)
