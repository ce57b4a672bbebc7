"""The file with a witness's private key, for its owner alone; one line, as Go's sumdb/note writes such keys:
``PRIVATE+KEY+name+keyid+base64(kind, seed)``."""

from __future__ import annotations

import base64
import binascii
import os
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dtks.foundation.ledger.errors import NoteMalformed, WitnessKeyOpen, WitnessKeyUnreadable
from dtks.foundation.ledger.transparency.notes import Kind, Signer

_PREFIX = "PRIVATE+KEY+"


def write(path: Path, signer: Signer) -> None:
    """Make the file. Raises FileExistsError: a key is never written over."""
    seed = base64.b64encode(bytes([signer.kind]) + signer.key.private_bytes_raw()).decode()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{_PREFIX}{signer.name}+{signer.verifier.id.hex()}+{seed}\n")
        file.flush()
        os.fsync(file.fileno())


def read(path: Path) -> Signer:
    """The key that cosigns. Raises WitnessKeyUnreadable, WitnessKeyOpen."""
    try:
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise WitnessKeyOpen(path=path)
        text = path.read_text(encoding="utf-8").strip()
        name, number, encoded = text.removeprefix(_PREFIX).split("+", 2)
        content = base64.b64decode(encoded, validate=True)
        if not text.startswith(_PREFIX) or len(content) != 33 or content[0] != Kind.COSIGNED:
            raise WitnessKeyUnreadable(path=path)
        signer = Signer(name, Ed25519PrivateKey.from_private_bytes(content[1:]), Kind.COSIGNED)
    except (OSError, ValueError, binascii.Error, NoteMalformed) as problem:
        raise WitnessKeyUnreadable(path=path) from problem
    if signer.verifier.id.hex() != number:
        raise WitnessKeyUnreadable(path=path)
    return signer
